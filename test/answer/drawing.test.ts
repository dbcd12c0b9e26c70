import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrawing } from "../../src/answer/drawing.ts";
import { createLog } from "../../src/seam/log.ts";
import { limits } from "../rig/studio.ts";

test("words without end are cut", async () => {
  const drawing = createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
  for (let at = 0; at < 100; at += 1) await drawing.take({ kind: "text", delta: "on and on ".repeat(100) });
  assert.equal(drawing.text.length, 40_000);
  drawing.check();
});
