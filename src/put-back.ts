import sharp, { type Metadata } from "sharp";
import { type Encoded, sniffMediaType } from "./encode.ts";
import { inputLimits } from "./inputs.ts";
import { sameShape, shapeGap } from "./mask.ts";

/** A picture whose outside was put back, or the drawn one with the reason why it could not be. */
export interface PutBack {
  readonly picture: Encoded;
  /** Whether the outside was put back. */
  readonly patched: boolean;
  /** What a person should know. */
  readonly note?: string;
  /** Why nothing could be put back though it should have been possible; for the log. */
  readonly cause?: unknown;
}

interface Parts {
  readonly drawn: Encoded;
  /** What the mask lies on; upright. Sizes in pixels. */
  readonly original: { readonly bytes: Uint8Array; readonly width: number; readonly height: number };
  /** As `fitMask` makes it: a PNG of the original's size, transparent where the picture may change. */
  readonly mask: Uint8Array;
}

type Size = Pick<Parts["original"], "width" | "height">;

/** Width of the soft edge, as a share of the picture's short side; and in pixels at least. */
const feather = { share: 0.0075, least: 2 };

/** Sizes that every image model draws. Source: `size` of `Tool.ImageGeneration` in openai's responses.d.ts. */
const standard = ["1024x1024", "1536x1024", "1024x1536"];

/** Sizes that the newer models draw. Source: the same, and the image guide for the fewest pixels. */
const drawable = { step: 16, side: 3840, ratio: 3, least: 655_360, most: 3840 * 2160 };

/** Above so many pixels drawing is experimental (the same source); larger originals are drawn so many wide or high. */
const usual = { pixels: 2560 * 1440, side: 1536 };

const limits = { limitInputPixels: inputLimits.pixels };

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
    const [under, over, ramp] = await Promise.all([
      pixelsOf(original.bytes, original),
      pixelsOf(drawn.bytes, original),
      rampOf(mask, original),
    ]);
    mix(under, over, ramp);
    const opaque = !(from.hasAlpha || meta.hasAlpha) || (await isOpaque(under, original));
    return await encode(under, original, { meta, bytes: drawn.bytes, opaque });
  } catch (cause) {
    return { ...asDrawn(drawn, "It could not be laid over your picture"), cause };
  }
}

/**
 * The size to ask for, as WIDTHxHEIGHT, so that what is drawn can be laid over the original: its shape as near as may
 * be, and its size unless that is very large or too small to be drawn. `fixed` is for models that know three sizes only.
 */
export function sizeFor(original: Size, sizes: "any" | "fixed"): string {
  const { width, height } = original;
  if (sizes === "fixed") return best(standard, (size) => shapeGap(toSize(size), original));
  const ratio = Math.min(drawable.ratio, Math.max(1 / drawable.ratio, width / height));
  const wished = width * height > usual.pixels ? usual.side / Math.max(width, height) : 1;
  const pixels = Math.max(drawable.least, width * height * wished ** 2);
  const candidates: string[] = [];
  for (let wide = drawable.step; wide <= drawable.side; wide += drawable.step) {
    const high = Math.round(wide / ratio / drawable.step) * drawable.step;
    if (isDrawable({ width: wide, height: high })) candidates.push(`${wide}x${high}`);
  }
  return best(candidates, (size) => {
    const drawn = toSize(size);
    return 16 * shapeGap(drawn, original) + Math.abs(Math.log((drawn.width * drawn.height) / pixels)) / 2;
  });
}

function isDrawable({ width, height }: Size): boolean {
  const { side, ratio, least, most } = drawable;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  return long <= side && long <= ratio * short && width * height >= least && width * height <= most;
}

function toSize(size: string): Size {
  const [width = 1, height = 1] = size.split("x").map(Number);
  return { width, height };
}

/** The one with the least to say against it. */
function best(sizes: readonly string[], against: (size: string) => number): string {
  return sizes.reduce((one, other) => (against(other) < against(one) ? other : one));
}

function headerOf(bytes: Uint8Array): Promise<Metadata> {
  return sharp(bytes, limits).metadata();
}

/** One that is an SVG is never opened here; one that moves has no one picture to be laid over. */
function isRaster(bytes: Uint8Array): boolean {
  return ["image/png", "image/jpeg", "image/webp"].includes(sniffMediaType(bytes) ?? "");
}

function asDrawn(picture: Encoded, why: string): PutBack {
  return {
    picture,
    patched: false,
    note: `${why}, so I could not put back what lies outside the mask: look whether something changed there too.`,
  };
}

/** Four bytes a pixel, at the original's size. */
function pixelsOf(bytes: Uint8Array, { width, height }: Size): Promise<Buffer> {
  return sharp(bytes, limits)
    .autoOrient()
    .resize(width, height, { fit: "fill" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
}

/**
 * How much of the drawn picture shows, one byte a pixel: nothing outside the hole and on its edge, all of it in its
 * middle, and something between along the edge.
 */
async function rampOf(mask: Uint8Array, { width, height }: Size): Promise<Buffer> {
  const plane = { raw: { width, height, channels: 1 } } as const;
  const alpha = await sharp(mask, limits)
    .resize(width, height, { fit: "fill", kernel: "nearest" })
    .ensureAlpha()
    .extractChannel("alpha")
    .raw({ depth: "uchar" })
    .toBuffer();
  const bits = (image: Buffer) => sharp(image, plane).toColourspace("b-w");
  const hole = await bits(await bits(alpha).threshold(128).raw().toBuffer())
    .negate()
    .raw()
    .toBuffer();
  const marked = await meanOf(hole, plane);
  const widest = Math.max(feather.least, Math.min(width, height) * feather.share);
  for (let edge = widest; edge >= 1; edge /= 2) {
    // Blurred, the hole's edge lies at one half. What is above it lies inside, but for the tips of thin tongues.
    const soft = await bits(hole)
      .blur({ sigma: edge / 2, minAmplitude: 0.01 })
      .linear(2, -255)
      .boolean(hole, "and", plane)
      .raw()
      .toBuffer();
    // A line thinner than its soft edge would hardly show: a harder one for it.
    if ((await meanOf(soft, plane)) > marked / 2) return soft;
  }
  return hole;
}

async function meanOf(image: Buffer, plane: { raw: Size & { channels: 1 } }): Promise<number> {
  return (await sharp(image, plane).stats()).channels[0]?.mean ?? 0;
}

/**
 * Lays one over the other, in place. By hand, since sharp's composite is not exact where a picture is half transparent,
 * and needs three passes for it (`npm run bench -- put-back`).
 */
function mix(under: Buffer, over: Buffer, ramp: Buffer): void {
  for (let pixel = 0, at = 0; pixel < ramp.length; pixel += 1, at += 4) {
    const share = ramp[pixel] ?? 0;
    if (share === 0) continue;
    const above = (over[at + 3] ?? 0) * share;
    const below = (under[at + 3] ?? 0) * (255 - share);
    const all = above + below;
    if (all > 0) {
      for (let channel = at; channel < at + 3; channel += 1) {
        under[channel] = Math.round(((over[channel] ?? 0) * above + (under[channel] ?? 0) * below) / all);
      }
    }
    under[at + 3] = Math.round(all / 255);
  }
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
