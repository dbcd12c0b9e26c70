import sharp from "sharp";
import { type Size, sameShape, shapeGap } from "../../../seam/words/size.ts";
import { UselessMask } from "../../picture.ts";
import { pixelsOf } from "../pixels.ts";

/** A mask as OpenAI takes it: a PNG with an alpha channel, transparent where the picture may change, else opaque. */
export interface FittedMask {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Fits a mask to the picture it lies on, in pixels.
 *
 * A mask with transparent parts is read by them alone, whatever its colours: what is at least half clear changes. One
 * without is read as black and white: black changes, white stays (OpenAI's guide turns a black-and-white mask into one
 * by using it as its own alpha channel). What lies between is decided in the middle: OpenAI takes for the hole what is
 * fully transparent, and nothing else. Throws UselessMask (`bad_attachment`) when it marks nothing.
 */
export async function fitMask(mask: Uint8Array, picture: Size): Promise<FittedMask> {
  const source = pixelsOf(mask);
  const [meta, stats] = await Promise.all([source.metadata(), source.stats()]);
  const clear = meta.hasAlpha && !stats.isOpaque;
  const alpha = await toAlpha(mask, clear, picture);
  const { min = 255, max = 255, mean = 255 } = (await sharp(alpha, plane(picture)).stats()).channels[0] ?? {};
  if (min === 255) {
    throw new UselessMask(
      "bad_attachment",
      "The mask marks nothing. Make the part that should change transparent, or black, and send it again.",
    );
  }
  const notes = [noteOnSize(meta.autoOrient, picture)];
  if (max === 0) notes.push("The mask marks everything, so the whole picture may change.");
  else if (clear && mean < 64 && (await isWhite(mask))) {
    notes.push(
      "The mask is white on a see-through ground: the white stays, and the see-through part may change. If you meant it the other way round, paint the part to change black on white.",
    );
  }
  return { bytes: await toPng(alpha, picture), notes: notes.filter((note) => note !== undefined) };
}

/** One byte for each pixel of the picture: 0 where it may change, 255 where it stays. */
async function toAlpha(mask: Uint8Array, clear: boolean, picture: Size): Promise<Buffer> {
  const upright = pixelsOf(mask).autoOrient();
  // The last extractChannel of a pipeline counts, whatever came before it: one each.
  const values = clear ? upright.extractChannel("alpha") : upright.greyscale().extractChannel(0);
  const fitted = values.resize(picture.width, picture.height, { fit: "fill", kernel: "linear" });
  const soft = await fitted.raw().toBuffer();
  return sharp(soft, plane(picture)).threshold(128).toColourspace("b-w").raw().toBuffer();
}

/** Of one colour and two alphas, the worst of 3840x3840 pixels stays below the 4 MB that a mask may have. */
function toPng(alpha: Buffer, { width, height }: Size): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: "white" } })
    .joinChannel(alpha, plane({ width, height }))
    .png()
    .toBuffer();
}

function plane({ width, height }: Size) {
  return { raw: { width, height, channels: 1 } } as const;
}

/** Whether all that can be seen of it is white. */
async function isWhite(mask: Uint8Array): Promise<boolean> {
  const seen = pixelsOf(mask).flatten({ background: "white" });
  const { channels } = await sharp(await seen.toColourspace("b-w").png().toBuffer()).stats();
  return (channels[0]?.min ?? 0) > 230;
}

function noteOnSize(mask: Size, picture: Size): string | undefined {
  if (mask.width === picture.width && mask.height === picture.height) return undefined;
  const [from, to] = [`${mask.width}x${mask.height}`, `${picture.width}x${picture.height}`];
  return shapeGap(mask, picture) > sameShape
    ? `The mask has another shape (${from}) than the picture (${to}), so I stretched it: look whether the right part changed.`
    : `The mask had ${from} pixels, so I fitted it to the picture's ${to}.`;
}
