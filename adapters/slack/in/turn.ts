import { isDirect, type Me, toWhere, type Where } from "../live/where.ts";
import { type Picture, type Shown, sentWith } from "../wire/pictures.ts";
import { toWords } from "../wire/words.ts";

/** A message as an event brings it: `message` and `app_mention` alike. Source: Slack's reference of events. */
export interface MessageEvent extends Shown {
  readonly type: string;
  readonly subtype?: string;
  readonly channel: string;
  readonly channel_type?: string;
  /** The workspace of whoever wrote it; in a channel that is shared with another one, `user_team` says so. */
  readonly team?: string;
  readonly user_team?: string;
  readonly ts: string;
  readonly thread_ts?: string;
  /** Who wrote the first message of the thread. */
  readonly parent_user_id?: string;
  readonly text?: string;
  readonly hidden?: boolean;
  /** It was written in the assistant's own pane. */
  readonly assistant_thread?: unknown;
  /** What its author looks at beside the conversation with an agent. Source: @slack/types, GenericMessageEvent. */
  readonly app_context?: unknown;
  /** Of `message_deleted`. */
  readonly deleted_ts?: string;
  /** Of `message_changed`. */
  readonly message?: { readonly subtype?: string; readonly ts?: string };
}

/** What somebody said in a message. */
export interface Said {
  readonly userId: string;
  readonly text: string;
  readonly files: readonly Picture[];
  readonly where: Where;
  /** The bot was named, or is alone with the person. */
  readonly addressed: boolean;
}

/** What people write. Everything else Slack sends as a message is about messages. */
const said = [undefined, "file_share", "thread_broadcast"];

/** Undefined: it is not for us. */
export function parseMessage(event: MessageEvent, me: Me): Said | undefined {
  const { channel, ts, thread_ts: threadTs, user, text = "", subtype } = event;
  if (!user || user === me.userId || user === "USLACKBOT" || event.bot_id || event.hidden) return undefined;
  if (!said.includes(subtype)) return undefined;
  const direct = isDirect(event);
  const named =
    event.type === "app_mention" || text.includes(`<@${me.userId}>`) || text.includes(`<@${me.userId}|`);
  const addressed = direct || named;
  if (!addressed && (!threadTs || isToOthers(text))) return undefined;
  return {
    userId: user,
    text: toWords(text, me.userId),
    files: sentWith(event, me),
    // What is said to an agent names its thread by now.
    where: toWhere({
      channelId: channel,
      ts,
      direct,
      app: { isAgent: false },
      ...(threadTs && { threadTs }),
    }),
    addressed,
  };
}

/** The message an event says was taken away, if it is about that. */
export function parseDeleted(event: MessageEvent): string | undefined {
  if (event.subtype === "message_deleted") return event.deleted_ts;
  // The first message of a thread stays as a gravestone.
  const { message } = event;
  return event.subtype === "message_changed" && message?.subtype === "tombstone" ? message.ts : undefined;
}

/** In a thread people also talk to each other. */
function isToOthers(text: string): boolean {
  return /^\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>/.test(text);
}
