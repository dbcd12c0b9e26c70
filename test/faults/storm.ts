import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { flat } from "../rig/pictures.ts";
import { type Balancer, createBalancer, type Target } from "./fleet/balancer.ts";
import type { Served } from "./fleet/bot.ts";
import { createFleet, type Fleet } from "./fleet/fleet.ts";
import { createRecorder, type History, type Platform, type Recorder } from "./history.ts";
import { createOpenAI, type OpenAI, toMark } from "./openai.ts";
import { judge, type Verdict } from "./oracle.ts";
import type { Schedule, Wish } from "./schedule.ts";
import type { Ground } from "./stores/ground.ts";
import { createServerGround, type ServerKind } from "./stores/server.ts";
import { createSqliteGround } from "./stores/sqlite.ts";
import { createStrikes, type Strikes } from "./strikes.ts";
import { createDiscordTown } from "./towns/discord.ts";
import { createSlackTown } from "./towns/slack.ts";
import type { Town } from "./towns/town.ts";
import { createWebTown } from "./towns/web.ts";

/** Several processes that share a server. */
export interface FleetOptions {
  readonly processes: number;
  readonly store: ServerKind;
  /** How Slack brings what is said: to any of their sockets, or through a balancer. */
  readonly slackBy: "socket" | "http";
}

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

const peopleCount = 12;
const things = ["a fox", "a lamp", "a boat", "a tree", "a castle", "a cat", "a lighthouse", "a pear"];

/** Lets a storm pass over the bot, in processes of its own, and judges it. Rejects where a server is not installed. */
export async function runStorm(
  { wishes, blows, slackApp }: Schedule,
  options: StormOptions = usualStorm,
): Promise<Outcome> {
  const open = new AsyncDisposableStack();
  try {
    const record = createRecorder();
    const openai = await createOpenAI(record, options.paceMs);
    open.defer(() => openai.close());
    const ground = await openGround(options.fleet, open);
    const towns = new Map<Platform, Town>();
    const used = new Set(wishes.map(({ platform }) => platform));
    const fleet = createFleet(
      record,
      (process) => ({
        ...Object.assign({}, ...[...towns.values()].map(({ env }) => env)),
        ...(options.fleet && !used.has("web") && { PLAYGROUND: "off" }),
        OPENAI_API_KEY: "sk-storm-0123456789",
        OPENAI_BASE_URL: openai.urlFor(process),
        ...ground.envFor(process),
        ...{ PORT: "0", SLACK_PORT: "0", HEALTH_PORT: "0", LOG_FORMAT: "json" },
        CONCURRENCY: "16",
        // A machine that has much else to do is behind: what people are told then is no wrong of the bot's.
        QUEUE_LIMIT_PERSON: "1000",
      }),
      options.fleet?.processes,
    );
    await openTowns({ used, record, openai, fleet, towns, slackApp, options, open });
    const strikes = createStrikes({ blows, wishes, record, openai, fleet, towns, ground });
    open.defer(() => {
      fleet.abandon();
      strikes.close();
    });
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

async function openGround(fleet: FleetOptions | undefined, open: AsyncDisposableStack): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), "drawbridge-storm-"));
  open.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const ground = fleet ? await createServerGround(fleet.store, dataDir) : createSqliteGround(dataDir);
  if (!ground) throw new Error(`${fleet?.store} is not installed here`);
  open.defer(() => ground.close());
  return ground;
}

async function openTowns(of: {
  used: ReadonlySet<Platform>;
  record: Recorder;
  openai: OpenAI;
  fleet: Fleet;
  towns: Map<Platform, Town>;
  slackApp: Schedule["slackApp"];
  options: StormOptions;
  open: AsyncDisposableStack;
}): Promise<void> {
  const { used, record, openai, fleet, towns, slackApp, options, open } = of;
  const parts = { record, openai, people: peopleCount };

  async function balance(address: (served: Served) => string | undefined): Promise<Balancer> {
    const balancer = await createBalancer(() => toTargets(fleet.served(), address));
    open.defer(() => balancer.close());
    return balancer;
  }
  async function settleIn(platform: Platform, create: () => Promise<Town>): Promise<void> {
    if (!used.has(platform)) return;
    const town = await create();
    towns.set(platform, town);
    open.defer(() => town.close());
  }

  await settleIn("discord", () => createDiscordTown(parts));
  await settleIn("slack", async () => {
    if (options.fleet?.slackBy !== "http") return createSlackTown(parts, slackApp);
    const { url } = await balance(({ slack }) => slack && new URL(slack).origin);
    return createSlackTown(parts, slackApp, url);
  });
  await settleIn("web", async () => {
    if (!options.fleet) return createWebTown(parts, () => fleet.served().at(-1)?.playground);
    const { url } = await balance(({ playground }) => playground);
    return createWebTown(parts, () => url);
  });
}

function toTargets(
  all: readonly Served[],
  address: (served: Served) => string | undefined,
): readonly Target[] {
  return all.flatMap((served) => {
    const to = address(served);
    return to ? [{ health: served.health, to }] : [];
  });
}

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
