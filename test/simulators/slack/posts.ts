import { randomUUID } from "node:crypto";
import type { Changes } from "../discord/changes.ts";
import type { Delivered } from "./delivery.ts";
import type { Events } from "./events.ts";
import type { Fields } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { channelTypeOf, type MessageWire, repliesTo } from "./message-wire.ts";
import { toPings } from "./pings.ts";
import type { Channel, Message, Ping, StoredFile, User, World } from "./world.ts";

/** A message to be. */
export interface Draft {
  readonly channel: Channel;
  readonly author: User;
  readonly text: string;
  readonly blocks?: readonly Fields[];
  readonly attachments?: readonly Fields[];
  readonly files?: readonly StoredFile[];
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly ephemeralTo?: User;
  readonly otherBot?: NonNullable<Message["otherBot"]>;
  readonly metadata?: unknown;
  /** `parse: full` or `link_names`: names without brackets call. */
  readonly parsesNames?: boolean;
}

/** A message that was posted, and the events that told of it. */
export interface Posted {
  readonly message: Message;
  readonly events: readonly Delivered[];
}

/** What an edit changes; what is left out stays. */
export interface Change {
  readonly text?: string;
  readonly blocks?: readonly Fields[];
  readonly attachments?: readonly Fields[];
  readonly files?: readonly StoredFile[];
  readonly metadata?: unknown;
}

/** Posts, changes and removes messages, and tells the app. */
export interface Posts {
  post(draft: Draft): Posted;
  change(message: Message, change: Change, options?: { readonly editedBy?: User }): readonly Delivered[];
  remove(message: Message): readonly Delivered[];
}

/** docs.slack.dev, reference/events/message: a message, and its changes as hidden messages. */
export function createPosts(parts: {
  world: World;
  wire: MessageWire;
  files: Files;
  events: Events;
  ids: Ids;
  changes: Changes;
}): Posts {
  const { world, wire, files, events, ids, changes } = parts;

  const isBot = (ping: Ping) => ping.kind === "user" && ping.id === world.bot.id;

  function mentions(message: Message): boolean {
    return message.pings.some(isBot);
  }

  return {
    post(draft) {
      const { channel, author, text, blocks = [], threadTs, ephemeralTo } = draft;
      const byBot = author === world.bot;
      const root = threadTs === undefined ? undefined : channel.messages.get(threadTs);
      const message: Message = {
        ts: ids.ts(),
        channel,
        author,
        byBot,
        ...(draft.otherBot ? { otherBot: draft.otherBot } : {}),
        ...(byBot || draft.otherBot ? {} : { clientId: randomUUID() }),
        text,
        blocks,
        attachments: draft.attachments ?? [],
        files: draft.files ?? [],
        ...(threadTs ? { threadTs } : {}),
        broadcast: draft.broadcast ?? false,
        ...(ephemeralTo ? { ephemeralTo } : {}),
        pings: ephemeralTo ? [] : toPings(text, blocks, draft.parsesNames),
        ...(draft.metadata === undefined ? {} : { metadata: draft.metadata }),
        updates: 0,
        stale: new Set(),
        // docs: reference/methods/chat.postEphemeral, `thread_ts`: shown only if there is an active thread already.
        deleted: ephemeralTo !== undefined && root !== undefined && repliesTo(root).length === 0,
      };
      channel.messages.set(message.ts, message);
      for (const file of message.files) files.share(file, channel, message.ts);
      const sent: (Delivered | undefined)[] = [];
      if (!ephemeralTo) {
        sent.push(events.emit({ ...wire.event(message), type: "message" }, channel));
        // Both come, and in this order or the other; direct messages bring no app_mention.
        if (!byBot && mentions(message) && channel.kind !== "im")
          sent.push(events.emit(toMention(wire.event(message)), channel));
      }
      changes.happened();
      return { message, events: sent.filter((one) => one !== undefined) };
    },
    change(message, change, { editedBy } = {}) {
      const previous = wire.message(message);
      if (change.text !== undefined) message.text = change.text;
      if (change.blocks !== undefined) {
        for (const id of swapped(message.blocks, change.blocks)) message.stale.add(id);
        message.blocks = change.blocks;
      }
      if (change.attachments !== undefined) message.attachments = change.attachments;
      if (change.metadata !== undefined) message.metadata = change.metadata;
      if (change.files !== undefined) {
        message.files = change.files;
        for (const file of change.files) files.share(file, message.channel, message.ts);
      }
      message.updates += 1;
      if (editedBy) message.edited = { user: editedBy.id, ts: ids.ts() };
      changes.happened();
      if (message.ephemeralTo) return [];
      const told = tell(message, { previous, subtype: "message_changed" });
      const { channel, author } = message;
      const isNamed = toPings(message.text, message.blocks).some(isBot);
      if (!editedBy || editedBy !== author || author.bot || !isNamed || channel.kind === "im") return told;
      // Seen with real apps: who edits a mention mentions anew, under the same ts.
      const again = events.emit(toMention(wire.event(message)), channel);
      return again ? [...told, again] : told;
    },
    remove(message) {
      const previous = wire.message(message);
      message.deleted = true;
      if (message.ephemeralTo) {
        changes.happened();
        return [];
      }
      // A parent with replies stays as a tombstone: a change, not a deletion.
      const hasReplies = repliesTo(message).length > 0;
      changes.happened();
      return tell(message, { previous, subtype: hasReplies ? "tombstone" : "message_deleted" });
    },
  };

  function tell(
    message: Message,
    { previous, subtype }: { previous: Fields; subtype: "message_changed" | "message_deleted" | "tombstone" },
  ): readonly Delivered[] {
    const ts = ids.ts();
    const now =
      subtype === "message_changed"
        ? { message: wire.message(message) }
        : subtype === "tombstone"
          ? {
              message: {
                subtype,
                type: "message",
                text: "This message was deleted.",
                ts: message.ts,
                hidden: true,
              },
            }
          : { deleted_ts: message.ts };
    const event = {
      type: "message",
      subtype: subtype === "tombstone" ? "message_changed" : subtype,
      ...now,
      previous_message: previous,
      channel: message.channel.id,
      hidden: true,
      ts,
      event_ts: ts,
      channel_type: channelTypeOf(message),
    };
    const sent = events.emit(event, message.channel);
    return sent ? [sent] : [];
  }
}

function toMention({ channel_type: _, subtype: __, ...event }: Fields): Fields & { type: string } {
  return { ...event, type: "app_mention" };
}

/** Image blocks whose picture changed while their id did not. @slack/types, Block: "If a message is updated, use a new" id. */
function swapped(before: readonly Fields[], after: readonly Fields[]): readonly unknown[] {
  const pictureOf = ({ slack_file, image_url }: Fields) => JSON.stringify(slack_file ?? image_url);
  return after
    .filter((block) => block.type === "image")
    .filter((block) =>
      before.some((old) => old.block_id === block.block_id && pictureOf(old) !== pictureOf(block)),
    )
    .map(({ block_id }) => block_id);
}
