import sharp, { type Metadata } from "sharp";
import { sniffMediaType } from "../../../seam/files/media-type.ts";
import type { Encoded } from "../../../seam/view.ts";
import { type Size, sameShape, shapeGap } from "../../../seam/words/size.ts";
import { pixelsOf } from "../pixels.ts";
import { asDrawn, type PutBack } from "./as-drawn.ts";
import { composite, type Ground } from "./composite.ts";

/** What is laid over each other. */
export interface Parts {
  readonly drawn: Encoded;
  /** What the mask lies on. */
  readonly original: Ground;
  /** As `fitMask` makes it: a PNG of the original's size, transparent where the picture may change. */
  readonly mask: Uint8Array;
}

/**
 * The drawn picture with everything outside the mask's hole as it was in the original: OpenAI's masks guide the model
 * and are not exact.
 *
 * The result has the original's size, 8 bits a channel in sRGB, and the drawn picture's type (PNG for a JPEG whose
 * original is transparent). Outside the hole every pixel is the original's; the soft edge lies inside the hole. Where
 * nothing can be put back (another shape, an animation, a file that cannot be opened) the drawn picture is returned as
 * it is: it has been paid for. Never rejects.
 */
export async function putBack({ drawn, original, mask }: Parts): Promise<PutBack> {
  try {
    if (!isRaster(drawn.bytes)) return asDrawn(drawn, "It is no picture made of pixels");
    const [meta, from] = await Promise.all([headerOf(drawn.bytes), headerOf(original.bytes)]);
    if (shapeGap(meta.autoOrient, original) > sameShape) {
      const [came, was] = [meta.autoOrient, original].map(({ width, height }) => `${width}x${height}`);
      return asDrawn(drawn, `It came as ${came}, another shape than your picture's ${was}`);
    }
    const pixels = await composite(drawn.bytes, original, mask);
    const opaque = !(from.hasAlpha || meta.hasAlpha) || (await isOpaque(pixels, original));
    return await encode(pixels, original, { meta, bytes: drawn.bytes, opaque });
  } catch (cause) {
    return { ...asDrawn(drawn, "It could not be laid over your picture"), cause };
  }
}

function headerOf(bytes: Uint8Array): Promise<Metadata> {
  return pixelsOf(bytes).metadata();
}

/** One that is an SVG is never opened here; one that moves has no one picture to be laid over. */
function isRaster(bytes: Uint8Array): boolean {
  return ["image/png", "image/jpeg", "image/webp"].includes(sniffMediaType(bytes) ?? "");
}

async function isOpaque(pixels: Buffer, { width, height }: Size): Promise<boolean> {
  return (await sharp(pixels, { raw: { width, height, channels: 4 } }).stats()).isOpaque;
}

/** In the drawn picture's type, at a quality at which the eye sees no second loss. */
async function encode(
  pixels: Buffer,
  size: Size,
  drawn: { readonly meta: Metadata; readonly bytes: Uint8Array; readonly opaque: boolean },
): Promise<PutBack> {
  const { meta, bytes, opaque } = drawn;
  const mixed = sharp(pixels, { raw: { width: size.width, height: size.height, channels: 4 } });
  const image = opaque ? mixed.removeAlpha() : mixed;
  if (meta.format === "webp") {
    const webp = isLossless(bytes)
      ? image.webp({ lossless: true })
      : image.webp({ quality: 95, smartSubsample: true });
    return { picture: { bytes: await webp.toBuffer(), mediaType: "image/webp" }, patched: true };
  }
  if (meta.format === "jpeg" && opaque) {
    const jpeg = image.jpeg({ quality: 95, chromaSubsampling: "4:4:4" });
    return { picture: { bytes: await jpeg.toBuffer(), mediaType: "image/jpeg" }, patched: true };
  }
  return {
    picture: { bytes: await image.png().toBuffer(), mediaType: "image/png" },
    patched: true,
    ...(meta.format === "jpeg" && {
      note: "Your picture is transparent, which a JPEG cannot be, so it is a PNG.",
    }),
  };
}

/** Whether a WebP's pixels are coded without loss. Source: RFC 9649, “VP8L”; what comes before it holds no picture. */
function isLossless(webp: Uint8Array): boolean {
  const text = Buffer.from(webp.subarray(0, 65_536)).toString("latin1");
  return /VP8[ L]/.exec(text)?.[0] === "VP8L";
}
