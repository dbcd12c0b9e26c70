import { BotError } from "../../src/seam/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreAway } from "../../src/store/store-away.ts";
import type { Tables } from "../../src/store/table.ts";

type Call = "get" | "set" | "delete";

/** Whether a call fails: to that table, with that value where it is a `set`, of that key. */
export type Fails = (table: string, call: Call, value: unknown, key: string) => boolean;

/**
 * A store that fails where it is told to; what goes through is in the store that is given. `isAway`: as one fails that
 * will be back.
 */
export function createFragileStore(
  whole: Store,
  { isAway = false }: { readonly isAway?: boolean } = {},
): { readonly store: Store; failWhen(fails: Fails): void } {
  let fails: Fails = () => false;
  function check(...call: Parameters<Fails>): void {
    if (!fails(...call)) return;
    const message = `My memory failed: ${call[1]} ${call[0]}`;
    throw isAway ? new StoreAway(message) : new BotError("storage", message);
  }
  const within = (tables: Tables): Tables => ({
    table(name, schema) {
      const table = tables.table(name, schema);
      return {
        get: async (key) => {
          check(name, "get", undefined, key);
          return table.get(key);
        },
        set: async (key, value, lifeMs) => {
          check(name, "set", value, key);
          await table.set(key, value, lifeMs);
        },
        delete: async (key) => {
          check(name, "delete", undefined, key);
          await table.delete(key);
        },
      };
    },
  });
  const store: Store = {
    ...whole,
    table: (name, schema) => ({ ...within(whole).table(name, schema), keys: whole.table(name, schema).keys }),
    transact: (work) => whole.transact((tables) => work(within(tables))),
    async write(changes) {
      for (const change of changes) {
        if ("delete" in change) check(change.table, "delete", undefined, change.key);
        else check(change.table, "set", change.value, change.key);
      }
      await whole.write(changes);
    },
  };
  return {
    store,
    failWhen(when) {
      fails = when;
    },
  };
}
