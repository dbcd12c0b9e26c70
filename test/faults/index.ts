import { parseArgs } from "node:util";
import { apps, faultKinds, platforms, steps } from "./schedule.ts";
import { passStorms, pick } from "./series.ts";
import { usualStorm } from "./storm.ts";

/**
 * Storms over the bot until so many turns were asked and so many processes ended:
 * `npm run test:faults -- --turns=10000 --kills=100`.
 *
 * - `--seed`, `--path`: replay one, as a report says
 * - `--storm`, `--blows`: turns and faults of one storm, at most; `--at-once`: turns under way at the same time
 * - `--only`, `--without`: kinds of faults; `--steps`: at which steps of a turn; `--on`: platforms;
 *   `--apps`: kinds of apps on Slack
 * - `--shrink`: for how many seconds a failing one is made smaller; `--keep-on`: others follow it
 * - `--out`: what the bot said in those that failed is in files that begin so, and end with the seed
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

const storm = { ...usualStorm, atOnce: Number(values["at-once"]) };
const failed = await passStorms({
  seed: Number(values.seed ?? Date.now() % 2 ** 31),
  path: values.path,
  limits: {
    turns: Number(values.storm),
    blows: Number(values.blows),
    platforms: pick(platforms, values.on),
    kinds: pick(faultKinds, values.only).filter((kind) => !values.without.split(",").includes(kind)),
    when: pick(steps, values.steps),
    apps: pick(apps, values.apps),
  },
  stormOf: () => storm,
  isEnough: ({ turns, ends }) => turns >= Number(values.turns) && ends >= Number(values.kills),
  shrinkMs: Number(values.shrink) * 1000,
  keepsOn: values["keep-on"],
  out: values.out,
});
process.exit(failed > 0 ? 1 : 0);
