import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Painter } from "../../src/openai/painter.ts";
import { toSketch } from "../../src/pictures/jobs.ts";
import type { MessageKey } from "../../src/seam/turn.ts";
import { flat } from "../rig/pictures.ts";
import { createStudio, limits } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

const square = await flat("#a00", 20, 20);

/** Holds the painter back after its first sketch until `isSeen`, and sends another one then that nobody can open. */
function spoilSecond(painter: Painter, isSeen: () => boolean, after: () => Promise<unknown>): Painter {
  return {
    ...painter,
    begin(...given) {
      const paint = painter.begin(...given);
      return async function* spoilt(...asked) {
        for await (const painted of paint(...asked)) {
          yield painted;
          if (painted.kind !== "partial" || painted.index > 0) continue;
          await until(isSeen, "the first sketch");
          yield { ...painted, index: 1, bytes: Buffer.from("no picture") };
          await new Promise((resolve) => setImmediate(resolve)); // whoever wants to open it has begun
          await after();
        }
      };
    },
  };
}

/** Draws one picture at that pace, in ms; whether somebody tried to open what cannot be opened. */
async function draw(t: TestContext, pace: number, after: (isOpened: () => boolean) => Promise<unknown>) {
  let key: MessageKey = "paper:none";
  const isSeen = () => studio.adapter.views(key).some(({ images }) => images.length > 0);
  const isOpened = () => studio.lines.some((line) => line.includes("sketch.lost"));
  const studio = await createStudio({
    between: (painter) => spoilSecond(painter, isSeen, () => after(isOpened)),
  });
  t.after(() => studio.close());
  const reply = studio.adapter.reply();
  key = reply.key;
  await studio.say("a fox", {}, { ...reply, pace });
  return isOpened();
}

test("a sketch that the platform's pace leaves out is not even opened", async (t) => {
  // What opens one would have done so by the time that another is made.
  assert.equal(await draw(t, 1e9, () => toSketch(square, limits)), false);
});

test("one that may be shown is", async (t) => {
  assert.equal(await draw(t, 0, (isOpened) => until(isOpened, "the second sketch")), true);
});
