import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { giveBack, lookAt } from "../seam/spare.ts";
import { takeApart } from "./decoder/crossing.ts";
import { fromFault } from "./decoder/fault.ts";
import type { Order, Outcome } from "./decoder/process.ts";

/** What a piece of work may take. */
export interface Bounds {
  /** Ms of the processor's time. */
  readonly ms: number;
  /** Megabytes of memory that its process may have. */
  readonly mb: number;
  /** What has a lower one goes first; 1 unless said. */
  readonly rank?: number;
  /** No process is started for it while so many are at the same work: more of them would only share the processor. */
  readonly most?: number;
}

/** It took more memory or time than it may, or made its process fall. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

/** Processes that decode pictures. */
export interface Pool {
  /**
   * Rejects as the work does, with TooMuch, or with the signal's reason: then it is ended at once. `args`: where it is a
   * function, it is asked when the work may begin; undefined when that is not wanted any more, and is what comes of it.
   */
  run(order: Wanted, bounds: Bounds, signal?: AbortSignal): Promise<unknown>;
  /** Starts a process, so that the first who comes does not wait for it. */
  warm(): void;
}

/** A piece of work, by its name, and what it is done with. */
export interface Wanted {
  readonly name: Order["name"];
  readonly args: Order["args"] | (() => Order["args"] | undefined);
}

/** Signals by which a person or a supervisor asks a process to end. */
const asked: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

/** Letters of what a process says in its last moments. */
const mostSaid = 2000;

/** Where a decoder has its pipe for bytes, among its files. */
const pipe = 4;

/** A machine with much to do may take so many times as long: then it is given up whatever it is at. */
const busy = 4;

interface Task {
  readonly wanted: Wanted;
  readonly bounds: Bounds;
  /** Since when it waits. */
  readonly since: number;
  readonly settle: PromiseWithResolvers<unknown>;
}

interface Decoder {
  readonly child: ChildProcess;
  /** Where it gets the bytes that it opens. */
  readonly pictures: Socket;
  task: Task | undefined;
  /** Ends it when it has had nothing to do for a while, or its work takes too long. */
  timer: NodeJS.Timeout | undefined;
}

/**
 * `mb`: megabytes that all work under way may take together; what does not fit waits. `most` processes at once, another
 * when something has waited for one for `patienceMs`: to start it takes as much of the processor as ten sketches. They
 * are ended when they have had nothing to do for `idleMs`, and the last of them after `keptMs`. None of them keeps this
 * process alive.
 */
