import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { crc32, createDeflate, deflateSync } from "node:zlib";
import sharp from "sharp";

/** Small files that ask a decoder for much: memory, or time. Sizes in pixels. */

/** A PNG of the given chunks. */
function png(header: Buffer, chunks: readonly (readonly [string, Uint8Array])[]): Buffer {
  const all = [["IHDR", header] as const, ...chunks, ["IEND", new Uint8Array()] as const];
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    ...all.map(([type, data]) => {
      const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    }),
  ]);
}

function header(width: number, height: number, depth: 8 | 16, isInterlaced: boolean): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes.set([depth, 2, 0, 0, isInterlaced ? 1 : 0], 8);
  return bytes;
}

async function zeros(length: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 9 });
  const all = buffer(deflate);
  const part = Buffer.alloc(1024 * 1024);
  for (let left = length; left > 0; left -= part.length) {
    if (!deflate.write(left < part.length ? part.subarray(0, left) : part)) await once(deflate, "drain");
  }
  deflate.end();
  return all;
}

/** A black PNG of 16 bits a channel, which is there as a whole or not at all. */
export async function interlaced(width: number, height: number): Promise<Buffer> {
  const rows = width * height * 6 + height * 2; // and a byte for each row of each pass, nearly
  return png(header(width, height, 16, true), [["IDAT", await zeros(rows)]]);
}

/** 64 pixels, and words of a hundred million letters each, packed. */
export function wordy(kind: "zTXt" | "iTXt", count: number): Buffer {
  const packed = deflateSync(Buffer.alloc(100_000_000));
  const name = kind === "zTXt" ? "a\0\0" : "a\0\u0001\0\0\0";
  const words = Array.from(
    { length: count },
    () => [kind, Buffer.concat([Buffer.from(name, "latin1"), packed])] as const,
  );
  return png(header(8, 8, 8, false), [...words, ["IDAT", deflateSync(Buffer.alloc(8 * 25))]]);
}

/** A GIF of one colour: runs of it, each longer than the one before, until the table is full. */
export function hugeGif(width: number, height: number): Buffer {
  const bits: number[] = [];
  let [held, count] = [0, 0];
  const put = (code: number, size: number) => {
    held |= code << count;
    for (count += size; count >= 8; count -= 8) {
      bits.push(held & 255);
      held >>>= 8;
    }
  };
  put(256, 9);
  put(0, 9);
  let [left, next] = [width * height - 1, 258];
  while (left > 0) {
    const code = Math.min(next, 4095);
    put(code, Math.min(12, Math.floor(Math.log2(code)) + 1));
    left -= code - 256;
    next += 1;
  }
  put(257, 12);
  bits.push(held & 255);
  const data = Buffer.from(bits);
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.from([block.length]), block);
  }
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([
    Buffer.from("GIF89a", "latin1"),
    size,
    Buffer.from([0xf7, 0, 0]),
    Buffer.alloc(768),
    Buffer.from([0x2c, 0, 0, 0, 0]),
    size,
    Buffer.from([0, 8]),
    ...blocks,
    Buffer.from([0, 0x3b]),
  ]);
}

/** A JPEG that is sent coarse first, with more pixels than it has data for. */
export async function hugeJpeg(width: number, height: number): Promise<Buffer> {
  const bytes = await sharp({ create: { width: 640, height: 640, channels: 3, background: "#456" } })
    .jpeg({ progressive: true, chromaSubsampling: "4:4:4" })
    .toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc2])); // SOF2. Source: ITU-T T.81, table B.1
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

/** The same, told over and over: each scan goes over all of its pixels. */
export async function manyScans(side: number, scans: number): Promise<Buffer> {
  const bytes = await sharp({ create: { width: side, height: side, channels: 3, background: "#456" } })
    .jpeg({ progressive: true, chromaSubsampling: "4:4:4" })
    .toBuffer();
  const end = bytes.length - 2;
  const last = bytes.lastIndexOf(Buffer.from([0xff, 0xda]), end);
  const scan = bytes.subarray(last, end);
  return Buffer.concat([
    bytes.subarray(0, end),
    ...Array.from({ length: scans }, () => scan),
    bytes.subarray(end),
  ]);
}

/** An SVG that takes hours to draw: every line crosses all others. */
export function endlessSvg(): Buffer {
  const path = "L40 20 0 19 40 0 0 0".repeat(100_000);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0${path}"/></svg>`,
  );
}
