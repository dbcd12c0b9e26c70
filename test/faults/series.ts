import { writeFile } from "node:fs/promises";
import { checkStorm } from "./check.ts";
import { type Ended, ended, wrongs } from "./oracle.ts";
import type { Limits } from "./schedule.ts";
import type { Outcome, StormOptions } from "./storm.ts";

/** What all storms of a series came to. */
export interface Totals {
  readonly storms: number;
  readonly turns: number;
  /** Processes that were ended, in whatever way. */
  readonly ends: number;
  /** Since the first began. */
  readonly ms: number;
}

/** Which storms, and when that is enough. */
export interface Series {
  /** Of the first; those that follow are numbered on. */
  readonly seed: number;
  /** Only this one, made smaller in that way. */
  readonly path?: string | undefined;
  readonly limits: Limits;
  readonly stormOf: (seed: number) => StormOptions;
  readonly isEnough: (totals: Totals) => boolean;
  /** For how long a failing one is made smaller, in ms. */
  readonly shrinkMs: number;
  /** Others follow one that failed. */
  readonly keepsOn: boolean;
  /** What the bot said in those that failed is in files that begin so. */
  readonly out?: string | undefined;
}

/** Lets storms pass, says how each went and what all came to, and how many were wrong. */
export async function passStorms(series: Series): Promise<number> {
  const { path, limits, stormOf, isEnough, shrinkMs, keepsOn, out } = series;
  const sums = { storms: 0, turns: 0, taken: 0, unheard: 0, redrawn: 0, ends: 0, peak: 0 };
  const faults: Record<string, number> = {};
  const found: Record<string, number> = {};
  const books: Partial<Record<Ended, number>> = {};
  const began = performance.now();
  let { seed } = series;
  let failed = 0;

  function count({ verdict, peak, faults: struck }: Outcome): void {
    sums.storms += 1;
    for (const name of ["turns", "taken", "unheard", "redrawn"] as const) sums[name] += verdict[name];
    sums.peak = Math.max(sums.peak, peak);
    for (const [name, times] of Object.entries(struck)) {
      faults[name] = (faults[name] ?? 0) + times;
      if (["kill", "term", "overlap"].includes(name)) sums.ends += times;
    }
    for (const { wrong } of verdict.violations) found[wrong] = (found[wrong] ?? 0) + 1;
    for (const name of ended) books[name] = (books[name] ?? 0) + verdict.books[name];
  }

  do {
    const storm = stormOf(seed);
    const { outcome, report, output } = await checkStorm({
      ...{ seed, limits, storm, shrinkMs },
      ...(path !== undefined && { path }),
    });
    count(outcome);
    const where = storm.fleet ? ` on ${toWhere(storm.fleet)}` : "";
    const how = report ? "WRONG" : "well";
    say(`seed ${seed}${where}: ${outcome.verdict.turns} turns, ${toList(outcome.faults)}: ${how}`);
    if (report) {
      failed += 1;
      say(report);
      if (out) await writeFile(`${out}-${seed}`, output ?? "");
      if (!keepsOn) break;
    }
    seed += 1;
  } while (path === undefined && !isEnough({ ...sums, ms: performance.now() - began }));

  const seconds = Math.round((performance.now() - began) / 1000);
  const { storms, turns, taken, unheard, redrawn, peak } = sums;
  say("");
  say(
    `${storms} storms in ${seconds} s, ${failed} of them wrong: ${turns} turns asked, ${taken} seen taken,`,
  );
  say(`${unheard} said to nobody, ${redrawn} drawn again because OpenAI's first word was lost`);
  say(`books: ${turns} asked = ${ended.map((name) => `${books[name]} ${name}`).join(" + ")}`);
  say(`faults: ${toList(faults)}`);
  for (const kind of Object.keys(wrongs)) say(`${String(found[kind] ?? 0).padStart(6)} ${kind}`);
  say(`most memory of a process: ${Math.round(peak / 1e6)} MB`);
  return failed;
}

/** Those of a list that are named. Throws an Error for a name that is not on it. */
export function pick<const Name extends string>(all: readonly Name[], named: string): readonly Name[] {
  const names = named.split(",").filter(Boolean);
  for (const name of names)
    if (!all.some((one) => one === name))
      throw new Error(`There is no ${name}. There are ${all.join(", ")}.`);
  return all.filter((one) => names.includes(one));
}

function toWhere({ processes, store, slackBy }: NonNullable<StormOptions["fleet"]>): string {
  return `${processes} processes, ${store}, Slack by ${slackBy}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function toList(counts: Readonly<Record<string, number>>): string {
  const list = Object.entries(counts).map(([name, times]) => `${times} ${name}`);
  return list.join(", ") || "no faults";
}
