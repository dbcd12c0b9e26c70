import { hostname } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Health } from "../seam/watch/admin.ts";
import type { Readiness } from "./watch.ts";

/** How often the event loop is looked at, in ms: that much of a delay is none. */
const resolutionMs = 20;

/** What never changes while it runs. */
type Fixed = Pick<Health, "version" | "store" | "painter">;

/** How late the event loop was, in ns; a look takes `resolutionMs` of it. */
type Delay = Pick<ReturnType<typeof monitorEventLoopDelay>, "percentile" | "max" | "reset">;

/** Begins to look at the process. `readiness` as in `Watched`; `now` is Unix time, ms. */
export function createHealth(
  fixed: Fixed,
  readiness: () => Promise<Readiness>,
  { now = Date.now, delay = watchDelay() }: { now?: () => number; delay?: Delay } = {},
): () => Promise<Health> {
  const upSince = now();

  /** In ms; whole ones, as nobody reads more of them. */
  function toMs(nanoseconds: number): number {
    return Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs));
  }

  const name = `${hostname()} ${process.pid}`;

  return async () => {
    const parts = await readiness();
    const { rss, heapUsed } = process.memoryUsage();
    const lag = { medianMs: toMs(delay.percentile(50)), mostMs: toMs(delay.max) };
    delay.reset();
    return {
      process: name,
      ...fixed,
      upSince,
      parts,
      memory: { residentBytes: rss, heapBytes: heapUsed },
      lag,
    };
  };
}

function watchDelay(): Delay {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return delay;
}
