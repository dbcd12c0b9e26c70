import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toFile } from "openai";
import type {
  ImageEditParamsNonStreaming,
  ImageEditParamsStreaming,
  ImageEditStreamEvent,
  ImageGenerateParamsNonStreaming,
  ImageGenStreamEvent,
} from "openai/resources/images";
import sharp from "sharp";
import { flat, masked } from "../rig/pictures.ts";
import { difference, photo, refused, setup } from "./client.ts";

const model = "gpt-image-2";
const small = { model, size: "512x512", quality: "low" } as const;
const png = (bytes: Uint8Array, name = "picture.png") => toFile(bytes, name, { type: "image/png" });
const grey = await flat("#888", 64, 64);
const clear = await masked(64, 64, { left: 8, top: 8, width: 32, height: 32 });
const heavy = Buffer.alloc(5 * 1024 * 1024, 1);
const bytesOf = (answer: { data?: readonly { b64_json?: string }[] }, index = 0) =>
  Buffer.from(answer.data?.[index]?.b64_json ?? "", "base64");

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const event of events) list.push(event);
  return list;
}

describe("the Image API of the stand-in", () => {
  test("draws in one piece, and says what was applied and used", async (t) => {
    const { openai } = await setup(t);
    const answer = await openai.images.generate({ ...small, prompt: "a red fox in snow" });
    const { width, height, format } = await sharp(bytesOf(answer)).metadata();
    assert.deepEqual([width, height, format], [512, 512, "png"]);
    assert.equal(answer.size, "512x512");
    assert.equal(answer.quality, "low");
    assert.equal(answer.output_format, "png");
    const { usage } = answer;
    assert.ok(usage && usage.output_tokens > 0 && usage.input_tokens_details.text_tokens > 0);
    assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
  });

  test("draws several at once, each another, and the same words otherwise the next time", async (t) => {
    const { openai } = await setup(t);
    const answer = await openai.images.generate({ ...small, prompt: "a red fox in snow", n: 3 });
    assert.equal(answer.data?.length, 3);
    const again = await openai.images.generate({ ...small, prompt: "a red fox in snow" });
    const pictures = [bytesOf(answer), bytesOf(answer, 1), bytesOf(answer, 2), bytesOf(again)];
    assert.equal(new Set(pictures.map((one) => one.toString("base64"))).size, 4);
  });

  test("streams sketches and the picture", async (t) => {
    const { openai } = await setup(t);
    const events = await all<ImageGenStreamEvent>(
      await openai.images.generate({ ...small, prompt: "a red fox", stream: true, partial_images: 2 }),
    );
    assert.deepEqual(
      events.map((event) => [event.type, "partial_image_index" in event ? event.partial_image_index : null]),
      [
        ["image_generation.partial_image", 0],
        ["image_generation.partial_image", 1],
        ["image_generation.completed", null],
      ],
    );
    const last = events.at(-1);
    assert.ok(last?.type === "image_generation.completed");
    assert.ok(last.usage.output_tokens > 0);
    assert.deepEqual([last.size, last.quality, last.output_format], ["512x512", "low", "png"]);
  });

  test("edits its own picture as what it shows, and anybody's as it is", async (t) => {
    const { openai } = await setup(t);
    const first = bytesOf(
      await openai.images.generate({
        ...small,
        prompt: "a grey tabby hugging an otter with an orange scarf",
      }),
    );
    const events = await all<ImageEditStreamEvent>(
      await openai.images.edit({
        ...small,
        image: await png(first),
        prompt: "remove the otter's scarf",
        stream: true,
        partial_images: 1,
      }),
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ["image_edit.partial_image", "image_edit.completed"],
    );
    const second = Buffer.from(events.at(-1)?.b64_json ?? "", "base64");
    const apart = await difference(first, second);
    assert.ok(apart > 0.001 && apart < 0.2, `little has changed: ${apart}`);
    const other = await photo(512, 512);
    const edited = await openai.images.edit({ ...small, image: [await png(other)], prompt: "make it night" });
    assert.ok((await difference(other, bytesOf(edited))) > 0.05);
  });

  test("changes next to nothing outside the mask", async (t) => {
    const { openai } = await setup(t);
    const room = await photo(512, 512);
    const mask = await masked(512, 512, { left: 128, top: 128, width: 256, height: 256 });
    const answer = await openai.images.edit({
      ...small,
      image: await png(room),
      mask: await png(mask),
      prompt: "add a lamp",
    });
    const side = (bytes: Uint8Array) =>
      sharp(bytes).extract({ left: 0, top: 0, width: 120, height: 512 }).png().toBuffer();
    assert.ok((await difference(await side(room), await side(bytesOf(answer)))) < 0.01);
    assert.ok((await difference(room, bytesOf(answer))) > 0.01);
  });

  test("stops what moderation stops: before it begins, and at its end", async (t) => {
    const { openai } = await setup(t);
    const error = await refused(openai.images.generate({ ...small, prompt: "[refuse] a fox" }));
    assert.deepEqual([error.status, error.code], [400, "moderation_blocked"]);
    const stream = await openai.images.generate({ ...small, prompt: "[refuse-output] a fox", stream: true });
    const late = await refused(all<ImageGenStreamEvent>(stream));
    assert.equal(late.code, "moderation_blocked");
  });
});

