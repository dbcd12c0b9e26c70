import sharp from "sharp";
import { BotError } from "./errors.ts";

/** A mask as OpenAI takes it: a PNG with an alpha channel, transparent where the picture may change. */
export interface FittedMask {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Fits a mask to the picture it lies on, in pixels.
 *
 * A mask with transparent parts is used as it is. One without is read as black and white: black changes, white stays
 * (OpenAI's guide turns a black-and-white mask into one by using it as its own alpha channel). Throws BotError
 * `bad_attachment` when it marks nothing.
 */
export async function fitMask(
  mask: Uint8Array,
  picture: { readonly width: number; readonly height: number },
): Promise<FittedMask> {
  const { width, height } = picture;
  const source = sharp(mask);
  const [meta, stats] = await Promise.all([source.metadata(), source.stats()]);
  // The last extractChannel of a pipeline counts, whatever came before it: one each.
  const alpha =
    meta.hasAlpha && !stats.isOpaque
      ? sharp(mask).extractChannel("alpha")
      : sharp(mask).greyscale().extractChannel(0);
  const data = await alpha.resize(width, height, { fit: "fill", kernel: "linear" }).raw().toBuffer();
  if (!data.some((value) => value < 128)) {
    throw new BotError(
      "bad_attachment",
      "The mask marks nothing. Make the part that should change transparent, or black, and send it again.",
    );
  }
  const bytes = await sharp({ create: { width, height, channels: 3, background: "white" } })
    .joinChannel(data, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const notes =
    meta.width === width && meta.height === height
      ? []
      : [
          `The mask had ${meta.width}x${meta.height} pixels, so I fitted it to the picture's ${width}x${height}.`,
        ];
  return { bytes, notes };
}
