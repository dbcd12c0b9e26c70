import { z } from "zod";
import type { MessageKey } from "../seam/turn.ts";
import { type OpenTurn, openTurn } from "../store/open-turn.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";

/** What waits for a moderator: kept until somebody decides, or its days are over. */
export interface Waiting {
  /** `until`: Unix time, ms. The same message once. */
  add(turn: OpenTurn, until: number): Promise<void>;
  find(message: MessageKey): Promise<OpenTurn | undefined>;
  /**
   * Takes one out, for good, in the name of whoever does; undefined: it was taken by another. Who has taken it gets it
   * again, for a day: a crash may have come between that and what was to be done with it.
   */
  take(message: MessageKey, by: string): Promise<OpenTurn | undefined>;
  /** Deletes what waits, and what was taken out, of a person. */
  forget(userId: string): Promise<void>;
  /** Those whose days are over by then. */
  over(now: number): Promise<readonly MessageKey[]>;
}

const waiting = z.object({
  turn: openTurn,
  /** Unix time, ms. */
  until: z.number(),
  /** Who took it out. */
  by: z.string().exactOptional(),
});

/** Keyv's stores do not all list their keys, so a list is kept beside them. */
const listed = z.array(z.object({ message: key, until: z.number() })).readonly();

const all = "all";

/** How long what was taken out is known, in ms: a day. */
const takenMs = 24 * 3600 * 1000;

/** All calls reject with BotError `storage` when the store fails. */
export function createWaiting(store: Store): Waiting {
  const table = store.table("waiting", waiting);
  const lists = store.table("waiting:all", listed);

  return {
    add: (turn, until) =>
      store.transact(async (within) => {
        const list = within.table("waiting:all", listed);
        const others = ((await list.get(all)) ?? []).filter(({ message }) => message !== turn.message);
        await within.table("waiting", waiting).set(turn.message, { turn, until });
        await list.set(all, [...others, { message: turn.message, until }]);
      }),
    async find(message) {
      const found = await table.get(message);
      return found && found.by === undefined ? found.turn : undefined;
    },
    take: (message, by) =>
      store.transact(async (within) => {
        const entries = within.table("waiting", waiting);
        const found = await entries.get(message);
        if (!found || (found.by !== undefined && found.by !== by)) return undefined;
        const list = within.table("waiting:all", listed);
        const others = ((await list.get(all)) ?? []).filter((one) => one.message !== message);
        await entries.set(message, { ...found, by }, takenMs);
        await list.set(all, others);
        return found.turn;
      }),
    async forget(userId) {
      for await (const keys of table.keys()) {
        for (const whole of keys) {
          if (whole === `all:${all}`) continue; // the list's own, whose table's name begins like this one's
          if ((await table.get(whole))?.turn.user.id !== userId) continue;
          await store.transact(async (within) => {
            const list = within.table("waiting:all", listed);
            const others = ((await list.get(all)) ?? []).filter(({ message }) => message !== whole);
            await within.table("waiting", waiting).delete(whole);
            await list.set(all, others);
          });
        }
      }
    },
    async over(now) {
      const found = (await lists.get(all)) ?? [];
      return found.filter(({ until }) => until <= now).map(({ message }) => message);
    },
  };
}
