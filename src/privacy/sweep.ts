import { toBotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { listOwned, type Owned } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Erase, Tally } from "./erase.ts";
import type { KeptName } from "./kept.ts";

/** Ms between two walks through all that is listed. */
const everyMs = 24 * 3600 * 1000;

/** What is deleted in one go, so that nobody waits for it: the rest is the next one's. */
const mostAtOnce = 500;

/**
 * Deletes answers that are older than `answersMs`, here and at OpenAI, as *Forget me* does. It reads what is listed and
 * nothing else, once a day, a few hundred at a time. Never rejects.
 */
export function createSweep(of: {
  readonly store: Store;
  readonly erase: Pick<Erase, "one">;
  /** Absent: they are kept for good. */
  readonly answersMs: number | undefined;
  readonly log: Log;
  readonly now: () => number;
}): (signal: AbortSignal) => Promise<void> {
  const { store, erase, answersMs, log, now } = of;
  let nextAt = 0;

  /** Whether there may be more. */
  async function sweep(
    isOld: (owned: Owned) => boolean,
    tally: Tally,
    signal: AbortSignal,
  ): Promise<boolean> {
    let deleted = 0;
    for await (const page of listOwned(store)) {
      for (const owned of page.filter(isOld)) {
        signal.throwIfAborted();
        if (deleted === mostAtOnce) return true;
        await erase.one(owned, tally, signal);
        deleted += 1;
      }
    }
    return false;
  }

  return async (signal) => {
    if (answersMs === undefined || now() < nextAt) return;
    const counts: Partial<Record<KeptName, number>> = {};
    let left = 0;
    const tally: Tally = {
      add: (name, count = 1) => {
        counts[name] = (counts[name] ?? 0) + count;
      },
      leave: () => {
        left += 1; // OpenAI lets go of it by itself
      },
      along: () => [],
    };
    const before = now() - answersMs;
    try {
      const isMore = await sweep(({ kind, at }) => kind === "generation" && at < before, tally, signal);
      if (!isMore) nextAt = now() + everyMs;
    } catch (error) {
      if (!signal.aborted) log.error({ error: toBotError(error) }, "sweep.failed");
    }
    if (Object.keys(counts).length > 0 || left > 0) log.info({ counts, left }, "swept");
  };
}
