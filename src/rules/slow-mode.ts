import { z } from "zod";
import { BotError } from "../seam/errors.ts";
import { createQueue } from "../seam/queue.ts";
import type { EventKey, User } from "../seam/turn.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/table.ts";

/** How long people wait between two requests of theirs. */
export interface SlowMode {
  /**
   * Takes a person's turn, among those that count for one `owner`: a community, or a channel. Rejects with BotError `forbidden`, and in how many seconds they may ask again, where the last one
   * was less than so many seconds ago. The same event comes through however often it comes.
   */
  take(user: User, owner: string, seconds: number, event: EventKey | undefined): Promise<void>;
}

const last = z.object({
  /** Unix time, ms. */
  at: z.number(),
  event: z.string().exactOptional(),
});

/** Kept in the store, so that a restart changes nothing. Calls reject with BotError `storage` when the store fails. */
export function createSlowMode(store: Store, now: () => number): SlowMode {
  const inOrder = createQueue();

  return {
    take(user, owner, seconds, event) {
      const key = `${owner} ${user.id}`;
      const work = async (within: Tables) => {
        const table = within.table("slow", last);
        const before = await table.get(key);
        if (before && event !== undefined && before.event === event) return;
        const waitMs = before ? before.at + seconds * 1000 - now() : 0;
        if (waitMs > 0) throw tooSoon(waitMs);
        await table.set(key, { at: now(), ...(event && { event }) }, seconds * 1000);
      };
      return inOrder(key, () => store.transact(work));
    },
  };
}

function tooSoon(waitMs: number): BotError {
  const words = `Slow mode is on: you can ask for the next picture ${sayWait(waitMs)}.`;
  return new BotError("forbidden", words, { retryAfterMs: waitMs });
}

/** “in 20 seconds”, “in 3 minutes”. */
function sayWait(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return seconds === 1 ? "in a second" : `in ${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `in ${minutes} minutes` : `in ${Math.ceil(minutes / 60)} hours`;
}
