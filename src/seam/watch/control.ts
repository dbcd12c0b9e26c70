import type { ErrorCode } from "../errors.ts";
import type { MessageKey, Place } from "../turn.ts";

/** Somebody, as the platform calls them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A turn that this process, or another on its store, sees through, without what was asked for. Times are Unix time in ms. */
export interface LiveTurn {
  /** The message that shows, or will show, the answer. */
  readonly message: MessageKey;
  readonly adapter: string;
  readonly user: Person;
  readonly place?: Place;
  /** How many pictures were asked for. */
  readonly pictures: number;
  readonly acceptedAt: number;
  /** `waiting`: in line; `drawing`; `showing`: it is known what came of it, and that has not been shown yet. */
  readonly phase: "waiting" | "drawing" | "showing";
  /** When that phase began. */
  readonly since: number;
  /** Of one in line: turns that go first, as things stand. */
  readonly ahead?: number;
}

/** What came to nothing, and what people were told of it. Never what was asked for. */
export interface Failure {
  readonly id: string;
  /** Unix time, ms. */
  readonly at: number;
  /** `refused`: it became no turn; `failed`: nothing was drawn; `lost`: it was drawn, and could be shown nowhere. */
  readonly outcome: "refused" | "failed" | "lost";
  readonly code: ErrorCode;
  /** Something that whoever runs the bot has to mend; the rest is everyday. */
  readonly isGrave: boolean;
  /** The words that people read; absent where they could be told nothing. */
  readonly told?: string;
  /** What lies behind it, as the log says it: a server's own words, without secrets. */
  readonly cause?: string;
  readonly adapter: string;
  readonly user: Person;
  readonly place?: Place;
  readonly message?: MessageKey;
  /** OpenAI's name for the request that failed, and for the responses it drew by: its support asks for them. */
  readonly requestId?: string;
  readonly responseIds?: readonly string[];
}

/** What goes on at the moment, in all processes on the store. */
export interface Now {
  /** Those that are shown first, then those that are drawn, then the line; each the earliest first. */
  readonly turns: readonly LiveTurn[];
  /** No new turns are taken by this process: it is being drained. */
  readonly isDraining: boolean;
  /** How OpenAI answered last, Unix time in ms; absent before that. */
  readonly lastAnswer?: { readonly at: number; readonly code?: ErrorCode };
}

/** What has changed. */
export type Changed = "turns" | "failures";

/** What an admin sees of the turns in hand, and does with them. */
export interface Control {
  now(): Now;
  /**
   * What was asked for in that message; undefined when that turn is over. The log says that it was looked at. Rejects with
   * BotError `storage`, as `cancel` does.
   */
  promptOf(message: MessageKey): Promise<string | undefined>;
  /** False when there is nothing left to cancel. */
  cancel(message: MessageKey): Promise<boolean>;
  /** The latest first, of all that were kept: some hundreds at most. Rejects with BotError `storage`. */
  failures(): Promise<readonly Failure[]>;
  /**
   * Takes no new turns, in whichever of the processes there are: people are told to come back. Those in hand are finished.
   * A restart ends it, of the process that is restarted.
   */
  drain(): void;
  /** Ends that. */
  takeAgain(): void;
  /** Hears of every change, at once and often. Returns what ends that. */
  listen(hear: (what: Changed) => void): () => void;
}
