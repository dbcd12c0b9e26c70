import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  fitOptions,
  type ImageOptions,
  models,
  optionSpecs,
  parseFlags,
  parseOptions,
} from "../src/options.ts";

type Options = Partial<ImageOptions>;

describe("options from outside", () => {
  const good: readonly [string, Record<string, unknown>, Options][] = [
    ["a named shape becomes pixels", { size: "wide" }, { size: "1536x1024" }],
    ["auto stays auto", { size: "auto" }, { size: "auto" }],
    ["capitals and spaces around do not matter", { size: " WIDE ", quality: "High" }, sized("high")],
    ["a true × is an x, with room around it", { size: "1536 × 864" }, { size: "1536x864" }],
    ["the smallest size", { size: "16x16" }, { size: "16x16" }],
    ["three times as wide as high", { size: "1536x512" }, { size: "1536x512" }],
    ["three times as high as wide", { size: "512x1536" }, { size: "512x1536" }],
    ["the largest size", { size: "3840x2160" }, { size: "3840x2160" }],
    ["the largest size, upright", { size: "2160x3840" }, { size: "2160x3840" }],
    ["a number as text", { count: "4", partials: "0" }, { count: 4, partials: 0 }],
    ["a number as a number", { compression: 100 }, { compression: 100 }],
    ["nothing at all", {}, {}],
    ["empty fields of a form", { size: "", quality: undefined, format: null }, {}],
  ];
  for (const [what, raw, expected] of good) {
    test(`${what}`, () => assert.deepEqual(parseOptions(raw), expected));
  }

  const bad: readonly [string, Record<string, unknown>, RegExp][] = [
    [
      "an option there is none of",
      { sizes: "wide" },
      /There is no option “sizes”\. There are: size, quality/,
    ],
    ["a value there is none of", { quality: "ultra" }, /^Quality takes auto, low, .* not “ultra”\.$/],
    ["a size in words", { size: "huge" }, /^Size takes square, wide, tall, auto or pixels .* not “huge”/],
    ["a size with one side", { size: "1024x" }, /Size takes/],
    ["no multiple of 16", { size: "1000x1000" }, /multiples of 16 \(nearest: 1008x1008\)/],
    ["less than a multiple of 16", { size: "10x16" }, /nearest: 16x16/],
    ["nothing high", { size: "00x16" }, /nearest: 16x16|three times/],
    ["more than three times as wide", { size: "1552x512" }, /three times the short one at most/],
    ["wider than the widest", { size: "3856x2048" }, /the largest picture is 3840x2160/],
    ["more pixels than the largest", { size: "3840x2176" }, /the largest picture is 3840x2160/],
    ["too many", { count: "5" }, /^Pictures takes a whole number from 1 to 4, not “5”\.$/],
    ["none", { count: 0 }, /from 1 to 4/],
    ["half a picture", { count: "1.5" }, /a whole number/],
    ["a number in words", { compression: "full" }, /from 0 to 100/],
    ["a list", { quality: ["low", "high"] }, /not “low,high”/],
  ];
  for (const [what, raw, message] of bad) {
    test(`${what}: says what there is`, () =>
      assert.throws(() => parseOptions(raw), { name: "BotError", code: "bad_option", message }));
  }

  for (const word of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    test(`what every object has (${word}) is no shape, choice or option`, () => {
      for (const raw of [{ size: word }, { quality: word }, { model: word }, JSON.parse(`{"${word}":"1"}`)]) {
        assert.throws(() => parseOptions(raw), { code: "bad_option" }, JSON.stringify(raw));
      }
    });
  }

  test("every choice of the table is taken as it is offered", () => {
    for (const { name, values = [] } of optionSpecs) {
      for (const { value } of values) assert.deepEqual(parseOptions({ [name]: value }), { [name]: value });
    }
  });

  test("every hint fits a slash command", () => {
    for (const { hint } of optionSpecs) assert.ok(hint.length <= 100, hint);
  });
});

