import { createBounded } from "../../../../src/seam/bounded.ts";

/** What tries are counted for, e.g. an address; `free` tries need no waiting. */
export interface Lane {
  readonly name: string;
  readonly free: number;
}

/** Lets tries through, after waits that grow with each that was in vain. Nobody is ever shut out for good. */
export interface Waits {
  /**
   * Takes a try, which counts as in vain until `forgive`, so that many at once are no way around. Where one has to wait,
   * it is none, and the wait does not become longer.
   */
  take(lanes: readonly Lane[]): Taken;
  /** The try was right. */
  forgive(lanes: readonly Lane[]): void;
}

export interface Taken {
  /** Ms until it may be tried; 0: now. */
  readonly waitMs: number;
  /** Ms that the next try has to wait if this one is in vain. */
  readonly nextMs: number;
  /** Tries in vain, this one included. */
  readonly tries: number;
  /** Whether it is the first time since the last try that somebody is told to wait. */
  readonly isNews: boolean;
}

/** The first wait, in ms; each doubles the one before. */
const firstMs = 1000;
/** Four tries an hour: no password worth the name is found by that, and no owner is kept out for long. */
const longestMs = 15 * 60_000;
/** Ms after which tries are forgotten. */
const rememberedMs = 24 * 60 * 60_000;
const mostLanes = 20_000;

/** `now` is Unix time in ms. */
export function createWaits(now: () => number): Waits {
  const known = createBounded<string, { tries: number; at: number; until: number; told: boolean }>(mostLanes);

  function find(name: string) {
    const found = known.get(name);
    return found && now() - found.at < rememberedMs ? found : undefined;
  }

  return {
    take(lanes) {
      const all = lanes.map((lane) => ({ lane, before: find(lane.name) }));
      const waiting = Math.max(0, ...all.map(({ before }) => (before?.until ?? 0) - now()));
      if (waiting > 0) {
        const isNews = all.every(({ before }) => !before?.told);
        for (const { before } of all) if (before) before.told = true;
        const tries = Math.max(...all.map(({ before }) => before?.tries ?? 0));
        return { waitMs: waiting, nextMs: waiting, tries, isNews };
      }
      let nextMs = 0;
      for (const { lane, before } of all) {
        const tries = (before?.tries ?? 0) + 1;
        const waitMs = tries < lane.free ? 0 : Math.min(firstMs * 2 ** (tries - lane.free), longestMs);
        known.set(lane.name, { tries, at: now(), until: now() + waitMs, told: false });
        nextMs = Math.max(nextMs, waitMs);
      }
      const tries = Math.max(...all.map(({ before }) => (before?.tries ?? 0) + 1));
      return { waitMs: 0, nextMs, tries, isNews: false };
    },
    forgive(lanes) {
      for (const { name } of lanes) known.delete(name);
    },
  };
}
