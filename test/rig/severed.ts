import type { Store } from "../../src/store/store.ts";

/** A write to the store. */
export interface Write {
  readonly table: string;
  readonly key: string;
  readonly value: unknown;
}

/** A store as one process has it: killed, it never again reads or writes. */
export interface Severed {
  readonly store: Store;
  cut(): void;
  /** Hears of each write before it is made, and after. */
  onWrite: (write: Write, when: "before" | "after") => void;
}

/** What is written stays in the store that is given. */
export function createSevered(whole: Store): Severed {
  let isCut = false;
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isCut) return new Promise<never>(() => {});
    const result = await work();
    return isCut ? new Promise<never>(() => {}) : result;
  };
  const severed: Severed = {
    onWrite: () => {},
    cut() {
      isCut = true;
    },
    store: {
      kind: whole.kind,
      table(name, schema) {
        const table = whole.table(name, schema);
        return {
          get: (key) => live(() => table.get(key)),
          set(key, value, lifeMs) {
            const write = { table: name, key, value };
            severed.onWrite(write, "before");
            return live(async () => {
              await table.set(key, value, lifeMs);
              severed.onWrite(write, "after");
            });
          },
          delete: (key) => live(() => table.delete(key)),
          keys: table.keys,
        };
      },
      write(changes) {
        const writes = changes.flatMap((change) => ("value" in change ? [change] : []));
        for (const write of writes) severed.onWrite(write, "before");
        return live(async () => {
          await whole.write(changes);
          for (const write of writes) severed.onWrite(write, "after");
        });
      },
      transact: (work) => live(() => whole.transact(work)),
      close: async () => {},
    },
  };
  return severed;
}
