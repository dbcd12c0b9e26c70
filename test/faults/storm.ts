import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { flat } from "../rig/pictures.ts";
import { createFleet, type Ending, type Fleet } from "./fleet.ts";
import { createRecorder, type History, type Moment, type Platform, type Recorder } from "./history.ts";
import { createOpenAI, type OpenAI, toMark } from "./openai.ts";
import { judge, type Verdict } from "./oracle.ts";
import { type Blow, type Schedule, type Step, steps, type Wish } from "./schedule.ts";
import { createDiscordTown } from "./towns/discord.ts";
import { createSlackTown } from "./towns/slack.ts";
import { freshMs, type Town } from "./towns/town.ts";
import { createWebTown } from "./towns/web.ts";

export interface StormOptions {
  /** How long a picture takes, in ms. */
  readonly paceMs: number;
  /** When nothing has happened for so long, nothing more is waited for, in ms. */
  readonly quietMs: number;
  /** Turns that are under way at once, at most. */
  readonly atOnce: number;
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

/** Lets a storm pass over the bot, in processes of its own, and judges it. */
export async function runStorm(
  { wishes, blows, slackApp }: Schedule,
  options: StormOptions = usualStorm,
): Promise<Outcome> {
  const dataDir = await mkdtemp(join(tmpdir(), "drawbridge-storm-"));
  const record = createRecorder();
  const openai = await createOpenAI(record, options.paceMs);
  const parts = { record, openai, people: peopleCount };
  const towns = new Map<Platform, Town>();
  const fleet = createFleet(record, (process) => ({
    ...Object.assign({}, ...[...towns.values()].map(({ env }) => env)),
    OPENAI_API_KEY: "sk-storm-0123456789",
    OPENAI_BASE_URL: openai.urlFor(process),
    DATA_DIR: dataDir,
    PORT: "0",
    CONCURRENCY: "16",
    // A machine that has much else to do is behind: what people are told then is no wrong of the bot's.
    QUEUE_LIMIT_PERSON: "1000",
  }));
  const used = new Set(wishes.map(({ platform }) => platform));
  if (used.has("discord")) towns.set("discord", await createDiscordTown(parts));
  if (used.has("slack")) towns.set("slack", await createSlackTown(parts, slackApp));
  if (used.has("web")) towns.set("web", await createWebTown(parts, fleet.url));
  const strikes = createStrikes({ blows, wishes, record, openai, fleet, towns, dataDir });
  try {
    fleet.start();
    await fleet.ready();
    const before = await fleet.held();
    await askAll(wishes, { record, towns, atOnce: options.atOnce });
    const settled = () => settle({ record, openai, fleet, strikes, quietMs: options.quietMs });
    await settled();
    await fleet.ready();
    const after = await fleet.held();
    const isSame = before !== undefined && before.process === after?.process;
    const lookAround = () => Promise.all([...towns.values()].map((town) => town.look()));
    await lookAround();
    const wrongs = [...(await fleet.stop())];
    // What could not be written down as over is found by the next process.
    if (readLedger(dataDir).length > 0) {
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
      open: readLedger(dataDir),
      crashes: [...fleet.crashes(), ...wrongs],
      ...(isSame && { memory: { before: before.bytes, after: after.bytes } }),
    };
    const faults: Record<string, number> = {};
    for (const one of record.moments)
      if (one.kind === "fault") faults[one.name] = (faults[one.name] ?? 0) + 1;
    return { history, verdict: judge(history), faults, output: fleet.output(), peak: fleet.peak };
  } finally {
    fleet.abandon();
    strikes.close();
    for (const town of towns.values()) await town.close();
    await openai.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
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
    if (quiet < 2 * stepMs || !fleet.url()) continue;
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

interface Strikes {
  /** Those that are about to strike, or at it. */
  readonly pending: number;
  close(): void;
}

/** Lets blows fall, and people do what they do while their turn is under way, when a turn has come so far. */
function createStrikes(of: {
  blows: readonly Blow[];
  wishes: readonly Wish[];
  record: Recorder;
  openai: OpenAI;
  fleet: Fleet;
  towns: ReadonlyMap<Platform, Town>;
  dataDir: string;
}): Strikes {
  const { blows, wishes, record, openai, fleet, towns, dataDir } = of;
  const indexOf = new Map(wishes.map((_, index) => [toMark(index), index]));
  const turnOf = new Map<string, string>();
  const groupOfResponse = new Map<string, string>();
  const reached = new Set<string>();
  let pending = 0;
  let closed = false;
  let ending: Promise<void> = Promise.resolve();

  record.listen((moment) => {
    if (moment.kind === "asked") turnOf.set(moment.group, moment.turn);
    if (moment.kind === "created") groupOfResponse.set(moment.response, moment.group);
    const [turn, step] = toStep(moment);
    const index = indexOf.get(turn ?? "");
    if (turn === undefined || index === undefined || step === undefined) return;
    // Not every turn shows every step: what was to strike at one that is passed strikes now.
    for (const passed of steps.slice(0, steps.indexOf(step) + 1)) reach(turn, index, passed, moment);
  });

  function reach(turn: string, index: number, step: Step, moment: Moment): void {
    const name = `${turn} ${step}`;
    if (reached.has(name)) return;
    reached.add(name);
    for (const blow of blows) {
      if (blow.turn % wishes.length !== index) continue;
      if (blow.kind === "openai") {
        if (moment.kind === "asked") openai.order(moment.group, blow.fault, blow.events);
      } else if (blow.step === step) later(blow.afterMs, () => strike(blow));
    }
    const wish = wishes[index];
    const town = wish && towns.get(wish.platform);
    if (!wish || !town) return;
    if (wish.afterwards === "cancel" && step === "started")
      later(wish.afterMs, () => void town.cancel(turn, wish.person));
    if (wish.afterwards === "delete the answer" && step === "started")
      later(wish.afterMs, () => void town.remove(turn));
    if (wish.edited && step === "shown") later(300, () => town.edit(turn));
  }

  function toStep(moment: Moment): readonly [turn?: string | undefined, step?: Step] {
    switch (moment.kind) {
      case "asked":
        return [moment.turn, "delivered"];
      case "taken":
        return [moment.turn, "acknowledged"];
      case "created":
        return [turnOf.get(moment.group), "started"];
      case "told": {
        const turn = turnOf.get(groupOfResponse.get(moment.response) ?? "");
        if (moment.event === "response.completed") return [turn, "final"];
        return moment.event.endsWith("partial_image") ? [turn, "partial"] : [];
      }
      case "seen": {
        const drawer = moment.face.pictures
          .map((hash) => openai.drawerOf(hash))
          .find((one) => one !== undefined);
        if (drawer) return [turnOf.get(drawer.group), "shown"];
        return moment.turn === undefined ? [] : [moment.turn, "first-view"];
      }
      default:
        return [];
    }
  }

  function later(ms: number, act: () => Promise<void> | void): void {
    pending += 1;
    sleep(ms)
      .then(() => (closed ? undefined : act()))
      .catch((error: unknown) => record.add({ kind: "request", to: "storm", what: `could not: ${error}` }))
      .finally(() => {
        pending -= 1;
      });
  }

  async function strike(blow: Blow): Promise<void> {
    switch (blow.kind) {
      case "openai":
        return;
      case "discord":
      case "slack": {
        const town = towns.get(blow.kind);
        if (!town) return;
        const name = `${blow.kind} ${blow.fault}`;
        record.add({ kind: "ordered", name, what: `${blow.times} requests` });
        const struck = await town.strike(blow.fault, blow.times);
        if (struck > 0) record.add({ kind: "fault", name, what: `${struck} requests` });
        return;
      }
      case "store": {
        const bars = blow.ms < patientMs ? [] : [...towns.values()].map((town) => town.bar(freshMs));
        await during("store held", blow.ms, () => holdStore(dataDir, blow.ms));
        for (const unbar of bars) unbar();
        return;
      }
      case "disk": {
        const bars = [...towns.values()].map((town) => town.bar(Infinity));
        await during("disk full", blow.ms, () => fleet.fillDisk(blow.ms));
        for (const unbar of bars) unbar();
        return;
      }
      case "clock": {
        record.add({ kind: "fault", name: "clock", what: `${Math.round(blow.aheadMs / 1000)} s ahead` });
        fleet.setClock(blow.aheadMs);
        return;
      }
      default:
        ending = ending.then(() => end(blow.kind));
        return ending;
    }
  }

  /** Something that nobody tells us of when they meet it: it is met when people's turns go on meanwhile. */
  async function during(name: string, ms: number, fail: () => Promise<boolean>): Promise<void> {
    record.add({ kind: "ordered", name, what: `${ms} ms` });
    const before = record.moments.length;
    const hasFailed = await fail();
    record.add({ kind: "ordered", name: `${name} is over`, what: `${ms} ms` });
    const steps = record.moments.slice(before).filter(({ kind }) => goesOn.has(kind)).length;
    if (hasFailed && steps > 0) record.add({ kind: "fault", name, what: `${ms} ms, for ${steps} steps` });
  }

  async function end(how: Ending): Promise<void> {
    await fleet.ready();
    if (closed) return;
    record.add({ kind: "fault", name: how, what: "the process" });
    await fleet.end(how);
  }

  return {
    get pending() {
      return pending;
    },
    close() {
      closed = true;
    },
  };
}

/** A store that is held for longer may be too slow for what is said to it, in ms: whoever asks is told so. */
const patientMs = 1200;

/** What happens when a turn begins, or comes a step further: that is written down. */
const goesOn: ReadonlySet<Moment["kind"]> = new Set(["asked", "created", "told"]);

/** Another process holds the store: every write waits. */
async function holdStore(dataDir: string, ms: number): Promise<boolean> {
  const database = new DatabaseSync(join(dataDir, "drawbridge.db"), { timeout: 1000 });
  try {
    database.exec("BEGIN IMMEDIATE");
    await sleep(ms);
    database.exec("ROLLBACK");
    return true;
  } finally {
    database.close();
  }
}

/** What the ledger still has open. */
function readLedger(dataDir: string): readonly string[] {
  const database = new DatabaseSync(join(dataDir, "drawbridge.db"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT key, value FROM keyv WHERE key LIKE '%events:open'").all();
    return rows.flatMap(({ value }) => {
      const kept = JSON.parse(String(value)) as { value?: { open?: readonly string[] } };
      return kept.value?.open ?? [];
    });
  } finally {
    database.close();
  }
}
