import { setTimeout as sleep } from "node:timers/promises";
import { checkHeld } from "../../../../src/seam/held.ts";
import type { Timing } from "../limits.ts";
import { isRefusal, retryAfterMs, toTrouble } from "../trouble.ts";

/** How calls are tried again. Both reject with the signal's reason when it aborts between two tries. */
export interface Patience {
  /** Where Slack says when to come back, nothing has been done yet: that is waited for, however often. */
  limited<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Only for what does no harm when it is done twice. */
  patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** How often Slack may ask to come back later before something is given up. */
const mostLimited = 20;

export function createPatience({ retryMs }: Timing): Patience {
  const pause = async (ms: number | undefined, signal?: AbortSignal) => {
    await sleep(ms, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
  };

  async function limited<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      checkHeld();
      try {
        return await work();
      } catch (error) {
        if (toTrouble(error) !== "limited" || attempt >= mostLimited) throw error;
        await pause(retryAfterMs(error) ?? retryMs.at(-1), signal);
      }
    }
  }

  return {
    limited,
    async patiently(work, signal) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await limited(work, signal);
        } catch (error) {
          signal?.throwIfAborted();
          checkHeld();
          const pauseMs = retryMs[attempt];
          if (toTrouble(error) !== "failed" || pauseMs === undefined || (isRefusal(error) && attempt > 1)) {
            throw error;
          }
          await pause(pauseMs, signal);
        }
      }
    },
  };
}
