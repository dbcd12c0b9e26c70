import type { Picture } from "../../picture.ts";
import { pixelsOf } from "../pixels.ts";
import { fitMask } from "./mask.ts";

/** A picture and the mask that lies on it, as OpenAI takes them: both of one format. Source: the image guide. */
export interface Pair {
  readonly picture: Picture;
  readonly mask: Picture;
  readonly notes: readonly string[];
}

/** Throws as `fitMask` does. */
export async function fitPair(picture: Picture, mask: Uint8Array): Promise<Pair> {
  const { bytes, notes } = await fitMask(mask, picture);
  const { width, height } = picture;
  return {
    picture: await toPng(picture),
    mask: { role: "mask", bytes, mediaType: "image/png", width, height },
    notes,
  };
}

async function toPng(picture: Picture): Promise<Picture> {
  if (picture.mediaType === "image/png") return picture;
  return { ...picture, bytes: await pixelsOf(picture.bytes).png().toBuffer(), mediaType: "image/png" };
}
