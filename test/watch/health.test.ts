import assert from "node:assert/strict";
import { test } from "node:test";
import { createHealth } from "../../src/watch/health.ts";

const fixed = { version: "1.2.3", store: "sqlite:x", painter: { name: "OpenAI", standIn: false } };
const readiness = async () => ({ running: true, discord: false });

test("the process says how it is: what is there, since when, what it takes, how late it was", async () => {
  const resets: string[] = [];
  const delay = { percentile: () => 20.4e6, max: 270e6, reset: () => void resets.push("reset") };
  const health = createHealth(fixed, readiness, { now: () => 1000, delay });
  const { memory, process: name, ...rest } = await health();
  assert.match(name, new RegExp(`^\\S+ ${process.pid}$`));
  const lag = { medianMs: 0, mostMs: 250 };
  assert.deepEqual(rest, { ...fixed, upSince: 1000, parts: await readiness(), lag });
  assert.ok(memory.residentBytes > memory.heapBytes && memory.heapBytes > 1_000_000);
  assert.equal(resets.length, 1, "the next look begins anew");
});

test("looked at before anything was measured, it was never late", async () => {
  const { lag } = await createHealth(fixed, readiness)();
  assert.deepEqual([lag.medianMs, lag.mostMs], [0, 0]);
});
