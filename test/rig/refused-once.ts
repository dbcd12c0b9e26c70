import { BotError } from "../../src/seam/errors.ts";
import type { Reply } from "../../src/seam/view.ts";

/** Shows as `show` does, after its platform has refused the first view. */
export function refusedOnce(show: Reply["show"]): Reply["show"] {
  let isRefused = false;
  return async (view) => {
    if (isRefused) return show(view);
    isRefused = true;
    throw new BotError("forbidden", "I may not answer in that channel.");
  };
}
