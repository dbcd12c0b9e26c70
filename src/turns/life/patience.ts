import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../seam/log.ts";

/** The clock between tries, in ms. It rejects when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>;

export const usualWait: Wait = (ms, signal) => sleep(ms, null, { signal });

/** Ms between tries of what the store fails: soon at first, since a process that is to end has seconds. */
const storeMs = (tries: number) => (tries < 10 ? 1000 : 15_000);

/**
 * Does what the store may fail until it is done. Rejects with what was wrong when the signal aborts, after one more try,
 * and after so many tries.
 */
export async function insist(
  work: () => Promise<void>,
  of: { readonly signal: AbortSignal; readonly log: Log; readonly wait: Wait; readonly most?: number },
): Promise<void> {
  const { signal, log, wait, most = Number.POSITIVE_INFINITY } = of;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      log[tries === 1 ? "error" : "debug"]({ error, tries }, "store.failed");
      if (signal.aborted || tries >= most) throw error;
      await wait(storeMs(tries), signal).catch(() => {});
    }
  }
}

/** Ms between tries of what a platform fails, the last of them again and again. */
const waitsMs = [1000, 5000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** Ms for which a platform that is down is waited for: a night. */
export const patienceMs = 12 * 3600 * 1000;

/** Ms to wait after so many tries, the first of which is 0. */
export function waitMsAfter(tries: number): number {
  return waitsMs[tries] ?? waitsMs.at(-1) ?? 0;
}
