import {
  OAuth2Scopes,
  PermissionFlagsBits,
  type PermissionResolvable,
  PermissionsBitField,
} from "discord.js";

/** How the bot uses Discord's threads. `auto`: what goes on from a picture; `always`: every picture has one. */
export type ThreadMode = "off" | "auto" | "always";

/** What each permission is called in Discord's settings. */
const names = {
  ViewChannel: "View Channel",
  SendMessages: "Send Messages",
  SendMessagesInThreads: "Send Messages in Threads",
  CreatePublicThreads: "Create Public Threads",
  AttachFiles: "Attach Files",
  ReadMessageHistory: "Read Message History",
} as const;

type Name = keyof typeof names;

const always: readonly Name[] = [
  "ViewChannel",
  "SendMessages",
  "SendMessagesInThreads",
  "AttachFiles",
  "ReadMessageHistory",
];

/** The address where an admin lets the bot in, with exactly what it needs. */
export function toInviteUrl(appId: string, threads: ThreadMode): string {
  const needed: readonly Name[] = threads === "off" ? always : [...always, "CreatePublicThreads"];
  const query = new URLSearchParams({
    client_id: appId,
    scope: `${OAuth2Scopes.Bot} ${OAuth2Scopes.ApplicationsCommands}`,
    permissions: String(PermissionsBitField.resolve([...needed])),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** What is missing to answer in a channel, as Discord's settings call it. `held`: a bit set as Discord writes it. */
export function missingToAnswer(held: bigint, place: "channel" | "thread"): readonly string[] {
  const send: Name = place === "thread" ? "SendMessagesInThreads" : "SendMessages";
  return missing(held, ["ViewChannel", send, "AttachFiles"]);
}

/** What is missing to open a thread on a message of ours and to answer there. */
export function missingForThreads(held: bigint): readonly string[] {
  return missing(held, ["CreatePublicThreads", "SendMessagesInThreads", "AttachFiles"]);
}

/** Whether the bot may look at what was said in a channel before. */
export function mayReadHistory(held: bigint): boolean {
  return may(held, PermissionFlagsBits.ReadMessageHistory);
}

/** Whether a bit set holds a permission; who administers holds them all. */
export function may(held: bigint, permission: PermissionResolvable): boolean {
  return new PermissionsBitField(held).has(permission);
}

/** Who may do in a channel what a moderator does: delete what others wrote. */
export function isModerator(held: bigint): boolean {
  return may(held, PermissionFlagsBits.ManageMessages);
}

/** Who may change what holds for the whole server. */
export function isAdmin(held: bigint): boolean {
  return may(held, PermissionFlagsBits.ManageGuild);
}

/** An overwrite of a channel, for a role or a member. */
export interface Overwrite {
  readonly id: string;
  readonly allow: bigint;
  readonly deny: bigint;
}

/**
 * What a member may do in a channel. Source: “Permission Overwrites” in Discord's documentation.
 *
 * `roles`: the member's, without `everyone`, which has the server's id.
 */
export function permissionsIn(
  server: { readonly id: string; readonly ownerId: string; permissionsOf(role: string): bigint },
  member: { readonly id: string; readonly roles: readonly string[] },
  overwrites: readonly Overwrite[],
): bigint {
  const all = PermissionsBitField.All;
  if (member.id === server.ownerId) return all;
  const roles = [server.id, ...member.roles];
  let held = roles.reduce((sum, role) => sum | server.permissionsOf(role), 0n);
  if (held & PermissionFlagsBits.Administrator) return all;
  for (const ids of [[server.id], member.roles, [member.id]]) {
    const applied = overwrites.filter(({ id }) => ids.includes(id));
    held &= ~applied.reduce((sum, { deny }) => sum | deny, 0n);
    held |= applied.reduce((sum, { allow }) => sum | allow, 0n);
  }
  return held;
}

function missing(held: bigint, needed: readonly Name[]): readonly string[] {
  return needed.filter((name) => !may(held, name)).map((name) => names[name]);
}
