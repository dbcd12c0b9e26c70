import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Response, ResponseUsage, Tool } from "openai/resources/responses/responses";
import { type Estimate, estimate, sayEstimate } from "../../src/money/estimate.ts";
import { costOf, publishedPrices } from "../../src/money/prices.ts";
import { outputTokens, pictureTokens, publishedQualities, textTokens } from "../../src/money/tokens.ts";
import type { ImageOptions } from "../../src/seam/options.ts";
import type { Size } from "../../src/seam/words/size.ts";
import { toImageUsage, toUsage } from "../../src/standin/wire/usage.ts";
import { dataUrl, photo, setup } from "../standin/client.ts";

type ImageUsage = NonNullable<Response["tool_usage"]>["image_gen"];

const square: Size = { width: 1024, height: 1024 };
const tall: Size = { width: 1024, height: 1536 };
const wide: Size = { width: 1536, height: 1024 };
const models = { model: "gpt-6-luna", imageModel: "gpt-image-2" };

describe("the output tokens of a picture", () => {
  // The guide's "Calculating costs", in US dollars: square, tall, wide.
  const published: readonly [model: string, quality: string, square: string, tall: string, wide: string][] = [
    ["gpt-image-2", "low", "0.006", "0.005", "0.005"],
    ["gpt-image-2", "medium", "0.053", "0.041", "0.041"],
    ["gpt-image-2", "high", "0.211", "0.165", "0.165"],
    ["gpt-image-1.5", "low", "0.009", "0.013", "0.013"],
    ["gpt-image-1.5", "medium", "0.034", "0.051", "0.050"],
    ["gpt-image-1.5", "high", "0.133", "0.200", "0.199"],
  ];
  for (const [model, quality, ...usd] of published) {
    test(`come to what the guide says of ${model} at ${quality}`, () => {
      const price = publishedPrices.image[model]?.output ?? Number.NaN;
      const reckoned = [square, tall, wide].map((size) => {
        const tokens = outputTokens(model, quality, size) ?? Number.NaN;
        return ((tokens * price) / 1_000_000).toFixed(3);
      });
      assert.deepEqual(reckoned, usd);
    });
  }

  // 24 cells by 24: 24 × 24 × (2 000 000 + 1 048 576) / 4 000 000 = 438.99…, rounded up.
  // 64 by 43 (64 / 1.5 = 42.67): 64 × 43 × 3 572 864 / 4 000 000 = 2458.1…
  // 16 by 9: 16 × 9 × (2 000 000 + 2560 × 1440) / 4 000 000 = 204.7…
  // 48 by 27: 48 × 27 × (2 000 000 + 3840 × 2160) / 4 000 000 = 3335.4…
  // 16 by 8, since half of 17 is even at 8: 16 × 8 × (2 000 000 + 1024 × 544) / 4 000 000 = 81.8…
  const cases: readonly [model: string, quality: string, Size, tokens: number | undefined][] = [
    ["gpt-image-2.5-flare", "medium", square, 439],
    ["gpt-image-2.5-sunburst", "xhigh", wide, 2459],
    ["gpt-image-2.5-sunburst", "max", square, 7024],
    ["gpt-image-2.5-flare-2026-09-08", "low", { width: 2560, height: 1440 }, 205],
    ["gpt-image-2.5-flare", "high", { width: 2160, height: 3840 }, 3336],
    ["gpt-image-2", "low", { width: 1024, height: 544 }, 82],
    ["gpt-image-1-mini", "high", tall, 6240],
    ["gpt-image-2", "xhigh", square, undefined],
    ["gpt-image-1.5", "max", square, undefined],
    ["gpt-image-2.6-flare", "low", square, undefined],
    ["constructor", "low", square, undefined],
  ];
  for (const [model, quality, size, tokens] of cases) {
    test(`are ${tokens ?? "not known"} for ${model} at ${quality}, ${size.width}x${size.height}`, () => {
      assert.equal(outputTokens(model, quality, size), tokens);
    });
  }
});

