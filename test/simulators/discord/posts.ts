import { refuse } from "./api-error.ts";
import type { Cdn, StoredFile } from "./cdn.ts";
import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";
import { createForm } from "./form.ts";
import type { Gateway } from "./gateway.ts";
import { intents, limits, messageFlags } from "./limits.ts";
import { type Allowed, checkAllowed, findMentions, textsOf } from "./mentions.ts";
import { checkMessage } from "./message-check.ts";
import type { FilePlan, PostRequest } from "./uploads.ts";
import { botSees, type Wire } from "./wire.ts";
import {
  type Body,
  type Channel,
  channelTypes,
  type Message,
  type Origin,
  type Sticker,
  type User,
  type World,
} from "./world.ts";

/** Where a message goes and what holds for it there. */
export interface PostPlace {
  readonly channel: Channel;
  readonly author: User;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Where in the body the message is: `["data"]` in an interaction's answer. */
  readonly type?: number;
  readonly origin?: Origin;
  readonly ephemeralTo?: User;
  readonly replyTo?: Message;
  readonly allowed?: Allowed;
  /** Message flags set by the simulator itself. */
  readonly flags?: number;
  /** The message's id, where it is not a new one: that of the post which begins with it. */
  readonly id?: string;
}

/** Messages made and changed by the rules. */
export interface Posts {
  /** Checks and posts. Throws ApiError. */
  create(place: PostPlace, request: PostRequest): Promise<Message>;
  /** Checks and changes. Throws ApiError. */
  edit(message: Message, request: PostRequest, how: { fileBytes: number; initial?: boolean }): Promise<void>;
  /** Puts a message there unchecked. */
  add(
    place: PostPlace,
    content: {
      body: Body;
      nonce?: string | number;
      snapshot?: Message;
      stickers?: readonly Sticker[];
      allowed?: Allowed;
    },
  ): Message;
  /** Tells the bot that a message has changed. */
  updated(message: Message): void;
  remove(message: Message): void;
}

/** Calls everyone who is named: what a message without `allowed_mentions` does in a channel. */
export const callAll: Allowed = {
  parse: ["users", "roles", "everyone"],
  users: [],
  roles: [],
  repliedUser: true,
};
/** Calls users only: what an interaction's answer without `allowed_mentions` does. */
export const callUsers: Allowed = { parse: ["users"], users: [], roles: [], repliedUser: false };

const empty: Body = { content: "", embeds: [], components: [], files: [] };

