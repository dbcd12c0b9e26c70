import { refuse, refuseOldEdit } from "./api-error.ts";
import type { Clock } from "./clock.ts";
import { createForm, type Fields } from "./form.ts";
import { limits, messageFlags } from "./limits.ts";
import { may, type Permission } from "./permissions.ts";
import { fileBytesIn, type Posts } from "./posts.ts";
import { oldEdits, type RateLimits } from "./rate-limits.ts";
import type { Route } from "./route.ts";
import type { PostRequest } from "./uploads.ts";
import { botSees, type Wire } from "./wire.ts";
import { type Channel, isForum, isThread, type Message, type World } from "./world.ts";

/** The routes of messages in channels. docs: resources/message. */
export function createMessageRoutes(parts: {
  world: World;
  wire: Wire;
  posts: Posts;
  clock: Clock;
  rates: RateLimits;
  /** Whether the portal grants MESSAGE_CONTENT, which counts for REST too. */
  content: boolean;
  strict: boolean;
}): readonly Route[] {
  const { world, wire, posts, clock, rates, content, strict } = parts;
  const created = (message: Message) => wire.message(message, { content });
  /** Only who has sent a message hears of its nonce. docs: resources/message, "Message Object", `nonce`. */
  const show = (message: Message) => {
    const { nonce: _, ...shown } = created(message);
    return shown;
  };
  const channelAt = (id: string) => openChannel(world, id);
  const need = (channel: Channel, permission: Permission) => {
    if (!may(channel, world.bot, permission)) throw refuse("missingPermissions");
  };
  const messageAt = (channel: Channel, id: string) => {
    const message = channel.messages.get(id);
    if (!message || message.ephemeralTo) throw refuse("unknownMessage");
    return message;
  };

  function checkRights(channel: Channel, { body, files }: PostRequest): void {
    if (channel.locked && !may(channel, world.bot, "MANAGE_THREADS")) throw refuse("locked");
    need(channel, isThread(channel) ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES");
    if (files.length > 0) need(channel, "ATTACH_FILES");
    if (Array.isArray(body.embeds) && body.embeds.length > 0) need(channel, "EMBED_LINKS");
  }

  /**
   * A thread on a message begins with a line that stands for it, and has no content of its own. docs: resources/message,
   * "Message Types", THREAD_STARTER_MESSAGE.
   */
  function firstLine(thread: Channel): readonly Fields[] {
    const from = isThread(thread) ? thread.parent?.messages.get(thread.id) : undefined;
    if (!from) return [];
    const { content: _, embeds: __, attachments: ___, components: ____, ...shown } = show(from);
    return [
      {
        ...shown,
        id: `${BigInt(from.id) + 1n}`,
        channel_id: thread.id,
        type: 21,
        content: "",
        embeds: [],
        attachments: [],
        components: [],
        message_reference: { type: 0, channel_id: from.channel.id, message_id: from.id },
        referenced_message: show(from),
      },
    ];
  }

  /** The message an answer points at; none when it is gone and that was said to be fine. */
  function repliedTo(channel: Channel, { body }: PostRequest): Message | undefined {
    const form = createForm(strict);
    const reader = form.read(body, [])?.object("message_reference");
    if (!reader) return undefined;
    const id = reader.text("message_id", { required: true });
    form.check();
    if (!may(channel, world.bot, "READ_MESSAGE_HISTORY")) throw refuse("noHistory");
    const found = channel.messages.get(id ?? "");
    if (found && !found.ephemeralTo) return found;
    if (reader.flag("fail_if_not_exists") === false) return undefined;
    reader.fail(undefined, "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
    form.check();
    return undefined;
  }

  return [
    {
      name: "POST /channels/:channel/messages",
      async run(call) {
        const channel = channelAt(call.param("channel"));
        if (isForum(channel)) throw refuse("noText");
        if (!channel.guild && channel.recipients.some((user) => user !== world.bot && !user.acceptsDms))
          throw refuse("closedDms");
        checkRights(channel, call);
        const replyTo = repliedTo(channel, call);
        const place = { channel, author: world.bot, fileBytes: fileBytesIn(channel) };
        return created(await posts.create({ ...place, ...(replyTo ? { replyTo } : {}) }, call));
      },
    },
    {
      name: "GET /channels/:channel/messages",
      run(call) {
        const channel = channelAt(call.param("channel"));
        if (!may(channel, world.bot, "READ_MESSAGE_HISTORY")) return [];
        const form = createForm();
        const reader = form.read(Object.fromEntries(call.query), []);
        const count = reader?.whole("limit", { min: 1, max: 100 }) ?? 50;
        form.check();
        const [before, after, around] = ["before", "after", "around"].map((key) => call.query.get(key));
        const all = [...channel.messages.values()].filter((message) => !message.ephemeralTo).reverse();
        const isOlder = (a: string, b: string) => BigInt(a) < BigInt(b);
        if (around) {
          const at = all.findIndex(({ id }) => !isOlder(around, id));
          return all.slice(Math.max(0, at - Math.floor(count / 2)), at + Math.ceil(count / 2)).map(show);
        }
        if (after)
          return all
            .filter(({ id }) => isOlder(after, id))
            .slice(-count)
            .map(show);
        const older = all.filter(({ id }) => !before || isOlder(id, before));
        const first = older.length < count ? firstLine(channel) : [];
        return [...older.slice(0, count).map(show), ...first];
      },
    },
    {
      name: "GET /channels/:channel/messages/:message",
      run(call) {
        const channel = channelAt(call.param("channel"));
        need(channel, "READ_MESSAGE_HISTORY");
        return show(messageAt(channel, call.param("message")));
      },
    },
    {
      name: "PATCH /channels/:channel/messages/:message",
      async run(call) {
        const channel = channelAt(call.param("channel"));
        const message = messageAt(channel, call.param("message"));
        if (message.author !== world.bot) throw refuse("notAuthor");
        if (channel.archived) throw refuse("archived");
        if (clock.now() - message.createdMs > limits.oldMs) {
          const { retryAfterMs } = rates.count(oldEdits, channel.id);
          if (retryAfterMs !== undefined) throw refuseOldEdit(retryAfterMs);
        }
        if (call.files.length > 0) need(channel, "ATTACH_FILES");
        const initial = (message.flags & messageFlags.loading) !== 0;
        await posts.edit(message, call, { fileBytes: fileBytesIn(channel), initial });
        return show(message);
      },
    },
    {
      name: "DELETE /channels/:channel/messages/:message",
      run(call) {
        const channel = channelAt(call.param("channel"));
        const message = messageAt(channel, call.param("message"));
        if (message.author !== world.bot) need(channel, "MANAGE_MESSAGES");
        if (channel.archived) throw refuse("archived");
        posts.remove(message);
        return undefined;
      },
    },
    {
      name: "POST /channels/:channel/typing",
      run(call) {
        const channel = channelAt(call.param("channel"));
        need(channel, isThread(channel) ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES");
        return undefined;
      },
    },
  ];
}

/** A channel the bot may enter. Throws 10003 for none, 50001 where the bot is not let in. */
export function openChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (!channel) throw refuse("unknownChannel");
  if (!botSees(world, channel) || (!channel.guild && !channel.recipients.includes(world.bot)))
    throw refuse("missingAccess");
  return channel;
}
