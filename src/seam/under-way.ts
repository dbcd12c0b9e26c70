import { createBounded } from "./bounded.ts";
import { whetherLost } from "./held.ts";

/** What this process is about to show, by its message. What another process has taken over meanwhile is not there. */
export interface UnderWay<Key, Value> {
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  /** To be called while it is shown: it is known from that when it is another's. */
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  [Symbol.iterator](): Iterator<[Key, Value]>;
}

/** Forgets what was set first when it holds more than `most`. */
export function createUnderWay<Key, Value>(most: number): UnderWay<Key, Value> {
  const all = createBounded<Key, { readonly value: Value; readonly isLost: () => boolean }>(most);

  function find(key: Key) {
    const found = all.get(key);
    if (!found?.isLost()) return found;
    all.delete(key);
    return undefined;
  }

  return {
    get: (key) => find(key)?.value,
    has: (key) => find(key) !== undefined,
    set: (key, value) => void all.set(key, { value, isLost: whetherLost() }),
    delete: (key) => void all.delete(key),
    *[Symbol.iterator]() {
      for (const key of [...all.keys()]) {
        const found = find(key);
        if (found) yield [key, found.value];
      }
    },
  };
}
