/** Ms between tries of what a platform fails, the last of them again and again. */
const waitsMs = [1000, 5000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** Ms for which a platform that is down is waited for: a night. */
export const patienceMs = 12 * 3600 * 1000;

/** Ms to wait after so many tries, the first of which is 0. */
export function waitMsAfter(tries: number): number {
  return waitsMs[tries] ?? waitsMs.at(-1) ?? 0;
}
