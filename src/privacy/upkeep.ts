import { setTimeout as sleep } from "node:timers/promises";
import type { Leases, Share } from "../seam/leases.ts";

/** What is looked after beside the turns: what was begun and is not over, and what is kept for too long. */
export interface Upkeep {
  /** Begins at once, and again every so often, in one process of those that share a store. */
  begin(): void;
  /** Waits for what is at work to stop, which the signal's abort makes it. */
  end(): Promise<void>;
}

/** Ms between two looks. */
const everyMs = 10 * 60 * 1000;

/** `works` never reject, and stop when the signal aborts. */
export function createUpkeep(
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
  leases: Pick<Leases, "share">,
): Upkeep {
  let share: Share | undefined;

  async function look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const work of works) if (!signal.aborted) await work(signal);
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  return {
    begin() {
      share ??= leases.share("upkeep", 1, (_, { leave }) => look(leave));
    },
    async end() {
      await share?.close();
    },
  };
}
