import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PricesError, parsePrices } from "../../src/money/price-file.ts";
import { addUsage, costOf, priceOf, publishedPrices, type Usage } from "../../src/money/prices.ts";
import { livingModels } from "../../src/seam/models.ts";
import { today } from "../rig/day.ts";

const base = { input: 0, cached: 0, output: 0 };
const million = 1_000_000;

describe("what an answer costs", () => {
  const luna = (part: Partial<Usage["base"]>): Usage => ({ base: { ...base, ...part } });
  const cases: readonly [what: string, Usage, model: string, imageModel: string, usd: number][] = [
    ["words in", luna({ input: million }), "gpt-6-luna", "gpt-image-2", 0.1],
    ["words out", luna({ output: million }), "gpt-6-luna", "gpt-image-2", 0.5],
    ["words known already", luna({ input: million, cached: million }), "gpt-6-luna", "x", 0.01],
    // 0.5 of 0.20 and 0.5 of 0.02
    ["half of them", luna({ input: million, cached: million / 2 }), "gpt-5.6-luna", "x", 0.11],
    // 0.2 at 0.10, 0.5 at 0.01, 0.3 at 0.125
    [
      "words put by for later",
      luna({ input: million, cached: million / 2, written: 300_000 }),
      "gpt-6-luna",
      "x",
      0.02 + 0.005 + 0.0375,
    ],
    ["words put by where that is free", luna({ input: million, written: million }), "gpt-5.5", "x", 5],
    // 7024 tokens at 30 a million: the guide's $0.211 for a square of high quality.
    ["a picture of high quality", { base, image: drawn(7024) }, "gpt-6-luna", "gpt-image-2", 0.21072],
    ["a picture of low quality", { base, image: drawn(196) }, "gpt-6-luna", "gpt-image-2", 0.00588],
    ["a cheap one", { base, image: drawn(272) }, "gpt-6-luna", "gpt-image-1-mini", 0.002176],
    ["an older one", { base, image: drawn(4160) }, "gpt-6-luna", "gpt-image-1.5", 0.13312],
    // 4160 at 32 a million, 143 at 10
    [
      "one that was thought about in words",
      { base, image: { ...drawn(4303), outputText: 143 } },
      "gpt-6-luna",
      "gpt-image-1.5",
      0.13312 + 0.00143,
    ],
    [
      "a picture from words and pictures",
      { base, image: { inputText: million, inputImage: million, output: 0 } },
      "gpt-6-luna",
      "gpt-image-2.5-flare",
      13,
    ],
    // Of the words 0.4 at 1.25 and 0.6 at 5, of the pictures 0.5 at 2 and 0.5 at 8
    [
      "what the image tool has seen before",
      {
        base,
        image: {
          inputText: million,
          inputImage: million,
          output: 0,
          cachedText: 400_000,
          cachedImage: 500_000,
        },
      },
      "gpt-6-luna",
      "gpt-image-2.6-sunburst",
      0.5 + 3 + 1 + 4,
    ],
    // 1000 at 2 a million, 3000 at 10, beside a picture of 1756 at 30
    [
      "an SVG, by the model that wrote it",
      { base, image: drawn(1756), svg: [{ model: "gpt-6.1-sol", input: 1000, output: 3000 }] },
      "gpt-6-luna",
      "gpt-image-2",
      0.05268 + 0.002 + 0.03,
    ],
    ["a dated snapshot", { base, image: drawn(196) }, "gpt-6-luna", "gpt-image-2-2026-04-21", 0.00588],
    ["a dated model", luna({ input: million }), "gpt-6-luna-2026-10-01", "gpt-image-2", 0.1],
    ["nothing", { base }, "gpt-6-luna", "gpt-image-2", 0],
  ];
  for (const [what, usage, model, imageModel, usd] of cases) {
    test(`${what}: $${Number(usd.toFixed(6))}`, () => {
      const cost = costOf(usage, { model, imageModel }, publishedPrices);
      assert.ok(cost);
      assert.ok(Math.abs(cost.usd - usd) < 1e-9, `${cost.usd}`);
      assert.equal(cost.pricesOf, publishedPrices.of);
    });
  }

  test("is unknown where one that took part has no price", () => {
    const of = (usage: Usage, model: string, imageModel: string) =>
      costOf(usage, { model, imageModel }, publishedPrices);
    assert.equal(of(luna({ input: 1 }), "some-model", "gpt-image-2"), undefined);
    assert.equal(of({ base, image: drawn(1) }, "gpt-6-luna", "some-model"), undefined);
    assert.equal(of({ base, image: drawn(1) }, "gpt-6-luna", "chatgpt-image-latest"), undefined);
    const svg = [{ model: "some-model", input: 1, output: 1 }];
    assert.equal(of({ base, svg }, "gpt-6-luna", "gpt-image-2"), undefined);
    // What every object has is no model.
    assert.equal(priceOf(publishedPrices.base, "constructor"), undefined);
  });

  test("needs no price for one that did not take part", () => {
    const cost = costOf(
      { base, image: drawn(0) },
      { model: "gpt-6-luna", imageModel: "some-model" },
      publishedPrices,
    );
    assert.equal(cost?.usd, 0);
  });

  test("is known for every model that can be asked for but the one whose name moves", () => {
    const without = livingModels(today()).filter((name) => !priceOf(publishedPrices.image, name));
    assert.deepEqual(without, ["chatgpt-image-latest"]);
  });
});