export function createPool(of: {
  readonly mb: number;
  readonly most: number;
  readonly patienceMs: number;
  readonly idleMs: number;
  readonly keptMs: number;
}): Pool {
  const decoders = new Set<Decoder>();
  const waiting: Task[] = [];
  let impatience: NodeJS.Timeout | undefined;

  const tasks = () => [...decoders].flatMap(({ task }) => task ?? []);

  /** Lets begin what may, in its order: nobody is passed by who takes less. */
  function next(): void {
    for (;;) {
      const idle = [...decoders].find(({ task: its, child }) => !its && child.connected);
      const task = waiting.find((one) => idle || !areEnough(one));
      if (!task) return;
      const taken = tasks().reduce((sum, { bounds }) => sum + bounds.mb, 0);
      if (taken > 0 && taken + task.bounds.mb > of.mb) return;
      if (!idle && (decoders.size >= of.most || !mayStart())) return;
      waiting.splice(waiting.indexOf(task), 1);
      const { args } = task.wanted;
      const given = typeof args === "function" ? args() : args;
      if (given) begin(idle ?? start(), task, given);
      else task.settle.resolve(undefined);
    }
  }

  /** Whether as many as are worth it are at such work: then it waits for one of them, and others may go first. */
  function areEnough({ wanted, bounds }: Task): boolean {
    const alike = tasks().filter((task) => task.wanted.name === wanted.name).length;
    return alike >= (bounds.most ?? of.most);
  }

  /** Whether another process is worth it by now; it is looked at again when it may be. */
  function mayStart(): boolean {
    if (decoders.size === 0) return true;
    const waitedMs = performance.now() - Math.min(...waiting.map(({ since }) => since));
    if (waitedMs >= of.patienceMs) return true;
    clearTimeout(impatience);
    impatience = setTimeout(next, Math.ceil(of.patienceMs - waitedMs)).unref();
    return false;
  }

  function start(): Decoder {
    const child = fork(new URL("./decoder/process.ts", import.meta.url), {
      // One piece of work at a time: more threads, and a heap for each, would only hold memory.
      env: { UV_THREADPOOL_SIZE: "2", MALLOC_ARENA_MAX: "1", ...inherited() },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"],
    });
    const pictures = child.stdio[pipe] as Socket; // it was asked for
    pictures.on("error", () => {}); // the process has ended, and says so itself
    const decoder: Decoder = { child, pictures, task: undefined, timer: undefined };
    decoders.add(decoder);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-mostSaid);
    });
    child.on("message", (outcome: Outcome) => end(decoder, outcome));
    child.on("error", (error) => drop(decoder, error));
    child.on("close", (code, signal) => {
      // Who stops the bot in a terminal stops what it has just started, too; later that takes no notice.
      if (signal && asked.has(signal)) return again(decoder);
      const cause = new Error(`the decoder ended with ${signal ?? code}: ${said}`);
      // What is killed has taken too much, or has met a fault in a decoder. What ends by itself is broken.
      drop(decoder, signal ? new TooMuch("it takes more memory or time than it may", { cause }) : cause);
    });
    rest(decoder);
    return decoder;
  }

  function begin(decoder: Decoder, task: Task, args: Order["args"]): void {
    const { child, pictures } = decoder;
    decoder.task = task;
    clearTimeout(decoder.timer);
    child.ref();
    child.channel?.ref();
    pictures.ref();
    decoder.timer = setTimeout(() => child.kill("SIGKILL"), task.bounds.ms * busy);
    const { mb, ms } = task.bounds;
    const { rest, bytes } = takeApart(args);
    const order: Order = { name: task.wanted.name, args: rest as Order["args"], mb, ms };
    child.send(order, (error) => {
      if (error) drop(decoder, error);
    });
    for (const one of bytes) {
      const looked = lookAt(one);
      pictures.write(one, (error) => {
        if (error) return;
        looked();
        giveBack(one); // here a sketch is not looked at again
      });
    }
  }

  function end(decoder: Decoder, outcome: Outcome): void {
    const { task } = decoder;
    decoder.task = undefined;
    if (outcome.isWorn) discard(decoder);
    else rest(decoder);
    if ("fault" in outcome) task?.settle.reject(fromFault(outcome.fault));
    else task?.settle.resolve(outcome.result);
    next();
  }

  function rest(decoder: Decoder): void {
    const { child, pictures } = decoder;
    child.unref();
    child.channel?.unref();
    pictures.unref();
    (child.stderr as Socket | null)?.unref(); // a pipe to a process is one
    clearTimeout(decoder.timer);
    decoder.timer = setTimeout(() => {
      if (decoders.size > 1) discard(decoder);
      else decoder.timer = setTimeout(discard, of.keptMs - of.idleMs, decoder).unref();
    }, of.idleMs).unref();
  }

  function discard(decoder: Decoder): void {
    decoders.delete(decoder);
    clearTimeout(decoder.timer);
    decoder.child.kill("SIGKILL");
  }

  /** It was told to end before it could begin. */
  function again(decoder: Decoder): void {
    const { task } = decoder;
    decoder.task = undefined;
    discard(decoder);
    if (task) waiting.unshift(task);
    next();
  }

  /** It has fallen, and its work with it. */
  function drop(decoder: Decoder, why: Error): void {
    const { task } = decoder;
    decoder.task = undefined;
    discard(decoder);
    task?.settle.reject(why);
    next();
  }

  /** Whether it was under way or not: it is over. */
  function cancel(task: Task, reason: unknown): void {
    const at = waiting.indexOf(task);
    if (at >= 0) waiting.splice(at, 1);
    task.settle.reject(reason);
    const decoder = [...decoders].find((one) => one.task === task);
    if (decoder) drop(decoder, new Error("cancelled"));
    else next(); // those behind it may fit
  }

  return {
    run(wanted, bounds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const task = { wanted, bounds, since: performance.now(), settle: Promise.withResolvers<unknown>() };
      const { rank = 1 } = bounds;
      const after = waiting.findIndex((one) => (one.bounds.rank ?? 1) > rank);
      waiting.splice(after >= 0 ? after : waiting.length, 0, task);
      const abort = () => cancel(task, signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      next();
      return task.settle.promise.finally(() => signal?.removeEventListener("abort", abort));
    },
    warm() {
      if (decoders.size === 0) start();
    },
  };
}

/** Where what was compiled is kept, if it is: a decoder is up in half the time. And how memory is asked for. */
function inherited(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  const { GLIBC_TUNABLES } = process.env;
  return {
    ...(folder !== undefined && { NODE_COMPILE_CACHE: dirname(folder) }),
    ...(GLIBC_TUNABLES !== undefined && { GLIBC_TUNABLES }),
  };
}
