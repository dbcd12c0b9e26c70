import {
  ChannelType,
  type Client,
  type GatewayMessageCreateDispatchData,
  GuildPremiumTier,
} from "discord.js";
import type { ChannelKey, CommunityKey, Place } from "../../../src/seam/turn.ts";
import { channelIdOf, guildIdOf, type Spot, toIdAt, toPlace } from "../wire/keys.ts";
import { permissionsIn } from "../wire/permissions.ts";
import type { Guilds } from "./guilds.ts";
import type { Thread } from "./stage.ts";
import { toWhere, type Where } from "./where.ts";

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
  /** Where a message was written. Asks Discord about a thread that has slept for long, and a server of another process. */
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
  linkTo(spot: Spot): Promise<string>;
  /** The server a channel is in, as far as the gateway has told. */
  serverOf(channelId: string): string | undefined;
  /** What a server or a channel is called, as far as the gateway has told. */
  nameOf(key: ChannelKey | CommunityKey): string | undefined;
  /** As of `Guilds`. */
  has(guildId: string): Promise<boolean>;
}

const MB = 1024 * 1024;

/** Channels of posts, which are threads that begin with a message of their own. */
const forums: readonly (ChannelType | undefined)[] = [ChannelType.GuildForum, ChannelType.GuildMedia];

/** Source: Discord's help page on server boosts. */
const boosted: Readonly<Partial<Record<GuildPremiumTier, number>>> = {
  [GuildPremiumTier.Tier2]: 50 * MB,
  [GuildPremiumTier.Tier3]: 100 * MB,
};

/** `me`: the bot's own id. */
export function createChannels(guilds: Guilds, me: string): Channels {
  async function find(channelId: string): Promise<Located> {
    const channel = await guilds.fetch(channelId);
    if (channel.guildId === undefined) return direct(channelId);
    const { isThread, ownerId, parentId, guildId, type } = channel;
    const where = toWhere(type, isThread && ownerId === me);
    return { ...where, place: toPlace(parentId ?? channelId, guildId), ...hangs(channelId, parentId) };
  }

  function hangs(threadId: string, parentId: string | undefined): Pick<Located, "hangsOn"> {
    if (!parentId) return {};
    const isForum = forums.includes(guilds.channel(parentId)?.type);
    return { hangsOn: { channelId: isForum ? threadId : parentId, messageId: threadId } };
  }

  function inChannel(channelId: string) {
    const channel = guilds.channel(channelId);
    const holder = channel?.parentId ? guilds.channel(channel.parentId) : channel;
    const guild = channel?.guildId === undefined ? undefined : guilds.guild(channel.guildId);
    return guild && holder && !holder.isThread ? { guild, holder } : undefined;
  }

  function permissionsOf(
    channelId: string,
    member: { readonly id: string; readonly roles: readonly string[] },
  ) {
    const found = inChannel(channelId);
    return found && permissionsIn(found.guild, member, found.holder.overwrites());
  }

  return {
    where: async ({ channel_id: channelId, guild_id: guildId }) =>
      guildId ? find(channelId) : direct(channelId), // which may not be known yet
    find,
    permissionsOf,
    ownPermissions(channelId) {
      const roles = inChannel(channelId)?.guild.ownRoles;
      return roles && permissionsOf(channelId, { id: me, roles });
    },
    ownRole: (guildId) => (guildId === undefined ? undefined : guilds.guild(guildId)?.ownRole),
    uploadBytes: (channelId) => {
      const tier = inChannel(channelId)?.guild.premiumTier;
      return tier === undefined ? undefined : boosted[tier];
    },
    threadOn(messageId) {
      const channel = guilds.channel(messageId); // a thread has the id of its message
      return channel?.isThread ? { locked: channel.isLocked } : undefined;
    },
    async linkTo({ channelId, messageId }) {
      const { guildId = "@me" } = await guilds.fetch(channelId).catch(() => ({ guildId: undefined }));
      return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
    },
    serverOf: (channelId) => guilds.channel(channelId)?.guildId,
    nameOf(key) {
      const channel = guilds.channel(channelIdOf(key) ?? "");
      if (channel) return channel.name ? `#${channel.name}` : undefined;
      return guilds.guild(guildIdOf({ community: key }) ?? "")?.name;
    },
    has: guilds.has,
  };
}

/** Channels and threads in which something was said after that, Unix time in ms, as far as a connection has told. The latest first. */
export function spokenSince({ channels }: Pick<Client, "channels">, ms: number): readonly string[] {
  const after = BigInt(toIdAt(ms));
  const spoken = [...channels.cache.values()].flatMap((channel) => {
    const last = "lastMessageId" in channel && channel.lastMessageId ? BigInt(channel.lastMessageId) : 0n;
    return last > after ? [{ id: channel.id, last }] : [];
  });
  return spoken.sort((a, b) => (a.last < b.last ? 1 : -1)).map(({ id }) => id);
}

function direct(channelId: string): Located {
  return { kind: "direct", holdsThreads: false, place: { ...toPlace(channelId), kind: "direct" } };
}
