import sharp, { type Sharp } from "sharp";

/** A PNG of one colour. Width and height in pixels. */
export function flat(colour: string, width = 320, height = 240): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

/** A picture that packs badly, in which no two places are the same. */
export function noise(width: number, height: number): Sharp {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 50 },
    },
  });
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
