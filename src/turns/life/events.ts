import { setTimeout as sleep } from "node:timers/promises";
import type { Adapter } from "../../seam/adapter.ts";
import type { Attend, Note } from "../../seam/core.ts";
import type { Log } from "../../seam/log.ts";
import type { EventKey } from "../../seam/turn.ts";
import type { Entry, Ledger } from "./ledger.ts";

/** What comes in from the platforms, each once. */
export interface Events {
  /** As of `Core`. */
  note(adapter: Adapter): Note;
  /** Sees to what the process before has noted and not made a turn of. Resolves when it is one, or over. */
  replay(adapter: Adapter, entry: Entry): Promise<void>;
}

/** Ms in which a second click is the first one's. */
const clickMs = 2000;

/** Ms between tries of what a platform failed. */
const waitsMs = [2000, 10_000, 30_000, 60_000, 120_000];

/**
 * `stopped` aborts when the process lets go: what is not over then comes back after the next start. `wait` is the clock
 * between tries; it rejects when that aborts.
 */
export function createEvents(
  ledger: Ledger,
  of: { readonly stopped: AbortSignal; readonly log: Log; readonly now: () => number },
  wait: (ms: number) => Promise<unknown> = (ms) => sleep(ms, null, { signal: of.stopped, ref: false }),
): Events {
  const { stopped, log, now } = of;
  /** When each was clicked last, in that order. */
  const clicks = new Map<string, number>();

  /** Whether it is the second half of a double click. */
  function isSecond(click: string): boolean {
    for (const [one, at] of clicks) {
      if (now() - at < clickMs) break;
      clicks.delete(one);
    }
    if (clicks.has(click)) return true;
    clicks.set(click, now());
    return false;
  }

  async function attend(adapter: Adapter, event: EventKey, body: unknown, first: () => Promise<void>) {
    const again = () => adapter.replay({ key: event, body });
    let isDone = false;
    for (let tries = 0; !isDone && !stopped.aborted; tries += 1) {
      try {
        await (tries === 0 ? first() : again());
        isDone = true;
      } catch (error) {
        if (stopped.aborted) return;
        const waitMs = ledger.waits(event) ? waitsMs[tries] : undefined;
        log[waitMs === undefined ? "error" : "warn"]({ event, error, tries }, "event.failed");
        if (waitMs === undefined) break;
        await wait(waitMs).catch(() => {});
      }
    }
    if (!isDone && stopped.aborted) return;
    await ledger.over(event).catch((error: unknown) => log.error({ event, error }, "store.failed"));
  }

  return {
    note: (adapter) => async (event) => {
      if (event.click !== undefined && isSecond(`${adapter.name} ${event.click}`)) return undefined;
      if (!(await ledger.take(event, adapter.name))) return undefined;
      const seeTo: Attend = (work) => attend(adapter, event.key, event.body, work);
      return seeTo;
    },
    async replay(adapter, { key, body }) {
      log.info({ adapter: adapter.name, event: key }, "event.replayed");
      void attend(adapter, key, body, () => adapter.replay({ key, body }));
      await ledger.settled(key);
    },
  };
}
