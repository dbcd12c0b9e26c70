import assert from "node:assert/strict";
import { test } from "node:test";
import { toFooter } from "../../src/seam/footer.ts";

test("the footer says what was applied and what was not, time and cost", () => {
  const details = { prompt: "", options: [], elapsedMs: 80, painter: "OpenAI" };
  assert.equal(toFooter(details), "1 s · OpenAI");
  const options = [
    { name: "size", requested: "auto", applied: "1024x1024" },
    { name: "quality", requested: "max", applied: "high" },
    { name: "compression", requested: "50" },
    { name: "count", requested: "2", applied: "2" },
  ] as const;
  assert.equal(
    toFooter({ ...details, options, elapsedMs: 61_700, cost: { usd: 0.234, pricesOf: "2026-11-01" } }),
    "1024x1024 · high (asked for max) · asked for compression 50 · pictures 2 · 62 s · about $0.23 · OpenAI",
  );
});
