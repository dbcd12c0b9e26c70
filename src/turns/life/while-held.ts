import { type Hold, takenOver } from "../../fleet/ledger.ts";
import { showWhile } from "../../seam/held.ts";
import type { Reply } from "../../seam/view.ts";
import type { Wait } from "./patience.ts";

/**
 * Shows nothing while another may have the turn, nor once it is over: what rejects then does so with BotError `stopped`.
 *
 * Connections and timers that outlive a show keep its check for as long: it must hold nothing of what is shown.
 */
export function whileHeld(reply: Reply, hold: Hold): Reply["show"] {
  const now = checkOf(hold.isHeld);
  const late = lateOf(hold);
  return async (view) => {
    now();
    return showWhile(now, () => reply.show(view), late);
  };
}

/** Does what is to be done for an event, and is left to be done when that is over: nothing that another may do by then. */
export async function unlessLost<T>(hold: Hold, work: () => Promise<T>): Promise<T> {
  const late = lateOf(hold);
  late.after();
  return showWhile(late.after, work, late);
}

function lateOf({ isHeld, isOver, lost }: Hold) {
  return { after: checkOf(() => isOurs({ isHeld, isOver })), isLost: () => lost.aborted };
}

/** Whether it is this process's, or was to its end. */
export function isOurs({ isHeld, isOver }: Pick<Hold, "isHeld" | "isOver">): boolean {
  return isHeld() || isOver();
}

/** Apart from all else: a function keeps whatever is around it. */
function checkOf(passes: () => boolean): () => void {
  return () => {
    if (!passes()) throw takenOver();
  };
}

/** Ms between two looks at whose it is. */
export const lookMs = 250;

/**
 * Resolves when it is this process's for certain: that is in doubt after a stop, and while the store is away. Rejects when
 * it is not, with BotError `stopped`, or with the signal's reason.
 */
export async function untilHeld({ isHeld, lost }: Hold, signal: AbortSignal, wait: Wait): Promise<void> {
  const over = AbortSignal.any([lost, signal]);
  over.throwIfAborted();
  while (!isHeld()) await wait(lookMs, over).catch(() => over.throwIfAborted());
}
