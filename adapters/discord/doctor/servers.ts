import { ChannelType, type REST, Routes } from "discord.js";
import type { Access } from "../../../src/seam/trust/access.ts";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import { channelIdOf, guildIdOf } from "../wire/keys.ts";
import {
  mayReadHistory,
  missingForThreads,
  missingToAnswer,
  permissionsIn,
  type ThreadMode,
} from "../wire/permissions.ts";
import { type Channel, parseChannels, parseGuild, parseMember, type Server } from "./answers.ts";

/** Servers that are looked into, and channels that are named, at most: the rest is counted. */
const most = 20;

/** Where people write to each other, in one way or another. */
const written: ReadonlySet<number> = new Set([
  ...[ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildVoice],
  ...[ChannelType.GuildStageVoice, ChannelType.GuildForum, ChannelType.GuildMedia],
]);

interface Examined {
  readonly rest: REST;
  /** The bot's own id. */
  readonly me: string;
  /** Those it is in. */
  readonly servers: readonly Server[];
  readonly inviteUrl: string;
  readonly access: Access;
  readonly threads: ThreadMode;
}

/** A channel, and what the bot may not do there that it needs. */
interface Lacking {
  readonly channel: Channel;
  readonly server: Server;
  readonly isSeen: boolean;
  readonly missing: readonly string[];
}

/** Whether it is in the servers that are named, and may do what it needs in each channel. Rejects as REST does. */
export async function examineServers(of: Examined): Promise<readonly Finding[]> {
  const { servers, inviteUrl, access } = of;
  const wanted = access.communities?.map((community) => guildIdOf({ community }) ?? community);
  const absent = (wanted ?? [])
    .filter((id) => !servers.some((server) => server.id === id))
    .map((id) =>
      ill(
        "discord.servers",
        "error",
        `DISCORD_SERVERS names ${id}, and the bot is in no such server`,
        `Invite it there with ${inviteUrl}, or correct the id.`,
      ),
    );
  const own = servers.filter(({ id }) => !wanted || wanted.includes(id));
  if (servers.length === 0 && absent.length === 0) {
    return [
      ill("discord.servers", "warning", "The bot is in no server", `Open ${inviteUrl} and choose one.`),
    ];
  }
  const looked = await Promise.all(own.slice(0, most).map((server) => lookInto(server, of)));
  const channels = looked.flat();
  const left = own.length > most ? `, of which ${most} were looked into` : "";
  const names = own.slice(0, most).map(({ name }) => name);
  return [
    ...absent,
    ...(own.length > 0
      ? [well("discord.servers", `In ${count(own.length, "server")}${left}: ${names.join(", ")}`)]
      : []),
    ...sayNamed(channels, access),
    ...(own.length > 0 ? sayChannels(channels, of) : []),
  ];
}

async function lookInto(server: Server, { rest, me, threads }: Examined): Promise<readonly Lacking[]> {
  const [guild, member, channels] = await Promise.all([
    rest.get(Routes.guild(server.id)).then(parseGuild),
    rest.get(Routes.guildMember(server.id, me)).then(parseMember),
    rest.get(Routes.guildChannels(server.id)).then(parseChannels),
  ]);
  return channels
    .filter(({ type }) => written.has(type))
    .map((channel) => {
      const held = permissionsIn(guild, { id: me, roles: member.roles }, channel.overwrites);
      const isForum = channel.type === ChannelType.GuildForum || channel.type === ChannelType.GuildMedia;
      const missing = [
        ...missingToAnswer(held, isForum ? "thread" : "channel"),
        ...(mayReadHistory(held) ? [] : ["Read Message History"]),
        ...(threads === "off" || isForum ? [] : missingForThreads(held)),
      ];
      const isSeen = !missing.includes("View Channel");
      return { channel, server, isSeen, missing: [...new Set(missing)] };
    });
}

/** Of the channels that it is kept to, each must be one that it can answer in. */
function sayNamed(channels: readonly Lacking[], { channels: keys = [] }: Access): readonly Finding[] {
  return keys
    .map((key) => channelIdOf(key) ?? key)
    .filter((id) => !channels.some(({ channel, isSeen }) => channel.id === id && isSeen))
    .map((id) =>
      ill(
        "discord.channels",
        "error",
        `DISCORD_CHANNELS names ${id}, and the bot sees no such channel`,
        "Give it View Channel there (Edit Channel › Permissions), or correct the id.",
      ),
    );
}

/**
 * What it may see and not do is told, channel by channel. A channel in which it may not write at all may be meant so:
 * that is told only of one that it is kept to.
 */
function sayChannels(all: readonly Lacking[], { access, inviteUrl }: Examined): readonly Finding[] {
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
