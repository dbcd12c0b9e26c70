import { workerData } from "node:worker_threads";

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
const MB = 1024 * 1024;

/**
 * The thread that watches over its process: the decoders are not ours, and know no limit. It ends the process when that
 * has taken more memory or time than its work may, and when whoever started it is gone, also in the middle of a decoding.
 */
export function guard(shared: Int32Array, parent: number): never {
  let work = -1;
  let since = 0;
  for (;;) {
    Atomics.wait(shared, told.mb, 0);
    const mb = Atomics.load(shared, told.mb);
    if (mb === 0) continue;
    const { user, system } = process.cpuUsage();
    const now = (user + system) / 1000;
    if (work !== Atomics.load(shared, told.work)) {
      work = Atomics.load(shared, told.work);
      since = now;
    }
    const isOver = process.memoryUsage.rss() > mb * MB || now - since > Atomics.load(shared, told.ms);
    if (isOver || process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    Atomics.wait(shared, told.mb, mb, everyMs);
  }
}

if (workerData) {
  const { shared, parent } = workerData as { readonly shared: Int32Array; readonly parent: number };
  guard(shared, parent);
}
