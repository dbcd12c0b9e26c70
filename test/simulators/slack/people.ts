import { fillIds } from "./block-ids.ts";
import { openIm } from "./channels.ts";
import type { Delivered } from "./delivery.ts";
import type { Events } from "./events.ts";
import type { Fields } from "./fields.ts";
import type { Files, PersonFile } from "./files.ts";
import type { Ids } from "./ids.ts";
import type { MessageWire } from "./message-wire.ts";
import type { Posted, Posts } from "./posts.ts";
import { type Seen, toSeen } from "./seen.ts";
import {
  type Channel,
  type Message,
  type MessageRef,
  messageAt,
  type StoredFile,
  type User,
  type World,
} from "./world.ts";

/** A message that a person posted. It is a `MessageRef`, too. */
export interface Said extends MessageRef {
  readonly message: Seen;
  /** The events that told the app; none where it is not told. */
  readonly events: readonly Delivered[];
  /** Resolves when the app has acknowledged them all, or they were given up. */
  delivered(): Promise<void>;
}

/** How something is said. */
export interface How {
  readonly files?: readonly PersonFile[];
  /** The parent of the thread. */
  readonly threadTs?: string;
  /** Whether a reply shows in the channel, too. */
  readonly broadcast?: boolean;
  /** Puts the bot's name in front: brings `app_mention` beside `message`. */
  readonly mention?: boolean;
  /** Messages that are forwarded with it. */
  readonly forwards?: readonly MessageRef[];
}

/** How another app posts. */
export interface AppPost {
  readonly name?: string;
  readonly threadTs?: string;
  /** As `bot_message` and without a user, as old integrations do. */
  readonly legacy?: boolean;
  /** As Slack shows them; pictures of files that the app may see and the bot may not stand in them, too. */
  readonly blocks?: readonly Fields[];
  readonly attachments?: readonly Fields[];
  /** What the app uploads with it. */
  readonly files?: readonly PersonFile[];
}

/** What people and other bots write. What Slack's own apps would not let them do throws an Error that says why. */
export interface People {
  say(channel: Channel, user: User, text: string, how?: How): Promise<Said>;
  /** Another app posts; the bot must not take it for a person. */
  sayAsBot(channel: Channel, text: string, how?: Omit<AppPost, "files">): Said;
  /** The same, with files of its own. */
  shareAsBot(channel: Channel, text: string, how: AppPost): Promise<Said>;
  /** Slack, or an app, hangs previews of its links below a message, once it is there: a hidden change. */
  unfurl(message: MessageRef, previews: readonly Fields[]): readonly Delivered[];
  editMessage(message: MessageRef, text: string): readonly Delivered[];
  deleteMessage(message: MessageRef): readonly Delivered[];
  /** A person deletes a file of theirs, or an admin anyone's. */
  deleteFile(id: string): void;
  /** Sends an event again, as Slack does when it believes nobody heard: same `event_id`, marked as a retry. */
  redeliver(event: Delivered): Delivered;
  /** Opens the App Home; undefined where the app does not subscribe to it. */
  openHome(user: User, tab?: "home" | "messages"): Delivered | undefined;
  /** Opens a new thread of the assistant; what is said there has its `threadTs`. */
  startAssistant(
    user: User,
    from?: Channel,
  ): { readonly channel: Channel; readonly threadTs: string; readonly event: Delivered | undefined };
}

