import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fitOptions as fit, type Refused } from "../../src/options/fit.ts";
import { models } from "../../src/seam/models.ts";
import type { ImageOptions } from "../../src/seam/options.ts";

type Options = Partial<ImageOptions>;

/** Before any of the models ends. */
const now = Date.parse("2026-10-01");

const fitOptions = (asked: Options, offered: readonly string[], given: { readonly masked?: boolean } = {}) =>
  fit(asked, offered, { now, ...given });

describe("options for a model", () => {
  const cases: readonly [string, string, Options, Options, RegExp | undefined][] = [
    ["gpt-image-2", "any size", { size: "1536x864" }, { size: "1536x864" }, undefined],
    [
      "gpt-image-2.5-flare",
      "fewer pixels than it draws",
      { size: "512x512" },
      { size: "816x816" },
      /^512x512 is smaller than GPT Image 2\.5 Flare draws, so it became 816x816\.$/,
    ],
    [
      "gpt-image-2",
      "a long picture with fewer pixels than it draws",
      { size: "48x144" },
      { size: "480x1440" },
      /48x144 is smaller than GPT Image 2 draws, so it became 480x1440/,
    ],
    ["gpt-image-2", "the fewest pixels", { size: "1024x640" }, { size: "1024x640" }, undefined],
    [
      "gpt-image-2",
      "no fidelity",
      { fidelity: "high" },
      {},
      /always keeps your pictures as closely as it can/,
    ],
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
      const { options, notes } = fitOptions(asked, [model]);
      assert.deepEqual(options, expected);
      if (note) assert.match(notes.join("\n"), note);
      assert.equal(notes.length, note ? 1 : 0);
    });
  }

  test("the model that was asked for decides, not the default", () => {
    const { options } = fitOptions({ model: "gpt-image-2.5-flare", quality: "max" }, [
      "gpt-image-1-mini",
      "gpt-image-2.5-flare",
    ]);
    assert.equal(options.quality, "max");
  });

  for (const model of Object.keys(models)) {
    test(`${model}: a transparent JPEG is a PNG, and PNG has no compression`, () => {
      const asked = { background: "transparent", format: "jpeg", compression: 40 } as const;
      const { options, notes } = fitOptions(asked, [model]);
      assert.deepEqual(options, { background: "transparent", format: "png" });
      assert.equal(notes.length, 2);
    });
  }

  test("what was asked for is left as it was", () => {
    const asked = Object.freeze({ quality: "max", format: "jpeg", background: "transparent" } as const);
    fitOptions(asked, ["gpt-image-1.5"]);
    assert.equal(asked.format, "jpeg");
  });
});

