import sharp, { type Sharp, type SharpOptions } from "sharp";
import { inputLimits } from "../picture.ts";
import { withoutWords } from "./formats/png.ts";

/** The pixels of a picture from outside: nothing else opens one. What it says beside them never meets a decoder. */
export function pixelsOf(bytes: Uint8Array, options: SharpOptions = {}): Sharp {
  return sharp(withoutWords(bytes), { limitInputPixels: inputLimits.pixels, ...options });
}
