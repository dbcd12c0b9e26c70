import type { Fields } from "./fields.ts";
import { type FileWire, toStub } from "./file-wire.ts";
import type { Message, World } from "./world.ts";

/** Shows messages as the API and the events do. */
export interface MessageWire {
  /** As `conversations.*` and `chat.*` answer. */
  message(message: Message): Fields;
  /** As an event has it: with channel, `event_ts` and `channel_type`. */
  event(message: Message): Fields;
}

/** How messages look. Source: docs.slack.dev, reference/events/message. */
export function createMessageWire(world: World, fileWire: FileWire): MessageWire {
  function show(message: Message): Fields {
    const { channel, author } = message;
    const replies = repliesTo(message);
    const isStranger = author.team !== world.team;
    return {
      ...(message.broadcast ? { subtype: "thread_broadcast" } : {}),
      ...(message.otherBot?.legacy ? { subtype: "bot_message", username: author.name } : {}),
      type: "message",
      text: message.text,
      ...(message.otherBot?.legacy ? {} : { user: author.id }),
      ...(message.files.length > 0
        ? {
            files: message.files.map((file) => (isStranger && !file.deleted ? toStub(file) : fileWire(file))),
            upload: false,
            display_as_bot: false,
          }
        : {}),
      ...(message.byBot
        ? {
            bot_id: world.botId,
            app_id: world.appId,
            bot_profile: {
              id: world.botId,
              app_id: world.appId,
              name: world.bot.name,
              team_id: world.team.id,
              deleted: false,
            },
          }
        : {}),
      ...(message.otherBot ? { bot_id: message.otherBot.id } : {}),
      ...(message.clientId ? { client_msg_id: message.clientId } : {}),
      ts: message.ts,
      team: author.team.id,
      ...(isStranger ? { user_team: author.team.id, source_team: author.team.id } : {}),
      ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
      ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
      ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
      ...(message.edited ? { edited: message.edited } : {}),
      ...(message.threadTs
        ? {
            thread_ts: message.threadTs,
            parent_user_id: channel.messages.get(message.threadTs)?.author.id ?? "",
          }
        : {}),
      ...(replies.length > 0
        ? {
            thread_ts: message.ts,
            reply_count: replies.length,
            reply_users: [...new Set(replies.map((reply) => reply.author.id))],
            latest_reply: replies.at(-1)?.ts,
          }
        : {}),
    };
  }

  /** docs: ai/migrating-to-agent-messaging: `message.im` carries what the person is looking at. */
  function contextOf({ channel, author }: Message): Fields {
    if (world.app !== "agent" || channel.kind !== "im" || author.bot || !world.stampsContext) return {};
    return { app_context: world.lookedAt.get(author.id) ?? {} };
  }

  return {
    message: show,
    event: (message) => ({
      ...(message.files.length > 0 && !message.broadcast ? { subtype: "file_share" } : {}),
      ...show(message),
      ...(message.broadcast && message.threadTs ? { root: rootOf(message, show) } : {}),
      ...contextOf(message),
      channel: message.channel.id,
      event_ts: message.ts,
      channel_type: channelTypeOf(message),
    }),
  };
}

/** What events call the kind of a channel. */
export function channelTypeOf({ channel }: Pick<Message, "channel">): "channel" | "group" | "im" | "mpim" {
  return ({ public: "channel", private: "group", im: "im", mpim: "mpim" } as const)[channel.kind];
}

/** The replies in a message's thread, oldest first; ephemeral ones and deleted ones apart. */
export function repliesTo(message: Message): readonly Message[] {
  return [...message.channel.messages.values()].filter(
    (one) => one.threadTs === message.ts && !one.deleted && !one.ephemeralTo,
  );
}

function rootOf(message: Message, show: (message: Message) => Fields): Fields {
  const root = message.channel.messages.get(message.threadTs ?? "");
  return root ? show(root) : {};
}
