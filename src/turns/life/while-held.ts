import { type Hold, takenOver } from "../../fleet/ledger.ts";
import { showWhile } from "../../seam/held.ts";
import type { Reply } from "../../seam/view.ts";

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
