import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a process and those it has started take, together. Linux alone knows. */
export interface Taken {
  /** Ms of the processor so far, with that of those who have ended. */
  readonly cpuMs: number;
  /** Of the first process alone, without those it has started. */
  readonly ownCpuMs: number;
  /** Megabytes held now; `own`: of the first process alone. */
  readonly mb: number;
  readonly ownMb: number;
}

const tickMs = 10; // a hundred a second, on every Linux there is
const pageMb = 4096 / 1024 / 1024;

/** Where the numbers of `/proc/<pid>/stat` stand, counted from after the name. Source: proc(5). */
const at = { parent: 1, user: 11, system: 12, childUser: 13, childSystem: 14, pages: 21 } as const;

export function takenBy(pid: number): Taken {
  const all = new Map<number, readonly number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      all.set(Number(name), fields.map(Number));
    } catch {} // it has just ended
  }
  const isOurs = (one: number): boolean =>
    one === pid || (all.has(one) && isOurs(all.get(one)?.[at.parent] ?? 0));
  const ours = [...all].filter(([one]) => isOurs(one));
  const sum = (keys: readonly (keyof typeof at)[]) =>
    ours.reduce(
      (total, [, fields]) => total + keys.reduce((ticks, key) => ticks + (fields[at[key]] ?? 0), 0),
      0,
    );
  return {
    cpuMs: sum(["user", "system", "childUser", "childSystem"]) * tickMs,
    ownCpuMs: ((all.get(pid)?.[at.user] ?? 0) + (all.get(pid)?.[at.system] ?? 0)) * tickMs,
    mb: sum(["pages"]) * pageMb,
    ownMb: (all.get(pid)?.[at.pages] ?? 0) * pageMb,
  };
}

/** Ms that all processors of this machine have been at work. */
export function machineBusyMs(): number {
  const [, user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0] =
    readFileSync("/proc/stat", "latin1").split("\n")[0]?.split(/\s+/).map(Number) ?? [];
  return (user + nice + system + interrupt + soft) * tickMs;
}

/** A process of ours, and what it tells. */
export interface Running {
  readonly child: ChildProcess;
  /** All that it told, oldest first. */
  readonly words: readonly unknown[];
  /** What it wrote. */
  output(): string;
  /** Resolves with the first that fits, also of those that were told before. Rejects when it ends instead. */
  word<Word>(fits: (word: unknown) => word is Word): Promise<Word>;
  /** Resolves when its output has these words. */
  says(words: RegExp): Promise<void>;
  end(): Promise<void>;
  /** Rejects when it has ended. */
  readonly over: Promise<never>;
  /** The same in its own way, where it knows one. */
  leave(): Promise<void>;
}

/** Runs a file of this folder, or of the project. */
export function run(
  file: URL,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Running {
  const child = fork(file, args, {
    execArgv: ["--disable-warning=ExperimentalWarning", ...options],
    // As scripts/node.js has it.
    env: {
      ...{ PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      ...{ UV_THREADPOOL_SIZE: "16", ...env },
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  const words: unknown[] = [];
  const looks = new Set<() => void>();
  const heard = () => {
    for (const look of [...looks]) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      heard();
    });
  }
  child.on("message", (word) => {
    words.push(word);
    heard();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("close", heard);
  const over = ended.then(() => {
    throw new Error(`${file.pathname} ended:\n${text.slice(-3000)}`);
  });
  over.catch(() => {}); // when it is meant to, nobody waits for that

  function find<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const ask = () => {
        const found = look();
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (found === undefined && !isOver) return;
        looks.delete(ask);
        if (found === undefined) reject(new Error(`${file.pathname} ended:\n${text.slice(-3000)}`));
        else resolve(found);
      };
      looks.add(ask);
      ask();
    });
  }

  return {
    child,
    words,
    output: () => text,
    over,
    word: <Word>(fits: (word: unknown) => word is Word) => find(() => words.find(fits) as Word | undefined),
    says: async (wanted) => void (await find(() => (wanted.test(text) ? true : undefined))),
    async end() {
      child.kill("SIGKILL");
      await ended;
    },
    async leave() {
      child.send("end");
      await ended;
    },
  };
}
