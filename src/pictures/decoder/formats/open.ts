import type { Metadata } from "sharp";
import { BotError } from "../../../seam/errors.ts";
import { badFile } from "../../../seam/files/sent-file.ts";
import { inputLimits } from "../../picture.ts";
import { damaged, noHeic } from "../../refusals.ts";
import { pixelsOf } from "../pixels.ts";
import { bmpToPng, mostBmpPixels, sizeOfBmp } from "./bmp.ts";
import { heicToPng, mostHeicPixels } from "./heic.ts";
import { tidyJpeg } from "./jpeg.ts";
import { withoutWords } from "./png.ts";

/** A picture whose pixels sharp can read. */
export interface Opened {
  readonly bytes: Uint8Array;
  readonly meta: Metadata;
  /** Pixels, as it is seen: upright. */
  readonly seen: { readonly width: number; readonly height: number };
  /** What it was, where it has been turned into a PNG or has to be turned into another type. */
  readonly was?: string;
  readonly isPhoto: boolean;
  /** It came with a fault that costs no pixel. */
  readonly isTidied: boolean;
}

/**
 * Reads the header only, unless it is of a type that sharp does not read. `mediaType` is what the bytes say, `name` what
 * the file is called. Throws BotError `bad_attachment` for one that is damaged, and for a bomb before it is decoded.
 */
export async function open(source: Uint8Array, mediaType: string, name: string): Promise<Opened> {
  switch (mediaType) {
    case "image/bmp": {
      const bytes = await readOr(name, async () => {
        checkPixels(sizeOfBmp(source), name, mostBmpPixels);
        return bmpToPng(source);
      });
      const meta = await inspect(bytes, name);
      return { bytes, meta, seen: meta.autoOrient, was: "BMP", isPhoto: false, isTidied: false };
    }
    case "image/heic": {
      const cannot = (cause: unknown) => {
        throw noHeic(name, cause);
      };
      const { autoOrient: claimed } = await pixelsOf(source, { limitInputPixels: false })
        .metadata()
        .catch(cannot);
      checkPixels(claimed, name, mostHeicPixels);
      const bytes = await heicToPng(source, inputLimits.side).catch(cannot);
      const meta = await inspect(bytes, name);
      const isTurned = meta.width > meta.height !== claimed.width > claimed.height;
      const seen = isTurned ? { width: claimed.height, height: claimed.width } : claimed;
      return { bytes, meta, seen, was: "HEIC", isPhoto: !meta.hasAlpha, isTidied: false };
    }
    default: {
      const plain = withoutWords(source);
      const bytes = mediaType === "image/jpeg" ? tidyJpeg(plain) : plain;
      const meta = await inspect(bytes, name);
      const height = meta.pageHeight ?? meta.autoOrient.height;
      return {
        bytes,
        meta,
        seen: { ...meta.autoOrient, height },
        ...(!isSendable(meta) && { was: mediaType.slice("image/".length).toUpperCase() }),
        isPhoto: meta.format === "jpeg" && !meta.hasAlpha,
        isTidied: bytes !== plain,
      };
    }
  }
}

async function inspect(bytes: Uint8Array, name: string): Promise<Metadata> {
  const meta = await readOr(name, () => pixelsOf(bytes, { limitInputPixels: false }).metadata());
  const size = { width: meta.width, height: meta.pageHeight ?? meta.height };
  checkPixels(size, name);
  if (isHeldWhole(meta)) checkPixels(size, name, Math.floor(mostHeldBytes / bytesOfPixel(meta)));
  return meta;
}

/** Bytes of pixels that a decoder may have to hold at once. */
const mostHeldBytes = 256 * 1024 * 1024;

/** What comes row by row is decoded row by row, however large it is. These are there as a whole or not at all. */
function isHeldWhole({ format, isProgressive }: Metadata): boolean {
  return isProgressive || !["png", "jpeg", "tiff"].includes(format);
}

/** A progressive JPEG is held as coefficients of two bytes each, the others as their pixels. */
function bytesOfPixel({ format, channels, depth }: Metadata): number {
  return channels * (format === "jpeg" || depth !== "uchar" ? 2 : 1);
}

async function readOr<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw cause instanceof BotError ? cause : damaged(name, cause);
  }
}

function checkPixels(
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
  most: number = inputLimits.pixels,
): void {
  if (width * height <= most) return;
  throw badFile(
    name,
    `has ${width}x${height} pixels, more than I open. Scale it to ${inputLimits.side} pixels on the long side and send it again.`,
  );
}

/** Of a type OpenAI takes. */
export type Sendable = Metadata & { readonly format: "png" | "jpeg" | "webp" };

export function isSendable(meta: Metadata): meta is Sendable {
  return meta.format === "png" || meta.format === "jpeg" || meta.format === "webp";
}
