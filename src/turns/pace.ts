import { setTimeout as sleep } from "node:timers/promises";
import type { MessageKey } from "../seam/turn.ts";
import type { Reply, View } from "../seam/view.ts";

/** Shows the views of one reply no faster than its platform likes. */
export interface Pace {
  /** Shows the view when the time has come. A newer one takes its place: what is stale is dropped, never queued. */
  offer(view: View): void;
  /** Shows the last view, after the one in flight and without a further wait. Rejects when the platform refuses it. */
  finish(view: View): Promise<MessageKey>;
}

/**
 * One show is in flight at a time, and the next is scheduled only when it has settled.
 *
 * `onError` hears of a view on the way that could not be shown; the turn goes on without it.
 */
export function createPace(
  reply: Reply,
  onError: (error: unknown) => void,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) => sleep(ms, null, { signal }),
): Pace {
  const finished = new AbortController();
  let newest: View | undefined;
  let showing: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (newest && !finished.signal.aborted) {
      const view = newest;
      newest = undefined;
      await reply.show(view).then(() => {}, onError);
      // An aborted wait means that the last view is due: the loop's condition sees it.
      await wait(reply.pace, finished.signal).catch(() => {});
    }
    showing = undefined;
  }

  return {
    offer(view) {
      if (finished.signal.aborted) return;
      newest = view;
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
