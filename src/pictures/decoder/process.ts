import { readSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { setPriority } from "node:os";
import sharp from "sharp";
import { putTogether } from "./crossing.ts";
import { type Fault, toFault } from "./fault.ts";
import { startGuard, told } from "./guard.ts";
import { work } from "./work.ts";

/**
 * The process that decodes: it gets one piece of work after the other, and answers each. It knows none of our secrets,
 * and whatever a picture makes it do comes to an end with it.
 */

/** A piece of work, by its name in `work`, what it is done with as `takeApart` leaves it, and the megabytes and ms of processor time that the process may take for it. */
export interface Order {
  readonly name: keyof typeof work;
  readonly args: readonly unknown[];
  readonly mb: number;
  readonly ms: number;
}

/** What came of it; `isWorn`: the process has grown, and is best replaced. */
export type Outcome = { readonly isWorn: boolean } & (
  | { readonly result: unknown }
  | { readonly fault: Fault }
);

/** A process that still holds so much after its work does not give it back. */
const wornBytes = 200 * 1024 * 1024;

setPriority(10); // what is said to people comes first: where there is no time for sketches, they are left out
sharp.concurrency(1);
sharp.cache(false);

/** The bytes come by this file, as they are. */
const pipe = 4;

const shared = new Int32Array(new SharedArrayBuffer(4 * Object.keys(told).length));
startGuard(shared, process.ppid);

flushCompileCache(); // it is always killed
// Who stops the bot may stop all its processes: this one is needed to the end, and ends with it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// No exit: that stops the guard, and then waits for the decoding that is under way, however much and long that takes.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", async (order: Order) => {
  Atomics.store(shared, told.ms, order.ms);
  Atomics.add(shared, told.work, 1);
  watch(order.mb);
  const args = putTogether(order.args, read) as Order["args"];
  const outcome = await doWork({ ...order, args });
  watch(0);
  process.send?.({ ...outcome, isWorn: process.memoryUsage.rss() > wornBytes } satisfies Outcome);
});

function watch(mb: number): void {
  Atomics.store(shared, told.mb, mb);
  Atomics.notify(shared, told.mb);
}

/** Waits for them: there is nothing else to do. */
function read(length: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const more = readSync(pipe, bytes, at, length - at, null);
    if (more === 0) process.kill(process.pid, "SIGKILL"); // whoever sends them is gone
    at += more;
  }
  return bytes;
}

async function doWork({
  name,
  args,
}: Order): Promise<{ readonly result: unknown } | { readonly fault: Fault }> {
  try {
    const one: (...args: never[]) => Promise<unknown> = work[name];
    return { result: await one(...(args as never[])) }; // who orders is checked by the types of `Work`
  } catch (error) {
    return { fault: toFault(error) };
  }
}
