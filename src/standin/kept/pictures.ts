import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import { badRequest } from "../errors/api-error.ts";
import type { Hole } from "../scene/scene.ts";
import type { PictureRef } from "./record.ts";
import type { Store } from "./store.ts";

/** Largest picture taken, in bytes. Source: the image generation guide. */
const largestPicture = 50 * 1024 * 1024;
/** Largest picture taken, in pixels: what a bomb has more of. */
const mostPixels = 100_000_000;
/** Longest side that is kept. */
const keptSide = 2048;

const taken = ["png", "jpeg", "webp", "gif"];

/** Checks that bytes are a picture and keeps it. `param` is where it stood. Throws ApiError. */
export async function keepPicture(bytes: Uint8Array, param: string, store: Store): Promise<PictureRef> {
  if (bytes.length === 0) throw badRequest("The image file is empty.", param, "empty_image_file");
  if (bytes.length > largestPicture) {
    throw badRequest(
      "The image file is too large. The maximum size is 50 MB.",
      param,
      "image_file_too_large",
    );
  }
  const { format, width, height, turned } = await look(bytes, param);
  if (width * height > mostPixels) {
    throw badRequest("The image has too many pixels.", param, "image_too_large");
  }
  if (width < 4 || height < 4) throw badRequest("The image is too small.", param, "image_too_small");
  try {
    const open = sharp(bytes, { limitInputPixels: mostPixels }).rotate();
    const { dominant } = await open.clone().resize(64, 64, { fit: "inside" }).flatten().stats();
    const { kept, hash } = await toKept(open, Math.max(width, height));
    store.pictures.set(hash, kept);
    return {
      hash,
      width: turned ? height : width,
      height: turned ? width : height,
      colour: toHex(dominant),
      bytes: bytes.length,
      format,
    };
  } catch {
    throw badRequest(
      "You uploaded an unsupported image. Please make sure your image is valid.",
      param,
      "image_parse_error",
    );
  }
}

/** The hash by which a picture is kept. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  const open = sharp(bytes, { limitInputPixels: mostPixels }).rotate();
  const { width, height } = await open.metadata();
  return (await toKept(open, Math.max(width, height))).hash;
}

async function toKept(open: Sharp, longSide: number) {
  const sized = longSide > keptSide ? open.resize(keptSide, keptSide, { fit: "inside" }) : open;
  const kept = await sized.png().toBuffer();
  return { kept, hash: createHash("sha256").update(kept).digest("hex").slice(0, 32) };
}

/** Checks an overlay that guides an edit: a PNG of the picture's size that can be seen through in places. Throws ApiError. */
export async function checkMarkup(
  bytes: Uint8Array,
  size: { readonly width: number; readonly height: number },
  param: string,
): Promise<void> {
  const { format, width, height, alpha } = await look(bytes, param);
  const no = (why: string, code: string) => badRequest(`Invalid markup image: ${why}`, param, code);
  if (format !== "png") throw no(`it must be a PNG, but it is '${format}'.`, "invalid_image_format");
  if (width !== size.width || height !== size.height) {
    throw no(
      `it must be the same size as the image (${size.width}x${size.height}), but it is ${width}x${height}.`,
      "invalid_value",
    );
  }
  const isClear = alpha && !(await sharp(bytes, { limitInputPixels: mostPixels }).stats()).isOpaque;
  if (!isClear) throw no("it must contain transparent pixels.", "invalid_image_mode");
}

/**
 * Checks a mask against the picture it is for: it has the picture's size and format, and an alpha channel. Source: the
 * image generation guide. `format` is absent for a picture drawn here, where a PNG does. Throws ApiError.
 */
export async function keepMask(
  bytes: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly format?: string },
  param: string,
  store: Store,
): Promise<{ readonly hash: string; readonly hole: Hole }> {
  const found = await look(bytes, param);
  const { format = "png" } = size;
  if (found.format !== format) {
    throw badRequest(
      `Invalid mask image format '${found.format}'. The mask must have the format of the image, '${format}'.`,
      param,
      "invalid_image_format",
    );
  }
  if (!found.alpha) {
    throw badRequest("Invalid mask image: the mask must have an alpha channel.", param, "invalid_image_mode");
  }
  if (found.width !== size.width || found.height !== size.height) {
    throw badRequest(
      `Invalid mask image: the mask must be the same size as the image (${size.width}x${size.height}), but it is ${found.width}x${found.height}.`,
      param,
      "invalid_mask_image_format",
    );
  }
  try {
    const kept = await sharp(bytes, { limitInputPixels: mostPixels })
      .extractChannel("alpha")
      .png()
      .toBuffer();
    const hash = createHash("sha256").update(kept).digest("hex").slice(0, 32);
    store.pictures.set(hash, kept);
    return { hash, hole: await findHole(kept) };
  } catch {
    throw badRequest("The mask cannot be read as an image.", param, "image_parse_error");
  }
}

/** The bounds of what is open in a mask, to a hundredth or so; the whole when nothing is. */
async function findHole(mask: Uint8Array): Promise<Hole> {
  const side = 128;
  const cells = await sharp(mask).resize(side, side, { fit: "fill" }).toColourspace("b-w").raw().toBuffer();
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (const [at, alpha] of cells.entries()) {
    if (alpha >= 128) continue;
    const [x, y] = [at % side, Math.floor(at / side)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  if (right === 0) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: left / side, y: top / side, width: (right - left) / side, height: (bottom - top) / side };
}

/** The bytes of a base64 data URL. Throws ApiError. */
export function fromDataUrl(url: string, param: string): Uint8Array {
  const comma = url.indexOf(",");
  const head =
    comma < 0 ? undefined : /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64$/i.exec(url.slice(0, comma));
  if (!head) {
    throw badRequest(
      "Invalid 'image_url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got an invalid data URL.",
      param,
      "invalid_value",
    );
  }
  const type = head[1]?.toLowerCase() ?? "";
  if (!taken.some((format) => type === `image/${format}`) && type !== "image/jpg") {
    throw badRequest(
      `Invalid MIME type '${type}'. Only image types are supported: 'image/png', 'image/jpeg', 'image/webp', and 'image/gif'.`,
      param,
      "unsupported_image_media_type",
    );
  }
  const text = url.slice(comma + 1);
  if (!/^[A-Za-z0-9+/_-]*={0,2}\s*$/.test(text)) {
    throw badRequest("The image data is not valid base64.", param, "invalid_base64_image");
  }
  return Buffer.from(text, "base64");
}

async function look(bytes: Uint8Array, param: string) {
  try {
    // Only the header is read here, so a bomb is known before it is unpacked.
    const {
      format,
      width,
      height,
      hasAlpha,
      orientation = 1,
    } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (format && taken.includes(format)) {
      return { format, width, height, alpha: hasAlpha, turned: orientation >= 5 };
    }
  } catch {
    // Not a picture at all: the same answer as for a kind that is not taken.
  }
  throw badRequest(
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    param,
    "invalid_image_format",
  );
}

function toHex({ r, g, b }: { r: number; g: number; b: number }): string {
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
