import type { REST } from "discord.js";
import type { Access } from "../../../src/seam/trust/access.ts";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import { channelIdOf, guildIdOf } from "../wire/keys.ts";
import type { ThreadMode } from "../wire/permissions.ts";
import type { Server } from "./answers.ts";
import { findHome, findServer, type Lacking, lookInto, type Told } from "./look.ts";

/** Servers in one answer of Discord's at most: who is in more is asked for by id. */
export const mostServers = 200;

/** Servers that are looked into, and channels that are named, at most: the rest is counted. */
const most = 20;

const again = "Run npm run doctor again.";

interface Examined {
  readonly rest: REST;
  /** The bot's own id. */
  readonly me: string;
  /** Those it is in: the first `mostServers` of them. */
  readonly servers: readonly Server[];
  readonly inviteUrl: string;
  readonly access: Access;
  readonly threads: ThreadMode;
}

/** What is known by an id that somebody has set. */
type Known<T> = ReadonlyMap<string, Told<T>>;

/** Whether it is in the servers that are named, and may do what it needs in each channel. Never rejects. */
export async function examineServers(of: Examined): Promise<readonly Finding[]> {
  const { rest, inviteUrl, access } = of;
  const wanted = access.communities?.map((community) => guildIdOf({ community }) ?? community);
  const named = access.channels?.map((key) => channelIdOf(key) ?? key) ?? [];
  // Where not all servers are looked into, those that hold a named channel are.
  const homes = await askAll(of.servers.length > most ? named : [], (id) => findHome(rest, id));
  const unlisted = [...(wanted ?? []), ...homes.values()].filter((id) => !hasId(of.servers, id));
  const found = await askAll(of.servers.length < mostServers ? [] : unlisted, (id) => findServer(rest, id));
  const servers = [...of.servers, ...[...found.values()].filter((one) => typeof one === "object")];
  const absent = (wanted ?? [])
    .filter((id) => !hasId(servers, id))
    .map((id) => sayAbsent(id, found, inviteUrl));
  if (servers.length === 0 && absent.length === 0) {
    return [
      ill("discord.servers", "warning", "The bot is in no server", `Open ${inviteUrl} and choose one.`),
    ];
  }
  const own = servers.filter(({ id }) => !wanted || wanted.includes(id));
  const isHome = ({ id }: Server) => [...homes.values()].includes(id);
  const first = own.filter(isHome);
  const chosen = [...first, ...own.filter((one) => !isHome(one)).slice(0, Math.max(0, most - first.length))];
  const looked = await Promise.all(
    chosen.map(async (server) => ({ server, channels: await lookInto(server, of) })),
  );
  const channels = looked.flatMap((one) => one.channels ?? []);
  const hidden = looked.filter((one) => !one.channels).map(({ server }) => server);
  const isAll = hidden.length === 0 && chosen.length === own.length;
  const left = own.length > chosen.length ? `, of which ${chosen.length} were looked into` : "";
  const names = chosen.map(({ name }) => name);
  return [
    ...absent,
    ...(own.length > 0
      ? [well("discord.servers", `In ${count(own.length, "server")}${left}: ${names.join(", ")}`)]
      : []),
    ...hidden.map(({ name }) => ill("discord.servers", "unknown", `Discord does not show ${name}`, again)),
    ...named
      .filter((id) => !channels.some(({ channel, isSeen }) => channel.id === id && isSeen))
      .map((id) => sayUnseen(id, hidden.length > 0 || isUnknown(id, homes, found))),
    ...(own.length > 0 ? sayChannels(channels, isAll, of) : []),
  ];
}

async function askAll<T>(ids: readonly string[], ask: (id: string) => Promise<Told<T>>): Promise<Known<T>> {
  const asked = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  return new Map(await Promise.all(asked.map(async (id) => [id, await ask(id)] as const)));
}

function hasId(servers: readonly Server[], id: string): boolean {
  return servers.some((server) => server.id === id);
}

function sayAbsent(id: string, found: Known<Server>, inviteUrl: string): Finding {
  if (found.get(id) === "unknown") {
    const words = `DISCORD_SERVERS names ${id}, and it is not known whether the bot is in that server`;
    return ill("discord.servers", "unknown", words, again);
  }
  const words = `DISCORD_SERVERS names ${id}, and the bot is in no such server`;
  return ill("discord.servers", "error", words, `Invite it there with ${inviteUrl}, or correct the id.`);
}

/** Whether Discord has not said where a channel is, or not whether the bot is in that server. */
function isUnknown(id: string, homes: Known<string>, found: Known<Server>): boolean {
  const home = homes.get(id);
  return home === "unknown" || (home !== undefined && found.get(home) === "unknown");
}

/** Of the channels that it is kept to, each must be one that it can answer in. */
function sayUnseen(id: string, isUntold: boolean): Finding {
  if (isUntold) {
    const words = `DISCORD_CHANNELS names ${id}, and it is not known whether the bot sees that channel`;
    return ill("discord.channels", "unknown", words, again);
  }
  return ill(
    "discord.channels",
    "error",
    `DISCORD_CHANNELS names ${id}, and the bot sees no such channel`,
    "Give it View Channel there (Edit Channel › Permissions), or correct the id.",
  );
}

/**
 * What it may see and not do is told, channel by channel. A channel in which it may not write at all may be meant so:
 * that is told only of one that it is kept to.
 */
function sayChannels(
  all: readonly Lacking[],
  isAll: boolean,
  { access, inviteUrl }: Examined,
): readonly Finding[] {
  const kept = access.channels?.map((key) => channelIdOf(key) ?? key);
  const seen = all.filter(({ channel, isSeen }) => isSeen && (!kept || kept.includes(channel.id)));
  const isSilent = ({ missing }: Lacking) =>
    missing.some((name) => /^Send Messages( in Threads)?$/.test(name));
  const lacking = seen.filter((one) => one.missing.length > 0 && (kept !== undefined || !isSilent(one)));
  const silent = seen.filter((one) => !kept && isSilent(one)).length;
  const able = seen.length - lacking.length - silent;
  const told = lacking
    .slice(0, most)
    .map(({ channel, server, missing }) =>
      ill(
        "discord.permissions",
        missing.includes("Attach Files") || missing.some((name) => name.startsWith("Send"))
          ? "error"
          : "warning",
        `In #${channel.name} (${server.name}) the bot may not: ${missing.join(", ")}`,
        "Allow it there: Edit Channel › Permissions › the bot's role. Or for all channels: Server Settings › Roles.",
      ),
    );
  const words = `It can draw in ${count(able, "channel")}${silent > 0 ? `; in ${silent} more it may not write` : ""}`;
  const more = lacking.length - told.length;
  if (able === 0 && lacking.length === 0 && !kept) {
    if (!isAll) return [];
    const mend = `Give its role View Channel and Send Messages under Server Settings › Roles, or invite it again with ${inviteUrl}.`;
    return [ill("discord.permissions", "error", "There is no channel in which the bot can draw", mend)];
  }
  return [
    ...told,
    ...(more > 0
      ? [
          ill(
            "discord.permissions",
            "warning",
            `${more} more channels lack something`,
            "Mend the bot's role under Server Settings › Roles.",
          ),
        ]
      : []),
    ...(able > 0 ? [well("discord.channels", words)] : []),
  ];
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
