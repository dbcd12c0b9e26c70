import { setTimeout as sleep } from "node:timers/promises";
import type { Leases } from "../../seam/leases.ts";
import type { Log } from "../../seam/log.ts";
import { orAborted } from "../../seam/timeout.ts";

/** One process alone has everything, for good. `againMs`: until what has failed is seen to again. */
export function createLeases(log: Log, againMs = 8000): Leases {
  /** When turns are over, each by its name. */
  const turns = new Map<string, Promise<unknown>>();

  return {
    isShared: false,
    share(name, count, seeTo) {
      const leaving = new AbortController();
      const held = { leave: leaving.signal, isHeld: () => true };
      const see = async (index: number) => {
        while (!leaving.signal.aborted) {
          try {
            return await seeTo(index, held);
          } catch (error) {
            log.error({ share: name, index, error }, "fleet.failed");
            await sleep(againMs, undefined, { signal: leaving.signal }).catch(() => {});
          }
        }
      };
      const all = Array.from({ length: count }, (_, index) => see(index));
      return {
        async close() {
          leaving.abort();
          await Promise.all(all);
        },
      };
    },
    async turn(name, everyMs, signal) {
      const before = turns.get(name);
      const { promise: over, resolve } = Promise.withResolvers<void>();
      turns.set(name, Promise.all([before, over]));
      try {
        await orAborted(Promise.resolve(before), signal);
      } catch (error) {
        resolve();
        throw error;
      }
      setTimeout(resolve, everyMs).unref();
    },
  };
}
