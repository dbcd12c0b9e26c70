import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorder } from "./history.ts";

/** How a process is made to end; `overlap`: another is started first, as rolling updates do. */
export const endings = ["kill", "term", "overlap"] as const;
export type Ending = (typeof endings)[number];

/** The bot's processes, one after the other and sometimes two, and a supervisor that lets none be missing. */
export interface Fleet {
  start(): void;
  /** Resolves when one is up. */
  ready(): Promise<void>;
  /** The playground of the newest process that is up. */
  url(): string | undefined;
  end(how: Ending): Promise<void>;
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

interface Bot {
  readonly process: number;
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  url?: string;
  /** We ended it. */
  meant: boolean;
}

/** Tells on SIGUSR2 what is held, by the third channel; hears from the fourth how far ahead its clock is, in ms. */
const toGauge = (aheadMs: number) => `
import { writeSync } from "node:fs";
import { Socket } from "node:net";
const { now } = Date;
let ahead = ${aheadMs};
Date.now = () => now() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [Date.now()], made),
});
new Socket({ fd: 4 }).on("error", () => {}).on("data", (lines) => {
  ahead = Number(String(lines).trim().split("\\n").at(-1));
}).unref();
process.on("SIGUSR2", () => {
  for (let round = 0; round < 3; round += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  writeSync(3, heapUsed + external + "\\n");
});`;

const limitCommand = "/usr/bin/prlimit";

const crashLine = /"msg":"unhandled"|uncaught|unhandled|FATAL ERROR|^\s+at .*(?:src|adapters)\//i;

/** How long an orderly end may take, in ms: the grace of a container, twice, since this machine has much else to do. */
const graceMs = 20_000;

/** Lines of a process that did not end well that are told. */
const mostLast = 12;

export function createFleet(
  record: Recorder,
  envFor: (process: number) => Readonly<Record<string, string>>,
): Fleet {
  const bots: Bot[] = [];
  const said: string[] = [];
  const crashed: string[] = [];
  let count = 0;
  let failures = 0;
  let peak = 0;
  let closing = false;
  let isFull = false;
  let aheadMs = 0;

  const live = () => bots.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  const up = () => live().findLast(({ url }) => url !== undefined);

  function hear(process: number, text: string): void {
    for (const line of text.split("\n").filter(Boolean)) {
      said.push(`#${process} ${line}`);
      if (crashLine.test(line)) crashed.push(`#${process} ${line.slice(0, 600)}`);
    }
  }

  function start(): void {
    const process = ++count;
    const child = spawn(
      globalThis.process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        "--expose-gc",
        `--import=data:text/javascript,${encodeURIComponent(toGauge(aheadMs))}`,
        "src/main.ts",
      ],
      {
        cwd: new URL("../..", import.meta.url),
        env: {
          PATH: globalThis.process.env.PATH,
          NODE_COMPILE_CACHE: "node_modules/.cache/node",
          ...envFor(process),
        },
        stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      },
    );
    const bot: Bot = { process, child, exit: once(child, "exit"), meant: false };
    bots.push(bot);
    record.add({ kind: "process", process, what: "started" });
    let rest = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      hear(process, lines.join("\n"));
      const url = /Playground\s+(http:\S+)/.exec(text)?.[1];
      if (!url || bot.url) return;
      bot.url = url;
      failures = 0;
      record.add({ kind: "process", process, what: "ready" });
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => hear(process, text));
    child.once("exit", (code, signal) => {
      const how = signal ?? `exit ${code}`;
      record.add({ kind: "process", process, what: "ended", how });
      // One that cannot come up says so and ends, and the next is tried.
      const isKept = isFull && bot.url === undefined && code === 1;
      if (!bot.meant && !isKept) {
        crashed.push(`#${process} ended by itself: ${how}`);
        failures += 1;
      }
      // A supervisor starts another, and not for ever what cannot start.
      if (!closing && live().length === 0 && failures < 5) start();
    });
  }

  function measure(): void {
    for (const { child } of live()) {
      try {
        const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
        peak = Math.max(peak, Number(kilobytes ?? 0) * 1024);
      } catch {} // it has just ended, or this is no Linux
    }
  }
  const measuring = setInterval(measure, 500).unref();

  async function ready(): Promise<void> {
    for (let waited = 0; !up(); waited += 10) {
      if (failures >= 5 || waited > 60_000)
        throw new Error(`The bot does not come up:\n${said.slice(-20).join("\n")}`);
      await sleep(10);
    }
  }

  async function term(bot: Bot): Promise<string | undefined> {
    bot.meant = true;
    bot.child.kill("SIGTERM");
    const late = setTimeout(() => bot.child.kill("SIGKILL"), graceMs);
    await bot.exit;
    clearTimeout(late);
    if (bot.child.exitCode === 0) return undefined;
    const last = said.filter((line) => line.startsWith(`#${bot.process} `)).slice(-mostLast);
    const how = bot.child.signalCode ?? bot.child.exitCode;
    return [`#${bot.process} did not end well: ${how}; the last that it said:`, ...last].join("\n    ");
  }

  return {
    start,
    ready,
    url: () => up()?.url,
    async end(how) {
      const [bot] = live();
      if (!bot) return;
      bot.meant = true;
      if (how === "kill") {
        record.add({ kind: "process", process: bot.process, what: "killed" });
        bot.child.kill("SIGKILL");
        await bot.exit;
        return;
      }
      if (how === "overlap") start();
      const wrong = await term(bot);
      if (wrong) crashed.push(wrong);
    },
    async stop() {
      closing = true;
      clearInterval(measuring);
      measure();
      const wrongs = await Promise.all(live().map(term));
      return wrongs.filter((wrong) => wrong !== undefined);
    },
    abandon() {
      closing = true;
      clearInterval(measuring);
      for (const { child } of live()) child.kill("SIGKILL");
    },
    crashes: () => crashed,
    output: () => said.join("\n"),
    get peak() {
      return peak;
    },
    async held() {
      const bot = up();
      const told = bot?.child.stdio[3];
      if (!bot || !(told instanceof Readable)) return undefined;
      const line = once(told, "data", { signal: AbortSignal.timeout(5000) });
      bot.child.kill("SIGUSR2");
      const found = await line.catch(() => undefined);
      return found && { process: bot.process, bytes: Number(String(found[0])) };
    },
    async fillDisk(ms) {
      if (!existsSync(limitCommand)) return false;
      const struck = live();
      const limit = (size: string) => {
        for (const { child } of struck)
          if (child.exitCode === null && child.signalCode === null)
            spawnSync(limitCommand, [`--pid=${child.pid}`, `--fsize=${size}:unlimited`]);
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
      for (const { child } of live()) {
        const clock = child.stdio[4];
        if (clock instanceof Writable) clock.on("error", () => {}).write(`${ms}\n`);
      }
    },
  };
}
