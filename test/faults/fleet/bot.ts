import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";

/** One process of the bot's. */
export interface Bot {
  readonly process: number;
  readonly pid: number;
  /** It runs: nobody is waited for who has ended. */
  readonly isLive: boolean;
  /** It is stopped (SIGSTOP), and will go on. */
  readonly isPaused: boolean;
  /** We ended it, or are about to. */
  readonly isMeant: boolean;
  /** Where it is reached, once it is up. */
  readonly served: Served | undefined;
  /** Ends it at once; resolves when it has ended. */
  kill(): Promise<void>;
  /** Ends it as an operator does; resolves with what was wrong about that, its last words with it. */
  term(): Promise<string | undefined>;
  pause(): void;
  wake(): void;
  /** Resident memory now, in bytes; 0 where that cannot be said. */
  resident(): number;
  /** What it holds when all garbage is collected, in bytes. */
  held(): Promise<number | undefined>;
  setClock(aheadMs: number): void;
}

/** What a process serves, and where. */
export interface Served {
  /** Up to the path. */
  readonly health: string;
  readonly playground?: string;
  /** With the path. */
  readonly slack?: string;
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

/** How long an orderly end may take, in ms: the grace of a container, twice, since this machine has much else to do. */
const graceMs = 20_000;

/** Lines of a process that did not end well that are told. */
const mostLast = 12;

/** Starts one. `hear` gets what it says, line by line; `onUp` is told once that it is up, `onEnd` how it ended. */
export function startBot(of: {
  readonly process: number;
  readonly env: Readonly<Record<string, string>>;
  readonly aheadMs: number;
  readonly hear: (line: string) => void;
  readonly onUp: () => void;
  readonly onEnd: (bot: Bot, how: string) => void;
}): Bot {
  const { process, env, aheadMs, hear, onUp, onEnd } = of;
  const child: ChildProcess = spawn(
    globalThis.process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--expose-gc",
      `--import=data:text/javascript,${encodeURIComponent(toGauge(aheadMs))}`,
      "src/main.ts",
    ],
    {
      cwd: new URL("../../..", import.meta.url),
      env: { PATH: globalThis.process.env.PATH, NODE_COMPILE_CACHE: "node_modules/.cache/node", ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    },
  );
  const exit = once(child, "exit");
  const said: string[] = [];
  const state = { isPaused: false, isMeant: false, served: undefined as Served | undefined };
  let banner = "";

  function listen(stream: Readable | null, read: (line: string) => void): void {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.filter(Boolean)) read(line);
    });
  }
  function keep(line: string): void {
    said.push(line);
    if (said.length > mostLast) said.shift();
    hear(line);
  }
  listen(child.stderr, keep);
  listen(child.stdout, (line) => {
    keep(line);
    if (state.served) return;
    banner += `${line}\n`;
    state.served = toServed(banner);
    if (state.served) onUp();
  });

  const bot: Bot = {
    process,
    pid: child.pid ?? 0,
    get isLive() {
      return child.exitCode === null && child.signalCode === null;
    },
    get isPaused() {
      return state.isPaused;
    },
    get isMeant() {
      return state.isMeant;
    },
    get served() {
      return state.served;
    },
    async kill() {
      state.isMeant = true;
      child.kill("SIGKILL");
      await exit;
    },
    async term() {
      state.isMeant = true;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exit;
      clearTimeout(late);
      if (child.exitCode === 0) return undefined;
      const how = child.signalCode ?? child.exitCode;
      return [`#${process} did not end well: ${how}; the last that it said:`, ...said].join("\n    ");
    },
    pause() {
      state.isPaused = true;
      child.kill("SIGSTOP");
    },
    wake() {
      state.isPaused = false;
      child.kill("SIGCONT");
    },
    resident() {
      try {
        const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
        return Number(kilobytes ?? 0) * 1024;
      } catch {
        return 0; // it has just ended, or this is no Linux
      }
    },
    async held() {
      const told = child.stdio[3];
      if (!(told instanceof Readable)) return undefined;
      const line = once(told, "data", { signal: AbortSignal.timeout(5000) });
      child.kill("SIGUSR2");
      const found = await line.catch(() => undefined);
      return found && Number(String(found[0]));
    },
    setClock(ms) {
      const clock = child.stdio[4];
      if (clock instanceof Writable) clock.on("error", () => {}).write(`${ms}\n`);
    },
  };
  child.once("exit", (code, signal) => onEnd(bot, signal ?? `exit ${code}`));
  return bot;
}

/** What a whole banner says is served: what comes last there says that all of it is. */
function toServed(banner: string): Served | undefined {
  const health = /Health\s+(http:\/\/[^/\s]+)/.exec(banner)?.[1];
  if (!health || !/^\s*Adapters\s/m.test(banner)) return undefined;
  const playground = /Playground\s+(http:\S+)/.exec(banner)?.[1];
  const slack = /Slack\s.*\bat (http:\S+)/.exec(banner)?.[1];
  return { health, ...(playground && { playground }), ...(slack && { slack }) };
}
