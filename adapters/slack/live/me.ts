import type { webApi } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Access } from "../../../src/seam/trust/access.ts";
import { channelIdOf } from "../wire/keys.ts";
import { missingScopes } from "../wire/permissions.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import type { Me } from "./where.ts";

/** What the operator has set in vain. */
interface NamedInVain {
  /** The workspace that the bot is installed in is not among those that may use it. */
  readonly isLeftOut: boolean;
  /** Ids of channels that it is not in, or that are none. */
  readonly channels: readonly string[];
}

/** Asks Slack for each channel that is named. Never rejects: what Slack does not say is not in vain. */
export async function namedInVain(
  client: webApi.WebClient,
  { teamId }: Pick<Me, "teamId">,
  { communities, channels = [] }: Access,
): Promise<NamedInVain> {
  const unknown: string[] = [];
  for (const key of channels) {
    const channel = channelIdOf(key) ?? key;
    await client.conversations.history({ channel, limit: 1 }).catch((error: unknown) => {
      if (toTrouble(error) === "uninvited") unknown.push(channel);
    });
  }
  const isLeftOut = communities !== undefined && !communities.includes(`slack:team:${teamId}`);
  return { isLeftOut, channels: unknown };
}

/** Says in the log what is named in vain. Never rejects. */
export async function nameUnknown(
  client: webApi.WebClient,
  { teamId, name }: Pick<Me, "teamId" | "name">,
  access: Access,
  log: Log,
): Promise<void> {
  const { isLeftOut, channels } = await namedInVain(client, { teamId }, access);
  if (isLeftOut) {
    const hint =
      "SLACK_WORKSPACES does not name the workspace I am installed in, so its people cannot use me.";
    log.warn({ workspace: teamId, hint }, "slack.workspace.unnamed");
  }
  for (const channel of channels) {
    const hint = `SLACK_CHANNELS names a channel that I am not in, or that is none. Type /invite @${name} there, or correct the id.`;
    log.warn({ channel, hint }, "slack.channel.unknown");
  }
}

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
