import { inputLimits, type Picture } from "../../picture.ts";
import { pixelsOf } from "../pixels.ts";
import type { Opened } from "./open.ts";

/** Decodes every row and keeps almost nothing: false when the decoder has anything to say against it. */
export async function isSound(bytes: Uint8Array): Promise<boolean> {
  try {
    await pixelsOf(bytes, { sequentialRead: true })
      .resize(8, 8, { fit: "fill", kernel: "nearest", fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * A picture as it is sent: upright, one frame, no larger than can be drawn, without what it says of its place. Rejects
 * when it is damaged.
 */
export function toUpright(opened: Opened): Promise<Omit<Picture, "role">> {
  return tolerate((failOn) => convert(opened, failOn));
}

/** What a decoder only warns of is no damage, unless it is that the data ends early. */
async function tolerate<T>(read: (failOn: "warning" | "error") => Promise<T>): Promise<T> {
  try {
    return await read("warning");
  } catch (error) {
    if (/premature end|truncated|ends early|not enough/i.test(String(error))) throw error;
    return read("error");
  }
}

async function convert(
  { bytes, isPhoto }: Opened,
  failOn: "warning" | "error",
): Promise<Omit<Picture, "role">> {
  const upright = pixelsOf(bytes, { sequentialRead: true, pages: 1, failOn })
    .autoOrient()
    .resize(inputLimits.side, inputLimits.side, {
      fit: "inside",
      withoutEnlargement: true,
      fastShrinkOnLoad: true,
    })
    .toColourspace("srgb");
  const encoded = isPhoto ? upright.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }) : upright.png();
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return {
    bytes: data,
    mediaType: isPhoto ? "image/jpeg" : "image/png",
    width: info.width,
    height: info.height,
  };
}
