import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { within } from "../../../src/openai/stream/within.ts";
import type { Held } from "./gauge.ts";
import { machineBusyMs, type Running, run, takenBy } from "./process.ts";
import { now } from "./world/time.ts";
import type { ReplayWord, TownOrder, TownWord } from "./world/words.ts";

export const platforms = ["discord", "slack"] as const;
export type Platform = (typeof platforms)[number];

/** `ours`: the product, with a line that nobody waits in, no playground and no threads of its own. `plain`: as official examples write it. `floor`: the least there is. */
export const subjects = ["ours", "plain", "floor"] as const;
export type Subject = (typeof subjects)[number];

/** What came of so many pictures at once, drawn by one subject. Times are in ms, one for each picture or sketch. */
export interface Cell {
  readonly platform: Platform;
  readonly subject: Subject;
  readonly pictures: number;
  /** From the event to the acknowledgement, and to the request that OpenAI gets. */
  readonly acknowledged: readonly number[];
  readonly asked: readonly number[];
  /** From a sketch's last byte, and from the first one's, until it is seen. */
  readonly sketches: readonly number[];
  readonly firsts: readonly number[];
  /** From the picture's last byte, and from the event, until it is there. */
  readonly there: readonly number[];
  readonly inAll: readonly number[];
  /** Of all its processes, and of the first alone. */
  readonly cpuMs: number;
  readonly ownCpuMs: number;
  readonly held: Held;
  /** Megabytes above idle at the highest, of all its processes. */
  readonly peakMb: number;
  /** Sketches that nobody saw. */
  readonly dropped: number;
  readonly readyMs: number;
  /** When it is ready and nobody has asked for anything: of its first process, and of all. */
  readonly idleMb: { readonly own: number; readonly all: number };
  /** How much of the machine others took meanwhile, from 0 to 1. */
  readonly others: number;
}

const folder = new URL(".", import.meta.url);
const main = new URL("../../../src/main.ts", folder);
/** As `npm start` has them: options of Node, and what is in the environment. */
const asStarted = ["--max-semi-space-size=4", "--expose-gc"];
const startedWith = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };
/** Pictures that are drawn before it is measured, and how fast. */
const warmUp = 4;
const sampleMs = 50;
/** What is not drawn by then is not waited for: nobody would. */
const mostMs = 120_000;
const quietMs = 1500;
/** When it is idle after its start: ours has tidied up by then. */
const idleMs = 4000;

/** It was not done in two minutes. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/**
 * Draws so many at once on one platform. `paceMs`: between two sketches, and to the picture. `profiles`: a folder for a
 * profile of what the bot's first process does; `flags`: of Node, for ours.
 */
