import type { EventKey } from "../seam/turn.ts";
import type { Ledger } from "./ledger.ts";

/**
 * What comes once more while it is being noted waits for that: where it could not be noted, both reject. A platform that
 * is told that the second one is known brings neither of them again.
 */
export function takeOnce(take: Ledger["take"]): Ledger["take"] {
  const underWay = new Map<EventKey, Promise<boolean>>();
  return async (event, adapter) => {
    const { key } = event;
    const first = underWay.get(key);
    if (first) return first.then(() => false);
    const taking = take(event, adapter);
    underWay.set(key, taking);
    try {
      return await taking;
    } finally {
      underWay.delete(key);
    }
  };
}
