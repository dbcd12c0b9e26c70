import type { EventKey, ThreadKey } from "../seam/turn.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import { type Hold, keyOf } from "./ledger.ts";
import type { Asker } from "./line/fair-line.ts";

/** Who asks, and for which turn: what the ledger knows it by, and when it was accepted, Unix time in ms. */
export type TurnAsker = Omit<Asker, "home"> & { readonly key?: EventKey };

/** What was taken on in a thread, of which a turn may come. */
export interface Expected {
  readonly key: EventKey;
  readonly thread: ThreadKey;
  /** When it was taken on: Unix time, ms. */
  readonly at: number;
}

/**
 * Keeps the turns of one thread in order, and those of all threads within a limit; who waits is let in by fair queueing
 * (`line/fair-line.ts`): everybody's first before anybody's second, a turn for each server before another's next.
 *
 * No room is left empty while somebody can go, and nobody waits for ever.
 */
export interface Lanes {
  /** Turns that run, and those that wait. */
  readonly inside: number;
  readonly waiting: number;
  /**
   * Resolves when it is this turn's time: the thread's earlier turns are done and there is room. The caller must call the
   * function it gets when the turn is over.
   *
   * `onPlace` hears how many turns have to go or to end first (1: it is next), as things stand; at once, and again as
   * that changes (`line/places.ts` says how often); never when there is no wait. It grows where others come who have
   * fewer in line, and `hasGrown` says so. Where the thread alone is waited for, its own turns are counted. `startsInMs`:
   * where it is waited for that more pictures may begin in this minute, in about how many ms it goes.
   *
   * Rejects with the signal's reason when it aborts during the wait, and with BotError `busy`, unless it is `resumed`,
   * when too many wait, of all or of that person.
   */
  enter(
    asker: TurnAsker,
    signal: AbortSignal,
    onPlace: (ahead: number, hasGrown: boolean, startsInMs?: number) => void,
    options?: { readonly resumed?: boolean },
  ): Promise<() => void>;
  /**
   * Where there are several processes: what is taken on later in that thread, wherever it is, goes after this, which is to
   * enter by that key, here or at whoever takes it over. For half a minute, and as long again where another process
   * begins to keep the line. Resolves when the others have been told; never rejects. `hold`: of that event; `isNew`: it was
   * taken on just now, and goes after all that was told so before, whatever the clocks say.
   */
  expect(
    expected: Expected,
    hold: Pick<Hold, "lost" | "isHeld">,
    more?: { readonly isNew?: boolean },
  ): Promise<void>;
  /** That one comes to nothing, unless it has come: its thread goes on. */
  unexpect(key: EventKey): void;
  /** A turn that another process may have had in line needs no place any more: others of its thread go on. */
  skip(key: EventKey): void;
  /** Nothing is let in any more; others have the room at once. Never rejects. */
  close(): Promise<void>;
}

/** How many turns may wait, and how many pictures of one person. */
export interface LineLimits {
  readonly all?: number;
  readonly ofOne?: number;
}

/** Who asks for a turn. */
export function toAsker(turn: OpenTurn): TurnAsker {
  const { thread, user, place, options, acceptedAt } = turn;
  const community = place && (place.community ?? place.channel);
  return {
    ...{ thread, user: user.id, pictures: options.count ?? 1, ...(community && { community }) },
    ...{ key: keyOf(turn), at: acceptedAt },
  };
}
