/** How a BMP can hold its pixels. */
type Kind = "1" | "4" | "8" | "16" | "24" | "32" | "fields" | "alpha" | "down" | "old" | "runs4" | "runs8";

const width = 7;
const height = 5;

/** Three rows of red above two of blue, 7 pixels wide. Source: Microsoft's “Bitmap Storage”. */
export function bmp(kind: Kind): Buffer {
  const bits =
    { down: 24, old: 8, runs4: 4, runs8: 8, fields: 16, alpha: 32 }[kind as "down"] ?? Number(kind);
  const compression = { runs8: 1, runs4: 2, fields: 3, alpha: 3 }[kind as "runs8"] ?? 0;
  const isDown = kind === "down";
  const isRed = (row: number) => (isDown ? row < 3 : row >= 2); // from the bottom up, unless they go down
  const rows = Array.from({ length: height }, (_, row) => toRow(kind, bits, isRed(row)));
  const pixels = Buffer.concat(
    compression === 1 || compression === 2 ? [...rows, Buffer.from([0, 1])] : rows,
  );
  const isOld = kind === "old";
  const colours = isOld
    ? [
        [0, 0, 255],
        [255, 0, 0],
      ]
    : [
        [0, 0, 255, 0],
        [255, 0, 0, 0],
      ];
  const palette = bits <= 8 ? Buffer.from(colours.flat()) : Buffer.alloc(0);
  const header = Buffer.alloc(isOld ? 12 : kind === "alpha" ? 108 : 40);
  header.writeUInt32LE(header.length, 0);
  if (isOld) Buffer.from([width, 0, height, 0, 1, 0, bits, 0]).copy(header, 4);
  else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(isDown ? -height : height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
    header.writeUInt32LE(compression, 16);
    if (bits <= 8) header.writeUInt32LE(2, 32);
    if (kind === "alpha") u32s(0xff, 0xff00, 0xff0000, 0xff000000).copy(header, 40);
  }
  const masks = kind === "fields" ? u32s(0xf800, 0x7e0, 0x1f) : Buffer.alloc(0);
  const gap = Buffer.alloc(8); // pixels need not begin right behind the palette
  const before = [header, masks, palette, gap];
  const start = 14 + before.reduce((sum, part) => sum + part.length, 0);
  const file = Buffer.alloc(14);
  file.write("BM");
  file.writeUInt32LE(start + pixels.length, 2);
  file.writeUInt32LE(start, 10);
  return Buffer.concat([file, ...before, pixels]);
}

/** A row of one colour, padded to four bytes. The palette has red at 0 and blue at 1. */
function toRow(kind: Kind, bits: number, isRed: boolean): Buffer {
  const index = isRed ? 0 : 1;
  if (kind === "runs8") return Buffer.from([4, index, 0, 3, index, index, index, 0, 0, 0]);
  if (kind === "runs4") return Buffer.from([3, index * 0x11, 0, 4, index * 0x11, index * 0x11, 0, 0]);
  const pixel: Record<number, number[]> = {
    16: kind === "fields" ? (isRed ? [0, 0xf8] : [0x1f, 0]) : isRed ? [0, 0x7c] : [0x1f, 0],
    24: isRed ? [0, 0, 255] : [255, 0, 0],
    32:
      kind === "alpha"
        ? isRed
          ? [255, 0, 0, 255]
          : [0, 0, 255, 255]
        : isRed
          ? [0, 0, 255, 0]
          : [255, 0, 0, 0],
  };
  const used = Math.ceil((width * bits) / 8);
  const row = Buffer.alloc(Math.ceil((width * bits) / 32) * 4);
  if (bits <= 8) row.fill(index ? ({ 1: 0xff, 4: 0x11, 8: 1 }[bits as 1] ?? 0) : 0, 0, used);
  else row.fill(Buffer.from(pixel[bits] ?? []), 0, used);
  return row;
}

function u32s(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}
