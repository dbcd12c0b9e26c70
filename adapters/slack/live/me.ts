import type { webApi } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import { missingScopes } from "../wire/permissions.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import type { Me } from "./where.ts";

/** Who the token belongs to. What is missing is one line in the log. Rejects with BotError `auth` or `unreachable`. */
export async function introduce(
  client: webApi.WebClient,
  missing: (scopes: readonly string[]) => void,
): Promise<Me> {
  const found = await client.auth.test().catch((error: unknown) => {
    const cause = new Error(JSON.stringify(toLogged(error)));
    if (toTrouble(error) === "unauthorized") {
      throw new BotError(
        "auth",
        "Slack does not accept SLACK_BOT_TOKEN. Copy the Bot User OAuth Token, which begins with xoxb-, from OAuth & Permissions.",
        { cause },
      );
    }
    throw new BotError(
      "unreachable",
      "Slack could not be reached. Is this machine online, and SLACK_API_URL right?",
      {
        cause,
      },
    );
  });
  const { user_id: userId = "", bot_id: botId = "", team_id: teamId = "", user: name = "drawbridge" } = found;
  if (!userId || (!botId && client.token?.startsWith("xoxp-"))) {
    throw new BotError(
      "auth",
      "SLACK_BOT_TOKEN is a person's token. Copy the Bot User OAuth Token, which begins with xoxb-.",
    );
  }
  missing(missingScopes(found.response_metadata?.scopes));
  return { userId, botId, teamId, name };
}
