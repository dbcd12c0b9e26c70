import { setTimeout as sleep } from "node:timers/promises";
import type { MessageKey } from "../seam/turn.ts";
import type { Reply, View } from "../seam/view.ts";

/** Shows the views of one reply no faster than its platform likes. */
export interface Pace {
  /** Shows the view when the time has come. A newer one takes its place: what is stale is dropped, never queued. */
  offer(view: View): void;
  /** Resolves when a view with a new picture would be shown at once; false: none will be shown any more. */
  ready(): Promise<boolean>;
  /** Shows the last view, after the one in flight and without a further wait. Rejects when the platform refuses it. */
  finish(view: View): Promise<MessageKey>;
}

/** Shows that may follow each other at once: platforms count them over some time, and not from one to the next. */
const burst = 2;

/**
 * One show is in flight at a time. Each is paid for out of a budget, which the reply's pace fills up again, one show
 * after so many ms, to two at most. One that brings no new picture leaves enough for a sketch.
 *
 * `onError` hears of a view on the way that could not be shown; the turn goes on without it. `now` is in ms.
 */
export function createPace(
  reply: Reply,
  onError: (error: unknown) => void,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) => sleep(ms, null, { signal }),
  now: () => number = () => performance.now(),
): Pace {
  const finished = new AbortController();
  let newest: View | undefined;
  let showing: Promise<void> | undefined;
  let inFlight: Promise<void> | undefined;
  let shown: View["images"] = [];
  let budget = burst;
  let countedAt = now();
  /** Ends the wait for what is newest. */
  let waiting = new AbortController();

  /** Ms until there is so much in the budget. */
  function msUntil(needed: number): number {
    if (reply.pace === 0) return 0;
    budget = Math.min(burst, budget + (now() - countedAt) / reply.pace);
    countedAt = now();
    return Math.max(0, needed - budget) * reply.pace;
  }

  /** Ms until it may be shown. */
  function waitMs({ images }: View): number {
    return msUntil(images.length > 0 && !isSame(images, shown) ? 1 : 2);
  }

  async function ready(): Promise<boolean> {
    while (!finished.signal.aborted) {
      const ms = msUntil(1);
      if (ms === 0 && !inFlight) return true;
      await (ms > 0 ? wait(ms, finished.signal).catch(() => {}) : inFlight);
    }
    return false;
  }

  async function run(): Promise<void> {
    while (newest && !finished.signal.aborted) {
      const view = newest;
      const ms = waitMs(view);
      if (ms > 0) {
        waiting = new AbortController();
        // An aborted wait means that another view is the newest, or the last is due: the loop sees it.
        await wait(ms, AbortSignal.any([waiting.signal, finished.signal])).catch(() => {});
        continue;
      }
      newest = undefined;
      budget -= 1;
      shown = view.images;
      inFlight = reply.show(view).then(() => {}, onError);
      await inFlight;
      inFlight = undefined;
    }
    showing = undefined;
  }

  return {
    ready,
    offer(view) {
      if (finished.signal.aborted) return;
      newest = view;
      waiting.abort();
      showing ??= run();
    },
    async finish(view) {
      finished.abort();
      newest = undefined;
      await showing;
      return reply.show(view);
    },
  };
}

function isSame(images: View["images"], others: View["images"]): boolean {
  return images.length === others.length && images.every(({ bytes }, at) => bytes === others[at]?.bytes);
}
