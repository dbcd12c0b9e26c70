import type { Spool } from "../../pictures/spool.ts";
import type { Log } from "../../seam/log.ts";
import { createQueue } from "../../seam/queue.ts";
import type { View } from "../../seam/view.ts";
import type { LastView, OpenTurn } from "../../store/open-turn.ts";
import { takeUp } from "./last-view.ts";
import { patienceMs, usualWait, type Wait, waitMsAfter } from "./patience.ts";

/** How a turn ends. */
export interface Last {
  readonly turn: OpenTurn;
  /** What is to be shown; without its pictures while it waits, or once they are no longer there. Absent: it is shown already. */
  view?: View;
  /** The same in the spool. */
  readonly aside?: LastView;
  /** Its pictures are there alone. */
  isWaiting?: boolean;
}

/** Of one platform: what is shown after it has waited is in memory for that long. */
const mostAtOnce = 4;

/**
 * Shows a turn's last view for as long as it takes: a platform that is down is waited for, with the pictures in the
 * spool. `leave` is called when the first try is over. Rejects when the signal aborts, or `handOn`
 * while it waits, and after twelve hours with why it could not be shown.
 */
export type Deliver = (
  last: Last,
  by: {
    readonly first: (view: View) => Promise<unknown>;
    readonly again: (view: View) => Promise<unknown>;
    readonly leave: () => void;
    /** Aborts when the next process is to go on with what only waits. */
    readonly handOn: AbortSignal;
  },
  signal: AbortSignal,
  log: Log,
) => Promise<void>;

export function createDeliver(spool: Spool, now: () => number, wait: Wait = usualWait): Deliver {
  const inOrder = createQueue();
  let number = 0;

  /** As it is in the spool, a few at a time. */
  function showWaiting(
    last: Last,
    show: (view: View) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    number += 1;
    return inOrder(`${last.turn.adapter} ${number % mostAtOnce}`, async () => {
      signal.throwIfAborted();
      const view = (last.aside && (await takeUp(last.aside, spool))) ?? last.view;
      if (view) await show(view);
    });
  }

  return async (last, { first, again, leave, handOn }, signal, log) => {
    const waiting = AbortSignal.any([signal, handOn]);
    const { endedAt = now() } = last.turn;
    for (let tries = 0; last.view; tries += 1) {
      const show = tries === 0 ? (view: View) => first(view).finally(leave) : again;
      try {
        await (last.isWaiting ? showWaiting(last, show, signal) : show(last.view));
        if (tries > 0) log.info({ tries }, "answer.shown");
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (now() - endedAt > patienceMs) throw error;
        log.warn({ error, tries }, "answer.waits");
      }
      if (last.aside) {
        last.view = { ...last.view, images: [], files: [] };
        last.isWaiting = true;
      }
      await wait(waitMsAfter(tries), waiting);
    }
  };
}
