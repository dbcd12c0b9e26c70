import { readFile } from "node:fs/promises";
import type { Encoded } from "../../seam/view.ts";
import { pixelsOf } from "./pixels.ts";

/**
 * A small WebP of a picture, upright, its longer side no longer than `side` pixels; of one that moves, its first frame.
 * `source`: its bytes, or the file it is in. Rejects when that is no picture.
 */
export async function toThumbnail(source: Uint8Array | string, side: number): Promise<Encoded> {
  const bytes = typeof source === "string" ? await readFile(source) : source;
  const small = pixelsOf(bytes)
    .autoOrient()
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 });
  return { bytes: await small.toBuffer(), mediaType: "image/webp" };
}
