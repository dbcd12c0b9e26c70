import { z } from "zod";
import { BotError } from "../seam/errors.ts";
import type { EventKey, PlatformEvent, ThreadKey } from "../seam/turn.ts";
import { type OpenTurn, openTurn } from "../store/open-turn.ts";
import { StoreAway } from "../store/store-away.ts";
import { key } from "../store/stored.ts";

/** Something that was taken on and is not over. */
export interface Entry {
  readonly key: EventKey;
  readonly adapter: string;
  /** Unix time, ms. */
  readonly at: number;
  /** As it came in, until it has become a turn. */
  readonly body?: unknown;
  /** As of `PlatformEvent`; where there are several processes, and until it has become a turn. */
  readonly thread?: ThreadKey;
  readonly turn?: OpenTurn;
}

/**
 * What was taken on: noted before it is acknowledged, over when it is answered. Its key is the platform's own name for
 * the event, so that what comes twice is one: that is remembered for two days after it is over.
 */
export interface Ledger {
  /** False: that event has been noted before. */
  take(event: PlatformEvent, adapter: string): Promise<boolean>;
  /** Notes the turn that an event has become, or what has become known of it. */
  note(turn: OpenTurn): Promise<void>;
  /** The event is over, unless it has become a turn. Tried until it is written down. */
  over(event: EventKey): Promise<void>;
  /** The turn is over. */
  forget(turn: Pick<OpenTurn, "event" | "message">): Promise<void>;
  /** What is not over, in the order in which it was accepted. */
  open(): Promise<readonly Entry[]>;
  /** What of that the last process has left. */
  left(): Promise<readonly Entry[]>;
  /** Another process goes on with what this one cannot note, while this one is still there. */
  readonly isShared: boolean;
  /** How much is not over: what cannot be read, too. */
  readonly size: number;
  /** Whether an event is noted, and neither a turn nor over. */
  waits(event: EventKey): boolean;
  /** Resolves when it no longer waits. */
  settled(event: EventKey): Promise<void>;
  /** Whether what is being seen to is still this process's own. */
  hold(event: EventKey): Hold;
  /**
   * Ties what is begun within it to what this process has of that event now. Once that is lost, all of it has lost the
   * event, also where the same process has it again and begins anew: so that two beginnings never count as one.
   */
  bind(event: EventKey): <Result>(begin: () => Result) => Result;
  /**
   * From now on `goOn` hears of what another process has let fall, and is this one's from then on. Its promise says
   * that it has its place; that it is over is told by `over` or `forget`.
   */
  adopt(goOn: (entry: Entry) => Promise<void>): void;
  /** Lets go of one that is in hand here, and neither shown nor over: another process goes on with it. Never rejects. */
  handOn(event: EventKey): Promise<void>;
  /** Another process is to have that one as soon as it is let go of: for some seconds it is not adopted here. */
  spare(event: EventKey): void;
  /** Adopts nothing more: this process is about to end. Never rejects. */
  rest(): Promise<void>;
  /** Lets go of all that is not over: others go on with it at once. Never rejects. */
  close(): Promise<void>;
}

/** That a process has what it is seeing to for itself. */
export interface Hold {
  /** Aborts, with BotError `stopped`, when another has taken it over. */
  readonly lost: AbortSignal;
  /**
   * Asked right before anything is done that others see. False: another may have it by now, though nobody has said so
   * yet, since this process was stopped for too long.
   */
  isHeld(): boolean;
  /** It has ended here: nobody has it any more. */
  isOver(): boolean;
}

/** An entry, as it is stored. */
export const entry = z.object({
  key,
  adapter: z.string(),
  at: z.number(),
  body: z.unknown(),
  turn: openTurn.exactOptional(),
  over: z.literal(true).exactOptional(),
  /** How often it had changed hands when it was written; absent: never, or there is one process alone. */
  hands: z.number().exactOptional(),
});

/** How long what is over is known as such, in ms. */
export const rememberedMs = 48 * 3600 * 1000;

/**
 * How long an event is kept that has not become a turn, in ms: longer than a bot is away. What was noted too late is
 * listed nowhere, and goes with that.
 */
export const keptMs = 30 * 24 * 3600 * 1000;

/** Ms until a store that failed is asked again to forget. */
export const againMs = 5000;

/** Ms in which an event has to be noted, all in all: Discord waits three seconds for an acknowledgement. */
export const takeLimitMs = 2000;

/** What did not come from a platform goes by the message that answers it. */
export function keyOf({ event, message }: Pick<OpenTurn, "event" | "message">): EventKey {
  return event ?? `turn:${message}`;
}

export function tooSlow(): BotError {
  return new StoreAway(
    "My memory is too slow just now, so I could not take this on. Try again in a minute; if it stays, tell the admin.",
  );
}

/** Why a process goes on no more with what another one will. */
export class LetGo extends BotError {
  constructor(message: string) {
    super("stopped", message);
  }
}

/** Why a process lets go of what it has no room for. */
export function handedOn(): LetGo {
  return new LetGo("Another process goes on with this: it has room.");
}

/** Why a process lets go of what it was seeing to. */
export function takenOver(): LetGo {
  return new LetGo("Another process goes on with this: this one was stopped for too long.");
}