describe("the usage of several", () => {
  const one: Usage = {
    base: { input: 1, cached: 2, output: 3, written: 10 },
    image: { inputText: 4, inputImage: 5, output: 6, cachedText: 7, cachedImage: 8, outputText: 9 },
    svg: [{ model: "gpt-6-luna", input: 1, output: 2 }],
  };

  test("is the sum of each part", () => {
    assert.deepEqual(addUsage(one, one), {
      base: { input: 2, cached: 4, output: 6, written: 20 },
      image: { inputText: 8, inputImage: 10, output: 12, cachedText: 14, cachedImage: 16, outputText: 18 },
      svg: [...(one.svg ?? []), ...(one.svg ?? [])],
    });
  });

  test("takes words beside pictures", () => {
    assert.deepEqual(addUsage({ base: one.base }, one)?.image, one.image);
    assert.deepEqual(addUsage({ base: one.base }, { base: one.base }), {
      base: { input: 2, cached: 4, output: 6, written: 20 },
    });
  });

  test("counts what one does not mention as none", () => {
    const plain: Usage = { base, image: drawn(5) };
    assert.deepEqual(addUsage(plain, one)?.image, { ...one.image, output: 11 });
    assert.deepEqual(addUsage(plain, one)?.svg, one.svg);
  });

  test("costs what they cost one by one", () => {
    const of = (usage: Usage) =>
      costOf(usage, { model: "gpt-6-sol", imageModel: "gpt-image-1.5" }, publishedPrices)?.usd ?? NaN;
    const usage: Usage = {
      base: { input: 900, cached: 100, output: 50, written: 200 },
      image: { inputText: 90, inputImage: 700, output: 5000, cachedText: 10, cachedImage: 64, outputText: 7 },
      svg: [{ model: "gpt-6-luna", input: 10, output: 20 }],
    };
    const both = addUsage(usage, usage);
    assert.ok(both && Math.abs(of(both) - 2 * of(usage)) < 1e-12);
  });

  test("is unknown where one is", () => {
    assert.equal(addUsage(one, undefined), undefined);
    assert.equal(addUsage(undefined, one), undefined);
  });
});

