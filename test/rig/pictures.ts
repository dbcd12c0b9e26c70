import { createCipheriv } from "node:crypto";
import sharp, { type Sharp } from "sharp";

/** A PNG of one colour. Width and height in pixels. */
export function flat(colour: string, width = 320, height = 240): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

/** What a byte of chance becomes: a level of grey, half of them within 34 of the middle. */
const levels = Uint8Array.from({ length: 256 }, (_, byte) => {
  const chance = (byte + 0.5) / 256;
  return Math.round(Math.min(255, Math.max(0, 128 + 50 * 0.55 * Math.log(chance / (1 - chance)))));
});

let asked = 0;

/**
 * A picture that packs badly, in which no two places are the same. Width and height in pixels.
 * Pictures of one `seed` are the same in every run; each that names none is another.
 */
export function noise(width: number, height: number, seed = ++asked): Sharp {
  const chance = createCipheriv(
    "aes-128-ctr",
    Buffer.alloc(16, "drawbridge"),
    Buffer.from(`${seed}`.padStart(16, "0")),
  );
  const pixels = chance.update(Buffer.alloc(width * height * 3));
  for (const [at, byte] of pixels.entries()) pixels[at] = levels[byte] ?? 0;
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A mask as OpenAI takes it: white, with a transparent hole. All in pixels. */
export function masked(
  width: number,
  height: number,
  hole: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Promise<Buffer> {
  const piece = { width: hole.width, height: hole.height, channels: 4, background: "#fff" } as const;
  return sharp({ create: { width, height, channels: 4, background: "#fff" } })
    .composite([{ input: { create: piece }, left: hole.left, top: hole.top, blend: "dest-out" }])
    .png()
    .toBuffer();
}

/** A GIF that moves: noise, a new one in each frame. `delays` in ms, one a frame. */
export async function moving(width: number, height: number, delays: readonly number[]): Promise<Buffer> {
  const frames = await Promise.all(delays.map(() => noise(width, height).png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [...delays], effort: 1 })
    .toBuffer();
}
