import { z } from "zod";
import type { Meter } from "../seam/watch/meter.ts";
import type { Store } from "../store/store.ts";

/** The same store, whose answers are timed. */
export function timeStore(store: Store, meter: Meter): Store {
  async function timed<T>(call: "read" | "write", work: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let isWell = false;
    try {
      const result = await work;
      isWell = true;
      return result;
    } finally {
      meter.stored(call, performance.now() - startedAt, isWell);
    }
  }

  return {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        get: (key) => timed("read", table.get(key)),
        set: (key, value, lifeMs) => timed("write", table.set(key, value, lifeMs)),
        delete: (key) => timed("write", table.delete(key)),
        keys: table.keys,
      };
    },
    write: (changes) => timed("write", store.write(changes)),
    transact: (work) => timed("write", store.transact(work)),
  };
}

/** How long one answer holds, in ms: who asks often does not ask the store as often. */
const freshMs = 1000;

/** Whether the store answers. Never rejects. `now` is in ms, of any clock. */
export function createStoreCheck(
  store: Store,
  now: () => number = () => performance.now(),
): () => Promise<boolean> {
  const table = store.table("watch", z.unknown());
  let last: { readonly at: number; readonly answer: Promise<boolean> } | undefined;
  return () => {
    if (!last || now() - last.at > freshMs) {
      const answer = table.get("ready").then(
        () => true,
        () => false,
      );
      last = { at: now(), answer };
    }
    return last.answer;
  };
}
