import type { Core } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { MessageKey, ThreadKey } from "../../../src/seam/turn.ts";
import type { UnderWay } from "../../../src/seam/under-way.ts";
import type { Files } from "../wire/attachments.ts";
import type { Timing } from "../wire/limits.ts";
import type { Picture } from "../wire/pictures.ts";
import type { ResponseUrl } from "../wire/response-url.ts";
import type { Send } from "../wire/send/send.ts";
import type { Door } from "./access.ts";
import type { AppKind } from "./agent/app-kind.ts";
import type { Sessions } from "./agent/sessions.ts";
import type { Stopped } from "./agent/stopped.ts";
import type { Left } from "./left.ts";
import type { People } from "./people/people.ts";
import type { Uploads } from "./uploads/uploads.ts";
import type { Me } from "./where.ts";
import type { Word } from "./word.ts";

/** An answer that is still changing. */
export interface Live {
  /** The message that asked. */
  readonly request?: string;
  /** Where it stands; absent outside of threads. */
  readonly thread?: ThreadKey;
  /** When it was asked for: Unix time by our clock, ms. */
  readonly since: number;
}

/** What all parts of the adapter share while it is connected. What of it outlives the process says so. */
export interface Stage {
  readonly send: Send;
  readonly files: Files;
  /** Files that may be left over when the process ends. Outlives it. */
  readonly uploads: Uploads;
  /** Messages that still look alive though their answer stands elsewhere. Outlives the process. */
  readonly left: Left;
  /** Tells the operator of scopes that are missing, of each once. */
  readonly missing: (scopes: readonly string[]) => void;
  readonly people: People;
  readonly door: Door;
  readonly core: Core;
  readonly me: Me;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly log: Log;
  /** Unix time, ms. */
  readonly now: () => number;
  readonly timing: Timing;
  readonly live: UnderWay<MessageKey, Live>;
  /** The freshest response URL to whoever sees an answer alone. */
  readonly responseUrls: Map<MessageKey, ResponseUrl>;
  /** Pictures of messages that came along with a press, for where the bot cannot fetch them. */
  readonly seen: Map<MessageKey, readonly Picture[]>;
  /** Files that came with an answer for one person, beside its pictures. */
  readonly handed: Map<MessageKey, readonly string[]>;
  /** What the bot said last in a thread; undefined where that is an answer, or nothing. */
  readonly told: Map<ThreadKey, Word | undefined>;
  /** What it said last in a conversation with an agent, by its channel, where nothing could be drawn yet. */
  readonly unanswered: Map<string, MessageKey>;
  /** Threads in which the bot has no part: what is said there and not to it is not for it. */
  readonly strangers: Map<ThreadKey, true>;
  /** What the app is to Slack. Outlives the process. */
  readonly app: AppKind;
  /** The threads in which it says that it is at work, where it is an agent. Outlives the process. */
  readonly sessions: Sessions;
  /** When somebody last stopped what goes on in a thread. */
  readonly stops: Map<ThreadKey, Stopped>;
  /** What people look at beside the conversation with an agent, by their ids: `context` as Slack has it. */
  readonly looking: Map<string, unknown>;
  /** Threads in the assistant's own pane. */
  readonly assistants: Map<string, true>;
  /** Aborts when the adapter is stopped. */
  readonly closing: AbortSignal;
  /** What is still to be tidied up before the adapter lets go. */
  readonly tidying: Set<Promise<unknown>>;
  /** The message of an answer was deleted: nobody waits for it. */
  gone(message: MessageKey): void;
}
