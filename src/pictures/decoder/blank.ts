import sharp from "sharp";
import type { Encoded } from "../../seam/view.ts";

/** An empty picture, to stand where one cannot be shown. */
export async function makeBlank(): Promise<Encoded> {
  const blank = { width: 512, height: 512, channels: 3, background: "#fff" } as const;
  return { bytes: await sharp({ create: blank }).png().toBuffer(), mediaType: "image/png" };
}