export async function measureCell(of: {
  readonly platform: Platform;
  readonly subject: Subject;
  readonly pictures: number;
  readonly paceMs: number;
  readonly processors: number;
  readonly profiles?: string | undefined;
  readonly flags?: readonly string[];
}): Promise<Cell> {
  const { platform, subject, pictures, paceMs, processors, profiles, flags = [] } = of;
  const data = await mkdtemp(join(tmpdir(), "drawbridge-bench-"));
  const started: Running[] = [];
  let sampling: NodeJS.Timeout | undefined;
  const begin = (...args: Parameters<typeof run>) => {
    const one = run(...args);
    started.push(one);
    return one;
  };
  try {
    const replay = begin(new URL("world/replay.ts", folder), [String(paceMs)]);
    const town = begin(new URL("world/town.ts", folder), [platform, String(warmUp + pictures)]);
    const [{ port, shapes }, { env }] = await Promise.all([
      replay.word(is<ReplayWord, "ready">("ready")),
      town.word(is<TownWord, "ready">("ready")),
    ]);
    const file = subject === "ours" ? main : new URL(`subjects/${subject}-${platform}.ts`, folder);
    const startedAt = now();
    const bot = begin(
      file,
      [],
      {
        ...env,
        ...{ OPENAI_API_KEY: "sk-bench", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` },
        ...(subject === "ours" && {
          ...startedWith,
          ...{ DATA_DIR: data, PLAYGROUND: "off", DISCORD_THREADS: "off", CONCURRENCY: "512" },
        }),
      },
      [
        ...(subject === "ours" ? [...asStarted, ...flags] : []),
        `--import=${new URL("gauge.ts", folder).href}`,
        ...(profiles
          ? [
              "--cpu-prof",
              `--cpu-prof-dir=${profiles}`,
              `--cpu-prof-name=${platform}-${pictures}-${subject}.cpuprofile`,
            ]
          : []),
      ],
    );
    const pid = bot.child.pid ?? 0;
    await bot.says(/(discord|slack)\.ready|^ready$/m);
    const readyMs = now() - startedAt;
    town.child.send({ kind: "open" } satisfies TownOrder);
    await town.word(is<TownWord, "open">("open"));
    await pause(idleMs);
    const idle = takenBy(pid);

    const draw = async (from: number, to: number) => {
      town.child.send({ kind: "ask", from, to, shapes } satisfies TownOrder);
      const drawAll = async () => {
        for (let picture = from; picture < to; picture += 1) {
          const there = town.word((word): word is TownWord => isAbout(word, "there", picture));
          await Promise.race([there, bot.over]);
          await town.word((word): word is TownWord => isAbout(word, "acknowledged", picture));
        }
        return true;
      };
      const isDone = await within(drawAll(), mostMs);
      if (!isDone)
        throw new TooSlow(`${subject} on ${platform}, ${pictures} at once: not done in two minutes`);
    };
    await draw(0, warmUp);
    await pause(quietMs);
    await askGauge(bot);
    const before = takenBy(pid);
    const [busyBefore, ownBefore, beganAt] = [machineBusyMs(), takenBy(process.pid).cpuMs, now()];
    let peakMb = before.mb;
    sampling = setInterval(() => {
      peakMb = Math.max(peakMb, takenBy(pid).mb);
    }, sampleMs);
    await draw(warmUp, warmUp + pictures);
    clearInterval(sampling);
    const tookMs = now() - beganAt;
    const busy = machineBusyMs() - busyBefore - (takenBy(process.pid).cpuMs - ownBefore);
    await pause(quietMs); // what is tidied up after the last picture is work, too
    const after = takenBy(pid);
    const cpuMs = after.cpuMs - before.cpuMs;
    const ownCpuMs = after.ownCpuMs - before.ownCpuMs;
    const held = await askGauge(bot);
    if (profiles) await bot.leave();
    return {
      ...{ platform, subject, pictures, cpuMs, ownCpuMs, held, readyMs },
      ...toTimes(replay.words as ReplayWord[], town.words as TownWord[]),
      peakMb: peakMb - idle.mb,
      idleMb: { own: idle.ownMb, all: idle.mb },
      others: Math.max(0, busy / (tookMs * processors)),
    };
  } catch (cause) {
    if (cause instanceof TooSlow) throw cause;
    const said = started.map((one) => one.output().slice(-2000)).join("\n");
    throw new Error(`${subject} on ${platform}, ${pictures} at once:\n${said}`, { cause });
  } finally {
    clearInterval(sampling); // also of one that comes to nothing: the bench is to end
    await Promise.all(started.reverse().map((one) => one.end()));
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Times = Pick<Cell, "acknowledged" | "asked" | "sketches" | "firsts" | "there" | "inAll" | "dropped">;

/** Of what the two worlds told. */
function toTimes(replayed: readonly ReplayWord[], told: readonly TownWord[]): Times {
  const at = new Map<string, number>();
  for (const word of [...replayed, ...told]) {
    if (!("picture" in word) || word.picture < warmUp) continue;
    const what =
      word.kind === "sent"
        ? `sent ${word.event}`
        : word.kind === "sketch"
          ? `seen ${word.sketch}`
          : word.kind;
    at.set(`${word.picture} ${what}`, word.at);
  }
  const between = (from: string, to: string) =>
    [...at].flatMap(([key, end]) => {
      const [picture = "", ...rest] = key.split(" ");
      const begin = at.get(`${picture} ${from}`);
      return rest.join(" ") === to && begin !== undefined ? [end - begin] : [];
    });
  const numbers = [0, 1, 2];
  const sent = numbers.flatMap((number) => between("said", `sent ${number}`)).length;
  const sketches = numbers.flatMap((number) => between(`sent ${number}`, `seen ${number}`));
  return {
    acknowledged: between("said", "acknowledged"),
    asked: between("said", "asked"),
    sketches,
    firsts: between("sent 0", "seen 0"),
    there: between("sent final", "there"),
    inAll: between("said", "there"),
    dropped: sent - sketches.length,
  };
}

async function askGauge(bot: Running): Promise<Held> {
  const count = bot.words.length;
  bot.child.send("how long?");
  return bot.word((word): word is Held => bot.words.indexOf(word) >= count);
}

function is<Word extends { readonly kind: string }, Kind extends Word["kind"]>(kind: Kind) {
  return (word: unknown): word is Word & { readonly kind: Kind } => (word as Word).kind === kind;
}

function isAbout(word: unknown, kind: string, picture: number): boolean {
  const told = word as { readonly kind: string; readonly picture?: number };
  return told.kind === kind && told.picture === picture;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
