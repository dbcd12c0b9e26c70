import type { Log } from "../../seam/log.ts";
import { StoreAway } from "../../store/store-away.ts";
import type { Wait } from "./patience.ts";

/** How long what is noted waits for the store before people are told that nothing comes of it, in ms. */
const mostMs = 10 * 60_000;

/** Ms between two tries: soon at first, since most outages are short. */
const pauseMs = (tries: number) => (tries < 10 ? 1000 : 5000);

/** What waits for the store, where that is away. */
export interface Patience {
  /** Called before each further try: people see that it waits. */
  readonly onAway: () => unknown;
  readonly signal: AbortSignal;
  readonly wait: Wait;
  readonly log: Log;
}

/**
 * Waits before another try where something came of the store, which is away. Rejects with what else went wrong, with the
 * signal's reason, and with `StoreAway` where it stays away.
 */
export function createOutage({ onAway, signal, wait, log }: Patience): (error: unknown) => Promise<void> {
  let tries = 0;
  let waitedMs = 0;
  return async (error) => {
    if (!(error instanceof StoreAway) || waitedMs >= mostMs) throw error;
    signal.throwIfAborted();
    log[tries === 0 ? "warn" : "debug"]({ error, tries }, "store.awaited");
    await onAway();
    const ms = pauseMs(tries);
    tries += 1;
    waitedMs += ms;
    await wait(ms, signal).catch(() => signal.throwIfAborted());
  };
}

/** Does for what is noted already what takes the store; rejects as `createOutage` does. */
export async function throughOutage<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const outlast = createOutage(patience);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      await outlast(error);
    }
  }
}
