import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ImageOptions, optionSpecs } from "../../src/seam/options.ts";
import {
  checkOptions,
  isFlag,
  parseFlags,
  parseOptions,
  parseStyleName,
  readFlags,
  sayUnknown,
} from "../../src/seam/words/flags.ts";

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
    ["a style, as people write it", { style: " Cosy Evening " }, { style: "cosy-evening" }],
    ["frames and their time", { frames: "12", duration: 100 }, { frames: 12, duration: 100 }],
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
    ["a style with marks in it", { style: "../cosy" }, /^A style's name has letters a to z/],
    ["a style of one blank", { style: " " }, /^A style's name has/],
    ["more frames than a GIF has", { frames: 17 }, /from 2 to 16/],
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

test("a style's name is one word, however it is written", () => {
  assert.equal(parseStyleName("COSY_evening 2"), "cosy-evening-2");
  assert.throws(() => parseStyleName("x".repeat(33)), { code: "bad_option" });
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
    ["an em dash before an option, as phones write it", "a boat —size wide", "a boat", { size: "1536x1024" }],
    ["an en dash", "a boat –count=2", "a boat", { count: 2 }],
    ["several dashes", "—Quality low a boat —size wide —count 2", "a boat", { ...sized("low"), count: 2 }],
    ["a dash before a word that only begins like an option", "a boat —sized up", "a boat —sized up", {}],
    [
      "an option's name after a dash in prose",
      "kids –action figures on a shelf",
      "kids –action figures on a shelf",
      {},
    ],
    ["a size that is none", "a fox —size of a mouse", "a fox —size of a mouse", {}],
    ["two dashes around names", "2 dogs –model and actor– here", "2 dogs –model and actor– here", {}],
    ["a style in the middle of prose", "—style matters she said", "—style matters she said", {}],
    ["a style at the end", "a boat —style cosy", "a boat", { style: "cosy" }],
    ["a style before a flag", "a boat —style cosy —count 2", "a boat", { style: "cosy", count: 2 }],
    ["a style in quotes", "a boat —style “cosy evening” in fog", "a boat  in fog", { style: "cosy-evening" }],
    ["straight single quotes", "a boat --style 'cosy evening' now", "a boat  now", { style: "cosy-evening" }],
    ["a dash before any other word", "a boat —in fog– at sea", "a boat —in fog– at sea", {}],
    ["a dash inside a word", "a boat—size matters", "a boat—size matters", {}],
    ["a style in curly quotes", "a boat —style “Cosy Evening”", "a boat", { style: "cosy-evening" }],
    ["in single ones", "a boat --style ‘Cosy Evening’", "a boat", { style: "cosy-evening" }],
    ["in those of other languages", "a boat --style „Cosy Evening“", "a boat", { style: "cosy-evening" }],
  ];
  for (const [what, text, rest, options] of cases) {
    test(`${what}: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseFlags(text), { text: rest, options, unknown: [] });
    });
  }

  test("a word that is no option stays in the text, and is told of", () => {
    const { text, options, unknown } = parseFlags("a boat --ar 16:9 --size wide");
    assert.equal(text, "a boat --ar 16:9");
    assert.deepEqual(options, { size: "1536x1024" });
    assert.deepEqual(unknown, ["ar"]);
    const told = sayUnknown(["ar"], () => "I left it in the words");
    assert.match(told, /^I don't know --ar, so I left it in the words\. The options are: size,/);
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

  test("a dash before an option with what was meant as its value is no prose", () => {
    for (const text of [
      "a boat —count 9",
      "a boat —quality=ultra",
      "a boat —size 1000x1000 in fog",
      "a boat —quality ultra",
      "–quality ultra a boat",
      "a boat --count 2 —quality ultra in fog",
    ]) {
      assert.throws(() => parseFlags(text), { code: "bad_option" }, text);
    }
  });

  test("all that is wrong is said at once, whatever dash stands before it", () => {
    for (const dash of ["--", "—", "–"]) {
      const text = `a boat ${dash}quality ultra ${dash}size huge ${dash}count 9`;
      assert.equal(readFlags(text).problems.length, 3, text);
      assert.equal(readFlags(text).text, "a boat");
      const first = readFlags(`${dash}quality ultra ${dash}size huge a boat`);
      assert.deepEqual([first.text, first.problems.length], ["a boat", 2]);
    }
  });

  test("a value in quotes is the value", () => {
    for (const text of ['a boat --size "wide"', "a boat --size='wide'", "a boat --size “wide”"]) {
      assert.deepEqual(parseFlags(text), { text: "a boat", options: { size: "1536x1024" }, unknown: [] });
    }
  });

  test("all that is wrong is said at once", () => {
    const message = [
      "--size needs a value: auto, 1024x1024, 1536x1024, 1024x1536.",
      "Quality takes auto, low, medium, high, xhigh, max, not “ultra”.",
      "Pictures takes a whole number from 1 to 4, not “9”.",
    ].join("\n");
    const text = "a boat --quality ultra --count 9 --size";
    assert.throws(() => parseFlags(text), { code: "bad_option", message });
    const { options, problems } = readFlags(`${text} --model gpt-image-2 --ar 16:9`);
    assert.deepEqual(options, { model: "gpt-image-2" });
    assert.equal(problems.length, 3);
    assert.match(
      checkOptions({ sizes: 1, shape: 2, count: 9 }).problems.join(),
      /9.*no option “sizes” or “shape”/,
    );
    const told = sayUnknown(["ar", "seed", "ar", "tile"], () => "I left them");
    assert.match(told, /^I don't know --ar, --seed or --tile, so I left them\./);
  });

  test("a word is a flag, however a phone writes it", () => {
    for (const word of ["--private", "—private", "–Private"]) assert.ok(isFlag(word, "private"), word);
    for (const word of ["private", "-private", "—privately"]) assert.ok(!isFlag(word, "private"), word);
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

function sized(quality: ImageOptions["quality"]): Options {
  return { size: "1536x1024", quality };
}
