import { z } from "zod";
import type { Accounts } from "../seam/core.ts";
import { createQueue } from "../seam/queue.ts";
import type { MessageKey } from "../seam/turn.ts";
import { parseOptions } from "../seam/words/flags.ts";
import type { Store } from "./store.ts";
import { key, storedOptions } from "./stored.ts";
import type { Change, Tables } from "./table.ts";

const account = z.object({
  defaults: storedOptions,
  /** What was had and spent before there was a record of spending, which knows the rest. */
  pictures: z.number(),
  usd: z.number(),
  since: z.number().exactOptional(),
  /** The newest answers that are in the history, by their messages: the head is moved once for each. */
  added: z.array(key).readonly().exactOptional(),
});

type Kept = Readonly<z.output<typeof account>>;

const nobody: Kept = { defaults: {}, pictures: 0, usd: 0 };

/** Answers that are known to be in the history: more than can be on their way when a process is killed. */
const mostAdded = 100;

/** The accounts, and the core's own way to them. */
export interface AccountBook extends Accounts {
  /** Sets some defaults beside those that there are; an empty value ends one. Rejects as `setDefaults` does. */
  addDefaults(owner: string, defaults: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes a person's, where there is one; what `along` gives is written with it, as one. */
  forget(owner: string, along: () => readonly Change[]): Promise<void>;
  /** Remembers that the answer in that message is in the history. Those that end at the same time go one after the other. */
  mark(owner: string, message: MessageKey): Promise<void>;
  /** Whether that is remembered. */
  has(owner: string, message: MessageKey): Promise<boolean>;
}

/** All calls reject with BotError `storage` when the store fails. */
export function createAccounts(store: Store): AccountBook {
  const accounts = store.table("account", account);
  const inOrder = createQueue();

  const read = async (owner: string): Promise<Kept> => (await accounts.get(owner)) ?? nobody;

  /** A change reads what the change before has written, in whatever process. */
  function change(owner: string, to: (before: Kept) => Kept): Promise<void> {
    const changeOne = async (within: Tables) => {
      const table = within.table("account", account);
      const before = (await table.get(owner)) ?? nobody;
      const after = to(before);
      if (after !== before) await table.set(owner, after);
    };
    return inOrder(owner, () => store.transact(changeOne));
  }

  return {
    async of(owner) {
      const { added: _, ...rest } = await read(owner);
      return rest;
    },
    forget: (owner, along) =>
      inOrder(owner, async () => {
        if ((await accounts.get(owner)) === undefined) return;
        await store.write([{ table: "account", key: owner, delete: true }, ...along()]);
      }),
    has: async (owner, message) => (await read(owner)).added?.includes(message) === true,
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
    mark: (owner, message) =>
      change(owner, (before) => {
        const { added = [] } = before;
        return added.includes(message) ? before : { ...before, added: [...added, message].slice(-mostAdded) };
      }),
  };
}
