import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/** Goes through as many bytes as a hundred pictures do, beside a heap like ours; prints how often all of it was collected. */
const work = `
import { constants, PerformanceObserver } from "node:perf_hooks";
const { calmCollector } = await import(process.argv[1]);
if (process.argv[2] === "calm") calmCollector();
let count = 0;
const note = (list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count += 1;
};
const observer = new PerformanceObserver(note);
observer.observe({ entryTypes: ["gc"] });
const heap = Array.from({ length: 300_000 }, (_, at) => ({ at }));
for (let at = 0; at < 2000; at += 1) {
  Buffer.allocUnsafeSlow(1024 * 1024);
  if (at % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}
for (let at = 0; at < 3; at += 1) await new Promise((resolve) => setImmediate(resolve)); // they are told of later
note({ getEntries: () => observer.takeRecords() });
process.stdout.write(String(heap.length > 0 && count));
`;

async function collections(...how: readonly string[]): Promise<number> {
  const file = new URL("../../src/setup/collector.ts", import.meta.url).href;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", work, file, ...how];
  return Number((await promisify(execFile)(process.execPath, args)).stdout);
}

const isKnown = Number.parseInt(process.versions.node, 10) >= 26;

test("bytes that come and go are no reason to go through all of the heap", { skip: !isKnown }, async () => {
  const [usual, calm] = [await collections(), await collections("calm")];
  assert.ok(calm < usual / 2, `${calm} times, and ${usual} by itself`);
});
