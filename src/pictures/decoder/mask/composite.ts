import sharp from "sharp";
import type { Size } from "../../../seam/words/size.ts";
import { pixelsOf } from "../pixels.ts";

/** A picture that another is laid over: upright, PNG, JPEG or WebP. Sizes in pixels. */
export interface Ground {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Width of the soft edge, as a share of the picture's short side; and in pixels at least. */
const feather = { share: 0.0075, least: 2 };

/**
 * A picture laid over another through a mask's hole, as red, green, blue and alpha in sRGB, a byte each, at the ground's
 * size. Outside the hole the pixels are the ground's, to the last bit. Rejects when one of the three cannot be opened.
 */
export async function composite(bytes: Uint8Array, ground: Ground, mask: Uint8Array): Promise<Buffer> {
  const [under, over, ramp] = await Promise.all([
    rawOf(ground.bytes, ground),
    rawOf(bytes, ground),
    rampOf(mask, ground),
  ]);
  mix(under, over, ramp);
  return under;
}

/** Four bytes a pixel, at the original's size. */
function rawOf(bytes: Uint8Array, { width, height }: Size): Promise<Buffer> {
  return pixelsOf(bytes)
    .autoOrient()
    .resize(width, height, { fit: "fill" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
}

/**
 * How much of the drawn picture shows, one byte a pixel: nothing outside the hole and on its edge, all of it in its
 * middle, and something between along the edge.
 */
async function rampOf(mask: Uint8Array, { width, height }: Size): Promise<Buffer> {
  const plane = { raw: { width, height, channels: 1 } } as const;
  const alpha = await pixelsOf(mask)
    .resize(width, height, { fit: "fill", kernel: "nearest" })
    .ensureAlpha()
    .extractChannel("alpha")
    .raw({ depth: "uchar" })
    .toBuffer();
  const bits = (image: Buffer) => sharp(image, plane).toColourspace("b-w");
  const hole = await bits(await bits(alpha).threshold(128).raw().toBuffer())
    .negate()
    .raw()
    .toBuffer();
  const marked = await meanOf(hole, plane);
  const widest = Math.max(feather.least, Math.min(width, height) * feather.share);
  for (let edge = widest; edge >= 1; edge /= 2) {
    // Blurred, the hole's edge lies at one half. What is above it lies inside, but for the tips of thin tongues.
    const soft = await bits(hole)
      .blur({ sigma: edge / 2, minAmplitude: 0.01 })
      .linear(2, -255)
      .boolean(hole, "and", plane)
      .raw()
      .toBuffer();
    // A line thinner than its soft edge would hardly show: a harder one for it.
    if ((await meanOf(soft, plane)) > marked / 2) return soft;
  }
  return hole;
}

async function meanOf(image: Buffer, plane: { raw: Size & { channels: 1 } }): Promise<number> {
  return (await sharp(image, plane).stats()).channels[0]?.mean ?? 0;
}

/**
 * Lays one over the other, in place. By hand, since sharp's composite is not exact where a picture is half transparent,
 * and needs three passes for it (`npm run bench -- put-back`).
 */
function mix(under: Buffer, over: Buffer, ramp: Buffer): void {
  for (let pixel = 0; pixel < ramp.length; pixel += 1) {
    const share = ramp[pixel] ?? 0;
    if (share === 255) {
      const from = pixel;
      while (ramp[pixel + 1] === 255) pixel += 1;
      under.set(over.subarray(from * 4, (pixel + 1) * 4), from * 4);
    } else if (share > 0) mixPixel(under, over, pixel * 4, share);
  }
}

/** By their alphas, so that what cannot be seen gives no colour. */
function mixPixel(under: Buffer, over: Buffer, at: number, share: number): void {
  const above = (over[at + 3] ?? 0) * share;
  const below = (under[at + 3] ?? 0) * (255 - share);
  const all = above + below;
  if (all > 0) {
    for (let channel = at; channel < at + 3; channel += 1) {
      under[channel] = Math.round(((over[channel] ?? 0) * above + (under[channel] ?? 0) * below) / all);
    }
  }
  under[at + 3] = Math.round(all / 255);
}
