import { type Hold, takenOver } from "../../fleet/ledger.ts";
import { showWhile } from "../../seam/held.ts";
import type { Reply } from "../../seam/view.ts";
import type { Wait } from "./patience.ts";

/**
 * Shows nothing while another may have the turn: what rejects then does so with BotError `stopped`.
 *
 * Connections and timers that outlive a show keep its check for as long: it must hold nothing of what is shown.
 */
export function whileHeld(reply: Reply, { isHeld }: Pick<Hold, "isHeld">): Reply["show"] {
  const check = checkOf(isHeld);
  return async (view) => {
    check();
    return showWhile(check, () => reply.show(view));
  };
}

/** Apart from all else: a function keeps whatever is around it. */
function checkOf(isHeld: Hold["isHeld"]): () => void {
  return () => {
    if (!isHeld()) throw takenOver();
  };
}

/** Ms between two looks. */
const lookMs = 250;

/**
 * Resolves when it is this process's for certain: that is in doubt after a stop, and while the store is away. Rejects when
 * it is not, with BotError `stopped`, or with the signal's reason.
 */
export async function untilHeld({ isHeld, lost }: Hold, signal: AbortSignal, wait: Wait): Promise<void> {
  const over = AbortSignal.any([lost, signal]);
  over.throwIfAborted();
  while (!isHeld()) await wait(lookMs, over).catch(() => over.throwIfAborted());
}
