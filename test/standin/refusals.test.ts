import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { createStandin } from "../../src/standin/index.ts";
import { ask, createClient, dataUrl, photo, refused, setup } from "./client.ts";

/** Parts of a body, and the param and code it must be refused with. */
type Row = readonly [
  name: string,
  body: Record<string, unknown>,
  param: string | null,
  code: string | null,
  status?: number,
];

const drawn = (options: Record<string, unknown>) => ({ tools: [{ type: "image_generation", ...options }] });
const t0 = "tools[0]";

const rows: readonly Row[] = [
  ["unknown parameter", { foo: 1 }, "foo", "unknown_parameter"],
  ["unknown tool option", drawn({ foo: 1 }), `${t0}.foo`, "unknown_parameter"],
  ["no n: one call is one picture", drawn({ n: 2 }), `${t0}.n`, "unknown_parameter"],
  ["missing input", { input: undefined }, "input", "missing_required_parameter"],
  ["missing model", { model: undefined }, "model", "missing_required_parameter"],
  ["unknown model", { model: "gpt-nothing" }, "model", "model_not_found"],
  ["unknown image model", drawn({ model: "gpt-image-9" }), `${t0}.model`, "model_not_found"],
  ["an image model that was shut down", drawn({ model: "gpt-image-1" }), `${t0}.model`, "model_not_found"],
  ["wrong type of model", { model: 5 }, "model", "invalid_type"],
  ["wrong type of input", { input: 5 }, "input", "invalid_type"],
  ["empty input list", { input: [] }, "input", "missing_required_parameter"],
  ["unknown tool", { tools: [{ type: "telepathy" }] }, `${t0}.type`, "invalid_value"],
  ["action", drawn({ action: "paint" }), `${t0}.action`, "invalid_value"],
  ["edit without a picture", drawn({ action: "edit" }), `${t0}.action`, "invalid_value"],
  ["background", drawn({ background: "checkered" }), `${t0}.background`, "invalid_value"],
  [
    "transparent jpeg",
    drawn({ background: "transparent", output_format: "jpeg" }),
    `${t0}.background`,
    "invalid_value",
  ],
  ["complexity", drawn({ complexity: "huge" }), `${t0}.complexity`, "invalid_value"],
  ["frames without gif", drawn({ frame_count: 4 }), `${t0}.frame_count`, "invalid_value"],
  [
    "too many frames",
    drawn({ frame_count: 17, output_format: "gif" }),
    `${t0}.frame_count`,
    "integer_above_max_value",
  ],
  [
    "too few frames",
    drawn({ frame_count: 1, output_format: "gif" }),
    `${t0}.frame_count`,
    "integer_below_min_value",
  ],
  [
    "frame duration without gif",
    drawn({ frame_duration_ms: 100 }),
    `${t0}.frame_duration_ms`,
    "invalid_value",
  ],
  [
    "gif with partials",
    drawn({ output_format: "gif", partial_images: 1 }),
    `${t0}.partial_images`,
    "invalid_value",
  ],
  [
    "gif with compression",
    drawn({ output_format: "gif", output_compression: 50 }),
    `${t0}.output_compression`,
    "invalid_value",
  ],
  [
    "gif with a mask",
    drawn({ output_format: "gif", input_image_mask: { file_id: "file-1" } }),
    `${t0}.input_image_mask`,
    "invalid_value",
  ],
  [
    "fidelity",
    drawn({ model: "gpt-image-1.5", input_fidelity: "max" }),
    `${t0}.input_fidelity`,
    "invalid_value",
  ],
  ["fidelity on gpt-image-2", drawn({ input_fidelity: "high" }), `${t0}.input_fidelity`, "invalid_value"],
  [
    "high fidelity on mini",
    drawn({ model: "gpt-image-1-mini", input_fidelity: "high" }),
    `${t0}.input_fidelity`,
    "invalid_value",
  ],
  ["empty mask", drawn({ input_image_mask: {} }), `${t0}.input_image_mask`, "missing_required_parameter"],
  [
    "a mask without a picture",
    drawn({ input_image_mask: { file_id: "file-1" } }),
    `${t0}.input_image_mask`,
    "invalid_value",
  ],
  ["moderation", drawn({ moderation: "off" }), `${t0}.moderation`, "invalid_value"],
  [
    "compression too high",
    drawn({ output_compression: 101, output_format: "jpeg" }),
    `${t0}.output_compression`,
    "integer_above_max_value",
  ],
  [
    "compression below zero",
    drawn({ output_compression: -1, output_format: "jpeg" }),
    `${t0}.output_compression`,
    "integer_below_min_value",
  ],
  ["compression of a png", drawn({ output_compression: 50 }), `${t0}.output_compression`, "invalid_value"],
  ["compression as words", drawn({ output_compression: "50" }), `${t0}.output_compression`, "invalid_type"],
  ["format", drawn({ output_format: "bmp" }), `${t0}.output_format`, "invalid_value"],
  [
    "gif on an old model",
    drawn({ output_format: "gif", model: "gpt-image-1.5" }),
    `${t0}.output_format`,
    "invalid_value",
  ],
  ["four partials", drawn({ partial_images: 4 }), `${t0}.partial_images`, "integer_above_max_value"],
  ["half a partial", drawn({ partial_images: 1.5 }), `${t0}.partial_images`, "invalid_type"],
  ["quality", drawn({ quality: "ultra" }), `${t0}.quality`, "invalid_value"],
  ["xhigh on gpt-image-2", drawn({ quality: "xhigh" }), `${t0}.quality`, "invalid_value"],
  ["size in words", drawn({ size: "huge" }), `${t0}.size`, "invalid_value"],
  ["size off the grid", drawn({ size: "1000x1001" }), `${t0}.size`, "invalid_value"],
  ["size too long", drawn({ size: "1600x320" }), `${t0}.size`, "invalid_value"],
  ["size too large", drawn({ size: "4096x4096" }), `${t0}.size`, "invalid_value"],
  [
    "free size on an old model",
    drawn({ model: "gpt-image-1.5", size: "1536x864" }),
    `${t0}.size`,
    "invalid_value",
  ],
  ["svg without svg", drawn({ svg: {} }), `${t0}.svg`, "invalid_value"],
  [
    "two image tools",
    { tools: [{ type: "image_generation" }, { type: "image_generation" }] },
    "tools",
    "invalid_value",
  ],
  [
    "tool choice without the tool",
    { tools: [], tool_choice: { type: "image_generation" } },
    "tool_choice",
    null,
  ],
  ["required without tools", { tools: [], tool_choice: "required" }, "tool_choice", null],
  ["an unknown tool choice", { tool_choice: "maybe" }, "tool_choice", "invalid_type"],
  ["background without store", { background: true, store: false }, "background", "invalid_value"],
  ["temperature", { temperature: 3 }, "temperature", "integer_above_max_value"],
  ["temperature between", { temperature: 2.5 }, "temperature", "decimal_above_max_value"],
  [
    "too many metadata pairs",
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, k) => [`k${k}`, "v"])) },
    "metadata",
    "object_above_max_properties",
  ],
  ["long metadata value", { metadata: { a: "x".repeat(513) } }, "metadata.a", "string_above_max_length"],
  [
    "long metadata key",
    { metadata: { ["x".repeat(65)]: "v" } },
    "metadata",
    "property_name_above_max_length",
  ],
  [
    "long safety identifier",
    { safety_identifier: "x".repeat(129) },
    "safety_identifier",
    "string_above_max_length",
  ],
  ["stream as words", { stream: "yes" }, "stream", "invalid_type"],
  [
    "stream options without a stream",
    { stream_options: { include_obfuscation: false } },
    "stream_options",
    "invalid_value",
  ],
  ["max_tool_calls", { max_tool_calls: 0 }, "max_tool_calls", "integer_below_min_value"],
  ["service tier", { service_tier: "warp" }, "service_tier", "invalid_value"],
  ["include", { include: ["everything"] }, "include[0]", "invalid_value"],
  [
    "unknown parent",
    { previous_response_id: "resp_123" },
    "previous_response_id",
    "previous_response_not_found",
  ],
  ["a parent that is no id", { previous_response_id: "nonsense" }, "previous_response_id", "invalid_value"],
  [
    "parent and conversation",
    { previous_response_id: "resp_1", conversation: "conv_1" },
    "previous_response_id",
    "mutually_exclusive_parameters",
  ],
  ["role", { input: [{ role: "wizard", content: "x" }] }, "input[0].role", "invalid_value"],
  ["unknown item", { input: [{ type: "dance" }] }, "input[0].type", "invalid_value"],
  [
    "unknown content",
    { input: [{ role: "user", content: [{ type: "input_smell" }] }] },
    "input[0].content[0].type",
    "invalid_value",
  ],
  [
    "a stray field in content",
    { input: [{ role: "user", content: [{ type: "input_text", text: "x", loud: true }] }] },
    "input[0].content[0].loud",
    "unknown_parameter",
  ],
  [
    "detail",
    { input: [{ role: "user", content: [{ type: "input_image", detail: "ultra", file_id: "file-1" }] }] },
    "input[0].content[0].detail",
    "invalid_value",
  ],
  [
    "a picture without a source",
    { input: [{ role: "user", content: [{ type: "input_image", detail: "auto" }] }] },
    "input[0].content[0].image_url",
    "missing_required_parameter",
  ],
  [
    "an unknown file",
    { input: [{ role: "user", content: [{ type: "input_image", file_id: "file-none" }] }] },
    "input[0].content[0].file_id",
    "image_file_not_found",
  ],
  [
    "an address offline",
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "https://example.com/a.png" }] }] },
    "input[0].content[0].image_url",
    "failed_to_download_image",
  ],
  [
    "not an address",
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "ftp://x" }] }] },
    "input[0].content[0].image_url",
    "invalid_value",
  ],
  [
    "a data URL of another kind",
    {
      input: [{ role: "user", content: [{ type: "input_image", image_url: "data:text/plain;base64,aGk=" }] }],
    },
    "input[0].content[0].image_url",
    "unsupported_image_media_type",
  ],
  [
    "no base64",
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "data:image/png;base64,%%%" }] }] },
    "input[0].content[0].image_url",
    "invalid_base64_image",
  ],
  [
    "bytes that are no picture",
    {
      input: [
        { role: "user", content: [{ type: "input_image", image_url: dataUrl(Buffer.from("garbage")) }] },
      ],
    },
    "input[0].content[0].image_url",
    "invalid_image_format",
  ],
  [
    "no bytes",
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "data:image/png;base64," }] }] },
    "input[0].content[0].image_url",
    "empty_image_file",
  ],
];

