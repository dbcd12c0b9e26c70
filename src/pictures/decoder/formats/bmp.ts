import sharp from "sharp";

/** A BMP as rows of red, green and blue, and see-through where it says so. Sizes in pixels. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}

/** Pixels of one BMP: packed ones hold many in few bytes, and they are unpacked here, in a quarter of a second at most. */
export const mostBmpPixels = 24_000_000;

/** What a header says of the pixels after it. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly isUpright: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where red, green, blue and alpha are in a pixel of 16 or 32 bits; 0 for one that is not there. */
  readonly masks: readonly number[];
  readonly palette: Uint8Array;
  /** Bytes of one entry of the palette. */
  readonly entry: 3 | 4;
  /** Where the pixels begin. */
  readonly start: number;
}

/** `compression`, as far as it is read: the others hold a JPEG or PNG, for printers. */
const packing = { none: 0, runs8: 1, runs4: 2, fields: 3, alphaFields: 6 } as const;

/**
 * A BMP as a PNG, which everybody reads: of 1 to 32 bits, also packed by runs.
 *
 * Source: Microsoft's “Bitmap Storage” (wingdi.h). The packages for it that were looked at read only some of these, or
 * read them wrong. Rejects with what is wrong with one that cannot be read, or that ends early.
 */
export async function bmpToPng(bytes: Uint8Array): Promise<Buffer> {
  const { data, width, height, channels } = parseBmp(bytes);
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toBuffer();
}

/** Width and height, in pixels, as the header has them. Throws as `bmpToPng` rejects. */
export function sizeOfBmp(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const { width, height } = readHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { width, height };
}

function parseBmp(bytes: Uint8Array): Bitmap {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(file);
  const { bits, compression } = header;
  if (bits <= 8) {
    const isPacked = compression === packing.runs8 || compression === packing.runs4;
    return toColours(header, isPacked ? unpack(file, header) : toIndices(file, header));
  }
  return bits === 24 ? toPlain(file, header) : toMasked(file, header);
}

function readHeader(file: Buffer): Header {
  const size = file.readUInt32LE(14);
  const isOld = size === 12;
  const width = isOld ? file.readUInt16LE(18) : file.readInt32LE(18);
  const tall = isOld ? file.readUInt16LE(20) : file.readInt32LE(22);
  const bits = file.readUInt16LE(isOld ? 24 : 28);
  const compression = isOld ? packing.none : file.readUInt32LE(30);
  const hasFields = compression === packing.fields || compression === packing.alphaFields;
  const fields = hasFields ? (compression === packing.fields ? 12 : 16) : 0;
  const hasAlpha = hasFields && (size >= 56 || compression === packing.alphaFields);
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const masks = hasFields
    ? [54, 58, 62, ...(hasAlpha ? [66] : [])].map((at) => file.readUInt32LE(at))
    : usual;
  const start = file.readUInt32LE(10);
  const table = 14 + size + (size === 40 ? fields : 0);
  const known = Object.values<number>(packing).includes(compression);
  if (!known || width < 1 || tall === 0 || ![1, 4, 8, 16, 24, 32].includes(bits) || start < 14 + size) {
    throw new Error("no BMP that can be read");
  }
  const entry = isOld ? 3 : 4;
  const palette =
    bits <= 8 ? file.subarray(table, Math.min(start, table + entry * 2 ** bits)) : file.subarray(0, 0);
  return {
    width,
    height: Math.abs(tall),
    isUpright: tall < 0,
    bits,
    compression,
    masks,
    palette,
    entry,
    start,
  };
}

/** Rows lie on four bytes each, and from the bottom up unless the header says otherwise. */
function rowsOf(file: Buffer, { width, height, bits, start, isUpright }: Header): (y: number) => Buffer {
  const length = Math.ceil((width * bits) / 32) * 4;
  const used = Math.ceil((width * bits) / 8);
  if (file.length < start + length * (height - 1) + used) throw new Error("it ends early");
  return (y) => {
    const at = start + length * (isUpright ? y : height - 1 - y);
    return file.subarray(at, at + length);
  };
}

