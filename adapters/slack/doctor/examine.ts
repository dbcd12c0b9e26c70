import { webApi } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Access } from "../../../src/seam/trust/access.ts";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import { introduce, namedInVain } from "../live/me.ts";
import type { Me } from "../live/where.ts";
import { type Mode, toLogger } from "../wire/gateway.ts";
import { errorCode, toTrouble } from "../wire/trouble.ts";
import { examineAddress, examineSocket } from "./delivery.ts";
import { compareManifests, type Manifest, readManifest } from "./manifest.ts";

export interface SlackExamined {
  readonly botToken: string;
  /** As in `SlackOptions`. */
  readonly mode: Mode;
  readonly apiUrl?: string;
  readonly access: Access;
  /** An app configuration token, by which the app's own manifest can be read. */
  readonly configToken?: string;
}

const limitMs = 10_000;

/** What is wrong with Slack: the tokens, the scopes, the app's features, whether events come in. Never rejects. */
export async function examineSlack(options: SlackExamined): Promise<readonly Finding[]> {
  const { botToken, mode, apiUrl, access } = options;
  const client = new webApi.WebClient(botToken, {
    ...(apiUrl && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 1 },
    rejectRateLimitedCalls: true,
    timeout: limitMs,
    logger: toLogger(createLog("silent")),
  });
  let missing: readonly string[] = [];
  let me: Me;
  try {
    me = await introduce(client, (scopes) => {
      missing = scopes;
    });
  } catch (error) {
    return [sayUnknown(error)];
  }
  return [
    well("slack.token", `Slack takes the token, as @${me.name} in ${me.teamId}`),
    sayScopes(missing),
    ...(await examineDelivery(client, mode)),
    ...(await examineFeatures(client, me, options)),
    ...(await examineChannels(client, me, access)),
  ];
}

function sayUnknown(error: unknown): Finding {
  const isRefused = error instanceof BotError && error.code === "auth";
  const [words = "", ...mend] = error instanceof Error ? error.message.split(/(?<=\.) /) : [];
  return ill(isRefused ? "slack.token" : "slack.reach", "error", words.replace(/\.$/, ""), mend.join(" "));
}

function sayScopes(missing: readonly string[]): Finding {
  if (missing.length === 0) return well("slack.scopes", "The app has every scope that the manifest asks for");
  return ill(
    "slack.scopes",
    "error",
    `Slack has not granted ${missing.join(", ")}`,
    "Add them under OAuth & Permissions (or paste adapters/slack/manifest.yaml under App Manifest), and reinstall the app.",
  );
}

async function examineDelivery(client: webApi.WebClient, mode: Mode): Promise<readonly Finding[]> {
  if (mode.kind === "socket") return [await examineSocket(client, mode.appToken)];
  if (!mode.signingSecret) {
    const mend =
      "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): both are under Basic Information.";
    return [
      ill("slack.delivery", "error", "Neither Socket Mode nor HTTP is set up, so no event can come in", mend),
    ];
  }
  const host = ["0.0.0.0", "::"].includes(mode.host) ? "127.0.0.1" : mode.host;
  const own = `http://${host.includes(":") ? `[${host}]` : host}:${mode.port}${mode.path}`;
  return [await examineAddress(own, mode, true)];
}

/** What the app is at Slack is told to who has a configuration token, and to nobody else. */
async function examineFeatures(
  client: webApi.WebClient,
  { botId }: Me,
  { configToken, mode }: SlackExamined,
): Promise<readonly Finding[]> {
  if (!configToken) {
    return [
      ill(
        "slack.features",
        "unknown",
        "Slack does not say which commands, shortcuts, events and view the app has",
        "To have them compared: press Generate Token under Your App Configuration Tokens at https://api.slack.com/apps, and set SLACK_CONFIG_TOKEN to it for the doctor.",
      ),
    ];
  }
  try {
    const { bot } = await client.bots.info({ bot: botId });
    const appId = bot?.app_id ?? "";
    const { manifest } = await client.apps.manifest.export({ app_id: appId, token: configToken });
    const found: Manifest = manifest ?? {};
    const url = found.settings?.event_subscriptions?.request_url;
    return [
      ...compareManifests(readManifest(), found, { mode: mode.kind, appId }),
      ...(mode.kind === "http" && mode.signingSecret && url ? [await examineAddress(url, mode, false)] : []),
    ];
  } catch (error) {
    const code = errorCode(error) ?? "no answer";
    const words =
      toTrouble(error) === "unauthorized"
        ? "Slack does not accept SLACK_CONFIG_TOKEN, which is good for twelve hours"
        : `Slack does not show the app's manifest (${code})`;
    const mend = "Generate a new one at https://api.slack.com/apps, as somebody who may change the app.";
    return [ill("slack.features", "unknown", words, mend)];
  }
}

/** The channels that it is kept to, and whether its own workspace is among those that may use it. */
async function examineChannels(
  client: webApi.WebClient,
  { teamId, name }: Me,
  access: Access,
): Promise<readonly Finding[]> {
  const { isLeftOut, channels } = await namedInVain(client, { teamId }, access);
  const outside = `SLACK_WORKSPACES does not name ${teamId}, where the bot is installed, so its people cannot use it`;
  return [
    ...(isLeftOut ? [ill("slack.workspaces", "error", outside, `Add ${teamId} to SLACK_WORKSPACES.`)] : []),
    ...channels.map((channel) => {
      const words = `SLACK_CHANNELS names ${channel}, and the bot is in no such channel`;
      return ill("slack.channels", "error", words, `Type /invite @${name} there, or correct the id.`);
    }),
  ];
}
