import { fileURLToPath } from "node:url";
import { runPen } from "./pen.ts";

/** Pixels of one HEIC photo: the largest of an iPhone has 48 million. */
export const mostHeicPixels = 100_000_000;

/** What we are willing to decode. */
const limits = {
  pixels: mostHeicPixels,
  /** How long it may take, in ms: the largest of an iPhone takes some seconds. */
  ms: 40_000,
} as const;

const pen = fileURLToPath(new URL("./heic-pen.ts", import.meta.url));

/**
 * An HEIC photo as a PNG, upright, with its colour profile and without what it says of its place; scaled so that its long
 * side has `side` pixels at most.
 *
 * libvips, as sharp brings it, is built without a decoder for HEVC, for its patents; libheif-js is libheif with one, as
 * WebAssembly. It runs in a process of its own. Rejects when it fails, takes too long, or is told to stop.
 */
export async function heicToPng(
  bytes: Uint8Array,
  side: number,
  signal?: AbortSignal,
  ms: number = limits.ms,
): Promise<Buffer> {
  const args = [side, limits.pixels, ms];
  return runPen(pen, bytes, { args, ms, mostBytes: 128 * 1024 * 1024, signal });
}