test("what the service refuses is refused, with its param and code", async (t) => {
  const { openai } = await setup(t);
  for (const [name, body, param, code, status = 400] of rows) {
    await t.test(name, async () => {
      const error = await refused(
        openai.post("/responses", {
          body: { model: "gpt-5.5", input: "draw a cat", tools: [{ type: "image_generation" }], ...body },
        }),
      );
      assert.deepEqual(
        [error.status, error.param, error.code, error.type],
        [status, param, code, "invalid_request_error"],
      );
    });
  }
});

test("messages are worded as the service words them", async (t) => {
  const { openai } = await setup(t);
  const say = async (options: Record<string, unknown>) =>
    (await refused(openai.post("/responses", { body: { model: "gpt-5.5", input: "x", ...drawn(options) } })))
      .message;
  assert.equal(await say({ foo: 1 }), "400 Unknown parameter: 'tools[0].foo'.");
  assert.equal(
    await say({ action: "x" }),
    "400 Invalid value: 'x'. Supported values are: 'generate', 'edit', and 'auto'.",
  );
  assert.equal(
    await say({ partial_images: 7 }),
    "400 Invalid 'tools[0].partial_images': integer above maximum value. Expected a value <= 3, but got 7 instead.",
  );
});

test("what is allowed is let through", async (t) => {
  const { openai } = await setup(t);
  const fine: readonly Record<string, unknown>[] = [
    { model: "gpt-image-2.5-flare", quality: "max" },
    { model: "gpt-image-2.5-sunburst-2026-09-08", quality: "xhigh", size: "512x256" },
    { model: "gpt-image-1.5", input_fidelity: "high", size: "1024x1024" },
    { model: "gpt-image-1-mini", input_fidelity: "low", size: "auto" },
    { output_format: "webp", background: "transparent", output_compression: 50 },
    { output_format: "png", output_compression: 100 },
    { complexity: "high", moderation: "low", input_fidelity: null },
  ];
  for (const options of fine) {
    await openai.post("/responses", {
      body: {
        model: "gpt-6-sol",
        input: "draw a cat",
        ...drawn({ model: "gpt-image-2", size: "256x256", quality: "low", ...options }),
      },
    });
  }
});

