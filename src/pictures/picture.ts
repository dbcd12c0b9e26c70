import { BotError } from "../seam/errors.ts";
import { mostFileBytes } from "../seam/files/sent-file.ts";

/** A picture fit to be sent to OpenAI: PNG, JPEG or WebP, upright, one frame, without location data. */
export interface Picture {
  readonly role: "reference" | "mask";
  readonly bytes: Uint8Array;
  readonly mediaType: "image/png" | "image/jpeg" | "image/webp";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A mask that cannot be used, whatever is said with it. */
export class UselessMask extends BotError {}

/** What OpenAI takes, and what we are willing to decode. */
export const inputLimits = {
  /** Pictures in one request. Source: the image guide. */
  references: 16,
  /** Bytes of one file. */
  bytes: mostFileBytes,
  /** Pixels of one picture: a phone's largest photo passes, a decompression bomb does not. */
  pixels: 210_000_000,
  /** Pixels of the longer side beyond which a picture is scaled down: the largest that can be drawn. */
  side: 3840,
  /** Pixels of the shorter side below which OpenAI refuses a picture. */
  least: 4,
  /** How long a file may take to be fetched, in ms: 50 MB over 5 Mbit/s. */
  fetchMs: 90_000,
} as const;
