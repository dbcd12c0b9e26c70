import {
  type APIInteraction,
  type APIPartialChannel,
  type APIUser,
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
} from "discord.js";
import type { Place, RoleKey, User } from "../../../src/seam/turn.ts";
import { toPlace, toRoleKey, toUserKey } from "../wire/keys.ts";
import { isAdmin, isModerator, may } from "../wire/permissions.ts";
import { nameOf } from "../wire/words.ts";

/** What kind of place a channel is. */
export interface Where {
  readonly kind: "direct" | "thread" | "channel";
  /** A thread that the bot opened. */
  readonly ours?: boolean;
  /** Threads can be opened on its messages. */
  readonly holdsThreads: boolean;
}

const threadTypes: readonly ChannelType[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/** `ours`: the bot opened it. */
export function toWhere(type: ChannelType, ours = false): Where {
  if (type === ChannelType.DM || type === ChannelType.GroupDM) return { kind: "direct", holdsThreads: false };
  if (threadTypes.includes(type)) return { kind: "thread", ours, holdsThreads: false };
  const holdsThreads = type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
  return { kind: "channel", holdsThreads };
}

/** Whoever pressed, typed or chose. In servers that did not let the bot in, nobody moderates it. */
export function userOf(interaction: APIInteraction): User {
  const { member, user } = interaction;
  const one = member?.user ?? user;
  if (!one) throw new TypeError("an interaction without a user");
  const held = member && isReachable(interaction) ? BigInt(member.permissions) : 0n;
  return toUser(one, held, rolesIn(interaction.guild_id, member?.roles));
}

/** Where an interaction comes from. Throws TypeError for a ping, which comes from nowhere. */
export function placeOf(interaction: APIInteraction): Place {
  const { channel, guild_id, authorizing_integration_owners: owners, context } = interaction;
  if (!channel) throw new TypeError("an interaction without a channel");
  const isLetIn = guild_id ? owners?.[0] !== undefined : context === InteractionContextType.BotDM;
  const kind = isLetIn ? (guild_id ? {} : direct) : carried;
  return { ...placeIn(channel, guild_id), ...kind };
}

const direct = { kind: "direct" } as const;
const carried = { kind: "carried" } as const;

/** A thread's is that of the channel it stands in. */
function placeIn(channel: APIPartialChannel, guildId: string | undefined): Place {
  const parent = threadTypes.includes(channel.type) && "parent_id" in channel ? channel.parent_id : undefined;
  return toPlace((parent as string | null | undefined) ?? channel.id, guildId);
}

/** `permissions`: what they may do in the channel. */
export function toUser(user: APIUser, permissions: bigint, roles?: readonly RoleKey[]): User {
  return {
    ...{ id: toUserKey(user.id), name: nameOf(user) },
    ...(isModerator(permissions) && { moderator: true }),
    ...(isAdmin(permissions) && { admin: true }),
    ...(roles && { roles }),
  };
}

/** A member's roles, everyone's among them, which has the server's id; undefined outside of servers, and where they are not known. */
export function rolesIn(
  guildId: string | undefined,
  roles: readonly string[] | undefined,
): readonly RoleKey[] | undefined {
  return guildId && roles ? [guildId, ...roles].map(toRoleKey) : undefined;
}

/**
 * Whether the bot itself can post, read and edit where an interaction comes from. If not, it is there by somebody's own
 * installation, and answers with the interaction alone.
 */
export function isReachable(interaction: APIInteraction): boolean {
  const { guild_id, authorizing_integration_owners: owners, context, app_permissions } = interaction;
  if (!guild_id) return context === InteractionContextType.BotDM;
  return owners?.[0] !== undefined && may(BigInt(app_permissions), PermissionFlagsBits.ViewChannel);
}
