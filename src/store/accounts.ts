import { z } from "zod";
import type { Account, Accounts } from "../seam/core.ts";
import type { Cost } from "../seam/view.ts";
import { parseOptions } from "../seam/words/flags.ts";
import { createQueue } from "./queue.ts";
import type { Store } from "./store.ts";
import { storedOptions } from "./stored.ts";

const account = z.object({
  defaults: storedOptions,
  pictures: z.number(),
  usd: z.number(),
  since: z.number().exactOptional(),
});

const nobody: Account = { defaults: {}, pictures: 0, usd: 0 };

/** The accounts, and the core's own way to add to them. */
export interface AccountBook extends Accounts {
  /** Sets some defaults beside those that there are; an empty value ends one. Rejects as `setDefaults` does. */
  addDefaults(owner: string, defaults: Readonly<Record<string, unknown>>): Promise<void>;
  /** Adds an answer. Answers of one person that end at the same time are added one after the other. */
  add(
    userId: string,
    answer: { readonly pictures: number; readonly cost?: Cost | undefined },
    now: number,
  ): Promise<void>;
}

/** All calls reject with BotError `storage` when the store fails. */
export function createAccounts(store: Store): AccountBook {
  const accounts = store.table("account", account);
  const inOrder = createQueue();

  const read = async (userId: string): Promise<Account> => (await accounts.get(userId)) ?? nobody;

  /** A change reads what the change before has written. */
  function change(userId: string, to: (before: Account) => Account): Promise<void> {
    return inOrder(userId, async () => accounts.set(userId, to(await read(userId))));
  }

  return {
    of: read,
    async addDefaults(owner, defaults) {
      const checked = parseOptions(defaults);
      await change(owner, (before) => {
        const kept = Object.entries(before.defaults).filter(([name]) => !Object.hasOwn(defaults, name));
        return { ...before, defaults: { ...Object.fromEntries(kept), ...checked } };
      });
    },
    async setDefaults(userId, defaults) {
      const checked = parseOptions(defaults);
      await change(userId, (before) => ({ ...before, defaults: checked }));
    },
    add: (userId, { pictures, cost }, now) =>
      change(userId, (before) => ({
        ...before,
        pictures: before.pictures + pictures,
        usd: before.usd + (cost?.usd ?? 0),
        since: before.since ?? now,
      })),
  };
}
