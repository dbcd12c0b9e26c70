import { setTimeout as sleep } from "node:timers/promises";
import { flat } from "../rig/pictures.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { History, Platform, Recorder } from "./history.ts";
import { type OpenAI, toMark } from "./openai.ts";
import { judge, type Verdict } from "./oracle.ts";
import type { Schedule, Wish } from "./schedule.ts";
import { createStrikes, type Strikes } from "./strikes.ts";
import type { Town } from "./towns/town.ts";
import { createWorld, type FleetOptions } from "./world.ts";

export interface StormOptions {
  /** How long a picture takes, in ms. */
  readonly paceMs: number;
  /** When nothing has happened for so long, nothing more is waited for, in ms. */
  readonly quietMs: number;
  /** Turns that are under way at once, at most. */
  readonly atOnce: number;
  /** Absent: one process, with a store of its own. */
  readonly fleet?: FleetOptions;
}

/** What came of a storm. */
export interface Outcome {
  readonly history: History;
  readonly verdict: Verdict;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** What the bot's processes said. */
  readonly output: string;
  /** Most memory that a process had, in bytes. */
  readonly peak: number;
}

export const usualStorm: StormOptions = { paceMs: 600, quietMs: 40_000, atOnce: 24 };

const things = ["a fox", "a lamp", "a boat", "a tree", "a castle", "a cat", "a lighthouse", "a pear"];

/** Lets a storm pass over the bot, in processes of its own, and judges it. Rejects where a server is not installed. */
export async function runStorm(
  { wishes, blows, slackApp }: Schedule,
  options: StormOptions = usualStorm,
): Promise<Outcome> {
  const world = await createWorld({
    ...{ paceMs: options.paceMs, used: new Set(wishes.map(({ platform }) => platform)), slackApp },
    ...(options.fleet && { fleet: options.fleet }),
  });
  const { record, openai, ground, fleet, towns, open } = world;
  try {
    const strikes = createStrikes({ blows, wishes, record, openai, fleet, towns, ground });
    open.defer(() => strikes.close());
    fleet.start();
    await fleet.complete();
    const before = await fleet.held();
    await askAll(wishes, { record, towns, atOnce: options.atOnce });
    const settled = () => settle({ record, openai, fleet, strikes, quietMs: options.quietMs });
    await settled();
    await fleet.complete();
    const after = await fleet.held();
    const isSame = before !== undefined && before.process === after?.process;
    const lookAround = () => Promise.all([...towns.values()].map((town) => town.look()));
    await lookAround();
    const wrongs = [...(await fleet.stop())];
    // What could not be written down as over is found by the next process.
    if ((await ground.open()).length > 0) {
      fleet.start();
      await fleet.ready();
      await settled();
      // What a process had that was killed comes due when its time is over.
      if (options.fleet) await drain(ground.open);
      await lookAround();
      wrongs.push(...(await fleet.stop()));
    }
    const drawn = await openai.drawn();
    for (const [platform, town] of towns) if (platform !== "web") await town.look();
    const history: History = {
      moments: record.moments,
      drawn,
      litter: [...towns.values()].flatMap((town) => town.litter()),
      open: await ground.open(),
      crashes: [...fleet.crashes(), ...wrongs],
      ...(options.fleet?.atOnce !== undefined && { atOnce: options.fleet.atOnce }),
      ...(isSame && { memory: { before: before.bytes, after: after.bytes } }),
    };
    const faults: Record<string, number> = {};
    for (const one of record.moments)
      if (one.kind === "fault") faults[one.name] = (faults[one.name] ?? 0) + 1;
    return { history, verdict: judge(history), faults, output: fleet.output(), peak: fleet.peak };
  } finally {
    await open.disposeAsync();
  }
}

/** Waits until nothing is open, or for longer than a claim lives. */
async function drain(open: () => Promise<readonly string[]>): Promise<void> {
  for (let waited = 0; waited < claimMs && (await open()).length > 0; waited += 500) await sleep(500);
}
const claimMs = 20_000;

async function askAll(
  wishes: readonly Wish[],
  { record, towns, atOnce }: { record: Recorder; towns: ReadonlyMap<Platform, Town>; atOnce: number },
): Promise<void> {
  const photo = await flat("#2b6", 96, 64);
  const asking = new Set<Promise<void>>();
  const open = () =>
    asking.size + [...record.faces.values()].filter(({ face }) => face.state === "waiting").length;
  for (const [index, wish] of wishes.entries()) {
    await sleep(wish.afterMs);
    for (let waited = 0; open() >= atOnce && waited < 5000; waited += 20) await sleep(20);
    const town = towns.get(wish.platform);
    if (!town) continue;
    const turn = toMark(index);
    const words = `${things[index % things.length]} ${turn}${wish.afterwards === "be refused" ? " refuse-me" : ""}`;
    if (wish.afterwards === "be refused") record.add({ kind: "spared", turn, why: "moderation" });
    const asked = town
      .ask({ wish, turn, words, ...(wish.picture && { picture: photo }) })
      .catch((error: unknown) => {
        // What the platform's own apps would not let them do, because the bot is not there or the button is gone.
        record.add({ kind: "turned away", turn, by: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => asking.delete(asked));
    asking.add(asked);
  }
  await Promise.all(asking);
}

/** What may still come right by itself. */
const unfinished = new Set(["lost", "ignored", "not shown", "waiting"]);

/** Waits until everything has come to an end, or nothing happens any more. */
async function settle(of: {
  record: Recorder;
  openai: OpenAI;
  fleet: Fleet;
  strikes: Strikes;
  quietMs: number;
}): Promise<void> {
  const { record, openai, fleet, strikes, quietMs } = of;
  let count = -1;
  let quiet = 0;
  const stepMs = 250;
  while (quiet < quietMs) {
    await sleep(stepMs);
    quiet = record.moments.length === count && strikes.pending === 0 ? quiet + stepMs : 0;
    count = record.moments.length;
    if (quiet < 2 * stepMs || fleet.served().length === 0) continue;
    const history = {
      moments: record.moments,
      drawn: await openai.drawn(),
      litter: [],
      open: [],
      crashes: [],
    };
    const { violations } = judge(history);
    if (!violations.some(({ wrong }) => unfinished.has(wrong))) return;
  }
}
