import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import fc from "fast-check";
import type { Platform } from "./history.ts";
import { wrongs } from "./oracle.ts";
import { type FaultKind, faultKinds, type Schedule, schedules } from "./schedule.ts";
import { type Outcome, runStorm, usualStorm } from "./storm.ts";
import { toStory } from "./story.ts";

/**
 * Storms over the bot until so many turns were asked and so many processes ended:
 * `npm run test:faults -- --turns=10000 --kills=100`.
 *
 * `--seed` and `--path` replay one; `--storm` and `--blows` say how large one is at most; `--only` and `--without` name
 * kinds of faults; `--on` names platforms; `--at-once` is how many
 * turns are under way at the same time; `--shrink` is how long a failing one is made smaller, in seconds; `--keep-on`
 * goes on after a failing one; `--out` is a file for the output of the bot in the last failing one.
 */
const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "300" },
    kills: { type: "string", default: "0" },
    seed: { type: "string" },
    path: { type: "string" },
    storm: { type: "string", default: "60" },
    blows: { type: "string", default: "8" },
    only: { type: "string" },
    without: { type: "string", default: "" },
    on: { type: "string", default: "discord,slack,web" },
    shrink: { type: "string", default: "120" },
    "keep-on": { type: "boolean", default: false },
    "at-once": { type: "string", default: String(usualStorm.atOnce) },
    out: { type: "string" },
  },
});

const kinds = (values.only?.split(",") ?? faultKinds).filter(
  (kind): kind is FaultKind =>
    faultKinds.some((known) => known === kind) && !values.without.split(",").includes(kind),
);
const platforms = values.on
  .split(",")
  .filter((name): name is Platform => ["discord", "slack", "web"].includes(name));
const limits = { turns: Number(values.storm), blows: Number(values.blows), platforms, kinds };
const storm = { ...usualStorm, atOnce: Number(values["at-once"]) };
const shrinkMs = Number(values.shrink) * 1000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const totals = { storms: 0, turns: 0, taken: 0, unheard: 0, redrawn: 0, kills: 0, peak: 0 };
const faults: Record<string, number> = {};
const found: Record<string, number> = {};
const began = performance.now();
let seed = Number(values.seed ?? Date.now() % 2 ** 31);
let failed = 0;

do {
  const failing = await oneStorm(seed, values.path);
  if (failing) {
    failed += 1;
    if (!values["keep-on"]) break;
  }
  seed += 1;
} while (!values.path && (totals.turns < Number(values.turns) || totals.kills < Number(values.kills)));

say("");
say(
  `${totals.storms} storms in ${Math.round((performance.now() - began) / 1000)} s: ${totals.turns} turns asked, ${totals.taken} seen taken, ${totals.unheard} said to nobody, ${totals.redrawn} drawn again because OpenAI's first word was lost`,
);
say(`faults: ${toList(faults)}`);
for (const kind of Object.keys(wrongs)) say(`${String(found[kind] ?? 0).padStart(6)} ${kind}`);
say(`most memory of a process: ${Math.round(totals.peak / 1e6)} MB`);
process.exit(failed > 0 ? 1 : 0);

/** Runs the storm of a seed; where something is wrong, makes it smaller and tells how it came to be. */
async function oneStorm(at: number, path: string | undefined): Promise<boolean> {
  let first: Outcome | undefined;
  let worst: Outcome | undefined;
  let until = Infinity;
  const property = fc.asyncProperty(schedules(limits), async (schedule: Schedule) => {
    if (performance.now() > until) return true; // small enough
    const outcome = await runStorm(schedule, storm);
    first ??= outcome;
    const { violations } = outcome.verdict;
    if (violations.length === 0) return true;
    if (until === Infinity) until = performance.now() + shrinkMs;
    worst = outcome;
    return false;
  });
  const details = await fc.check(property, { seed: at, numRuns: 1, ...(path !== undefined && { path }) });
  if (first) count(first);
  if (details.failed && !worst) say(`The storm itself failed: ${String(details.errorInstance)}`);
  if (!details.failed) {
    say(`seed ${at}: ${first?.verdict.turns} turns, ${toList(first?.faults ?? {})}: well`);
    return false;
  }
  const again = `npm run test:faults -- --seed=${at} --path=${details.counterexamplePath} --storm=${limits.turns} --blows=${limits.blows} --only=${kinds.join()} --on=${platforms.join()} --at-once=${storm.atOnce}`;
  say(`seed ${at}: ${first?.verdict.turns} turns, ${toList(first?.faults ?? {})}: WRONG`);
  for (const { wrong, what } of first?.verdict.violations ?? []) say(`  ${wrong}: ${what}`);
  if (worst) {
    say(`  made smaller ${details.numShrinks} times:`);
    for (const violation of worst.verdict.violations.slice(0, 6))
      say(`  ${toStory(worst.history, violation)}`);
    const [smallest] = details.counterexample ?? [];
    if (smallest && smallest.wishes.length <= 6) say(`  ${JSON.stringify(smallest)}`);
    if (values.out) await writeFile(values.out, worst.output);
  }
  say(`  again: ${again}`);
  return true;
}

function count({ verdict, faults: struck, peak }: Outcome): void {
  totals.storms += 1;
  totals.turns += verdict.turns;
  totals.taken += verdict.taken;
  totals.unheard += verdict.unheard;
  totals.redrawn += verdict.redrawn;
  totals.peak = Math.max(totals.peak, peak);
  for (const [name, times] of Object.entries(struck)) {
    faults[name] = (faults[name] ?? 0) + times;
    if (["kill", "term", "overlap"].includes(name)) totals.kills += times;
  }
  for (const { wrong } of verdict.violations) found[wrong] = (found[wrong] ?? 0) + 1;
}

function toList(counts: Readonly<Record<string, number>>): string {
  const list = Object.entries(counts).map(([name, times]) => `${times} ${name}`);
  return list.join(", ") || "none";
}
