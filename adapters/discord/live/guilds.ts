import { type APIChannel, ChannelType, type Client, type GuildPremiumTier } from "discord.js";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { Overwrite } from "../wire/permissions.ts";
import type { Send } from "../wire/send.ts";
import { toTrouble } from "../wire/trouble.ts";

/** A server that the bot is in. */
export interface KnownGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly premiumTier: GuildPremiumTier;
  readonly permissionsOf: (role: string) => bigint;
  /** The bot's roles there, without everyone's. */
  readonly ownRoles: readonly string[];
  /** The role that Discord made for the bot. */
  readonly ownRole: string | undefined;
}

/** A channel or a thread. */
export interface KnownChannel {
  readonly id: string;
  readonly type: ChannelType;
  readonly name: string | undefined;
  /** Undefined: a direct message. */
  readonly guildId: string | undefined;
  /** For a thread, the channel above it. */
  readonly parentId: string | undefined;
  /** For a thread, who opened it. */
  readonly ownerId: string | undefined;
  readonly isThread: boolean;
  readonly isLocked: boolean;
  readonly overwrites: () => readonly Overwrite[];
}

/** Servers and channels: what the shards of this process have told, and what was asked for of others lately. */
export interface Guilds {
  /** As far as it is known without asking. */
  channel(id: string): KnownChannel | undefined;
  guild(id: string): KnownGuild | undefined;
  /** Asks for a channel, and for the server that it is in. Rejects as Discord does. */
  fetch(channelId: string): Promise<KnownChannel>;
  /** Whether the bot is a member of a server. Rejects as Discord does while it is away. */
  has(guildId: string): Promise<boolean>;
  /** Ids of the servers that the bot is in: two at least, where there are more than one. Rejects as Discord does. */
  servers(): Promise<readonly string[]>;
}

/** How long what was asked for is believed, in ms: nobody tells this process that it has changed. */
const believedMs = 60_000;

