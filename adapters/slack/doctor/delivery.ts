import { createHmac, randomBytes } from "node:crypto";
import type { webApi } from "@slack/bolt";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import type { Mode } from "../wire/gateway.ts";
import { errorCode, toTrouble } from "../wire/trouble.ts";

/** Ms for one question. */
const limitMs = 10_000;

/** Whether Slack would open a socket to us. None is opened: events would go to it that are the bot's. */
export async function examineSocket(client: webApi.WebClient, appToken: string): Promise<Finding> {
  try {
    await client.apps.connections.open({ token: appToken });
    return well("slack.delivery", "Slack opens a socket for the app token");
  } catch (error) {
    return saySocketFailed(error);
  }
}

function saySocketFailed(error: unknown): Finding {
  const id = "slack.delivery";
  const code = errorCode(error);
  const make =
    "Make one under Basic Information › App-Level Tokens, with connections:write, and set SLACK_APP_TOKEN.";
  if (code === "not_allowed_token_type")
    return ill(id, "error", "SLACK_APP_TOKEN is no app-level token, which begins with xapp-", make);
  if (code === "missing_scope")
    return ill(id, "error", "SLACK_APP_TOKEN lacks the scope connections:write", make);
  if (toTrouble(error) === "unauthorized")
    return ill(id, "error", "Slack does not accept SLACK_APP_TOKEN", make);
  if (toTrouble(error) === "limited")
    return ill(
      id,
      "unknown",
      "Slack opens no more sockets for now: it was asked often",
      "Run npm run doctor again in a minute.",
    );
  if (code === undefined)
    return ill(id, "unknown", "Slack does not say whether it opens a socket", "Run npm run doctor again.");
  return ill(
    id,
    "error",
    `Slack opens no socket (${code})`,
    "Turn Socket Mode on under Settings › Socket Mode.",
  );
}

/**
 * Asks an address what Slack asks when it is entered, signed as Slack signs: who has the secret answers with the
 * challenge. `isOwn`: it is this machine's own, where nobody may listen yet.
 */
export async function examineAddress(
  url: string,
  { signingSecret }: Mode & { readonly kind: "http" },
  isOwn: boolean,
): Promise<Finding> {
  const id = isOwn ? "slack.listener" : "slack.delivery";
  const challenge = randomBytes(16).toString("hex");
  const body = JSON.stringify({ type: "url_verification", challenge });
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", signingSecret).update(`v0:${stamp}:${body}`).digest("hex");
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": `v0=${signature}`,
      },
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
  } catch {
    if (isOwn)
      return ill(
        id,
        "unknown",
        `Nobody listens at ${url} yet`,
        "Start the bot, then run npm run doctor again.",
      );
    return ill(
      id,
      "error",
      `${url} cannot be reached`,
      "See that its name leads to your proxy, that the proxy runs, and that its certificate is good.",
    );
  }
  const text = await response.text().catch(() => "");
  if (response.ok && text.includes(challenge)) return well(id, `${url} answers as Slack wants it`);
  if (response.status === 401) {
    const words = `${url} refuses what is signed with SLACK_SIGNING_SECRET`;
    return ill(
      id,
      "error",
      words,
      "Start the bot anew with this secret; see that the clock is right here and there.",
    );
  }
  return ill(
    id,
    "error",
    `${url} answers ${response.status}, and not as the bot does`,
    isOwn
      ? "See what else listens there, or set SLACK_PORT to another port."
      : "See that the proxy passes it on to SLACK_HOST, SLACK_PORT and SLACK_PATH, and that the bot runs.",
  );
}