describe("an admin's own prices", () => {
  test("replace the published ones price by price", () => {
    const own = parsePrices('{ "of": "2026-12-01", "image": { "gpt-image-2": { "output": 25 } } }');
    assert.equal(own.of, "2026-12-01");
    assert.deepEqual(own.image["gpt-image-2"], { ...publishedPrices.image["gpt-image-2"], output: 25 });
    assert.deepEqual(own.image["gpt-image-2.5-flare"], publishedPrices.image["gpt-image-2.5-flare"]);
    assert.deepEqual(own.base, publishedPrices.base);
    assert.equal(publishedPrices.image["gpt-image-2"]?.output, 30);
    const cost = costOf(
      { base, image: drawn(million) },
      { model: "gpt-6-luna", imageModel: "gpt-image-2" },
      own,
    );
    assert.deepEqual(cost, { usd: 25, pricesOf: "2026-12-01" });
  });

  test("may be of models that are not published, and of a snapshot alone", () => {
    const own = parsePrices(`{
      "of": "2026-12-01",
      "base": { "my-model": { "input": 1, "output": 4 } },
      "image": { "gpt-image-2-2026-04-21": { "text": 0, "image": 0, "output": 3 } }
    }`);
    const of = (imageModel: string) =>
      costOf(
        { base: { input: million, cached: million, output: 0 }, image: drawn(million) },
        { model: "my-model", imageModel },
        own,
      )?.usd;
    // Cached words at the price of others, since no other is given.
    assert.equal(of("gpt-image-2-2026-04-21"), 4);
    assert.equal(of("gpt-image-2"), 31);
  });

  test("may only say that the published ones still hold", () => {
    assert.deepEqual(parsePrices('{ "of": "2027-01-15" }'), { ...publishedPrices, of: "2027-01-15" });
    assert.deepEqual(parsePrices("{}"), publishedPrices);
  });

  const cases: readonly [what: string, json: string, said: RegExp][] = [
    ["no JSON", "{", /^ {2}The file is not JSON \(/m],
    ["a list", "[]", /^ {2}The file must be an object that holds any of: of, base, image$/m],
    [
      "an unknown part",
      '{"of":"2026-12-01","images":{}}',
      /The file has no “images”; it takes of, base, image/,
    ],
    [
      "prices of no day",
      '{"image":{"gpt-image-2":{"output":25}}}',
      /of: must be the day .* "2026-12-01"; answers/,
    ],
    ["a day that is none", '{"of":"2026-02-30"}', /of: must be the day the prices are of/],
    ["a day in words", '{"of":"today"}', /of: must be the day the prices are of, such as "2026-12-01"/],
    ["a part that is a list", '{"of":"2026-12-01","base":[]}', /base: must be an object with a row/],
    [
      "a row that is none",
      '{"of":"2026-12-01","base":{"gpt-6-luna":3}}',
      /base\.gpt-6-luna: must be an object/,
    ],
    [
      "a price in quotes",
      '{"of":"2026-12-01","image":{"gpt-image-2":{"output":"25"}}}',
      /image\.gpt-image-2\.output: must be US dollars for a million tokens, a number such as 30/,
    ],
    [
      "a price below nothing",
      '{"of":"2026-12-01","image":{"gpt-image-2":{"text":-1}}}',
      /image\.gpt-image-2\.text: .* 0 or more/,
    ],
    [
      "a price without end",
      '{"of":"2026-12-01","base":{"gpt-6-luna":{"input":1e999}}}',
      /base\.gpt-6-luna\.input: must be US dollars/,
    ],
    [
      "a price of null",
      '{"of":"2026-12-01","base":{"gpt-6-luna":{"input":null}}}',
      /gpt-6-luna\.input: must/,
    ],
    [
      "an unknown price",
      '{"of":"2026-12-01","image":{"gpt-image-2":{"Output":25,"input":1}}}',
      /image\.gpt-image-2: has no “Output”, “input”; it takes text, image, output, cachedText/,
    ],
    [
      "a new model without all it needs",
      '{"of":"2026-12-01","image":{"mine":{"output":25}}}',
      /image\.mine\.text: is missing; .*\n {2}image\.mine\.image: is missing/,
    ],
    ["a prototype for a model", '{"of":"2026-12-01","base":{"__proto__":{"input":1}}}', /“__proto__” is no/],
    ["a prototype for a price", '{"of":"2026-12-01","base":{"a":{"__proto__":{}}}}', /“__proto__” is no/],
    [
      "a model called as what every object has",
      '{"of":"2026-12-01","base":{"constructor":{"input":1}}}',
      /base\.constructor\.output: is missing/,
    ],
  ];
  for (const [what, json, said] of cases) {
    test(`cannot be ${what}, and the file's reader is told so`, () => {
      assert.throws(
        () => parsePrices(json),
        (error) => error instanceof PricesError && said.test(error.message),
        json,
      );
    });
  }

  test("are told all that is wrong at once", () => {
    assert.throws(() => parsePrices('{"of":"x","base":{"gpt-6-luna":{"input":-1,"output":"a"}}}'), {
      message: [
        "The prices need a change:",
        '  of: must be the day the prices are of, such as "2026-12-01"',
        "  base.gpt-6-luna.input: must be US dollars for a million tokens, 0 or more",
        "  base.gpt-6-luna.output: must be US dollars for a million tokens, a number such as 30",
      ].join("\n"),
    });
  });
});

function drawn(output: number) {
  return { inputText: 0, inputImage: 0, output };
}
