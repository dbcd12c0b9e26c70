import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import sharp from "sharp";
import { createDrawing, type Drawing } from "../../src/answer/drawing.ts";
import { createLog } from "../../src/seam/log.ts";
import { takeSpare } from "../../src/seam/spare.ts";
import { flat } from "../rig/pictures.ts";
import { limits } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

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

const [tall, wide, square] = await Promise.all([
  flat("#a00", 10, 40),
  flat("#0a0", 40, 10),
  flat("#00a", 20, 20),
]);

describe("a sketch", () => {
  const begin = () => {
    const shown: string[] = [];
    const drawing: Drawing = createDrawing({
      ...{ prompt: "a fox", index: 0, limits, log: createLog("silent") },
      onSketch: () => shown.push(`${drawing.sketch?.name}`),
    });
    return { drawing, shown };
  };
  const partial = (bytes: Uint8Array, index: number) => ({ kind: "partial", index, bytes }) as const;
  const picture = (bytes: Uint8Array) => {
    const painted = { callId: "ig_1", bytes, mediaType: "image/png", applied: {} };
    return { kind: "picture", picture: painted } as const;
  };
  const shapeOf = async ({ sketch }: Drawing) => {
    const { width, height } = await sharp(sketch?.bytes).metadata();
    return [width, height];
  };

  test("does not hold up the picture, and is not shown after it", async () => {
    const { drawing, shown } = begin();
    const sketched = drawing.take(partial(tall, 0));
    await drawing.take(picture(square));
    assert.deepEqual([drawing.pictures.length, drawing.sketch], [1, undefined]);
    await sketched;
    assert.deepEqual([drawing.sketch, shown], [undefined, []]);
  });

  test("is made of the newest that there is: what is older is dropped", async () => {
    const { drawing, shown } = begin();
    const sketched = drawing.take(partial(square, 0));
    for (const [index, bytes] of [tall, square, tall, wide].entries())
      await drawing.take(partial(bytes, index + 1));
    await sketched;
    assert.equal(shown.length, 2);
    assert.deepEqual(await shapeOf(drawing), [40, 10]);
  });

  test("is made of a picture, too, where others are still drawn beside it", async () => {
    const seen = Promise.withResolvers<void>();
    const drawing = createDrawing({
      ...{ prompt: "a fox", index: 0, limits, log: createLog("silent"), isOneOfSeveral: true },
      onSketch: seen.resolve,
    });
    await drawing.take(picture(wide));
    await seen.promise;
    assert.deepEqual(await shapeOf(drawing), [40, 10]);
  });

  test("gives its memory back when it is made or left out, and a picture keeps its own", async () => {
    const large = await sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } })
      .png()
      .toBuffer();
    const lend = () => {
      const lent = takeSpare(large.length);
      lent.set(large);
      return lent.subarray(0, large.length);
    };
    const { drawing, shown } = begin();
    const [first, second, third] = [lend(), lend(), lend()];
    const sketched = drawing.take(partial(first, 0));
    void drawing.take(partial(second, 1));
    await sketched;
    await until(() => first.length + second.length === 0, "both");
    assert.ok(shown.length > 0);
    void drawing.take(partial(third, 2));
    await drawing.take(picture(large));
    await until(() => third.length === 0, "the one that nobody saw");
    assert.equal(drawing.pictures[0]?.bytes.length, large.length);
  });

  describe("that would not be seen yet", () => {
    const wait = () => {
      const ready = Promise.withResolvers<boolean>();
      let made = 0;
      const drawing: Drawing = createDrawing({
        ...{ prompt: "a fox", index: 0, limits, log: createLog("silent") },
        ready: () => ready.promise,
        onSketch: () => {
          made += 1;
        },
      });
      return { ready, drawing, made: () => made };
    };

    test("is not made, and of those that wait the newest alone", async () => {
      const { ready, drawing, made } = wait();
      const sketched = drawing.take(partial(tall, 0));
      void drawing.take(partial(square, 1));
      void drawing.take(partial(wide, 2));
      await drawing.take({ kind: "text", delta: "words" });
      assert.deepEqual([made(), drawing.sketch], [0, undefined]);
      ready.resolve(true);
      await sketched;
      assert.deepEqual([made(), await shapeOf(drawing)], [1, [40, 10]]);
    });

    test("is made when it is the last there is", async () => {
      const { drawing, made } = wait();
      void drawing.take(partial(tall, 0));
      await drawing.catchUp();
      assert.deepEqual([made(), await shapeOf(drawing)], [1, [10, 40]]);
    });

    test("is never made when the picture comes before, or nothing is shown any more", async () => {
      const [first, second] = [wait(), wait()];
      const sketched = first.drawing.take(partial(tall, 0));
      await first.drawing.take(picture(square));
      first.ready.resolve(true);
      await sketched;
      const other = second.drawing.take(partial(tall, 0));
      second.ready.resolve(false);
      await other;
      assert.deepEqual(
        [first.drawing.sketch, second.drawing.sketch, first.made(), second.made()],
        [undefined, undefined, 0, 0],
      );
    });
  });
});