function toIndices(file: Buffer, header: Header): Uint8Array {
  const { width, height, bits } = header;
  const row = rowsOf(file, header);
  const indices = new Uint8Array(width * height);
  const each = 8 / bits;
  for (let y = 0; y < height; y++) {
    const from = row(y);
    for (let x = 0; x < width; x++) {
      const byte = from[Math.floor(x / each)] ?? 0;
      indices[y * width + x] = (byte >> (8 - bits * ((x % each) + 1))) & (2 ** bits - 1);
    }
  }
  return indices;
}

/** Runs: a count and a colour; or 0 and 0 (next row), 1 (the end), 2 (a step), or a count of colours that follow. */
function unpack(file: Buffer, { width, height, bits, start, isUpright }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [at, x, y] = [start, 0, 0];
  const put = (index: number) => {
    if (x < width && y < height) indices[(isUpright ? y : height - 1 - y) * width + x] = index;
    x++;
  };
  const half = (byte: number, isSecond: boolean) => (bits === 8 ? byte : isSecond ? byte & 15 : byte >> 4);
  let isSkipped = false;
  while (y < height) {
    const count = file.readUInt8(at++);
    const value = file.readUInt8(at++);
    // What lies beyond the row's end is not worth a step each: a file can have millions of such runs.
    const room = Math.max(0, width - x);
    if (count > 0) for (let i = 0; i < Math.min(count, room); i++) put(half(value, i % 2 === 1));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) {
      [x, y] = [x + file.readUInt8(at++), y + file.readUInt8(at++)];
      isSkipped = true;
    } else {
      const bytes = Math.ceil((value * bits) / 8);
      for (let i = 0; i < Math.min(value, room); i++)
        put(half(file.readUInt8(at + Math.floor((i * bits) / 8)), i % 2 === 1));
      at += bytes + (bytes % 2);
    }
  }
  if (y < height - 1 && !isSkipped) throw new Error("it ends early");
  return indices;
}

function toColours({ width, height, palette, entry }: Header, indices: Uint8Array): Bitmap {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const at = (indices[pixel] ?? 0) * entry; // blue, green, red
    data[pixel * 3] = palette[at + 2] ?? 0;
    data[pixel * 3 + 1] = palette[at + 1] ?? 0;
    data[pixel * 3 + 2] = palette[at] ?? 0;
  }
  return { width, height, channels: 3, data };
}

function toPlain(file: Buffer, header: Header): Bitmap {
  const { width, height } = header;
  const row = rowsOf(file, header);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = row(y);
    for (let x = 0, to = y * width * 3; x < width * 3; x += 3, to += 3) {
      data[to] = from[x + 2] ?? 0;
      data[to + 1] = from[x + 1] ?? 0;
      data[to + 2] = from[x] ?? 0;
    }
  }
  return { width, height, channels: 3, data };
}

function toMasked(file: Buffer, header: Header): Bitmap {
  const { width, height, bits, masks } = header;
  const row = rowsOf(file, header);
  const parts = masks.filter((mask) => mask !== 0).map(toPart);
  const channels = parts.length === 4 ? 4 : 3;
  if (parts.length < 3) throw new Error("it has no colours");
  const data = new Uint8Array(width * height * channels);
  let isSeen = false;
  for (let y = 0, to = 0; y < height; y++) {
    const from = row(y);
    for (let x = 0; x < width; x++) {
      const pixel = bits === 16 ? from.readUInt16LE(x * 2) : from.readUInt32LE(x * 4);
      for (const part of parts) data[to++] = part(pixel);
      isSeen ||= channels === 3 || data[to - 1] !== 0;
    }
  }
  // Programs that know nothing of alpha leave it empty.
  if (!isSeen) for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width, height, channels, data };
}

/** What a mask lets through, as 0 to 255. */
function toPart(mask: number): (pixel: number) => number {
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}