describe("the Image API of the stand-in refuses", () => {
  const generations: readonly [string, Record<string, unknown>, string | null, string][] = [
    ["a prompt that is too long", { prompt: "x".repeat(32_001) }, "prompt", "string_above_max_length"],
    ["an empty prompt", { prompt: "" }, "prompt", "empty_string"],
    ["what only older models took", { response_format: "url" }, "response_format", "unknown_parameter"],
    ["a style", { style: "vivid" }, "style", "unknown_parameter"],
    ["fidelity without a picture", { input_fidelity: "high" }, "input_fidelity", "unknown_parameter"],
    ["eleven pictures", { n: 11 }, "n", "integer_above_max_value"],
    ["four sketches", { stream: true, partial_images: 4 }, "partial_images", "integer_above_max_value"],
    ["sketches without a stream", { partial_images: 1 }, "partial_images", "invalid_value"],
    ["a stream of several", { stream: true, n: 2 }, "input", "unsupported_parameter"],
    ["a size off the grid", { size: "500x500" }, "size", "invalid_value"],
    ["a size of a model with three", { model: "gpt-image-1.5", size: "512x512" }, "size", "invalid_value"],
    ["a quality it lacks", { quality: "max" }, "quality", "invalid_value"],
    ["the quality of older models", { quality: "hd" }, "quality", "invalid_value"],
    ["a model that has ended", { model: "gpt-image-1" }, "model", "model_not_found"],
    ["a clear JPEG", { background: "transparent", output_format: "jpeg" }, "background", "invalid_value"],
    ["a stream of a GIF", { output_format: "gif", stream: true }, "stream", "invalid_value"],
    ["two SVGs", { output_format: "svg", n: 2 }, "n", "invalid_value"],
    [
      "a name of more than 128 letters",
      { safety_identifier: "x".repeat(129) },
      "safety_identifier",
      "string_above_max_length",
    ],
  ];
  for (const [what, options, param, code] of generations) {
    test(what, async (t) => {
      const { openai } = await setup(t);
      const body = { ...small, prompt: "a fox", ...options } as ImageGenerateParamsNonStreaming;
      const error = await refused(openai.images.generate(body));
      assert.deepEqual([error.status, error.param, error.code], [400, param, code], error.message);
    });
  }

  type Edit = Partial<ImageEditParamsNonStreaming> | Partial<ImageEditParamsStreaming>;
  const edits: readonly [string, () => Promise<Edit & Record<string, unknown>>, string, string | null][] = [
    [
      "seventeen pictures",
      async () => ({ image: await Promise.all(Array.from({ length: 17 }, () => png(grey))) }),
      "image",
      "array_above_max_length",
    ],
    ["no picture", async () => ({ image: [] }), "image", "missing_required_parameter"],
    [
      "what is no picture",
      async () => ({ image: await png(Buffer.from("hello")) }),
      "image",
      "invalid_image_format",
    ],
    [
      "moderation, which edits do not have",
      async () => ({ moderation: "low" }),
      "moderation",
      "unknown_parameter",
    ],
    [
      "a mask of another size",
      async () => ({ mask: await png(await masked(32, 32, { left: 0, top: 0, width: 8, height: 8 })) }),
      "mask",
      "invalid_mask_image_format",
    ],
    [
      "a mask that is no PNG",
      async () => ({ mask: await toFile(await sharp(grey).jpeg().toBuffer(), "mask.jpg") }),
      "mask",
      "invalid_image_format",
    ],
    ["a mask without alpha", async () => ({ mask: await png(grey) }), "mask", "invalid_image_mode"],
    ["a mask of 5 MB", async () => ({ mask: await png(heavy) }), "mask", "image_file_too_large"],
    [
      "a mask with markup",
      async () => ({
        mask: await png(clear),
        markup: await png(clear),
        model: "gpt-image-2.5-flare",
        size: "1024x1024",
      }),
      "markup",
      "mutually_exclusive_parameters",
    ],
    ["markup of a model without", async () => ({ markup: await png(clear) }), "markup", "invalid_value"],
    [
      "markup that hides all",
      async () => ({ markup: await png(grey), model: "gpt-image-2.5-flare", size: "1024x1024" }),
      "markup",
      "invalid_image_mode",
    ],
    [
      "a mask on a GIF",
      async () => ({ mask: await png(clear), output_format: "gif" }),
      "mask",
      "invalid_value",
    ],
    [
      "a fidelity that is always kept",
      async () => ({ input_fidelity: "high" }),
      "input_fidelity",
      "invalid_value",
    ],
    ["a stream of several", async () => ({ stream: true, n: 2 }), "input", "unsupported_parameter"],
  ];
  for (const [what, options, param, code] of edits) {
    test(`of an edit: ${what}`, async (t) => {
      const { openai } = await setup(t);
      const body = { ...small, image: await png(grey), prompt: "a fox", ...(await options()) };
      const error = await refused(openai.images.edit(body as ImageEditParamsNonStreaming));
      assert.deepEqual([error.status, error.param, error.code], [400, param, code], error.message);
    });
  }

  test("of an edit: JSON", async (t) => {
    const { standin } = await setup(t);
    const response = await fetch(`${standin.url}/images/edits`, {
      method: "POST",
      headers: { authorization: "Bearer x", "content-type": "application/json" },
      body: JSON.stringify({ prompt: "a fox" }),
    });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /multipart/);
  });
});
