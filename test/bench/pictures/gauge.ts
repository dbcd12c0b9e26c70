import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * Loaded into each bot before anything else: tells its parent how long the loop was held. Asked anew, it begins anew.
 */

/** In ms. */
export interface Held {
  /** The longest delay of the event loop; neighbours count, too. */
  readonly delayMs: number;
  /** The most time of the processor that the main thread took between two looks. */
  readonly stretchMs: number;
}

/** Ms between two looks. */
const everyMs = 2;

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let stretchMs = 0;
let before = process.threadCpuUsage();

setInterval(() => {
  const used = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  stretchMs = Math.max(stretchMs, (used.user + used.system) / 1000);
}, everyMs).unref();

process.on("message", (order) => {
  if (order === "end") process.exit(0); // as a profile wants it
  process.send?.({ delayMs: delay.max / 1e6, stretchMs } satisfies Held);
  delay.reset();
  stretchMs = 0;
});
process.on("disconnect", () => process.exit());
process.channel?.unref();
