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
 * Does for what is noted already what takes the store, which may be away: then it is tried again. Rejects with what else
 * goes wrong, with the signal's reason, and with `StoreAway` where it stays away.
 *
 * `given` is handed on to `work`, so that no function has to be made of both: it would keep whatever is around it.
 */
export async function throughOutage<Given extends readonly unknown[], T>(
  { onAway, signal, wait, log }: Patience,
  work: (...given: Given) => Promise<T>,
  ...given: Given
): Promise<T> {
  let waitedMs = 0;
  for (let tries = 0; ; tries += 1) {
    try {
      return await work(...given);
    } catch (error) {
      if (!(error instanceof StoreAway) || waitedMs >= mostMs) throw error;
      signal.throwIfAborted();
      log[tries === 0 ? "warn" : "debug"]({ error, tries }, "store.awaited");
      await onAway();
      const ms = pauseMs(tries);
      waitedMs += ms;
      await wait(ms, signal).catch(() => signal.throwIfAborted());
    }
  }
}
