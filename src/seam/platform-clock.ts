/**
 * A platform's time. What it hands out runs out by its own clock, and what was said was said by it, too; that of this
 * machine may be wrong, or be set while the bot runs.
 */
export interface PlatformClock {
  /** Unix time, ms. The machine's, until the platform has answered something. */
  now(): number;
  /** Each response says when it was made, to the second. What is no date is passed over. */
  hear(response: { readonly headers: Pick<Headers, "get"> }): void;
}

/** What a date in whole seconds and its way here may be off, in ms. */
const roughMs = 2000;

/** `machineMs`: Unix time, ms. `elapsedMs`: of a clock that nobody sets. */
export function createPlatformClock(
  machineMs: () => number = Date.now,
  elapsedMs: () => number = () => performance.now(),
): PlatformClock {
  /** The platform's time when the other clock was at 0. */
  let began: number | undefined;
  const now = () => (began === undefined ? machineMs() : Math.floor(began + elapsedMs()));
  return {
    now,
    hear({ headers }) {
      const told = Date.parse(headers.get("date") ?? "");
      if (Number.isNaN(told)) return;
      if (began === undefined || Math.abs(now() - told) > roughMs) began = told - elapsedMs();
    },
  };
}
