import fc from "fast-check";
import { type Limits, type Schedule, schedules } from "./schedule.ts";
import { type Outcome, runStorm, type StormOptions } from "./storm.ts";
import { toStory } from "./story.ts";

/** Which storm, and what is done about one that goes wrong. */
export interface StormCheck {
  readonly seed: number;
  /** The way to a smaller storm, as an earlier report named it. */
  readonly path?: string;
  readonly limits: Limits;
  readonly storm: StormOptions;
  /** How long a failing storm is made smaller, in ms. */
  readonly shrinkMs: number;
}

export interface Checked {
  /** The storm of the seed. */
  readonly outcome: Outcome;
  /** What went wrong, how it came to be, and how to see it again; absent when all went well. */
  readonly report?: string;
  /** What the bot said in the smallest storm that went wrong. */
  readonly output?: string;
}

/** Most wrongs whose story is told. */
const mostStories = 6;

/** Lets the storm of a seed pass; where something is wrong, makes it smaller. Rejects when the storm itself fails. */
export async function checkStorm(check: StormCheck): Promise<Checked> {
  const { seed, path, limits, storm, shrinkMs } = check;
  let first: Outcome | undefined;
  let smallest: Outcome | undefined;
  let until = Infinity;
  const property = fc.asyncProperty(schedules(limits), async (schedule: Schedule) => {
    if (performance.now() > until) return; // small enough
    const outcome = await runStorm(schedule, storm).catch((error: unknown) => {
      until = 0; // no smaller one says more
      throw error;
    });
    first ??= outcome;
    if (outcome.verdict.violations.length === 0) return;
    if (until === Infinity) until = performance.now() + shrinkMs;
    smallest = outcome;
    throw new Error("something went wrong");
  });
  const details = await fc.check(property, { seed, numRuns: 1, ...(path !== undefined && { path }) });
  if (!first || (details.failed && (!smallest || until === 0))) throw details.errorInstance;
  if (!smallest) return { outcome: first };
  const { history } = smallest;
  const [schedule] = details.counterexample ?? [];
  const lines = [
    ...first.verdict.violations.map(({ wrong, what }) => `${wrong}: ${what}`),
    `made smaller ${details.numShrinks} times:`,
    ...smallest.verdict.violations.slice(0, mostStories).map((one) => toStory(history, one)),
    ...(schedule && schedule.wishes.length <= 4 ? [JSON.stringify(schedule)] : []),
    `again: ${toCommand(check, details.counterexamplePath ?? "0")}`,
  ];
  return { outcome: first, report: lines.map((line) => `  ${line}`).join("\n"), output: smallest.output };
}

function toCommand({ seed, limits, storm }: StormCheck, path: string): string {
  const options = {
    seed,
    path,
    storm: limits.turns,
    blows: limits.blows,
    only: limits.kinds.join(),
    on: limits.platforms.join(),
    steps: limits.when?.join(),
    apps: limits.apps?.join(),
    "at-once": storm.atOnce,
    store: storm.fleet?.store,
    processes: storm.fleet?.processes,
    "slack-by": storm.fleet?.slackBy,
    outage: limits.mostOutageMs === undefined ? undefined : limits.mostOutageMs / 1000,
  };
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return `npm run test:${storm.fleet ? "scale" : "faults"} -- ${given.join(" ")}`;
}