test("masks must be PNGs with alpha, of the picture's size", async (t) => {
  const { openai } = await setup(t);
  const picture = {
    type: "input_image" as const,
    detail: "auto" as const,
    image_url: dataUrl(await photo(256, 128)),
  };
  const tryMask = async (mask: Buffer, type = "image/png") =>
    (
      await refused(
        openai.responses.create(
          ask([{ role: "user", content: [picture, { type: "input_text", text: "add a cat" }] }], {
            input_image_mask: { image_url: dataUrl(mask, type) },
          }),
        ),
      )
    ).code;
  assert.equal(await tryMask(await photo(256, 128, "jpeg"), "image/jpeg"), "invalid_image_format");
  assert.equal(await tryMask(await photo(256, 128)), "invalid_image_mode");
  assert.equal(
    await tryMask(
      await sharp(await photo(128, 128))
        .ensureAlpha(0.5)
        .png()
        .toBuffer(),
    ),
    "invalid_mask_image_format",
  );
  assert.equal(await tryMask(Buffer.from("garbage")), "invalid_image_format");
});

test("a small file that unpacks to a huge picture is refused before it is unpacked", async (t) => {
  const { openai } = await setup(t);
  const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: "#000" } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const input = [
    {
      role: "user" as const,
      content: [{ type: "input_image" as const, detail: "auto" as const, image_url: dataUrl(bomb) }],
    },
  ];
  const error = await refused(openai.responses.create(ask(input)));
  assert.equal(error.code, "image_too_large");
});

test("bodies that are not JSON are refused", async (t) => {
  const { standin } = await setup(t);
  const answer = await fetch(`${standin.url}/responses`, {
    method: "POST",
    headers: { authorization: "Bearer x", "content-type": "application/json" },
    body: "{",
  });
  assert.equal(answer.status, 400);
  const body: unknown = await answer.json();
  assert.ok(typeof body === "object" && body !== null && "error" in body);
  const shallow = await fetch(`${standin.url}/responses`, {
    method: "POST",
    headers: { authorization: "Bearer x" },
    body: "[]",
  });
  assert.equal(shallow.status, 400);
});

test("a picture of fewer pixels than OpenAI draws is refused", async (t) => {
  const standin = await createStandin({ paceMs: 0 });
  t.after(() => standin.close());
  const openai = createClient(standin);
  await assert.rejects(openai.responses.create(ask("a fox", { size: "800x800" })), /minimum pixel budget/);
  await openai.responses.create(ask("a fox", { size: "816x816" }));
});
