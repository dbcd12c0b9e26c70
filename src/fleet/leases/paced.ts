import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Leases } from "../../seam/leases.ts";
import type { Log } from "../../seam/log.ts";
import { orAborted } from "../../seam/timeout.ts";
import type { Store } from "../../store/store.ts";

/** How many turns there were, and when the last was by the clock of whoever had it: Unix time, ms. */
const paced = z.object({ count: z.number(), at: z.number() });

/** By how much the clocks of two machines may differ, at the very most, in ms. */
const doubtMs = 60_000;

/** Ms until a store that failed is asked again. */
const againMs = 1000;

/**
 * As `Leases.turn`. Who waits counts from when it has itself seen the last turn to be over, so that no clock is believed:
 * only a turn so long ago that no clock can be that wrong need not be waited for.
 */
export function createPaced(store: Store, log: Log): Leases["turn"] {
  const table = store.table("paced", paced);

  /** The turn after that one; false: somebody else has had it. */
  function take(name: string, before: number, everyMs: number): Promise<boolean> {
    return store.transact(async (within) => {
      const there = within.table("paced", paced);
      if (((await there.get(name))?.count ?? 0) !== before) return false;
      await there.set(name, { count: before + 1, at: Date.now() }, everyMs + 2 * doubtMs);
      return true;
    });
  }

  async function wait(name: string, everyMs: number, signal: AbortSignal): Promise<void> {
    for (let seen: number | undefined; ; ) {
      const found = await table.get(name);
      const { count = 0, at = 0 } = found ?? {};
      const isLongAgo = Math.abs(Date.now() - at) > everyMs + doubtMs;
      if (!isLongAgo && count !== seen) {
        seen = count;
        await sleep(everyMs, undefined, { signal });
      } else if (await take(name, count, everyMs)) return;
    }
  }

  return async (name, everyMs, signal) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await orAborted(wait(name, everyMs, signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        log.debug({ turn: name, error }, "fleet.turn.failed");
        await sleep(againMs, undefined, { signal });
      }
    }
  };
}
