import type { StoredFile } from "./cdn.ts";
import type { Fields } from "./form.ts";

/** A person or a bot. */
export interface User {
  readonly id: string;
  name: string;
  readonly bot: boolean;
  locale: string;
  /** False: the bot's direct messages are refused with 50007. */
  acceptsDms: boolean;
  /** Whether the user installed the app for themselves. */
  installed: boolean;
  /** Bytes of one file, when a subscription allows more than the place does. */
  uploadBytes?: number;
}

/** A role in a guild; the one with the guild's id is everyone's. */
export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
}

/** A user in a guild. */
export interface Member {
  readonly user: User;
  nick?: string;
  readonly roles: string[];
}

/** A server. */
export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** Boosts: 2 and 3 allow larger files. */
  readonly premiumTier: 0 | 1 | 2 | 3;
  /** Bytes of one file, where it is not what the boosts allow. */
  readonly fileBytes?: number;
  readonly locale: string;
  /** Whether the bot is in it; if not, only users who installed the app can use it there. */
  joined: boolean;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
}

/** Permissions changed for one role or member in one channel. */
export interface Overwrite {
  readonly id: string;
  readonly of: "role" | "member";
  allow: bigint;
  deny: bigint;
}

/** Channel types, as Discord numbers them. docs: resources/channel, "Channel Types". */
export const channelTypes = {
  text: 0,
  dm: 1,
  voice: 2,
  groupDm: 3,
  news: 5,
  publicThread: 11,
  privateThread: 12,
  stage: 13,
  forum: 15,
  media: 16,
} as const;

/** One of those numbers. */
export type ChannelType = (typeof channelTypes)[keyof typeof channelTypes];

/** A channel, thread or direct conversation. */
export interface Channel {
  readonly id: string;
  readonly type: ChannelType;
  name: string;
  readonly guild?: Guild;
  /** The channel a thread hangs under. */
  readonly parent?: Channel;
  /** Of direct conversations, the bot included where it takes part. */
  readonly recipients: readonly User[];
  readonly overwrites: Overwrite[];
  readonly ownerId?: string;
  archived: boolean;
  locked: boolean;
  archiveMinutes: number;
  readonly messages: Map<string, Message>;
}

/** What a message shows, as far as it can be changed by an edit. */
export interface Body {
  readonly content: string;
  readonly embeds: readonly Fields[];
  /** As they were sent, ids added. */
  readonly components: readonly Fields[];
  readonly files: readonly StoredFile[];
}

/** Whom a message called. `everyone` and `here` are groups, the rest are ids. */
export type Ping =
  | { readonly kind: "everyone" }
  | { readonly kind: "user" | "role"; readonly id: string }
  | { readonly kind: "reply"; readonly id: string };

/** How an answer to an interaction came to be. docs: resources/message, "Message Interaction Metadata". */
export interface Origin {
  readonly id: string;
  readonly type: number;
  readonly user: User;
  readonly owners: Readonly<Record<string, string>>;
  /** The message a message command was used on. */
  readonly targetId?: string;
  readonly originalId?: string;
  readonly commandName?: string;
}

/** docs: resources/sticker, "Sticker Item Structure": 1 is PNG, 2 APNG, 3 Lottie, 4 GIF. */
export interface Sticker {
  readonly id: string;
  readonly name: string;
  readonly format_type: 1 | 2 | 3 | 4;
}

/** A message. */
export interface Message {
  readonly id: string;
  readonly channel: Channel;
  readonly author: User;
  readonly type: number;
  readonly createdMs: number;
  body: Body;
  flags: number;
  mentions: readonly User[];
  mentionsEveryone: boolean;
  mentionedRoles: readonly string[];
  /** Who was really notified: by the first version only, edits notify nobody. */
  readonly pings: readonly Ping[];
  readonly nonce?: string | number;
  readonly replyTo?: { readonly messageId: string; readonly channelId: string };
  readonly origin?: Origin;
  /** The only one who sees it. */
  readonly ephemeralTo?: User;
  /** A forwarded message. */
  readonly snapshot?: Message;
  readonly stickers?: readonly Sticker[];
  editedMs?: number;
  /** How often it was changed since it was first shown. */
  edits: number;
  threadId?: string;
  deleted: boolean;
}

/** Everything there is. */
export interface World {
  readonly bot: User;
  readonly applicationId: string;
  readonly users: Map<string, User>;
  readonly guilds: Map<string, Guild>;
  readonly channels: Map<string, Channel>;
}

/** A message wherever it is. */
export function findMessage(world: World, id: string): Message | undefined {
  for (const channel of world.channels.values()) {
    const message = channel.messages.get(id);
    if (message) return message;
  }
  return undefined;
}

/** Whether a channel holds posts, which are threads, and no messages. docs: topics/threads, "Forums". */
export function isForum({ type }: Channel): boolean {
  return type === channelTypes.forum || type === channelTypes.media;
}

/** Whether a channel is a thread. */
export function isThread(channel: Channel): boolean {
  return channel.type === channelTypes.publicThread || channel.type === channelTypes.privateThread;
}
