import type { RoleKey, User } from "../../../src/seam/turn.ts";

/** Where something was said and is answered. */
export interface Where {
  readonly channelId: string;
  /** A direct message with the bot. */
  readonly direct: boolean;
  /** The thread to answer in; absent only in direct messages, and not there where the bot is an agent. */
  readonly threadTs?: string;
  /** It was said inside a thread, not at the top. */
  readonly inThread: boolean;
}

/** The bot, as Slack knows it. */
export interface Me {
  readonly userId: string;
  readonly botId: string;
  readonly teamId: string;
  readonly name: string;
}

/**
 * A message is answered in its thread, or begins one; in direct messages only where there is one already, or where the
 * bot is an agent.
 */
export function toWhere(of: {
  readonly channelId: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly direct: boolean;
  readonly app: { readonly isAgent: boolean };
}): Where {
  const { channelId, ts, direct, app } = of;
  const threadTs = of.threadTs ?? (direct && !app.isAgent ? undefined : ts);
  const inThread = of.threadTs !== undefined && of.threadTs !== ts;
  return { channelId, direct, inThread, ...(threadTs && { threadTs }) };
}

/** Who runs the workspace moderates it, too. */
export function toUser(id: string, name: string, admin = false, roles?: readonly RoleKey[]): User {
  return { id: `slack:${id}`, name, ...(admin && { moderator: true, admin }), ...(roles && { roles }) };
}

/** Direct messages have ids of their own kind; those of groups do not count. */
export function isDirect({
  channel,
  channel_type,
}: {
  readonly channel: string;
  readonly channel_type?: string;
}): boolean {
  return channel_type ? channel_type === "im" || channel_type === "app_home" : channel.startsWith("D");
}
