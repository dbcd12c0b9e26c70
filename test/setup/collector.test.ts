import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/**
 * Makes and drops the bytes of a few pictures ten times, beside a heap like ours, and gives V8 the turns of the loop that
 * it takes to go through all of the heap, if it begins to; prints how often it did.
 */
const work = `
import { constants, PerformanceObserver } from "node:perf_hooks";
const { calmCollector } = await import(process.argv[1]);
if (process.argv[2] === "calm") calmCollector();
let count = 0;
const note = (list) => {
  for (const { detail } of list) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count += 1;
};
const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ entryTypes: ["gc"] });
const heap = Array.from({ length: 300_000 }, (_, at) => ({ at }));
for (let round = 0; round < 10; round += 1) {
  const before = count;
  for (let at = 0; at < 128; at += 1) Buffer.allocUnsafeSlow(1024 * 1024);
  for (let turn = 0; turn < 3000 && count === before; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    note(observer.takeRecords());
  }
}
process.stdout.write(String(heap.length > 0 && count));
`;

async function collections(...how: readonly string[]): Promise<number> {
  const file = new URL("../../src/setup/collector.ts", import.meta.url).href;
  const args = [
    "--single-threaded-gc",
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    work,
    file,
    ...how,
  ];
  // When V8 begins depends on how fast memory comes, too: here it comes as it does by itself.
  const env = { ...process.env, GLIBC_TUNABLES: "" };
  return Number((await promisify(execFile)(process.execPath, args, { env })).stdout);
}

const isKnown = Number.parseInt(process.versions.node, 10) >= 26;

test("bytes that come and go are no reason to go through all of the heap", { skip: !isKnown }, async () => {
  const [usual, calm] = [await collections(), await collections("calm")];
  assert.ok(calm < usual / 2, `${calm} times, and ${usual} by itself`);
});

/** What a process goes through, and how often it tidies up in each part of it. */
const day = `
const { tidyWhenIdle } = await import(process.argv[1]);
let [count, isIdle] = [0, true];
const { gc } = globalThis;
if (gc) globalThis.gc = (how) => { count += 1; gc(how); };
let lets = [];
const said = [];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pass = async (ms) => {
  const before = count;
  await pause(ms);
  said.push(count - before);
};
const tidied = async (times) => {
  while (gc && count < times) await pause(10); // however busy the machine is
  said.push(count);
};
let young = Array.from({ length: 200_000 }, (_, at) => ({ at }));
young = undefined;
const total = () => process.memoryUsage().heapTotal;
const before = total();
tidyWhenIdle(() => isIdle, { looks: 8, lookMs: 50 });
await tidied(1); // the start
said.push(total() < before);
await pass(600); // nothing new
isIdle = false;
lets = Array.from({ length: 40 }, () => Buffer.alloc(1024 * 1024, 1));
await pass(800); // work
isIdle = true;
await pass(200); // a moment after it
const until = performance.now() + 600;
const turn = () => performance.now() < until && setImmediate(turn);
turn();
await pass(600); // the loop has much to do, and nobody knows what
await tidied(2);
process.stdout.write(JSON.stringify(said), () => process.exit(lets.length - 40));
`;

async function tidied(...flags: readonly string[]): Promise<unknown> {
  const file = new URL("../../src/setup/collector.ts", import.meta.url).href;
  const args = [
    ...flags,
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    day,
    file,
  ];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

test("what V8 kept for work goes back after the start, and when work has been over for a while", async () => {
  assert.deepEqual(await tidied("--expose-gc"), [1, true, 0, 0, 0, 0, 2]);
});

test("it does nothing, and ends nothing, where it may not", async () => {
  assert.deepEqual(await tidied(), [0, false, 0, 0, 0, 0, 0]);
});
