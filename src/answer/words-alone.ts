import { BotError } from "../seam/errors.ts";
import type { ImageOptions } from "../seam/options.ts";

/** What matters of a turn where a picture in view cannot be used. */
export interface Unpictured {
  readonly options: Partial<ImageOptions>;
  /** A picture was asked for outright. */
  readonly mustDraw: boolean;
  /** A mask came along, which needs a picture to lie on. */
  readonly masked: boolean;
}

/**
 * What is said where a picture in view cannot be used and words do all the same, a plain sentence each: nobody chose that
 * picture, and a new one was asked for outright. Else throws a BotError of the same code that says how to ask for one.
 */
export function toWordsAlone(
  { options: { action = "auto" }, mustDraw, masked }: Unpictured,
  error: BotError,
): string[] {
  const { code, message } = error;
  if (!masked && (action === "generate" || (action === "auto" && mustDraw))) {
    return [...message.split("\n").map((what) => `Left out: ${what}`), "I went by your words alone."];
  }
  if (masked) throw error;
  throw new BotError(code, `${message}\nTo draw from words alone, use --action generate.`, { cause: error });
}
