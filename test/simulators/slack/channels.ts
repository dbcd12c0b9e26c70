import { refuse } from "./api-error.ts";
import { repliesTo } from "./message-wire.ts";
import type { Channel, Message, World } from "./world.ts";

/** A channel the bot may read. Throws `channel_not_found`, or `not_in_channel` for an open one without the bot. */
export function readableChannel(world: World, id: string): Channel {
  const channel = knownChannel(world, id);
  if (!channel.members.has(world.bot.id)) throw refuse("not_in_channel");
  return channel;
}

/** A channel the bot may post in. Throws as above, and `is_archived`. */
export function openChannel(world: World, id: string): Channel {
  const channel = knownChannel(world, id);
  if (channel.archived) throw refuse("is_archived");
  // docs: reference/scopes/chat.write.public
  if (!channel.members.has(world.bot.id) && !world.scopes.has("chat:write.public"))
    throw refuse("not_in_channel");
  return channel;
}

/** A channel the bot can know of: private ones without it do not exist for it. Throws `channel_not_found`. */
export function knownChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (!channel || (channel.kind !== "public" && !channel.members.has(world.bot.id)))
    throw refuse("channel_not_found");
  return channel;
}

/** The parent of a thread, also when a reply is named. Throws `thread_not_found`. */
export function threadRoot(channel: Channel, ts: string): Message {
  const message = channel.messages.get(ts);
  if (!message || message.ephemeralTo) throw refuse("thread_not_found");
  if (message.deleted && repliesTo(message).length === 0) throw refuse("thread_not_found");
  return message.threadTs ? threadRoot(channel, message.threadTs) : message;
}

/** A message people and the bot can see; not an ephemeral one. Throws `message_not_found`. */
export function postedMessage(channel: Channel, ts: string): Message {
  const message = channel.messages.get(ts);
  if (!message || message.deleted || message.ephemeralTo) throw refuse("message_not_found");
  return message;
}

/** The conversation between the bot and a user, made when there is none. */
export function openIm(world: World, userId: string, newId: () => string): Channel {
  const found = world.channels
    .values()
    .find(({ kind, members }) => kind === "im" && members.has(userId) && members.has(world.bot.id));
  if (found) return found;
  const channel: Channel = {
    id: newId(),
    kind: "im",
    name: "directmessage",
    members: new Set([userId, world.bot.id]),
    archived: false,
    shared: false,
    messages: new Map(),
  };
  world.channels.set(channel.id, channel);
  return channel;
}
