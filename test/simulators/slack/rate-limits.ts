import type { Clock } from "../discord/clock.ts";

/** So many calls in so much time. */
export interface Limit {
  readonly count: number;
  readonly perMs: number;
}

/** Counts calls. */
export interface RateLimits {
  /** Sets a limit for a method, e.g. `chat.update`. */
  set(method: string, limit: Limit): void;
  /** Counts a call; returns how long to wait when it is one too many. */
  count(method: string, usual: Limit, part?: string): number | undefined;
}

/** Nothing counted yet. `lenient` multiplies the usual limits, so that tests need not wait. */
export function createRateLimits(clock: Clock, lenient: number): RateLimits {
  const set = new Map<string, Limit>();
  const calls = new Map<string, number[]>();
  return {
    set: (method, limit) => void set.set(method, limit),
    count(method, usual, part = "") {
      const { count, perMs } = set.get(method) ?? { ...usual, count: usual.count * lenient };
      const key = `${method} ${part}`;
      const at = clock.now();
      const recent = (calls.get(key) ?? []).filter((time) => time > at - perMs);
      calls.set(key, recent);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= count) return Math.max(1, oldest + perMs - at);
      recent.push(at);
      return undefined;
    },
  };
}
