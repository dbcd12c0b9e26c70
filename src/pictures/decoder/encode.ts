import { sniffMediaType } from "../../seam/files/media-type.ts";
import type { Encoded, ImageLimits } from "../../seam/view.ts";
import { isAnimated, toSmallerGif } from "./formats/animation.ts";
import { rasterise } from "./formats/svg.ts";
import { pixelsOf } from "./pixels.ts";

/** Pixels on the long side of a sketch: enough to see it develop, little to send. */
const sketchSide = 768;

/** How far a picture that is too large is scaled, step by step. */
const scales = [1, 0.75, 0.56, 0.42, 0.32, 0.24, 0.18, 0.13];

/**
 * A partial, or a finished picture, small enough to be shown often: a JPEG, which takes a third of what a WebP takes to be
 * made; one with an alpha channel is a WebP, and a PNG where the platform takes none. Of one that moves it is the first
 * frame. Rejects when the bytes are no picture.
 */
export async function toSketch(picture: Uint8Array, limits: ImageLimits): Promise<Encoded> {
  const bytes = await toPixels(picture);
  const small = pixelsOf(bytes).resize(sketchSide, sketchSide, { fit: "inside", withoutEnlargement: true });
  const { hasAlpha } = await pixelsOf(bytes).metadata();
  if (hasAlpha && limits.mediaTypes.includes("image/webp")) {
    return { bytes: await small.webp({ quality: 78, effort: 1 }).toBuffer(), mediaType: "image/webp" };
  }
  return !hasAlpha || (await isOpaque(bytes))
    ? { bytes: await small.jpeg({ quality: 80 }).toBuffer(), mediaType: "image/jpeg" }
    : { bytes: await small.png({ palette: true }).toBuffer(), mediaType: "image/png" };
}

/** Whether a picture is there to its last line, however odd it is otherwise. */
export async function isWhole(picture: Uint8Array): Promise<boolean> {
  try {
    // Decodes every row and keeps almost nothing.
    await pixelsOf(picture, { failOn: "truncated", sequentialRead: true })
      .resize(8, 8, { fit: "fill", kernel: "nearest", fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * A finished picture within a platform's limits, with a sentence in `note` when it had to be changed.
 *
 * What fits passes as it came, byte for byte. What is too large becomes a WebP or JPEG of the same size in pixels, then
 * a smaller one; a transparent picture stays transparent. One that moves goes on moving where the platform takes GIF,
 * else its first frame is shown. Rejects when the bytes are no picture.
 */
export async function toLimits(
  picture: Encoded,
  limits: ImageLimits,
): Promise<Encoded & { readonly note?: string }> {
  const { bytes, mediaType } = picture;
  const tooLarge = bytes.byteLength > limits.bytes;
  if (!tooLarge && limits.mediaTypes.includes(mediaType)) return picture;
  const moves = await isAnimated(bytes);
  const why = tooLarge
    ? "was too large to post here as it is"
    : `came as ${nameOf(mediaType)}, which I cannot post here`;
  if (moves && limits.mediaTypes.includes("image/gif")) {
    const smaller = await toSmallerGif(bytes, limits.bytes);
    if (smaller) {
      return {
        bytes: smaller.bytes,
        mediaType: "image/gif",
        note: `The animation ${why}, so ${smaller.how}.`,
      };
    }
  }
  const still = await toStill(await toPixels(bytes), tooLarge, limits);
  if (!still) return picture;
  const { target, scale, ...encoded } = still;
  const saved = scale === 1 ? "" : `scaled to ${Math.round(scale * 100)} % and `;
  const note = moves
    ? `The animation ${why}, so this is its first frame, ${saved}saved as ${nameOf(target)}.`
    : `The picture ${why}, so it is ${saved}saved as ${nameOf(target)}.`;
  return { bytes: encoded.bytes, mediaType: target, note };
}

/** The first way that fits, from the one that loses least; undefined when none does. */
async function toStill(bytes: Uint8Array, tooLarge: boolean, limits: ImageLimits) {
  const { width = 1 } = await pixelsOf(bytes).metadata();
  const smallest = pickTarget(await isOpaque(bytes), limits.mediaTypes);
  const ways = [
    ...(tooLarge ? [] : [{ target: "image/png", scale: 1 }]), // another type is no reason to lose anything
    ...scales.map((scale) => ({ target: smallest, scale })),
  ];
  for (const { target, scale } of ways) {
    const encoded = await encode(bytes, target, Math.max(1, Math.round(width * scale)));
    if (encoded.byteLength <= limits.bytes) return { bytes: encoded, target, scale };
  }
  return undefined;
}

/** What sharp may open: never an SVG, since libvips would draw it here, for as long as it takes. */
async function toPixels(bytes: Uint8Array): Promise<Uint8Array> {
  const mediaType = sniffMediaType(bytes);
  if (!mediaType) throw new Error("neither PNG, JPEG, WebP, GIF nor SVG");
  return mediaType === "image/svg+xml" ? (await rasterise(bytes)).bytes : bytes;
}

/** Most pictures have no alpha channel: their header says so, and nothing has to be decoded. */
async function isOpaque(bytes: Uint8Array): Promise<boolean> {
  const { hasAlpha } = await pixelsOf(bytes).metadata();
  return !hasAlpha || (await pixelsOf(bytes).stats()).isOpaque;
}

function pickTarget(opaque: boolean, takes: readonly string[]): string {
  if (takes.includes("image/webp")) return "image/webp";
  return opaque ? "image/jpeg" : "image/png";
}

function encode(bytes: Uint8Array, mediaType: string, width: number): Promise<Buffer> {
  const image = pixelsOf(bytes).resize({ width, withoutEnlargement: true });
  if (mediaType === "image/webp") return image.webp({ quality: 92 }).toBuffer();
  if (mediaType === "image/jpeg") return image.jpeg({ quality: 92, mozjpeg: true }).toBuffer();
  return image.png({ compressionLevel: 9 }).toBuffer();
}

function nameOf(mediaType: string): string {
  if (mediaType === "image/webp") return "WebP";
  return mediaType.replace(/^image\/|\+xml$/g, "").toUpperCase();
}
