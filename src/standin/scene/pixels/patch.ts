import sharp from "sharp";

/** Raw pixels with alpha. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** How far the new picture bleeds over the edge of a mask's hole, as a part of the shorter side. */
const bleed = 0.006;

/**
 * The new picture inside a mask's hole and the old one around it, nearly: as with the service a mask guides and is not
 * exact, so the new bleeds a little over the edge and the old comes back in a slightly other tone. Writes to `old`.
 */
export async function patchPixels(old: Pixels, fresh: Pixels, mask: Uint8Array): Promise<Pixels> {
  const { width, height } = old;
  const kept = await sharp(mask)
    .resize(width, height, { fit: "fill" })
    .blur(Math.max(0.6, Math.min(width, height) * bleed))
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  for (const [pixel, alpha] of kept.entries()) {
    // Half way over the edge the new picture is still all there.
    const part = Math.min(1, Math.max(0, alpha / 255 - 0.5) * 2);
    const at = pixel * 4;
    for (let c = 0; c < 4; c++) {
      const before = old.data[at + c] ?? 0;
      const toned = c < 3 ? drift(before, c) : before;
      const now = fresh.data[at + c] ?? 0;
      old.data[at + c] = now + (toned - now) * part;
    }
  }
  return old;
}

/** What becomes of a value outside the hole: a little warmer, a little flatter. */
function drift(value: number, channel: number): number {
  return Math.round(Math.min(255, value * (tone[channel] ?? 1) + 4));
}

/** Of red, green and blue. */
export const tone = [0.985, 0.97, 0.95] as const;