describe("flags in a text", () => {
  const cases: readonly [string, string, string, Options][] = [
    ["after the words", "a boat --size wide", "a boat", { size: "1536x1024" }],
    ["with an equals sign", "a boat --size=wide", "a boat", { size: "1536x1024" }],
    ["before the words", "--quality low a boat", "a boat", { quality: "low" }],
    ["in capitals", "a boat --Quality LOW", "a boat", { quality: "low" }],
    ["several", "a boat --size 1024x1024 --count=2", "a boat", { size: "1024x1024", count: 2 }],
    ["over several lines", "a boat\n--size tall\nin fog", "a boat\n\nin fog", { size: "1024x1536" }],
    ["the last of two counts", "a boat --size wide --size tall", "a boat", { size: "1024x1536" }],
    ["nothing but flags", "--size wide", "", { size: "1536x1024" }],
    ["two hyphens in prose", "a boat -- in fog", "a boat -- in fog", {}],
    ["an em dash in prose", "a boat — size matters", "a boat — size matters", {}],
    ["hyphens inside a word", "a boat--size--matters", "a boat--size--matters", {}],
    ["a markdown rule", "a boat\n---\nin fog", "a boat\n---\nin fog", {}],
    ["an arrow", "a boat --> harbour", "a boat --> harbour", {}],
  ];
  for (const [what, text, rest, options] of cases) {
    test(`${what}: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseFlags(text), { text: rest, options, notes: [] });
    });
  }

  test("a word that is no option stays in the text, and is told of", () => {
    const { text, options, notes } = parseFlags("a boat --ar 16:9 --size wide");
    assert.equal(text, "a boat --ar 16:9");
    assert.deepEqual(options, { size: "1536x1024" });
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? "", /^I don't know --ar, so I left it in the words\. The options are: size,/);
  });

  for (const text of [
    "a boat --size",
    "a boat --size --quality low",
    "a boat --size=",
    "a boat --size= wide",
  ]) {
    test(`without a value it says which there are: ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseFlags(text), {
        code: "bad_option",
        message: /^--size needs a value: auto, 1024x1024/,
      }));
  }

  test("a value in quotes is the value", () => {
    for (const text of ['a boat --size "wide"', "a boat --size='wide'", "a boat --size “wide”"]) {
      assert.deepEqual(parseFlags(text), { text: "a boat", options: { size: "1536x1024" }, notes: [] });
    }
  });

  test("a long text of nothing but hyphens and spaces takes no time", () => {
    const began = performance.now();
    for (const part of ["--a ", "-- ", "--size=", " --", "--a    "]) {
      try {
        parseFlags(part.repeat(8000));
      } catch (error) {
        assert.ok(error instanceof Error && error.name === "BotError");
      }
    }
    assert.ok(performance.now() - began < 5000);
  });
});

describe("options for a model", () => {
  const cases: readonly [string, string, Options, Options, RegExp | undefined][] = [
    ["gpt-image-2", "any size", { size: "1536x864" }, { size: "1536x864" }, undefined],
    ["gpt-image-2", "no fidelity", { fidelity: "high" }, {}, /always keeps your pictures at its best/],
    ["gpt-image-2", "no extra high", { quality: "max" }, { quality: "high" }, /no quality “max”/],
    ["gpt-image-2.5-flare", "the highest quality", { quality: "max" }, { quality: "max" }, undefined],
    ["gpt-image-2.5-sunburst", "extra high", { quality: "xhigh" }, { quality: "xhigh" }, undefined],
    ["gpt-image-1.5", "both fidelities", { fidelity: "high" }, { fidelity: "high" }, undefined],
    ["gpt-image-1.5", "a wide size", { size: "1920x1088" }, { size: "1536x1024" }, /became 1536x1024/],
    ["gpt-image-1.5", "a tall size", { size: "512x1024" }, { size: "1024x1536" }, /became 1024x1536/],
    [
      "gpt-image-1.5",
      "a nearly square size",
      { size: "1040x1024" },
      { size: "1024x1024" },
      /became 1024x1024/,
    ],
    ["gpt-image-1.5", "a standard size", { size: "1024x1536" }, { size: "1024x1536" }, undefined],
    ["gpt-image-1.5", "no size of its own", { size: "auto" }, { size: "auto" }, undefined],
    ["gpt-image-1-mini", "low fidelity", { fidelity: "low" }, { fidelity: "low" }, undefined],
    ["gpt-image-1-mini", "no high fidelity", { fidelity: "high" }, {}, /no fidelity “high”/],
    [
      "someone-elses-model",
      "whatever",
      { quality: "max", fidelity: "high" },
      { quality: "max", fidelity: "high" },
      undefined,
    ],
  ];
  for (const [model, what, asked, expected, note] of cases) {
    test(`${model}: ${what}`, () => {
      const { options, notes } = fitOptions(asked, model);
      assert.deepEqual(options, expected);
      if (note) assert.match(notes.join("\n"), note);
      assert.equal(notes.length, note ? 1 : 0);
    });
  }

  test("the model that was asked for decides, not the default", () => {
    const { options } = fitOptions({ model: "gpt-image-2.5-flare", quality: "max" }, "gpt-image-1-mini");
    assert.equal(options.quality, "max");
  });

  for (const model of Object.keys(models)) {
    test(`${model}: a transparent JPEG is a PNG, and PNG has no compression`, () => {
      const asked = { background: "transparent", format: "jpeg", compression: 40 } as const;
      const { options, notes } = fitOptions(asked, model);
      assert.deepEqual(options, { background: "transparent", format: "png" });
      assert.equal(notes.length, 2);
    });
  }

  test("what was asked for is left as it was", () => {
    const asked = Object.freeze({ quality: "max", format: "jpeg", background: "transparent" } as const);
    fitOptions(asked, "gpt-image-1.5");
    assert.equal(asked.format, "jpeg");
  });
});

function sized(quality: ImageOptions["quality"]): Options {
  return { size: "1536x1024", quality };
}
