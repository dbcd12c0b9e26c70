import { setTimeout as sleep } from "node:timers/promises";
import { isShutOut } from "./backends/trouble.ts";
import { StoreAway } from "./store-away.ts";

/** How to wait for a store that does not answer as the process starts. */
export interface StartPatience {
  /** How long to wait in all, in ms, from the first time that it did not answer. 0: not at all. */
  readonly waitMs: number;
  /** Ends the wait; what is waited for then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Hears once that there is something to wait for, and why. */
  readonly onWait: (cause: unknown) => void;
}

/** Ms between two tries. */
const againMs = 1000;

/**
 * Does what takes the store as the process starts: again where that does not answer yet, since both may have been started
 * together, or it is just being replaced. What will not pass is not waited for, such as a wrong password. `work` leaves
 * nothing open where it rejects, and is told whether this start has had to wait.
 */
export function createStartPatience({ waitMs, signal, onWait }: StartPatience) {
  let end: number | undefined;
  return async <T>(work: (hasWaited: boolean) => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work(end !== undefined);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StoreAway) || isShutOut(error.cause)) throw error;
        const isFirst = end === undefined;
        end ??= performance.now() + waitMs;
        if (performance.now() >= end) throw error;
        if (isFirst) onWait(error.cause);
        await sleep(againMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  };
}
