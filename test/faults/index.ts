import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkStorm } from "./check.ts";
import { wrongs } from "./oracle.ts";
import { apps, faultKinds, platforms, steps } from "./schedule.ts";
import { type Outcome, usualStorm } from "./storm.ts";

/**
 * Storms over the bot until so many turns were asked and so many processes ended:
 * `npm run test:faults -- --turns=10000 --kills=100`.
 *
 * - `--seed`, `--path`: replay one, as a report says
 * - `--storm`, `--blows`: turns and faults of one storm, at most; `--at-once`: turns under way at the same time
 * - `--only`, `--without`: kinds of faults; `--steps`: at which steps of a turn; `--on`: platforms;
 *   `--apps`: kinds of apps on Slack
 * - `--shrink`: for how many seconds a failing one is made smaller; `--keep-on`: others follow it
 * - `--out`: a file for what the bot said in the last failing one
 */
const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "300" },
    kills: { type: "string", default: "0" },
    seed: { type: "string" },
    path: { type: "string" },
    storm: { type: "string", default: "60" },
    blows: { type: "string", default: "8" },
    only: { type: "string", default: faultKinds.join() },
    without: { type: "string", default: "" },
    steps: { type: "string", default: steps.join() },
    on: { type: "string", default: platforms.join() },
    apps: { type: "string", default: apps.join() },
    "at-once": { type: "string", default: String(usualStorm.atOnce) },
    shrink: { type: "string", default: "120" },
    "keep-on": { type: "boolean", default: false },
    out: { type: "string" },
  },
});

const limits = {
  turns: Number(values.storm),
  blows: Number(values.blows),
  platforms: pick(platforms, values.on),
  kinds: pick(faultKinds, values.only).filter((kind) => !values.without.split(",").includes(kind)),
  when: pick(steps, values.steps),
  apps: pick(apps, values.apps),
};
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
  const { path } = values;
  const { outcome, report, output } = await checkStorm({
    ...{ seed, limits, storm, shrinkMs },
    ...(path !== undefined && { path }),
  });
  count(outcome);
  say(
    `seed ${seed}: ${outcome.verdict.turns} turns, ${toList(outcome.faults)}: ${report ? "WRONG" : "well"}`,
  );
  if (report) {
    failed += 1;
    say(report);
    if (values.out) await writeFile(values.out, output ?? "");
    if (!values["keep-on"]) break;
  }
  seed += 1;
} while (!values.path && (totals.turns < Number(values.turns) || totals.kills < Number(values.kills)));

const seconds = Math.round((performance.now() - began) / 1000);
const { storms, turns, taken, unheard, redrawn, peak } = totals;
say("");
say(`${storms} storms in ${seconds} s, ${failed} of them wrong: ${turns} turns asked, ${taken} seen taken,`);
say(`${unheard} said to nobody, ${redrawn} drawn again because OpenAI's first word was lost`);
say(`faults: ${toList(faults)}`);
for (const kind of Object.keys(wrongs)) say(`${String(found[kind] ?? 0).padStart(6)} ${kind}`);
say(`most memory of a process: ${Math.round(peak / 1e6)} MB`);
process.exit(failed > 0 ? 1 : 0);

function count(outcome: Outcome): void {
  const { verdict } = outcome;
  totals.storms += 1;
  totals.turns += verdict.turns;
  totals.taken += verdict.taken;
  totals.unheard += verdict.unheard;
  totals.redrawn += verdict.redrawn;
  totals.peak = Math.max(totals.peak, outcome.peak);
  for (const [name, times] of Object.entries(outcome.faults)) {
    faults[name] = (faults[name] ?? 0) + times;
    if (["kill", "term", "overlap"].includes(name)) totals.kills += times;
  }
  for (const { wrong } of verdict.violations) found[wrong] = (found[wrong] ?? 0) + 1;
}

function toList(counts: Readonly<Record<string, number>>): string {
  const list = Object.entries(counts).map(([name, times]) => `${times} ${name}`);
  return list.join(", ") || "no faults";
}

/** Those of a list that are named. Throws an Error for a name that is not on it. */
function pick<const Name extends string>(all: readonly Name[], named: string): readonly Name[] {
  const names = named.split(",").filter(Boolean);
  for (const name of names)
    if (!all.some((one) => one === name))
      throw new Error(`There is no ${name}. There are ${all.join(", ")}.`);
  return all.filter((one) => names.includes(one));
}
