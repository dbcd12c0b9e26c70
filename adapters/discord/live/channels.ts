import {
  ChannelType,
  type Client,
  type GatewayMessageCreateDispatchData,
  GuildPremiumTier,
} from "discord.js";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { ChannelKey, CommunityKey, Place } from "../../../src/seam/turn.ts";
import { channelIdOf, guildIdOf, type Spot, toIdAt, toPlace } from "../wire/keys.ts";
import { type Overwrite, permissionsIn } from "../wire/permissions.ts";
import type { Send } from "../wire/send.ts";
import type { Thread } from "./stage.ts";
import { placeIn, toWhere, type Where } from "./where.ts";

/** A channel, as where something is asked. */
export interface Located extends Where {
  readonly place: Place;
  /**
   * For a thread, the message that it hangs on, if it hangs on one: that has the thread's id. A post of a forum begins
   * with it; elsewhere it stands in the channel above.
   */
  readonly hangsOn?: Spot;
}

/** What is known of channels and of who may do what there. */
export interface Channels {
  /** Where a message was written. Asks Discord about a thread that has slept for long. */
  where(message: Pick<GatewayMessageCreateDispatchData, "channel_id" | "guild_id">): Promise<Located>;
  /** The same for a channel of which only the id is known. */
  find(channelId: string): Promise<Located>;
  /** What a member may do in a channel; undefined while Discord has not told us of the channel. */
  permissionsOf(
    channelId: string,
    member: { readonly id: string; readonly roles: readonly string[] },
  ): bigint | undefined;
  /** What the bot may do in a channel. */
  ownPermissions(channelId: string): bigint | undefined;
  /** The role that Discord made for the bot in a server. */
  ownRole(guildId: string | undefined): string | undefined;
  /** Bytes of one file that the bot may post in a channel. */
  uploadBytes(channelId: string): number | undefined;
  /** The thread on a message, as far as the gateway has told. */
  threadOn(messageId: string): Thread | undefined;
  /** A message's address, for people to go to. */
  linkTo(spot: Spot): string;
  /** Channels and threads in which something was said after that, Unix time in ms, as far as the gateway has told. The latest first. */
  spokenSince(ms: number): readonly string[];
  /** The server a channel is in, as far as the gateway has told. */
  serverOf(channelId: string): string | undefined;
  /** What a server or a channel is called, as far as the gateway has told. */
  nameOf(key: ChannelKey | CommunityKey): string | undefined;
  /** The bot is a member of the server. */
  has(guildId: string): boolean;
}

const MB = 1024 * 1024;

/** Channels of posts, which are threads that begin with a message of their own. */
const forums: readonly (ChannelType | undefined)[] = [ChannelType.GuildForum, ChannelType.GuildMedia];

/** Source: Discord's help page on server boosts. */
const boosted: Readonly<Partial<Record<GuildPremiumTier, number>>> = {
  [GuildPremiumTier.Tier2]: 50 * MB,
  [GuildPremiumTier.Tier3]: 100 * MB,
};

/** From what the gateway has told, which discord.js keeps. */
export function createChannels(client: Client<true>, send: Send): Channels {
  const asked = createBounded<string, Located>(500);
  const known = (channelId: string) => client.channels.cache.get(channelId);

  async function find(channelId: string): Promise<Located> {
    const channel = known(channelId);
    if (!channel) return asked.get(channelId) ?? ask(channelId);
    if (channel.isDMBased()) return direct(channelId);
    const thread = channel.isThread();
    const where = toWhere(channel.type, thread && channel.ownerId === client.user.id);
    const parentId = thread ? channel.parentId : undefined;
    const place = toPlace(parentId || channelId, channel.guildId);
    return { ...where, place, ...hangs(channelId, parentId) };
  }

  async function ask(channelId: string): Promise<Located> {
    const channel = await send.fetchChannel(channelId);
    const where = toWhere(channel.type, "owner_id" in channel && channel.owner_id === client.user.id);
    const guild_id = "guild_id" in channel ? channel.guild_id : undefined;
    const parentId = where.kind === "thread" && "parent_id" in channel ? channel.parent_id : undefined;
    const place = where.kind === "direct" ? direct(channelId).place : placeIn(channel, guild_id);
    const located = { ...where, place, ...hangs(channelId, parentId) };
    asked.set(channelId, located);
    return located;
  }

  function hangs(threadId: string, parentId: string | null | undefined): Pick<Located, "hangsOn"> {
    if (!parentId) return {};
    const isForum = forums.includes(known(parentId)?.type);
    return { hangsOn: { channelId: isForum ? threadId : parentId, messageId: threadId } };
  }

  function inChannel(channelId: string) {
    const channel = known(channelId);
    if (!channel || channel.isDMBased()) return undefined;
    const holder = channel.isThread() ? channel.parent : channel;
    if (!holder) return undefined;
    return { guild: channel.guild, holder };
  }

  function permissionsOf(
    channelId: string,
    member: { readonly id: string; readonly roles: readonly string[] },
  ) {
    const found = inChannel(channelId);
    if (!found) return undefined;
    const { guild, holder } = found;
    const overwrites = [...holder.permissionOverwrites.cache.values()].map(
      ({ id, allow, deny }): Overwrite => ({ id, allow: allow.bitfield, deny: deny.bitfield }),
    );
    const server = {
      id: guild.id,
      ownerId: guild.ownerId,
      permissionsOf: (role: string) => guild.roles.cache.get(role)?.permissions.bitfield ?? 0n,
    };
    return permissionsIn(server, member, overwrites);
  }

  return {
    where: async ({ channel_id: channelId, guild_id: guildId }) =>
      guildId ? find(channelId) : direct(channelId), // which may not be known yet
    find,
    permissionsOf,
    ownPermissions(channelId) {
      const me = inChannel(channelId)?.guild.members.cache.get(client.user.id);
      return me && permissionsOf(channelId, { id: me.id, roles: [...me.roles.cache.keys()] });
    },
    ownRole: (guildId) => guildId && client.guilds.cache.get(guildId)?.roles.botRoleFor(client.user)?.id,
    uploadBytes: (channelId) => {
      const tier = inChannel(channelId)?.guild.premiumTier;
      return tier === undefined ? undefined : boosted[tier];
    },
    threadOn(messageId) {
      const channel = known(messageId); // a thread has the id of its message
      return channel?.isThread() ? { locked: channel.locked === true } : undefined;
    },
    linkTo: ({ channelId, messageId }) => {
      const guildId = inChannel(channelId)?.guild.id ?? "@me";
      return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
    },
    spokenSince(ms) {
      const after = BigInt(toIdAt(ms));
      const spoken = [...client.channels.cache.values()].flatMap((channel) => {
        const last = "lastMessageId" in channel && channel.lastMessageId ? BigInt(channel.lastMessageId) : 0n;
        return last > after ? [{ id: channel.id, last }] : [];
      });
      return spoken.sort((a, b) => (a.last < b.last ? 1 : -1)).map(({ id }) => id);
    },
    serverOf: (channelId) => inChannel(channelId)?.guild.id,
    nameOf(key) {
      const channel = client.channels.cache.get(channelIdOf(key) ?? "");
      if (channel) return "name" in channel && channel.name ? `#${channel.name}` : undefined;
      return client.guilds.cache.get(guildIdOf({ community: key }) ?? "")?.name;
    },
    has: (guildId) => client.guilds.cache.has(guildId),
  };
}

function direct(channelId: string): Located {
  return { kind: "direct", holdsThreads: false, place: { ...toPlace(channelId), kind: "direct" } };
}
