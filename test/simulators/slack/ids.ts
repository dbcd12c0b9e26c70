import type { Clock } from "../discord/clock.ts";

/** Makes ids and timestamps as Slack's look. */
export interface Ids {
  /** E.g. `C0000000001` for "C". */
  next(prefix: string): string;
  /** E.g. `1767000000.000100`: unlike any other, later than all before. */
  ts(): string;
}

/** Counts from one. */
export function createIds(clock: Clock): Ids {
  let count = 0;
  let last = 0;
  return {
    next(prefix) {
      count += 1;
      return `${prefix}0SIM${count.toString(36).toUpperCase().padStart(6, "0")}`;
    },
    ts() {
      const micros = clock.now() * 1000;
      last = Math.max(last + 100, micros - (micros % 100));
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, "0")}`;
    },
  };
}
