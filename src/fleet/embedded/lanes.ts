import type { Lanes, LineLimits } from "../lanes.ts";
import { createGate, type Pass } from "../line/gate.ts";

/**
 * The lanes of one process. `atOnce`: turns that may run at once; `perMinute`: pictures that may begin in a minute. `now`
 * is Unix time, ms.
 */
export function createLanes(
  atOnce: number,
  limits: LineLimits = {},
  {
    perMinute = Number.POSITIVE_INFINITY,
    now = Date.now,
  }: { readonly perMinute?: number | undefined; readonly now?: () => number } = {},
): Lanes {
  const gate = createGate({ atOnce, perMinute, limits, now });
  return {
    get inside() {
      return gate.inside;
    },
    get waiting() {
      return gate.waiting;
    },
    async enter({ key: _, at: __, ...asker }, signal, onPlace, { resumed = false } = {}) {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        let pass: Pass | undefined;
        const leave = () => {
          if (pass) gate.leave(pass);
        };
        const onAbort = () => {
          reject(signal.reason);
          leave();
        };
        const go = () => {
          signal.removeEventListener("abort", onAbort);
          resolve(leave);
        };
        pass = gate.come(asker, { go, place: onPlace }, { isKnown: resumed });
        if (pass.state === "waiting") signal.addEventListener("abort", onAbort, { once: true });
      });
    },
    expect: async () => {},
    unexpect: () => {},
    skip: () => {},
    close: async () => {},
  };
}
