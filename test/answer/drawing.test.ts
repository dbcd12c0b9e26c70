import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import sharp from "sharp";
import { createDrawing } from "../../src/answer/drawing.ts";
import { createLog } from "../../src/seam/log.ts";
import { limits } from "../rig/studio.ts";

test("words without end are cut", async () => {
  const drawing = createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
  for (let at = 0; at < 100; at += 1) await drawing.take({ kind: "text", delta: "on and on ".repeat(100) });
  assert.equal(drawing.text.length, 40_000);
  drawing.check();
});

describe("a picture that cannot be opened", () => {
  const begin = () => createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
  const take = (drawing: ReturnType<typeof begin>, bytes: Uint8Array) =>
    drawing.take({
      kind: "picture",
      picture: { callId: "ig_1", bytes, mediaType: "image/jpeg", applied: {} },
    });
  const noise = sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } });

  test("is not shown, and that is said", async () => {
    const whole = await noise.clone().jpeg().toBuffer();
    const drawing = begin();
    await take(drawing, whole.subarray(0, whole.length / 2));
    assert.deepEqual([drawing.pictures, drawing.sketch], [[], undefined]);
    assert.throws(() => drawing.check(), { code: "unreachable", message: /cannot be opened/ });
  });

  test("does not keep another from being shown", async () => {
    const whole = await noise.clone().jpeg().toBuffer();
    const drawing = begin();
    await take(drawing, whole.subarray(0, 2000));
    await take(drawing, whole);
    assert.equal(drawing.pictures.length, 1);
    drawing.check();
  });
});
