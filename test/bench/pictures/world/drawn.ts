import sharp from "sharp";
import { createDice } from "../../../rig/dice.ts";

/** A picture as OpenAI draws one on its way, and what is seen of it. */
export interface DrawnPicture {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the long side. */
const side = 1024;

/** Each has a shape of its own, so that it is known again however small it is made. */
const shapes = [1008, 976, 944];

/**
 * Three sketches of 1.5 MB and a picture of 3 MB, which are 2 and 4 MB in base64: grain on soft forms, as PNG, the same
 * each time.
 */
export async function drawAll(): Promise<{
  readonly partials: readonly DrawnPicture[];
  readonly final: DrawnPicture;
}> {
  const partials = await Promise.all(shapes.map((height, index) => draw(height, 3, index + 1)));
  return { partials, final: await draw(side, 190, 7) };
}

/** `grain`: how far a pixel is from its neighbours at most, of 255. */
async function draw(height: number, grain: number, seed: number): Promise<DrawnPicture> {
  const { random } = createDice(seed);
  const pixels = Buffer.alloc(side * height * 3);
  for (let at = 0; at < pixels.length; at += 1) {
    const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
    const soft = 30 + 17 * Math.sin(x / 90 + seed) + 17 * Math.cos(y / 70 + (at % 3));
    pixels[at] = soft + random() * grain;
  }
  const raw = { width: side, height, channels: 3 } as const;
  const bytes = await sharp(pixels, { raw }).png({ compressionLevel: 6 }).toBuffer();
  return { bytes, width: side, height };
}
