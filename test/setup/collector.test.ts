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