describe("the tokens of a picture that goes in", () => {
  const cases: readonly [what: string, model: string, Size | undefined, high: boolean, number, number][] = [
    // 512x512 is one tile: 65 + 129.
    ["a square", "gpt-image-1.5", square, false, 194, 194],
    // 768x512 is two.
    ["a wide one", "gpt-image-1.5", wide, false, 323, 323],
    ["a small one as it is", "gpt-image-1-mini", { width: 300, height: 100 }, false, 194, 194],
    // 8192x1024 becomes 2048x256, four tiles.
    ["a long one", "gpt-image-1.5", { width: 8192, height: 1024 }, false, 581, 581],
    ["a square kept closely", "gpt-image-1.5", square, true, 194 + 4160, 194 + 4160],
    ["a tall one kept closely", "gpt-image-1.5", tall, true, 323 + 6240, 323 + 6240],
    ["one of unknown size", "gpt-image-1.5", undefined, false, 194, 65 + 3 * 129],
    ["one for a model of which little is said", "gpt-image-2", square, false, 194, 1536],
  ];
  for (const [what, model, size, high, from, to] of cases) {
    test(`${what}: ${from === to ? from : `${from} to ${to}`}`, () => {
      assert.deepEqual(pictureTokens(model, size, high), { from, to });
    });
  }
});