const threads: readonly ChannelType[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/** `clients`: the connections that are there now. `me`: the bot's own id. */
export function createGuilds(of: {
  readonly clients: () => readonly Client<true>[];
  readonly send: Pick<Send, "fetchChannel" | "fetchGuild" | "fetchGuildIds" | "fetchMember">;
  readonly me: string;
  /** The connections of this process tell of all servers. */
  readonly isWhole: boolean;
  readonly now: () => number;
}): Guilds {
  const { clients, send, me, isWhole, now } = of;
  let servers: Asked<readonly string[]> | undefined;
  const channels = createBounded<string, Asked<KnownChannel>>(1000);
  const guilds = createBounded<string, Asked<KnownGuild>>(500);

  function toldGuild(id: string): KnownGuild | undefined {
    for (const client of clients()) {
      const guild = client.guilds.cache.get(id);
      if (!guild?.available) continue;
      return {
        ...{ id, name: guild.name, ownerId: guild.ownerId, premiumTier: guild.premiumTier },
        permissionsOf: (role) => guild.roles.cache.get(role)?.permissions.bitfield ?? 0n,
        ownRoles: [...(guild.members.cache.get(me)?.roles.cache.keys() ?? [])].filter((role) => role !== id),
        ownRole: guild.roles.botRoleFor(client.user)?.id,
      };
    }
    return undefined;
  }

  function toldChannel(id: string): KnownChannel | undefined {
    for (const client of clients()) {
      const channel = client.channels.cache.get(id);
      if (!channel) continue;
      if (channel.isDMBased()) return toDirect(id, channel.type);
      const common = { id, type: channel.type, name: channel.name, guildId: channel.guildId };
      if (channel.isThread()) {
        const { parentId, ownerId, locked } = channel;
        const thread = { parentId: parentId ?? undefined, ownerId: ownerId ?? undefined };
        return { ...common, ...thread, isThread: true, isLocked: locked === true, overwrites: () => [] };
      }
      const overwrites = () =>
        [...channel.permissionOverwrites.cache.values()].map(
          (one): Overwrite => ({ id: one.id, allow: one.allow.bitfield, deny: one.deny.bitfield }),
        );
      return { ...common, parentId: undefined, ownerId: undefined, ...notThread, overwrites };
    }
    return undefined;
  }

  function believed<Thing>(asked: Asked<Thing> | undefined): Thing | undefined {
    return asked && asked.until > now() ? asked.thing : undefined;
  }

  async function askGuild(id: string): Promise<KnownGuild> {
    const [guild, member] = await Promise.all([send.fetchGuild(id), send.fetchMember(id, me)]);
    const allowed = new Map(guild.roles.map((role) => [role.id, BigInt(role.permissions)]));
    const thing: KnownGuild = {
      ...{ id, name: guild.name, ownerId: guild.owner_id, premiumTier: guild.premium_tier },
      permissionsOf: (role) => allowed.get(role) ?? 0n,
      ownRoles: member.roles,
      ownRole: guild.roles.find(({ tags }) => tags?.bot_id === me)?.id,
    };
    guilds.set(id, { thing, until: now() + believedMs });
    return thing;
  }

  async function askChannel(id: string): Promise<KnownChannel> {
    const thing = toKnown(await send.fetchChannel(id));
    channels.set(id, { thing, until: now() + believedMs });
    return thing;
  }

  const channel = (id: string) => toldChannel(id) ?? believed(channels.get(id));
  const guild = (id: string) => toldGuild(id) ?? believed(guilds.get(id));

  return {
    channel,
    guild,
    async fetch(channelId) {
      const found = channel(channelId) ?? (await askChannel(channelId));
      const { guildId, parentId } = found;
      // A server that keeps the bot from seeing itself tells what it must; what is not known is not forbidden.
      if (guildId && !guild(guildId)) await askGuild(guildId).catch(() => {});
      if (parentId && !channel(parentId)) await askChannel(parentId).catch(() => {});
      return found;
    },
    async has(guildId) {
      if (clients().some(({ guilds: { cache } }) => cache.has(guildId)) || guild(guildId)) return true;
      return askGuild(guildId).then(
        () => true,
        (error: unknown) => {
          if (toTrouble(error) === "failed") throw error;
          return false;
        },
      );
    },
    async servers() {
      if (isWhole) return clients().flatMap(({ guilds: { cache } }) => [...cache.keys()]);
      const known = believed(servers);
      if (known) return known;
      const thing = await send.fetchGuildIds(2);
      servers = { thing, until: now() + believedMs };
      return thing;
    },
  };
}

interface Asked<Thing> {
  readonly thing: Thing;
  /** Unix time, ms. */
  readonly until: number;
}

const notThread = { isThread: false, isLocked: false } as const;

function toDirect(id: string, type: ChannelType): KnownChannel {
  const nowhere = { name: undefined, guildId: undefined, parentId: undefined, ownerId: undefined };
  return { ...{ id, type }, ...nowhere, ...notThread, overwrites: () => [] };
}

function toKnown(channel: APIChannel): KnownChannel {
  const { id, type } = channel;
  if (!("guild_id" in channel) || !channel.guild_id) return toDirect(id, type);
  const isThread = threads.includes(type);
  const allowed = "permission_overwrites" in channel ? (channel.permission_overwrites ?? []) : [];
  const overwrites = allowed.map(
    (one): Overwrite => ({ id: one.id, allow: BigInt(one.allow), deny: BigInt(one.deny) }),
  );
  return {
    ...{ id, type, name: channel.name ?? undefined, guildId: channel.guild_id, isThread },
    parentId: (isThread && "parent_id" in channel && channel.parent_id) || undefined,
    ownerId: (isThread && "owner_id" in channel && channel.owner_id) || undefined,
    isLocked: "thread_metadata" in channel && channel.thread_metadata?.locked === true,
    overwrites: () => overwrites,
  };
}
