import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorder } from "../history.ts";
import { type Bot, type Served, startBot } from "./bot.ts";

/** How a process is made to end; `overlap`: another is started first, as rolling updates do. */
export const endings = ["kill", "term", "overlap"] as const;
export type Ending = (typeof endings)[number];

/** The bot's processes, and a supervisor that lets none be missing. */
export interface Fleet {
  start(): void;
  /** Resolves when one is up. */
  ready(): Promise<void>;
  /** Resolves when as many are up as there are to be. */
  complete(): Promise<void>;
  /** The system's numbers of those that run. */
  pids(): readonly number[];
  /** What those serve that are up, the newest last. */
  served(): readonly Served[];
  /** `which` of the processes: the one of that number, or another where that has ended. */
  end(how: Ending, which: number): Promise<void>;
  /** Stops one in mid-air for so long, in ms. */
  pause(which: number, ms: number): Promise<void>;
  /** From now on there is one more. */
  join(): void;
  /** Replaces each by another, one after the other, as an update does. */
  roll(): Promise<void>;
  /** Ends all with SIGTERM and starts no other; resolves with what was wrong about that. */
  stop(): Promise<readonly string[]>;
  /** Ends all at once, whatever they do. */
  abandon(): void;
  /** Lines of output that tell of a crash. */
  crashes(): readonly string[];
  /** Everything the processes said, for whoever reads the story. */
  output(): string;
  /** Most memory that a process had, in bytes. */
  readonly peak: number;
  /** What the newest process holds when all garbage is collected, in bytes, and which process that is. */
  held(): Promise<{ readonly process: number; readonly bytes: number } | undefined>;
  /** Lets no process write to the disk for so long, in ms, as if it were full. False: this machine has no way to. */
  fillDisk(ms: number): Promise<boolean>;
  /** Sets the clock of all processes, those that come later too, ahead of ours by so many ms; behind if negative. */
  setClock(aheadMs: number): void;
}

const limitCommand = "/usr/bin/prlimit";

const crashLine = /"msg":"unhandled"|uncaught|unhandled|FATAL ERROR|^\s+at .*(?:src|adapters)\//i;

/** Starts that fail one after the other until nothing more is tried; ms between them while they are excused. */
const mostFailures = 5;
const againMs = 500;

/** `envFor` one process; `size`: how many there are to be. */
export function createFleet(
  record: Recorder,
  envFor: (process: number) => Readonly<Record<string, string>>,
  size = 1,
): Fleet {
  const bots: Bot[] = [];
  const said: string[] = [];
  const crashed: string[] = [];
  let wanted = size;
  let count = 0;
  let failures = 0;
  let peak = 0;
  let closing = false;
  let isFull = false;
  let aheadMs = 0;

  const live = () => bots.filter(({ isLive }) => isLive);
  const up = () => live().filter(({ served, isMeant }) => served !== undefined && !isMeant);

  function hear(process: number, line: string): void {
    said.push(`#${process} ${line}`);
    if (crashLine.test(line)) crashed.push(`#${process} ${line.slice(0, 600)}`);
  }

  function startOne(): Bot {
    const process = ++count;
    record.add({ kind: "process", process, what: "started" });
    const bot = startBot({
      ...{ process, env: envFor(process), aheadMs, hear: (line) => hear(process, line) },
      onUp() {
        failures = 0;
        record.add({ kind: "process", process, what: "ready" });
      },
      onEnd(ended, how) {
        record.add({ kind: "process", process, what: "ended", how });
        // One that finds the disk full says so and ends, and the next is tried.
        const isKept = isFull && ended.served === undefined && how === "exit 1";
        if (!ended.isMeant && !isKept) {
          crashed.push(`#${process} ended by itself: ${how}`);
          failures += 1;
        }
        if (isKept) setTimeout(fill, againMs);
        else fill();
      },
    });
    bots.push(bot);
    return bot;
  }

  /** A supervisor starts others, and not for ever what cannot start. */
  function fill(): void {
    while (!closing && live().length < wanted && failures < mostFailures) startOne();
  }

  function measure(): void {
    for (const bot of live()) peak = Math.max(peak, bot.resident());
  }
  const measuring = setInterval(measure, 500).unref();

  async function waitFor(holds: () => boolean): Promise<void> {
    for (let waited = 0; !holds(); waited += 10) {
      if (failures >= mostFailures || waited > 120_000)
        throw new Error(`The bot does not come up:\n${said.slice(-20).join("\n")}`);
      await sleep(10);
    }
  }

  /** That one, or who stands in its place; none that is stopped. */
  function pick(which: number): Bot | undefined {
    const all = live().filter(({ isPaused, isMeant }) => !isPaused && !isMeant);
    return all.find(({ process }) => process === which) ?? all[which % (all.length || 1)];
  }

  /** Who cannot come up meanwhile says so; and who has hardly begun ends as any program does. */
  async function term(bot: Bot): Promise<void> {
    const hasBegun = bot.served !== undefined;
    record.add({ kind: "process", process: bot.process, what: "told to end" });
    const wrong = await bot.term();
    const isKept = !hasBegun && (isFull || wrong?.includes("did not end well: SIGTERM"));
    if (wrong && !isKept) crashed.push(wrong);
  }

  async function overlap(bot: Bot): Promise<void> {
    startOne();
    await term(bot);
  }

  return {
    start() {
      closing = false;
      fill();
    },
    ready: () => waitFor(() => up().length > 0),
    complete: () => waitFor(() => up().length >= wanted),
    pids: () => live().map(({ pid }) => pid),
    served: () => up().flatMap(({ served }) => served ?? []),
    async end(how, which) {
      const bot = pick(which);
      if (!bot) return;
      if (how === "term") return term(bot);
      if (how === "overlap") return overlap(bot);
      record.add({ kind: "process", process: bot.process, what: "killed" });
      await bot.kill();
    },
    async pause(which, ms) {
      const bot = pick(which);
      if (!bot) return;
      record.add({ kind: "process", process: bot.process, what: "paused" });
      bot.pause();
      await sleep(ms);
      record.add({ kind: "process", process: bot.process, what: "woken" });
      bot.wake();
    },
    join() {
      wanted += 1;
      fill();
    },
    async roll() {
      for (const bot of live()) {
        const next = startOne();
        await waitFor(() => next.served !== undefined || !next.isLive || closing);
        if (!bot.isMeant && !closing) await term(bot);
      }
    },
    async stop() {
      closing = true;
      clearInterval(measuring);
      measure();
      for (const bot of live()) bot.wake();
      const wrongs = await Promise.all(live().map((bot) => bot.term()));
      return wrongs.filter((wrong) => wrong !== undefined);
    },
    abandon() {
      closing = true;
      clearInterval(measuring);
      for (const bot of live()) void bot.kill();
    },
    crashes: () => crashed,
    output: () => said.join("\n"),
    get peak() {
      return peak;
    },
    async held() {
      const bot = up().at(-1);
      const bytes = await bot?.held();
      return bot && bytes !== undefined ? { process: bot.process, bytes } : undefined;
    },
    async fillDisk(ms) {
      if (!existsSync(limitCommand)) return false;
      const struck = live();
      const limit = (bytes: string) => {
        for (const bot of struck)
          if (bot.isLive) spawnSync(limitCommand, [`--pid=${bot.pid}`, `--fsize=${bytes}:unlimited`]);
      };
      isFull = true;
      limit("1");
      await sleep(ms);
      limit("unlimited");
      isFull = false;
      return true;
    },
    setClock(ms) {
      aheadMs = ms;
      for (const bot of live()) bot.setClock(ms);
    },
  };
}