describe("who draws", () => {
  const offered = ["gpt-image-2", "gpt-image-2.5-flare", ...Object.keys(models)];
  const cases: readonly [string, Options, string, RegExp | undefined][] = [
    ["the first, when nothing is asked for", {}, "gpt-image-2", undefined],
    [
      "the first that has the quality",
      { quality: "max" },
      "gpt-image-2.5-flare",
      /no quality “max”, so .* Flare draws/,
    ],
    [
      "the one that was named, whatever it lacks",
      { model: "gpt-image-1.5", quality: "max" },
      "gpt-image-1.5",
      /drawn at “high”/,
    ],
    [
      "the first, for fidelity: it keeps pictures closely anyway",
      { fidelity: "high" },
      "gpt-image-2",
      /no fidelity to set/,
    ],
    ["the first, for a GIF", { format: "gif" }, "gpt-image-2", undefined],
    [
      "the first, when nobody has it",
      { model: "gpt-image-9" },
      "gpt-image-2",
      /gpt-image-9 is not on offer here; GPT Image 2 draws/,
    ],
  ];
  for (const [what, asked, imageModel, note] of cases) {
    test(what, () => {
      const fitted = fitOptions(asked, offered);
      assert.equal(fitted.imageModel, imageModel);
      if (note) assert.match(fitted.notes.join("\n"), note);
      else assert.deepEqual(fitted.notes, []);
    });
  }

  test("the admin's order is the order in which models are tried", () => {
    const { imageModel } = fitOptions({ quality: "max" }, [
      "gpt-image-1-mini",
      "gpt-image-2.5-sunburst",
      "gpt-image-2.5-flare",
    ]);
    assert.equal(imageModel, "gpt-image-2.5-sunburst");
  });

  test("where the admin offers one model only, what it lacks is left out", () => {
    const { imageModel, options } = fitOptions({ format: "gif", frames: 4, size: "1536x864" }, [
      "gpt-image-1-mini",
    ]);
    assert.equal(imageModel, "gpt-image-1-mini");
    assert.equal(options.format, "png");
    assert.equal(options.frames, undefined);
    assert.equal(options.size, "1536x1024");
  });

  describe("a model that has ended", () => {
    const december = { now: Date.parse("2026-12-02") };

    test("is drawn for by its successor where it is asked for, and that is said", () => {
      const { imageModel, options, notes } = fit({ model: "gpt-image-1.5" }, offered, december);
      assert.deepEqual([imageModel, options.model], ["gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst"]);
      assert.deepEqual(notes, ["GPT Image 1.5 ended on 1 December 2026, so GPT Image 2.5 Sunburst draws."]);
    });

    test("is asked for as long as it is there", () => {
      const { imageModel, notes } = fit({ model: "gpt-image-1.5" }, offered, {
        now: Date.parse("2026-11-30T23:59:59Z"),
      });
      assert.deepEqual([imageModel, notes], ["gpt-image-1.5", []]);
    });

    test("as the admin's own choice has a successor, too, and is nobody's way out", () => {
      const only = ["gpt-image-1.5", "gpt-image-1-mini"];
      assert.equal(fit({}, only, december).imageModel, "gpt-image-2.5-sunburst");
      assert.equal(fit({ model: "gpt-image-1-mini" }, only, december).imageModel, "gpt-image-2.5-sunburst");
    });
  });

  describe("what the API has refused to a model that the table does not know well", () => {
    const sunburst = "gpt-image-2.6-sunburst";
    const refusing =
      (...all: string[]): Refused =>
      (model, name, value) =>
        all.includes(`${model} ${name} ${value}`);

    test("is not asked for again: the nearest that it has is, and that is said", () => {
      const refused = refusing(`${sunburst} size 1536x864`, `${sunburst} quality max`);
      const asked = { size: "1920x1088", quality: "max" } as const;
      const { options, notes } = fit(asked, [sunburst], { now, refused });
      assert.deepEqual(options, { size: "1536x1024", quality: "high" });
      assert.equal(notes.length, 2);
    });

    test("is left out where there is nothing near it", () => {
      const own = "my-model";
      const given = { now, refused: refusing(`${own} background opaque`) };
      const { options, notes } = fit({ background: "opaque" }, [own], given);
      assert.deepEqual(options, {});
      assert.deepEqual(notes, ["my-model does not take background opaque, so I left it out."]);
    });
  });

  test("a dated snapshot takes what its model takes", () => {
    assert.deepEqual(fitOptions({ size: "1536x864" }, ["gpt-image-2-2026-04-21"]).notes, []);
  });
});

describe("options that go together", () => {
  const offered = ["gpt-image-2"];
  const cases: readonly [string, Options, boolean, Options, RegExp | undefined][] = [
    [
      "frames make a GIF",
      { frames: 4 },
      false,
      { frames: 4, format: "gif", partials: 0 },
      /Only a GIF has frames, so it is one/,
    ],
    [
      "a PNG has none",
      { frames: 4, format: "png" },
      false,
      { format: "png" },
      /Only a GIF has frames; this is a PNG/,
    ],
    [
      "a GIF has no sketches",
      { format: "gif", partials: 2 },
      false,
      { format: "gif", partials: 0 },
      /without sketches/,
    ],
    ["a GIF takes no mask", { format: "gif" }, true, { format: "png" }, /with a mask, so it is a PNG/],
    ["nor its frames, then", { format: "gif", frames: 3 }, true, { format: "png" }, /with a mask/],
    [
      "an SVG is opaque",
      { format: "svg", background: "transparent" },
      false,
      { format: "svg" },
      /SVG is drawn without a transparent/,
    ],
    [
      "a GIF has no compression",
      { format: "gif", compression: 50 },
      false,
      { format: "gif", partials: 0 },
      /GIF has no compression/,
    ],
    [
      "WebP has both",
      { format: "webp", compression: 50, background: "transparent" },
      false,
      { format: "webp", compression: 50, background: "transparent" },
      undefined,
    ],
  ];
  for (const [what, asked, masked, expected, note] of cases) {
    test(what, () => {
      const { options, notes } = fitOptions(asked, offered, { masked });
      assert.deepEqual(options, expected);
      if (note) assert.match(notes.join("\n"), note);
      else assert.deepEqual(notes, []);
    });
  }
});
