import { randomUUID } from "node:crypto";
import sharp from "sharp";
import type { MessageKey } from "../../src/seam/turn.ts";
import type { View } from "../../src/seam/view.ts";
import type { Playground } from "./playground.ts";

/** A picture of a size that is drawn, another for each number, and too busy to be small. */
async function largePicture(number: number, side: number): Promise<Buffer> {
  const tile = Buffer.from(
    Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * at * 31 + number * 977 + ((at * 7) % 251)) % 256),
  );
  const noise = await sharp(tile, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const background = { r: (number * 53) % 256, g: (number * 97) % 256, b: (number * 29) % 256 };
  return sharp({ create: { width: side, height: side, channels: 3, background } })
    .composite([{ input: noise, tile: true, blend: "soft-light" }])
    .png({ compressionLevel: 0 })
    .toBuffer();
}

/** The view of a finished picture, as the core shows it. */
export async function pictureView(number: number, more: Partial<View> = {}, side = 1024): Promise<View> {
  const bytes = await largePicture(number, side);
  return {
    ...{ phase: "done", text: "", notes: [] },
    images: [{ name: "fox.png", mediaType: "image/png", bytes, alt: `Fox ${number}` }],
    actions: ["edit", "redo", "vary", "undo", "delete"],
    details: { prompt: `a fox ${number}`, options: [], elapsedMs: 12_000, painter: "Nobody" },
    ...more,
  };
}

/** Draws so many pictures in a thread, each from the one before; the keys of their messages. `side`: pixels. */
export async function drawThread(
  { post, next }: Pick<Playground, "post" | "next">,
  count: number,
  { first = 1, side = 1024 }: { readonly first?: number; readonly side?: number } = {},
): Promise<{ readonly thread: string; readonly keys: readonly MessageKey[] }> {
  const thread = randomUUID();
  const keys: MessageKey[] = [];
  for (let number = first; number < first + count; number += 1) {
    await post(`/api/threads/${thread}/prompts`, { text: `a fox ${number}` });
    const { reply } = await next();
    const view = await pictureView(number, {}, side);
    const key = reply.message ?? (await reply.show(view));
    const parent = keys.at(-1);
    await reply.show({ ...view, head: key, ...(parent && { parent }) });
    keys.push(key);
  }
  return { thread, keys };
}
