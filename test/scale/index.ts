import { parseArgs } from "node:util";
import { apps, steps } from "../faults/schedule.ts";
import { passStorms, pick } from "../faults/series.ts";
import { servers } from "../faults/stores/server.ts";
import { scaleKinds, scalePlatforms, slackWays, stormOf } from "./storms.ts";

/**
 * Storms over several processes on one server, until so many minutes have passed:
 * `npm run test:scale -- --minutes=10 --store=redis,postgres`.
 *
 * - `--processes`: how many there are at first
 * - `--store`: on which servers, in turn; `--slack-by`: how Slack brings what is said, in turn
 * - `--seed`, `--path`: replay one, as a report says
 * - `--storm`, `--blows`: turns and faults of one storm, at most; `--at-once`: turns under way at the same time
 * - `--outage`: the longest that a server is gone, in seconds
 * - `--only`, `--without`: kinds of faults; `--steps`: at which steps of a turn; `--on`: platforms;
 *   `--apps`: kinds of apps on Slack
 * - `--shrink`: for how many seconds a failing one is made smaller; `--keep-on`: others follow it
 * - `--out`: what the bot said in those that failed is in files that begin so, and end with the seed
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    processes: { type: "string", default: "3" },
    store: { type: "string", default: servers.join() },
    "slack-by": { type: "string", default: slackWays.join() },
    seed: { type: "string" },
    path: { type: "string" },
    storm: { type: "string", default: "60" },
    blows: { type: "string", default: "8" },
    outage: { type: "string", default: "60" },
    only: { type: "string", default: scaleKinds.join() },
    without: { type: "string", default: "" },
    steps: { type: "string", default: steps.join() },
    on: { type: "string", default: scalePlatforms.join() },
    apps: { type: "string", default: apps.join() },
    "at-once": { type: "string", default: "24" },
    shrink: { type: "string", default: "300" },
    "keep-on": { type: "boolean", default: false },
    out: { type: "string" },
  },
});

const of = {
  processes: Number(values.processes),
  stores: pick(servers, values.store),
  slackBy: pick(slackWays, values["slack-by"]),
  atOnce: Number(values["at-once"]),
};
const failed = await passStorms({
  seed: Number(values.seed ?? Date.now() % 2 ** 31),
  path: values.path,
  limits: {
    turns: Number(values.storm),
    blows: Number(values.blows),
    platforms: pick(scalePlatforms, values.on),
    kinds: pick(scaleKinds, values.only).filter((kind) => !values.without.split(",").includes(kind)),
    when: pick(steps, values.steps),
    apps: pick(apps, values.apps),
    mostOutageMs: Number(values.outage) * 1000,
  },
  stormOf: (seed) => stormOf(seed, of),
  isEnough: ({ ms }) => ms >= Number(values.minutes) * 60_000,
  shrinkMs: Number(values.shrink) * 1000,
  keepsOn: values["keep-on"],
  out: values.out,
});
process.exit(failed > 0 ? 1 : 0);