/** People, as Slack's own apps let them write. */
export function createPeople(parts: {
  world: World;
  posts: Posts;
  wire: MessageWire;
  files: Files;
  events: Events;
  ids: Ids;
}): People {
  const { world, posts, wire, files, events, ids } = parts;

  function toSaid({ message, events: sent }: Posted): Said {
    return {
      channel: message.channel.id,
      ts: message.ts,
      get message() {
        return toSeen(message, files);
      },
      events: sent,
      async delivered() {
        await Promise.all(sent.map(({ done }) => done));
      },
    };
  }

  function newApp(name = "weatherbot"): User {
    return {
      id: ids.next("U"),
      name,
      realName: name,
      team: world.team,
      bot: true,
      admin: false,
      timeZone: "Etc/UTC",
    };
  }

  function postAsBot(
    channel: Channel,
    text: string,
    { name, threadTs, legacy = false, blocks = [], attachments = [] }: AppPost = {},
    stored: readonly StoredFile[] = [],
    author: User = newApp(name),
  ): Posted {
    const otherBot = { id: ids.next("B"), legacy };
    const shown = { blocks: fillIds(blocks, () => ids.next("B").slice(-5)), attachments, files: stored };
    return posts.post({ channel, author, otherBot, text, ...shown, ...rootTs(channel, threadTs) });
  }

  /** @slack/web-api, the attachments of ConversationsRepliesResponse: `is_share` as events have it, `message_blocks`. */
  function toForward(message: Message): Fields {
    const { files: listed } = wire.message(message);
    return {
      ...{ is_share: true, is_msg_unfurl: true, ts: message.ts, channel_id: message.channel.id },
      ...{ author_id: message.author.id, text: message.text, fallback: message.text },
      message_blocks: [
        {
          ...{ team: world.team.id, channel: message.channel.id, ts: message.ts },
          message: { blocks: message.blocks },
        },
      ],
      ...(listed === undefined ? {} : { files: listed }),
    };
  }

  function rootTs(channel: Channel, threadTs: string | undefined): { threadTs?: string } {
    if (threadTs === undefined) return {};
    const message: Message = messageAt(world, { channel: channel.id, ts: threadTs });
    return { threadTs: message.threadTs ?? message.ts };
  }

  return {
    async say(channel, user, text, how = {}) {
      const { files: given = [], threadTs, broadcast = false, mention = false, forwards = [] } = how;
      if (!channel.members.has(user.id)) throw new Error(`${user.name} is not in ${channel.name}.`);
      if (channel.archived) throw new Error(`${channel.name} is archived.`);
      const root = rootTs(channel, threadTs);
      const stored = await Promise.all(given.map((file) => files.store(file, user)));
      const words = mention ? `<@${world.bot.id}> ${text}` : text;
      return toSaid(
        posts.post({
          channel,
          author: user,
          text: words,
          blocks: toRich(words, ids),
          files: stored,
          attachments: forwards.map((ref) => toForward(messageAt(world, ref))),
          ...root,
          broadcast,
        }),
      );
    },
    sayAsBot: (channel, text, how) => toSaid(postAsBot(channel, text, how, [])),
    async shareAsBot(channel, text, how) {
      const author = newApp(how.name);
      const stored = await Promise.all((how.files ?? []).map((file) => files.store(file, author)));
      return toSaid(postAsBot(channel, text, how, stored, author));
    },
    unfurl: (ref, previews) => {
      const message = messageAt(world, ref);
      return posts.change(message, { attachments: [...message.attachments, ...previews] });
    },
    editMessage(ref, text) {
      const message = messageAt(world, ref);
      return posts.change(message, { text, blocks: toRich(text, ids) }, { editedBy: message.author });
    },
    deleteMessage: (ref) => posts.remove(messageAt(world, ref)),
    deleteFile(id) {
      const file = files.find(id);
      if (!file) throw new Error(`There is no file ${id}, or no longer.`);
      file.deleted = true;
    },
    redeliver: (event) => events.again(event),
    openHome(user, tab = "home") {
      const channel = openIm(world, user.id, () => ids.next("D"));
      return events.emit(
        {
          ...{ type: "app_home_opened", user: user.id, channel: channel.id, tab, event_ts: ids.ts() },
          ...(world.app === "agent" && world.stampsContext
            ? { context: world.lookedAt.get(user.id) ?? {} }
            : {}),
        },
        channel,
      );
    },
    startAssistant(user, from) {
      if (world.app === "agent") throw new Error("An agent has no threads of the assistant.");
      const channel = openIm(world, user.id, () => ids.next("D"));
      const { message } = posts.post({ channel, author: world.bot, text: "New Assistant Thread" });
      const event = events.emit(
        {
          type: "assistant_thread_started",
          assistant_thread: {
            user_id: user.id,
            context: from ? { channel_id: from.id, team_id: world.team.id, enterprise_id: null } : {},
            channel_id: channel.id,
            thread_ts: message.ts,
          },
          event_ts: ids.ts(),
        },
        channel,
      );
      return { channel, threadTs: message.ts, event };
    },
  };
}

/** What the composer makes of a text: one rich text block; names in brackets become mentions. */
function toRich(text: string, ids: Ids): readonly Fields[] {
  const elements = text
    .split(/(<@[UW][A-Z0-9]+>)/)
    .filter(Boolean)
    .map((part): Fields => {
      const id = /^<@([UW][A-Z0-9]+)>$/.exec(part)?.[1];
      return id ? { type: "user", user_id: id } : { type: "text", text: part };
    });
  if (elements.length === 0) return [];
  const section = { type: "rich_text_section", elements };
  return [{ type: "rich_text", block_id: ids.next("B").slice(-5), elements: [section] }];
}
