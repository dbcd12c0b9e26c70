import type { Asker } from "./line/fair-line.ts";

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
   * fewer in line, and `hasGrown` says so. Where the thread alone is waited for, its own turns are counted.
   *
   * Rejects with the signal's reason when it aborts during the wait, and with BotError `busy`, unless it is `resumed`,
   * when too many wait, of all or of that person.
   */
  enter(
    asker: Asker,
    signal: AbortSignal,
    onPlace: (ahead: number, hasGrown: boolean) => void,
    options?: { readonly resumed?: boolean },
  ): Promise<() => void>;
}

/** How many turns may wait, and how many pictures of one person. */
export interface LineLimits {
  readonly all?: number;
  readonly ofOne?: number;
}
