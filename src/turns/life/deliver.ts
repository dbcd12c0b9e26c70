import { setTimeout as sleep } from "node:timers/promises";
import type { Spool } from "../../pictures/spool.ts";
import type { Log } from "../../seam/log.ts";
import type { View } from "../../seam/view.ts";
import type { LastView, OpenTurn } from "../../store/open-turn.ts";
import { takeUp } from "./last-view.ts";

/** How a turn ends. */
export interface Last {
  readonly turn: OpenTurn;
  /** What is to be shown; absent: it is shown already. Without its pictures while it waits. */
  view?: View;
  /** The same in the spool. */
  readonly aside?: LastView;
}

/** Ms between tries to show what is finished, the last of them again and again. */
const waitsMs = [1000, 5000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** Ms for which it is tried: a night. */
const patienceMs = 12 * 3600 * 1000;

/**
 * Shows a turn's last view for as long as it takes: a platform that is down is waited for, with the pictures in the
 * spool. `leave` is called when the first try is over. Rejects when the signal aborts, and after twelve hours with why it
 * could not be shown.
 */
export type Deliver = (
  last: Last,
  by: {
    readonly first: (view: View) => Promise<unknown>;
    readonly again: (view: View) => Promise<unknown>;
    readonly leave: () => void;
  },
  signal: AbortSignal,
  log: Log,
) => Promise<void>;

/** `wait` is the clock between tries; it rejects when the signal aborts. */
export function createDeliver(
  spool: Spool,
  now: () => number,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) => sleep(ms, null, { signal }),
): Deliver {
  return async (last, { first, again, leave }, signal, log) => {
    const { endedAt = now() } = last.turn;
    for (let tries = 0; last.view; tries += 1) {
      try {
        await (tries === 0 ? first(last.view).finally(leave) : again(last.view));
        if (tries > 0) log.info({ tries }, "answer.shown");
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (now() - endedAt > patienceMs) throw error;
        log.warn({ error, tries }, "answer.waits");
      }
      if (last.aside) last.view = { ...last.view, images: [], files: [] };
      await wait(waitsMs[tries] ?? waitsMs.at(-1) ?? 0, signal);
      if (last.aside) last.view = (await takeUp(last.aside, spool)) ?? last.view;
    }
  };
}
