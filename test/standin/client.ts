import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import OpenAI from "openai";
import type {
  ResponseCreateParamsNonStreaming,
  ResponseStreamEvent,
  Tool,
} from "openai/resources/responses/responses";
import sharp from "sharp";
import { createStandin, type Standin, type StandinOptions } from "../../src/standin/index.ts";
import { today } from "../rig/day.ts";

/** A stand-in and the real client on it, closed with the test. Pictures take 20 ms. */
export async function setup(
  t: TestContext,
  options: StandinOptions = {},
): Promise<{ standin: Standin; openai: OpenAI }> {
  const standin = await createStandin({ paceMs: 20, leastPixels: 256 * 256, today, ...options });
  t.after(() => standin.close());
  return { standin, openai: createClient(standin) };
}

/** The SDK as the bot would set it up, but without retries. */
export function createClient(standin: Standin, apiKey = "sk-test"): OpenAI {
  return new OpenAI({ baseURL: standin.url, apiKey, maxRetries: 0, logLevel: "off" });
}

/** The image tool, small and quick: by a model that draws small ones. */
export function tool(options: Partial<Tool.ImageGeneration> = {}): Tool.ImageGeneration {
  return { type: "image_generation", model: "gpt-image-2", size: "256x256", quality: "low", ...options };
}

/** A request for a picture. */
export function ask(
  input: ResponseCreateParamsNonStreaming["input"],
  options: Partial<Tool.ImageGeneration> = {},
): ResponseCreateParamsNonStreaming {
  return {
    model: "gpt-5.5",
    input: input ?? "",
    tools: [tool(options)],
    tool_choice: { type: "image_generation" },
  };
}

export async function collect(events: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const all: ResponseStreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The one picture of a response, decoded from its base64. */
export function pictureOf(response: { output: readonly { type: string }[] }): Buffer {
  const call = response.output.find((item) => item.type === "image_generation_call");
  assert.ok(call && "result" in call && typeof call.result === "string", "there is a picture");
  return Buffer.from(call.result, "base64");
}

/** Two files are the same, byte for byte. (A deepEqual that fails would print every byte of both.) */
export function assertSame(one: Uint8Array, other: Uint8Array, what = "the pictures are the same"): void {
  assert.ok(Buffer.compare(one, other) === 0, what);
}

/** Raw pixels with alpha. */
export async function pixels(picture: Uint8Array): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The part of pixels that differ by more than a little, 0 to 1. */
export async function difference(one: Uint8Array, other: Uint8Array): Promise<number> {
  const [a, b] = [await pixels(one), await pixels(other)];
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  let changed = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const apart = [0, 1, 2].reduce(
      (sum, c) => sum + Math.abs((a.data[at + c] ?? 0) - (b.data[at + c] ?? 0)),
      0,
    );
    if (apart > 30) changed++;
  }
  return changed / (a.width * a.height);
}

/** A photo of sorts: a colourful gradient, as PNG unless said. */
export async function photo(
  width = 256,
  height = 256,
  format: "png" | "jpeg" | "webp" = "png",
): Promise<Buffer> {
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      raw[at] = (x / width) * 255;
      raw[at + 1] = 128 + Math.sin(x / 12) * 80;
      raw[at + 2] = (y / height) * 255;
    }
  }
  return await sharp(raw, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

export function dataUrl(bytes: Uint8Array, type = "image/png"): string {
  return `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
}

/** The error that a call is refused with. */
export async function refused(call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }
  return assert.fail("it was not refused");
}

/** Pictures, numbered, and the words that go with them, as the bot sends them. */
export function given(text: string, ...pictures: readonly Uint8Array[]) {
  return [
    {
      role: "user" as const,
      content: [
        ...pictures.flatMap((picture, index) => [
          { type: "input_text" as const, text: `Picture ${index + 1}:` },
          { type: "input_image" as const, detail: "auto" as const, image_url: dataUrl(picture) },
        ]),
        { type: "input_text" as const, text },
      ],
    },
  ];
}
