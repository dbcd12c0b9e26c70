import type { Day } from "../../seam/watch/spending.ts";

/** How long a budget holds until it begins anew. */
export type Period = "day" | "month";

/** Days and months in one time zone. Times are Unix time in ms. */
export interface Calendar {
  readonly timeZone: string;
  dayOf(at: number): Day;
  /** Its name: `2026-11-26`, `2026-11`. */
  periodOf(period: Period, at: number): string;
  /** The first moment of the next one. */
  endOf(period: Period, at: number): number;
}

const hourMs = 3_600_000;

/** Longer than each can be: a day in which clocks are set back, the longest month with that. */
const mostMs = { day: 26 * hourMs, month: (31 * 24 + 2) * hourMs } as const;

/** Throws RangeError for a time zone that there is none of. */
export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    ...({ year: "numeric", month: "2-digit", day: "2-digit", calendar: "gregory" } as const),
  });

  function dayOf(at: number): Day {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
  }

  function periodOf(period: Period, at: number): string {
    return period === "day" ? dayOf(at) : dayOf(at).slice(0, 7);
  }

  return {
    timeZone,
    dayOf,
    periodOf,
    // Looked for and not reckoned: where clocks are set at midnight, a day does not begin at 0:00.
    endOf(period, at) {
      const now = periodOf(period, at);
      let [before, after] = [at, at + mostMs[period]];
      while (after - before > 1) {
        const middle = Math.floor((before + after) / 2);
        if (periodOf(period, middle) === now) before = middle;
        else after = middle;
      }
      return after;
    },
  };
}

/** All days of a range in their order, or undefined for what is none, or longer than `most`. */
export function daysOf(from: string, to: string, most = 400): readonly Day[] | undefined {
  const [first, last] = [from, to].map(parseDay);
  if (first === undefined || last === undefined || last < first) return undefined;
  const count = Math.round((last - first) / (24 * hourMs)) + 1;
  if (count > most) return undefined;
  return Array.from({ length: count }, (_, index) => toDay(first + index * 24 * hourMs));
}

function parseDay(text: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) || toDay(at) !== text ? undefined : at;
}

function toDay(at: number): Day {
  return new Date(at).toISOString().slice(0, 10);
}
