import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addUsage, costOf, type Usage } from "../src/prices.ts";

const base = { input: 0, cached: 0, output: 0 };
const million = 1_000_000;

describe("what an answer costs", () => {
  const cases: readonly [string, Usage, string, string, number][] = [
    ["words in", { base: { ...base, input: million } }, "gpt-6-luna", "gpt-image-2", 0.1],
    ["words out", { base: { ...base, output: million } }, "gpt-6-luna", "gpt-image-2", 0.5],
    ["words known already", { base: { ...base, input: million, cached: million } }, "gpt-6-luna", "x", 0.01],
    ["half of them", { base: { ...base, input: million, cached: million / 2 } }, "gpt-5.6-luna", "x", 0.11],
    // From the image guide: 4160 tokens for a square picture of high quality, 272 for one of low.
    ["a picture of high quality", { base, image: drawn(4160) }, "gpt-6-luna", "gpt-image-2", 0.1248],
    ["a picture of low quality", { base, image: drawn(272) }, "gpt-6-luna", "gpt-image-2", 0.00816],
    ["a cheap one", { base, image: drawn(272) }, "gpt-6-luna", "gpt-image-1-mini", 0.002176],
    ["an older one", { base, image: drawn(4160) }, "gpt-6-luna", "gpt-image-1.5", 0.13312],
    [
      "a picture from words and pictures",
      { base, image: { inputText: million, inputImage: million, output: 0 } },
      "gpt-6-luna",
      "gpt-image-2.5-flare",
      13,
    ],
    ["a dated snapshot", { base, image: drawn(272) }, "gpt-6-luna", "gpt-image-2-2026-04-21", 0.00816],
    ["a dated model", { base: { ...base, input: million } }, "gpt-6-luna-2026-10-01", "gpt-image-2", 0.1],
    ["nothing", { base }, "gpt-6-luna", "gpt-image-2", 0],
  ];
  for (const [what, usage, model, imageModel, usd] of cases) {
    test(`${what}: $${usd}`, () => {
      const cost = costOf(usage, model, imageModel);
      assert.ok(cost);
      assert.ok(Math.abs(cost.usd - usd) < 1e-9, `${cost.usd}`);
      assert.match(cost.pricesOf, /^\d{4}-\d{2}-\d{2}$/);
    });
  }

  test("is unknown where one that took part has no price", () => {
    assert.equal(costOf({ base }, "some-model", "gpt-image-2"), undefined);
    assert.equal(costOf({ base, image: drawn(1) }, "gpt-6-luna", "some-model"), undefined);
    assert.equal(costOf({ base, image: drawn(1) }, "gpt-6-luna", "chatgpt-image-latest"), undefined);
  });

  test("needs no price for one that did not take part", () => {
    assert.equal(costOf({ base }, "gpt-6-luna", "some-model")?.usd, 0);
  });
});

describe("the usage of several", () => {
  const one: Usage = {
    base: { input: 1, cached: 2, output: 3 },
    image: { inputText: 4, inputImage: 5, output: 6 },
  };

  test("is the sum of each part", () => {
    assert.deepEqual(addUsage(one, one), {
      base: { input: 2, cached: 4, output: 6 },
      image: { inputText: 8, inputImage: 10, output: 12 },
    });
  });

  test("takes words beside pictures", () => {
    assert.deepEqual(addUsage({ base: one.base }, one)?.image, one.image);
    assert.deepEqual(addUsage({ base: one.base }, { base: one.base }), {
      base: { input: 2, cached: 4, output: 6 },
    });
  });

  test("is unknown where one is", () => {
    assert.equal(addUsage(one, undefined), undefined);
    assert.equal(addUsage(undefined, one), undefined);
  });
});

function drawn(output: number) {
  return { inputText: 0, inputImage: 0, output };
}
