import { crc32 } from "node:zlib";

/** Bytes before the first chunk, and of a chunk's length, type and checksum. */
const [signatureBytes, frameBytes] = [8, 12];

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** Over its type and data, as the file has it. */
  readonly checksum: number;
  /** The same, of what is there. */
  sum(): number;
}

/**
 * What a PNG says of itself, read without a decoder: its size in pixels. Undefined for what is no PNG, or one whose
 * picture is turned by what it says beside.
 */
export function sizeOfPng(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  for (const { type, data, checksum, sum } of chunksOf(bytes)) {
    if (type !== "IHDR" || data.length !== 13 || checksum !== sum()) return undefined;
    const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
    const isTurned = chunksOf(bytes).some((chunk) => chunk.type === "eXIf");
    return width === 0 || height === 0 || isTurned ? undefined : { width, height };
  }
  return undefined;
}

/**
 * Whether a PNG is there to its last byte as its encoder wrote it, by the checksum of each chunk. False says nothing: it
 * may be odd, or no PNG.
 */
export function isSoundPng(bytes: Uint8Array): boolean {
  let hasPixels = false;
  for (const { type, checksum, sum } of chunksOf(bytes)) {
    if (checksum !== sum()) return false;
    if (type === "IDAT") hasPixels = true;
    if (type === "IEND") return hasPixels && sizeOfPng(bytes) !== undefined;
  }
  return false;
}

/** As far as they are whole. Source: the PNG specification, third edition, 5.3. */
function* chunksOf(given: Uint8Array): Generator<Chunk> {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.toString("latin1", 0, signatureBytes) !== "\x89PNG\r\n\x1a\n") return;
  for (let at = signatureBytes; at + frameBytes <= bytes.length; ) {
    const end = at + frameBytes + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    const typeAt = at + 4;
    yield {
      type: bytes.toString("latin1", typeAt, at + 8),
      data: bytes.subarray(at + 8, end - 4),
      checksum: bytes.readUInt32BE(end - 4),
      sum: () => crc32(bytes.subarray(typeAt, end - 4)),
    };
    at = end;
  }
}
