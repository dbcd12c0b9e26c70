import { Worker } from "node:worker_threads";

/** What the guard is told, in memory that is shared with it. */
export const told = {
  /** Megabytes that the process may take now; 0 while it has nothing to do. */
  mb: 0,
  /** Ms of the processor's time that its work may take. */
  ms: 1,
  /** Another number for every piece of work. */
  work: 2,
} as const;

/** Between two looks, in ms: what can be taken in that time is taken before it is seen. */
const everyMs = 5;

/** All that it knows: it is run by its words alone. */
interface Known {
  readonly shared: Int32Array;
  readonly parent: number;
  readonly places: typeof told;
  readonly everyMs: number;
}

/**
 * Starts the thread that watches over this process, as `shared` tells it: the decoders are not ours, and know no limit. It
 * ends the process when that has taken more memory or time than its work may, and when its `parent` is gone, also in the
 * middle of a decoding. A file in TypeScript would take a thread three times as long to begin with.
 */
export function startGuard(shared: Int32Array, parent: number): void {
  const known: Known = { shared, parent, places: told, everyMs };
  new Worker(`(${watch})(require("node:worker_threads").workerData)`, { eval: true, workerData: known });
}

function watch({ shared, parent, places, everyMs }: Known): never {
  const MB = 1024 * 1024;
  let work = -1;
  let since = 0;
  for (;;) {
    Atomics.wait(shared, places.mb, 0);
    const mb = Atomics.load(shared, places.mb);
    if (mb === 0) continue;
    const { user, system } = process.cpuUsage();
    const now = (user + system) / 1000;
    if (work !== Atomics.load(shared, places.work)) {
      work = Atomics.load(shared, places.work);
      since = now;
    }
    const isOver = process.memoryUsage.rss() > mb * MB || now - since > Atomics.load(shared, places.ms);
    if (isOver || process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    Atomics.wait(shared, places.mb, mb, everyMs);
  }
}
