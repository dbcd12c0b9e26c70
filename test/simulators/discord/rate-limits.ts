import { createHash } from "node:crypto";
import type { Clock } from "./clock.ts";
import { limits } from "./limits.ts";

/** How many requests in how long. */
export interface Limit {
  readonly limit: number;
  readonly windowMs: number;
}

/** What a route allows at the moment. */
export interface Allowance {
  /** Set when the request must wait. */
  readonly retryAfterMs?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests counted route by route. docs: topics/rate-limits. */
export interface RateLimits {
  /** `route` is the pattern, e.g. `PATCH /channels/:channel/messages/:message`; `major` the channel, guild or webhook. */
  count(route: string, major: string): Allowance;
  set(route: string, limit: Limit): void;
}

/** Far more than a test sends: Discord's own numbers are not published. */
const generous: Limit = { limit: 1000, windowMs: 1000 };

/** What edits of old messages are counted as, beside their route. */
export const oldEdits = "old edits";

/** Limits that start generous. */
export function createRateLimits(clock: Clock): RateLimits {
  const limitsByRoute = new Map<string, Limit>([[oldEdits, limits.oldEdits]]);
  const windows = new Map<string, { used: number; endsMs: number }>();
  return {
    set: (route, limit) => void limitsByRoute.set(route, limit),
    count(route, major) {
      const { limit, windowMs } = limitsByRoute.get(route) ?? generous;
      const key = `${route} ${major}`;
      const now = clock.now();
      let window = windows.get(key);
      if (!window || window.endsMs <= now) {
        window = { used: 0, endsMs: now + windowMs };
        windows.set(key, window);
      }
      const over = window.used >= limit;
      if (!over) window.used += 1;
      const leftMs = window.endsMs - now;
      return {
        ...(over ? { retryAfterMs: leftMs } : {}),
        headers: {
          "x-ratelimit-limit": String(limit),
          "x-ratelimit-remaining": String(limit - window.used),
          "x-ratelimit-reset": (window.endsMs / 1000).toFixed(3),
          "x-ratelimit-reset-after": (leftMs / 1000).toFixed(3),
          "x-ratelimit-bucket": createHash("sha1").update(route).digest("hex").slice(0, 32),
        },
      };
    },
  };
}
