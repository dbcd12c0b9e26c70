import { ChannelType, type REST, Routes } from "discord.js";
import {
  mayReadHistory,
  missingForThreads,
  missingToAnswer,
  permissionsIn,
  type ThreadMode,
} from "../wire/permissions.ts";
import { toTrouble } from "../wire/trouble.ts";
import {
  type Channel,
  parseChannels,
  parseGuild,
  parseHome,
  parseMember,
  parseServer,
  type Server,
} from "./answers.ts";

/** A channel, and what the bot may not do there that it needs. */
export interface Lacking {
  readonly channel: Channel;
  readonly server: Server;
  readonly isSeen: boolean;
  readonly missing: readonly string[];
}

/** What Discord says of something: `none` where the bot sees no such thing, `unknown` where it does not say. */
export type Told<T> = T | "none" | "unknown";

/** Where people write to each other, in one way or another. */
const written: ReadonlySet<number> = new Set([
  ...[ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildVoice],
  ...[ChannelType.GuildStageVoice, ChannelType.GuildForum, ChannelType.GuildMedia],
]);

/** A server that the bot is in, by its id. Never rejects. */
export function findServer(rest: REST, id: string): Promise<Told<Server>> {
  return told(rest.get(Routes.guild(id)).then(parseServer));
}

/** The id of the server that a channel is in, where the bot sees it. Never rejects. */
export function findHome(rest: REST, channelId: string): Promise<Told<string>> {
  return told(rest.get(Routes.channel(channelId)).then(parseHome));
}

function told<T>(answer: Promise<T | undefined>): Promise<Told<T>> {
  return answer.then(
    (found) => found ?? "none",
    (error: unknown) => (/^(?:gone|forbidden|refused)$/.test(toTrouble(error)) ? "none" : "unknown"),
  );
}

/** All channels of a server; undefined where Discord does not show them. Never rejects. */
export async function lookInto(
  server: Server,
  { rest, me, threads }: { readonly rest: REST; readonly me: string; readonly threads: ThreadMode },
): Promise<readonly Lacking[] | undefined> {
  const asked = Promise.all([
    rest.get(Routes.guild(server.id)).then(parseGuild),
    rest.get(Routes.guildMember(server.id, me)).then(parseMember),
    rest.get(Routes.guildChannels(server.id)).then(parseChannels),
  ]);
  const found = await asked.catch(() => undefined);
  if (!found) return undefined;
  const [guild, member, channels] = found;
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
