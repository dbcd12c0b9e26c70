import { type Hold, takenOver } from "../../fleet/ledger.ts";
import { showWhile } from "../../seam/held.ts";
import type { Reply } from "../../seam/view.ts";

/** Shows nothing while another may have the turn: what rejects then does so with BotError `stopped`. */
export function whileHeld(reply: Reply, { isHeld }: Hold): Reply["show"] {
  const check = () => {
    if (!isHeld()) throw takenOver();
  };
  return async (view) => {
    check();
    return showWhile(check, () => reply.show(view));
  };
}