/** docs: resources/message, "Create Message" and "Edit Message". */
export function createPosts(parts: {
  world: World;
  wire: Wire;
  cdn: Cdn;
  clock: Clock;
  gateway: Gateway;
  changes: Changes;
  newId: () => string;
  strict: boolean;
}): Posts {
  const { world, wire, cdn, clock, gateway, changes, newId, strict } = parts;

  function tell(event: "MESSAGE_CREATE" | "MESSAGE_UPDATE", message: Message): void {
    const { channel } = message;
    if (message.ephemeralTo || !botSees(world, channel)) return;
    gateway.dispatch(event, channel.guild, (session) => {
      if (!(session.intents & (channel.guild ? intents.guildMessages : intents.directMessages)))
        return undefined;
      const seen = wire.message(message, { content: (session.intents & intents.messageContent) !== 0 });
      const member = channel.guild?.members.get(message.author.id);
      const mentions = message.mentions.map((user) => {
        const own = channel.guild?.members.get(user.id);
        if (!channel.guild || !own) return wire.user(user);
        const { user: _, ...rest } = wire.member(channel.guild, own);
        return { ...wire.user(user), member: rest };
      });
      const { user: _, ...memberWithoutUser } =
        member && channel.guild ? wire.member(channel.guild, member) : {};
      return {
        ...seen,
        mentions,
        channel_type: channel.type,
        ...(channel.guild
          ? { guild_id: channel.guild.id, ...(member ? { member: memberWithoutUser } : {}) }
          : {}),
      };
    });
  }

  async function store(plan: FilePlan, channel: Channel, ephemeral: boolean): Promise<readonly StoredFile[]> {
    const added = await Promise.all(
      plan.added.map((file) => cdn.store(file, { channelId: channel.id, ephemeral })),
    );
    plan.describeKept();
    return [...plan.kept, ...added];
  }

  const posts: Posts = {
    add(place, { body, nonce, snapshot, stickers = [], allowed = place.allowed ?? callAll }) {
      const { channel, author, replyTo, origin, ephemeralTo } = place;
      const found = findMentions(world, {
        channel,
        author,
        texts: textsOf(body.content, body.components),
        allowed,
        ...(replyTo ? { answers: replyTo } : {}),
      });
      const message: Message = {
        id: place.id ?? newId(),
        channel,
        author,
        type: place.type ?? (replyTo ? 19 : 0),
        createdMs: clock.now(),
        body,
        flags: (place.flags ?? 0) | (ephemeralTo ? messageFlags.ephemeral : 0),
        mentions: found.users,
        mentionsEveryone: found.everyone,
        mentionedRoles: found.roles,
        pings: found.pings,
        ...(nonce === undefined ? {} : { nonce }),
        ...(replyTo ? { replyTo: { messageId: replyTo.id, channelId: replyTo.channel.id } } : {}),
        ...(origin ? { origin } : {}),
        ...(ephemeralTo ? { ephemeralTo } : {}),
        ...(snapshot ? { snapshot } : {}),
        ...(stickers.length > 0 ? { stickers } : {}),
        edits: 0,
        deleted: false,
      };
      // A message wakes an archived thread. docs: topics/threads, "Active & Archived Threads".
      if (channel.archived) {
        channel.archived = false;
        gateway.dispatch("THREAD_UPDATE", channel.guild, ({ intents: asked }) =>
          asked & intents.guilds ? wire.channel(channel) : undefined,
        );
      }
      channel.messages.set(message.id, message);
      tell("MESSAGE_CREATE", message);
      changes.happened();
      return message;
    },

    async create(place, request) {
      const form = createForm(strict);
      const draft = checkMessage(form, request, { body: empty, flags: 0 }, place.fileBytes);
      const { reader, nonce } = draft;
      const allowed = checkAllowed(form, reader.fields.allowed_mentions, place.allowed ?? callAll);
      form.check();
      if (nonce !== undefined && reader.fields.enforce_nonce === true) {
        const earlier = findByNonce(place, nonce);
        if (earlier) return earlier;
      }
      const loose = draft.files.kept.length + draft.files.added.length;
      const shows = draft.content !== "" || draft.embeds.length + draft.components.length + loose > 0;
      if (!shows) throw refuse("emptyMessage");
      const files = await store(draft.files, place.channel, place.ephemeralTo !== undefined);
      return posts.add(
        { ...place, flags: (place.flags ?? 0) | draft.asked },
        {
          body: { content: draft.content, embeds: draft.embeds, components: draft.components, files },
          allowed,
          ...(nonce === undefined ? {} : { nonce }),
        },
      );
    },

    async edit(message, request, { fileBytes, initial = false }) {
      const form = createForm(strict);
      const draft = checkMessage(form, request, message, fileBytes);
      const allowed = checkAllowed(
        form,
        draft.reader.fields.allowed_mentions,
        message.origin ? callUsers : callAll,
      );
      form.check();
      const count = draft.files.kept.length + draft.files.added.length;
      if (draft.content === "" && draft.embeds.length + draft.components.length + count === 0)
        throw refuse("emptyMessage");
      const files = await store(draft.files, message.channel, message.ephemeralTo !== undefined);
      if (message.deleted) throw refuse("unknownMessage");
      for (const file of message.body.files) if (!files.includes(file)) file.deleted = true;
      message.body = { content: draft.content, embeds: draft.embeds, components: draft.components, files };
      const dropped = messageFlags.loading | (draft.reader.has("flags") ? messageFlags.suppressEmbeds : 0);
      const sticky = message.flags & ~dropped;
      message.flags = sticky | (draft.asked & ~messageFlags.suppressNotifications);
      const replied = message.replyTo && message.channel.messages.get(message.replyTo.messageId);
      const found = findMentions(world, {
        channel: message.channel,
        author: message.author,
        texts: textsOf(draft.content, draft.components),
        allowed,
        ...(replied ? { answers: replied } : {}),
      });
      message.mentions = found.users;
      message.mentionsEveryone = found.everyone;
      message.mentionedRoles = found.roles;
      if (!initial) {
        message.edits += 1;
        message.editedMs = clock.now();
      }
      posts.updated(message);
    },

    updated(message) {
      tell("MESSAGE_UPDATE", message);
      changes.happened();
    },

    remove(message) {
      const { channel } = message;
      if (message.deleted) return;
      message.deleted = true;
      channel.messages.delete(message.id);
      for (const file of message.body.files) file.deleted = true;
      if (!message.ephemeralTo && botSees(world, channel)) {
        gateway.dispatch("MESSAGE_DELETE", channel.guild, (session) =>
          session.intents & (channel.guild ? intents.guildMessages : intents.directMessages)
            ? {
                id: message.id,
                channel_id: channel.id,
                ...(channel.guild ? { guild_id: channel.guild.id } : {}),
              }
            : undefined,
        );
      }
      changes.happened();
    },
  };

  function findByNonce({ channel, author }: PostPlace, nonce: string | number): Message | undefined {
    // "In the past few minutes", say the docs of `enforce_nonce`.
    const since = clock.now() - 5 * 60_000;
    return [...channel.messages.values()].find(
      (message) =>
        message.author === author && message.createdMs >= since && String(message.nonce) === String(nonce),
    );
  }

  return posts;
}

/** Bytes of one file from the bot in a channel. */
export function fileBytesIn(channel: Channel): number {
  const { fileBytes, premiumTier = 0 } = channel.guild ?? {};
  return fileBytes ?? limits.tierBytes[premiumTier] ?? limits.fileBytes;
}

/** Whether two people and no bot, or a group, talk here. */
export function isForeign(world: World, channel: Channel): boolean {
  if (channel.guild) return !channel.guild.joined;
  return channel.type === channelTypes.groupDm || !channel.recipients.includes(world.bot);
}
