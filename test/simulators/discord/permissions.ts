import type { Channel, Guild, User } from "./world.ts";

/** The permissions that play a part here, by the names of the docs. Source: docs, topics/permissions. */
export const permissions = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  USE_EXTERNAL_APPS: 1n << 50n,
  PIN_MESSAGES: 1n << 51n,
} as const;

/** The name of a permission, as the docs spell it. */
export type Permission = keyof typeof permissions;

/** Every permission there is here. */
export const allPermissions = toBits(Object.keys(permissions).filter(isPermission));

/** What everyone in a new guild may do. */
export const usualPermissions = toBits([
  "VIEW_CHANNEL",
  "SEND_MESSAGES",
  "EMBED_LINKS",
  "ATTACH_FILES",
  "READ_MESSAGE_HISTORY",
  "USE_APPLICATION_COMMANDS",
  "CREATE_PUBLIC_THREADS",
  "SEND_MESSAGES_IN_THREADS",
  "USE_EXTERNAL_APPS",
]);

/** Names as the bit field that Discord sends. */
export function toBits(names: readonly Permission[]): bigint {
  return names.reduce((bits, name) => bits | permissions[name], 0n);
}

/** What a user may do in a channel. Source: docs, topics/permissions, "Permission Overwrites". */
export function permissionsIn(channel: Channel, user: User): bigint {
  const guild = channel.guild;
  // Direct messages: a bot and a user may do the usual things.
  if (!guild) return channel.recipients.includes(user) ? usualPermissions : 0n;
  const member = guild.members.get(user.id);
  if (!member) return 0n;
  const base = permissionsOf(guild, user);
  if (base & permissions.ADMINISTRATOR) return allPermissions;
  const { overwrites } = channel.parent ?? channel; // a thread inherits
  let bits = base;
  const apply = (allow: bigint, deny: bigint) => {
    bits = (bits & ~deny) | allow;
  };
  const everyone = overwrites.find(({ id }) => id === guild.id);
  if (everyone) apply(everyone.allow, everyone.deny);
  const roles = overwrites.filter(({ id }) => id !== guild.id && member.roles.includes(id));
  apply(
    roles.reduce((all, { allow }) => all | allow, 0n),
    roles.reduce((all, { deny }) => all | deny, 0n),
  );
  const own = overwrites.find(({ id }) => id === user.id);
  if (own) apply(own.allow, own.deny);
  return bits & permissions.VIEW_CHANNEL ? bits : 0n;
}

/** What a user may do in a guild, channels apart. */
function permissionsOf(guild: Guild, user: User): bigint {
  if (guild.ownerId === user.id) return allPermissions;
  const held = guild.members.get(user.id)?.roles ?? [];
  const bits = [guild.id, ...held].reduce((all, id) => all | (guild.roles.get(id)?.permissions ?? 0n), 0n);
  return bits & permissions.ADMINISTRATOR ? allPermissions : bits;
}

/** Whether a user may do something in a channel. */
export function may(channel: Channel, user: User, permission: Permission): boolean {
  return (permissionsIn(channel, user) & permissions[permission]) !== 0n;
}

function isPermission(name: string): name is Permission {
  return name in permissions;
}
