import type { Fields } from "./fields.ts";

/** A workspace. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

/** A person, or the bot's own user. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly team: Team;
  readonly bot: boolean;
  admin: boolean;
  timeZone: string;
}

/** A user group, such as @designers. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  /** Ids of who is in it. */
  readonly users: Set<string>;
}

/** What kind of conversation a channel is; `mpim` is a direct one of several people. */
export type ChannelKind = "public" | "private" | "im" | "mpim";

/** A channel or direct conversation. */
export interface Channel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  /** Ids of who is in it, the bot's own among them where it was let in. */
  readonly members: Set<string>;
  archived: boolean;
  /** Whether it is shared with another workspace: Slack Connect. */
  readonly shared: boolean;
  /** By `ts`, in the order of posting; ephemeral ones among them. */
  readonly messages: Map<string, Message>;
}

/** A file, from the moment its upload was announced. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly alt?: string;
  readonly owner: User;
  bytes: Buffer;
  /** Told by the bytes, e.g. `image/png`; empty for what is not known. */
  mimetype: string;
  /** E.g. `png`. */
  filetype: string;
  width?: number;
  height?: number;
  readonly createdMs: number;
  /** Absent until `files.completeUploadExternal`. From then on it exists; from this moment on it is processed. */
  readyMs?: number;
  /** Channel ids, and the messages that carry it there. */
  readonly shares: Map<string, string[]>;
  /** Whether it was put into a form of the app, which may see it from then on. */
  granted: boolean;
  /** Where the bytes really are: a file of another service, of which Slack has only the link. */
  readonly external?: string;
  /** Whether it was made out of a long text in the composer. */
  readonly snippet: boolean;
  deleted: boolean;
}

/** Whom a message would have called. */
export type Ping =
  | { readonly kind: "channel" | "here" | "everyone" }
  | { readonly kind: "user" | "group"; readonly id: string };

/** A message. */
export interface Message {
  readonly ts: string;
  readonly channel: Channel;
  readonly author: User;
  /** Whether the app posted it; then it carries `bot_id`. */
  readonly byBot: boolean;
  /** Set when another app posted it. `legacy`: as `bot_message` and without a user, as old integrations do. */
  readonly otherBot?: { readonly id: string; readonly legacy: boolean };
  readonly clientId?: string;
  text: string;
  /** Block and action ids filled in. */
  blocks: readonly Fields[];
  attachments: readonly Fields[];
  files: readonly StoredFile[];
  readonly threadTs?: string;
  readonly broadcast: boolean;
  /** The only one who sees it. */
  readonly ephemeralTo?: User;
  readonly pings: readonly Ping[];
  metadata?: unknown;
  /** Set when the mark "edited" shows. */
  edited?: { readonly user: string; readonly ts: string };
  /** How often it was changed. */
  updates: number;
  /** Blocks that got another picture under the block id they had: clients may go on showing the old one. */
  readonly stale: Set<unknown>;
  deleted: boolean;
  /** Whether it is a stream that was not stopped, and since when. */
  streamingSinceMs?: number;
}

/**
 * What the app's manifest has under `features`: `agent_view`, as all new ones do since July 2026, or `assistant_view`.
 * docs: ai/migrating-to-agent-messaging.
 */
export type AppKind = "agent" | "assistant";

/** Everything there is. */
export interface World {
  readonly app: AppKind;
  readonly team: Team;
  readonly bot: User;
  readonly botId: string;
  readonly appId: string;
  readonly token: string;
  readonly appToken: string;
  /** The app configuration token of somebody who may change the app. */
  readonly configToken: string;
  /** Set by a test: the app as its pages have it. */
  manifest: Fields;
  /** What the bot's token was granted. */
  readonly scopes: Set<string>;
  /** What the app subscribes to, e.g. `message.channels`. */
  readonly subscriptions: Set<string>;
  readonly teams: Map<string, Team>;
  readonly users: Map<string, User>;
  readonly groups: Map<string, UserGroup>;
  readonly channels: Map<string, Channel>;
  readonly files: Map<string, StoredFile>;
  /** What people have before them beside an agent, by their ids: `context` as the events have it. */
  readonly lookedAt: Map<string, Fields>;
  /**
   * Whether messages to an agent, and the opening of its conversation, say so, too. @slack/types, GenericMessageEvent and
   * AppHomeOpenedEvent: they may not.
   */
  readonly stampsContext: boolean;
  /** Set by a test: every call is refused with it, e.g. `token_revoked`. */
  refuseTokens?: string;
}

/** A message in a test's hand: as it was said or seen. */
export interface MessageRef {
  /** The channel's id. */
  readonly channel: string;
  readonly ts: string;
}

/** A message that is still there. Throws an Error when there is none. */
export function messageAt(world: World, { channel, ts }: MessageRef): Message {
  const found = world.channels.get(channel)?.messages.get(ts);
  if (!found || found.deleted) throw new Error(`There is no message ${ts} in ${channel}, or no longer.`);
  return found;
}
