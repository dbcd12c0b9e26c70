import sharp from "sharp";

/** A PNG of one colour. Width and height in pixels. */
export function flat(colour: string, width = 320, height = 240): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();
}
