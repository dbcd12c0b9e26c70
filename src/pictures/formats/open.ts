import sharp, { type Metadata } from "sharp";
import { BotError } from "../../seam/errors.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import { inputLimits } from "../picture.ts";
import { bmpToPng, mostBmpPixels, sizeOfBmp } from "./bmp.ts";
import { heicToPng, mostHeicPixels } from "./heic.ts";
import { tidyJpeg } from "./jpeg.ts";

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
export async function open(
  source: Uint8Array,
  mediaType: string,
  name: string,
  signal: AbortSignal,
): Promise<Opened> {
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
        signal.throwIfAborted();
        throw noHeic(name, cause);
      };
      const { autoOrient: claimed } = await sharp(source, { limitInputPixels: false })
        .metadata()
        .catch(cannot);
      checkPixels(claimed, name, mostHeicPixels);
      const bytes = await heicToPng(source, inputLimits.side, signal).catch(cannot);
      const meta = await inspect(bytes, name);
      const isTurned = meta.width > meta.height !== claimed.width > claimed.height;
      const seen = isTurned ? { width: claimed.height, height: claimed.width } : claimed;
      return { bytes, meta, seen, was: "HEIC", isPhoto: !meta.hasAlpha, isTidied: false };
    }
    default: {
      const bytes = mediaType === "image/jpeg" ? tidyJpeg(source) : source;
      const meta = await inspect(bytes, name);
      const height = meta.pageHeight ?? meta.autoOrient.height;
      return {
        bytes,
        meta,
        seen: { ...meta.autoOrient, height },
        ...(!isSendable(meta) && { was: mediaType.slice("image/".length).toUpperCase() }),
        isPhoto: meta.format === "jpeg" && !meta.hasAlpha,
        isTidied: bytes !== source,
      };
    }
  }
}

async function inspect(bytes: Uint8Array, name: string): Promise<Metadata> {
  const meta = await readOr(name, () => sharp(bytes, { limitInputPixels: false }).metadata());
  checkPixels({ width: meta.width, height: meta.pageHeight ?? meta.height }, name);
  return meta;
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

function noHeic(name: string, cause: unknown): BotError {
  const what =
    "is an HEIC photo that I cannot open. Send it as JPEG: on an iPhone, choose Settings › Camera › Formats › Most Compatible, or share it from Photos as JPEG.";
  return badFile(name, what, cause);
}

/** What is said of a picture whose pixels are not all there. */
export function damaged(name: string, cause: unknown): BotError {
  const what = "is damaged or cut off. Send it again, or save it anew as PNG or JPEG first.";
  return badFile(name, what, cause);
}
