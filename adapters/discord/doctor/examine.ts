import { ApplicationFlagsBitField, DiscordAPIError, REST, Routes } from "discord.js";
import type { Access } from "../../../src/seam/trust/access.ts";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import { type ThreadMode, toInviteUrl } from "../wire/permissions.ts";
import { toMakeRequest } from "../wire/request.ts";
import { toTrouble } from "../wire/trouble.ts";
import { parseApplication, parseGateway, parseGuilds, parseUser } from "./answers.ts";
import { examineServers, mostServers } from "./servers.ts";

export interface DiscordExamined {
  readonly token: string;
  /** As in `DiscordOptions`. */
  readonly apiUrl?: string;
  readonly access: Access;
  readonly threads: ThreadMode;
}

const portal = "https://discord.com/developers/applications";

/** Ms for one question. */
const limitMs = 10_000;

/** IDENTIFYs that are left today below which somebody is told: a crash loop uses them up. */
const fewStarts = 50;

/**
 * What is wrong with Discord: the token, the application, the servers and their channels. Asks over REST alone, so that
 * a bot that runs is not disturbed. Never rejects.
 */
export async function examineDiscord(options: DiscordExamined): Promise<readonly Finding[]> {
  const { token, apiUrl, access, threads } = options;
  const rest = new REST({
    ...{ makeRequest: toMakeRequest(), retries: 0, timeout: limitMs },
    ...(apiUrl && { api: apiUrl.replace(/\/+$/, "") }),
  }).setToken(token);
  try {
    const me = parseUser(await rest.get(Routes.user("@me")));
    const application = parseApplication(await rest.get(Routes.currentApplication()));
    const inviteUrl = toInviteUrl(application.id, threads);
    const query = new URLSearchParams({ limit: String(mostServers) });
    const servers = parseGuilds(await rest.get(Routes.userGuilds(), { query }));
    return [
      well("discord.token", `Discord takes the token, as @${me.username}`),
      sayIntents(application),
      sayEvents(application),
      ...sayInstallations(application, access),
      await examineStarts(rest),
      well("discord.invite", `Invite it with ${inviteUrl}`),
      ...(await examineServers({ rest, me: me.id, servers, inviteUrl, access, threads })),
    ];
  } catch (error) {
    return [sayFailed(error, apiUrl)];
  }
}

function sayIntents({ id, flags }: { readonly id: string; readonly flags: number }): Finding {
  const { GatewayMessageContent: full, GatewayMessageContentLimited: limited } =
    ApplicationFlagsBitField.Flags;
  if (flags & (full | limited)) return well("discord.intents", "Message Content Intent is on");
  return ill(
    "discord.intents",
    "warning",
    "Message Content Intent is off, so in threads people must mention the bot each time",
    `Turn it on at ${portal}/${id}/bot under Privileged Gateway Intents, and start the bot again.`,
  );
}

/** Where such an address is set, Discord sends what people do there, and the gateway is told nothing of it. */
function sayEvents({
  id,
  interactions_endpoint_url: elsewhere,
}: ReturnType<typeof parseApplication>): Finding {
  if (!elsewhere) return well("discord.events", "Commands and buttons come through the gateway");
  return ill(
    "discord.events",
    "error",
    "Discord sends commands and buttons to an Interactions Endpoint URL, and not to this bot",
    `Empty Interactions Endpoint URL at ${portal}/${id}/information and save.`,
  );
}

function sayInstallations(
  { id, integration_types_config: kinds }: ReturnType<typeof parseApplication>,
  { carried }: Access,
): readonly Finding[] {
  // Discord's numbers: 0 is a server's installation, 1 a person's own.
  const missing = [
    ...(kinds && !("0" in kinds) ? ["Guild Install"] : []),
    ...(kinds && carried && !("1" in kinds) ? ["User Install"] : []),
  ];
  if (missing.length === 0) return [];
  return [
    ill(
      "discord.installs",
      "warning",
      `The application has no ${missing.join(" and no ")}`,
      `Tick ${missing.join(" and ")} at ${portal}/${id}/installation${missing.includes("User Install") ? ", or set DISCORD_USER_INSTALLS=off" : ""}.`,
    ),
  ];
}

async function examineStarts(rest: REST): Promise<Finding> {
  const found = await rest
    .get(Routes.gatewayBot())
    .then(parseGateway)
    .catch(() => undefined);
  if (found) return sayStarts(found);
  const words = "Discord does not say how many starts are left for today";
  return ill("discord.starts", "unknown", words, "Run npm run doctor again.");
}

function sayStarts({ remaining, total, resetAfterMs }: ReturnType<typeof parseGateway>): Finding {
  const words = `${remaining} of ${total} starts are left for today`;
  if (remaining >= fewStarts) return well("discord.starts", words);
  const hours = Math.ceil(resetAfterMs / 3_600_000);
  return ill(
    "discord.starts",
    remaining === 0 ? "error" : "warning",
    `${words}: something starts this bot again and again`,
    `Stop what restarts it, look into its log, and wait ${hours} ${hours === 1 ? "hour" : "hours"} for new ones.`,
  );
}

function sayFailed(error: unknown, apiUrl: string | undefined): Finding {
  if (toTrouble(error) === "unauthorized") {
    return ill(
      "discord.token",
      "error",
      "Discord does not accept DISCORD_TOKEN",
      `Press Reset Token at ${portal}, under Bot, and set DISCORD_TOKEN to what it shows.`,
    );
  }
  const why =
    error instanceof DiscordAPIError
      ? `answers ${error.status} (${error.code})`
      : "does not answer as Discord does";
  const mend = apiUrl
    ? "See that DISCORD_API_URL is right and that server runs."
    : "See that this machine may reach discord.com by https, and try again.";
  return ill("discord.reach", "error", `Discord ${why}`, mend);
}
