import { z } from "zod";
import type { Click, EventKey } from "../../seam/turn.ts";
import type { Store } from "../../store/store.ts";

/** Tells the second half of a double click from a click, whichever process hears of which, and when. */
export interface Clicks {
  /**
   * Whether the same was clicked, as another event, less than so many ms before it, or after it: what is heard of late,
   * by a process that was stopped, was clicked again meanwhile. Rejects with BotError `storage`.
   */
  isSecond(click: Click, event: EventKey, withinMs: number): Promise<boolean>;
  /** Nothing came of it: who clicks again is the first. Never rejects. */
  forget(click: Click, event: EventKey): Promise<void>;
}

/** Longer than any process is stopped and wakes again with what it had heard, in ms. */
const rememberedMs = 3600_000;

const last = z.object({ at: z.number(), event: z.string() });

export function createClicks(store: Store): Clicks {
  return {
    isSecond: ({ of, at }, event, withinMs) =>
      store.transact(async (within) => {
        const table = within.table("click", last);
        const before = await table.get(of);
        if (before?.event === event) return false; // whether it is seen to already the ledger knows
        if (before && at - before.at < withinMs) return true;
        await table.set(of, { at, event }, rememberedMs);
        return false;
      }),
    async forget({ of }, event) {
      const table = store.table("click", last);
      const before = await table.get(of).catch(() => undefined);
      if (before?.event === event) await table.delete(of).catch(() => {});
    },
  };
}
