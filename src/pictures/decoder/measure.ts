import { open, readFile } from "node:fs/promises";
import { sniffPicture } from "../../seam/files/media-type.ts";
import type { Measured } from "../../seam/view.ts";
import { pixelsOf } from "./pixels.ts";

/** Of these a header says all: the others would have to be drawn. */
const measurable = /^image\/(?:png|jpeg|webp|gif|avif)$/;

/** Bytes that show what a file is. */
const headBytes = 64;

/** What the header says; undefined for what is no picture of these types. `source`: its bytes, or the file it is in. */
export async function measure(source: Uint8Array | string): Promise<Measured | undefined> {
  const head = typeof source === "string" ? await readHead(source) : source;
  const mediaType = sniffPicture(head);
  if (!mediaType || !measurable.test(mediaType)) return undefined;
  const bytes = typeof source === "string" ? await readFile(source) : source;
  try {
    const { width, height } = (await pixelsOf(bytes, { limitInputPixels: false }).metadata()).autoOrient;
    return { mediaType, width, height };
  } catch {
    return undefined;
  }
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