describe("an estimate", () => {
  const of = (
    options: Partial<ImageOptions>,
    more: { inputs?: (Size | undefined)[]; previous?: Size } = {},
  ) => estimate({ options, text: "a red fox", inputs: [], ...more }, models, publishedPrices);
  const said = (...asked: Parameters<typeof of>) => {
    const found = of(...asked);
    return found && sayEstimate(found);
  };

  test("is worked out from words, pictures and what comes out", () => {
    const found = of({ quality: "medium", size: "1024x1024", partials: 1, count: 2 }, { inputs: [square] });
    assert.ok(found?.to);
    // “a red fox” is 3 tokens, read twice; 194 and 1756 tokens; all of it two times.
    const from = 2 * (3 * 0.1 + 3 * 5 + 194 * 8 + 1756 * 30);
    // With 3000 more to read and 2500 for the picture, 1000 words, 300 of rewording, a sketch of 100.
    const to = 2 * ((3 + 3000 + 2500) * 0.1 + 1000 * 0.5 + 303 * 5 + 1536 * 8 + 1856 * 30);
    assert.ok(Math.abs(found.from * 1_000_000 - from) < 1e-6, `${found.from}`);
    assert.ok(Math.abs(found.to * 1_000_000 - to) < 1e-6, `${found.to}`);
    assert.equal(found.pricesOf, publishedPrices.of);
  });

  test("spans what was left open", () => {
    // Low and tall is 158 tokens, high and square 7024.
    assert.equal(said({}), "$0.005 to $0.22");
    assert.equal(said({ quality: "auto", size: "auto" }), "$0.005 to $0.22");
    assert.equal(said({ size: "1024x1024" }), "$0.006 to $0.22");
    assert.equal(said({ quality: "high" }), "$0.16 to $0.22");
    assert.equal(said({ model: "gpt-image-2.5-flare", quality: "max", size: "1024x1024" }), "about $0.21");
    assert.deepEqual(publishedQualities("gpt-image-2.5-flare").slice(-2), ["xhigh", "max"]);
  });

  test("is one figure where the options leave little open", () => {
    assert.equal(said({ quality: "high", size: "1024x1024" }), "about $0.21");
    assert.equal(said({ quality: "medium", size: "1024x1024", partials: 0 }), "about $0.054");
    assert.equal(said({ quality: "medium", size: "1024x1024", partials: 0, count: 4 }), "about $0.22");
    assert.equal(said({ quality: "high", size: "3840x2160" }), "about $0.40");
  });

  test("counts the picture gone on from when it may be edited", () => {
    const options = { quality: "low", size: "1024x1024", partials: 0 } as const;
    const gone = (action: ImageOptions["action"]) => of({ ...options, action }, { previous: square });
    const alone = of(options);
    const apart = (a: number | undefined, b: number | undefined) =>
      Math.round(((a ?? 0) - (b ?? 0)) * 1_000_000);
    // 194 tokens at 8 from the start, 1536 at most; the mainline model may read it, 2500 at 0.1, whatever is done.
    assert.equal(apart(gone("edit")?.from, alone?.from), 194 * 8);
    assert.equal(apart(gone("auto")?.from, alone?.from), 0);
    assert.equal(apart(gone("edit")?.to, alone?.to), 1536 * 8 + 250);
    assert.equal(apart(gone("auto")?.to, gone("edit")?.to), 0);
    assert.equal(apart(gone("generate")?.to, alone?.to), 250);
  });

  test("has no end for what only a picture at least is known of", () => {
    assert.equal(said({ format: "gif", quality: "high", size: "1024x1024" }), "at least $0.21");
    assert.equal(said({ format: "svg", quality: "low" }), "at least $0.005");
    assert.equal(said({ format: "gif", quality: "low", size: "1024x1024", count: 4 }), "at least $0.024");
  });

  test("of words alone is next to nothing, unless the mainline model is dear", () => {
    assert.equal(said({ action: "answer", count: 4 }), "less than $0.001");
    const dear = { ...models, model: "gpt-6-astra" };
    const found = estimate(
      { options: { action: "answer" }, text: "why?", inputs: [] },
      dear,
      publishedPrices,
    );
    assert.equal(found && sayEstimate(found), "up to $0.080");
  });

  test("is not given where a price or the tokens are not known", () => {
    const options = { quality: "low", size: "1024x1024" } as const;
    const by = (model: string, imageModel: string) =>
      estimate({ options, text: "a fox", inputs: [] }, { model, imageModel }, publishedPrices);
    assert.equal(by("some-model", "gpt-image-2"), undefined);
    assert.equal(by("gpt-6-luna", "some-model"), undefined);
    assert.equal(by("gpt-6-luna", "chatgpt-image-latest"), undefined);
    assert.equal(by("gpt-6-luna", "gpt-image-2.6-flare"), undefined);
    assert.ok(by("gpt-6-luna-2026-10-01", "gpt-image-2-2026-04-21"));
    assert.equal(of({ quality: "max" }), undefined);
  });

  test("goes by an admin's prices", () => {
    const gptImage2 = { text: 0, image: 0, output: 1000 };
    const own = { ...publishedPrices, of: "2026-12-01", image: { "gpt-image-2": gptImage2 } };
    const planned = {
      options: { quality: "low", size: "1024x1024", partials: 0 },
      text: "a fox",
      inputs: [],
    } as const;
    const found = estimate(planned, models, own);
    assert.equal(found && sayEstimate(found), "about $0.20");
    assert.equal(found?.pricesOf, "2026-12-01");
  });
});

describe("how an estimate is said", () => {
  const cases: readonly [number, number | undefined, string][] = [
    [0.0527, 0.0611, "about $0.057"],
    [0.0059, 0.0143, "$0.006 to $0.014"],
    [0.0059, 0.2193, "$0.006 to $0.22"],
    [0.1, 0.125, "about $0.11"],
    [0.1, 0.126, "$0.10 to $0.13"],
    [1.2, 4, "$1.20 to $4.00"],
    [0.2107, undefined, "at least $0.21"],
    [0.0001, 0.0009, "less than $0.001"],
    [0.0001, 0.08, "up to $0.080"],
    [0, 0, "less than $0.001"],
  ];
  for (const [from, to, words] of cases) {
    test(words, () => {
      const given: Estimate = { from, ...(to !== undefined && { to }), pricesOf: "2026-11-01" };
      assert.equal(sayEstimate(given), words);
    });
  }
});

describe("what the stand-in then charges lies within the estimate", () => {
  const text = "Draw a red fox that runs through deep snow at night";
  const within = (
    planned: { options: Partial<ImageOptions>; inputs?: readonly Size[]; previous?: Size },
    usage: Pick<ResponseUsage, "input_tokens" | "output_tokens">,
    image: ImageUsage,
  ) => {
    const by = { ...models, imageModel: planned.options.model ?? models.imageModel };
    const charged = costOf(
      {
        base: { input: usage.input_tokens, cached: 0, output: usage.output_tokens },
        image: {
          inputText: image.input_tokens_details.text_tokens,
          inputImage: image.input_tokens_details.image_tokens,
          output: image.output_tokens,
        },
      },
      by,
      publishedPrices,
    );
    const expected = estimate({ text, inputs: [], ...planned }, by, publishedPrices);
    assert.ok(charged && expected?.to);
    assert.ok(expected.from <= charged.usd && charged.usd <= expected.to, `${charged.usd}`);
  };

  const known = Object.keys(publishedPrices.image).filter((name) => publishedQualities(name).length > 0);
  for (const imageModel of known) {
    for (const quality of publishedQualities(imageModel) as readonly ImageOptions["quality"][]) {
      test(`for ${imageModel} at ${quality}, in every shape, with and without sketches and pictures`, () => {
        for (const { width, height } of [square, tall, wide]) {
          for (const partials of [0, 2, 3]) {
            for (const inputs of [[], [square], [tall, wide, { width: 300, height: 200 }]]) {
              const drawn = {
                imageModel,
                width,
                height,
                quality,
                partials,
                prompt: text,
                references: inputs,
                highFidelity: false,
                frames: 1,
              };
              const read = textTokens(text) + inputs.length * 400;
              const options = { model: imageModel, quality, size: `${width}x${height}`, partials };
              within({ options, inputs }, toUsage(read, 40), toImageUsage([drawn]));
            }
          }
        }
      });
    }
  }

  test("for what is asked for over the wire", async (t) => {
    const { openai } = await setup(t, { paceMs: 0 });
    const picture = dataUrl(await photo(wide.width, wide.height));
    const options = { model: "gpt-image-1.5", quality: "low", size: "1024x1024" } as const;
    const draw = async (
      tool: Partial<Tool.ImageGeneration>,
      inputs: readonly Size[],
      previous_response_id: string | null,
    ) => {
      const { model, quality, size } = options;
      const events = await openai.responses.create({
        model: models.model,
        stream: true,
        previous_response_id,
        tools: [{ type: "image_generation", model, quality, size, ...tool }],
        tool_choice: { type: "image_generation" },
        input: [
          {
            role: "user",
            content: [
              ...inputs.map(() => ({
                type: "input_image" as const,
                detail: "auto" as const,
                image_url: picture,
              })),
              { type: "input_text", text },
            ],
          },
        ],
      });
      const ended = (await Array.fromAsync(events)).at(-1);
      assert.ok(ended?.type === "response.completed");
      const { id, usage, tool_usage } = ended.response;
      assert.ok(usage && tool_usage);
      return { id, usage, image: tool_usage.image_gen };
    };

    const first = await draw({ partial_images: 3, input_fidelity: "high" }, [wide], null);
    within(
      { options: { ...options, partials: 3, fidelity: "high" }, inputs: [wide] },
      first.usage,
      first.image,
    );
    assert.equal(first.image.input_tokens_details.image_tokens, 323 + 6240);
    const edited = await draw({ action: "edit" }, [], first.id);
    within(
      { options: { ...options, partials: 0, action: "edit" }, previous: square },
      edited.usage,
      edited.image,
    );
    assert.equal(edited.image.input_tokens_details.image_tokens, 194);
    const fresh = await draw({ action: "generate" }, [], edited.id);
    within(
      { options: { ...options, partials: 0, action: "generate" }, previous: square },
      fresh.usage,
      fresh.image,
    );
  });
});
