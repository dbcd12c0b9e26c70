import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import type { Draw } from "../scene/scene.ts";

/**
 * A picture of one colour in place of the drawing, of the same size and type: for who does not look at it. Another
 * scene, and another sketch of it, has another colour. A mask counts for nothing: the hole is all of it.
 */
export async function drawTile(draw: Draw, sketch?: number): Promise<Uint8Array> {
  const colour = (turn: number) =>
    createHash("sha256")
      .update(JSON.stringify([draw.scene, sketch, turn]))
      .digest()
      .subarray(0, 3);
  const tile = (turn: number) => toPng(draw, colour(turn));
  switch (draw.format) {
    case "jpeg":
      return sharp(tile(0)).jpeg().toBuffer();
    case "webp":
      return sharp(tile(0)).webp({ effort: 0 }).toBuffer();
    case "gif": {
      const frames = Array.from({ length: draw.frames }, (_, turn) => tile(turn));
      const delay = frames.map(() => draw.frameMs);
      return sharp(frames, { join: { animated: true } })
        .gif({ delay, effort: 1 })
        .toBuffer();
    }
    case "svg":
      return Buffer.from(toSvg(draw, colour(0).toString("hex")));
    default:
      return tile(0);
  }
}

function toSvg({ width, height }: Draw, hex: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#${hex}"/></svg>`;
}

/** A palette of one colour, and a bit for each pixel. Source: the PNG specification (W3C), sections 5 and 11. */
function toPng({ width, height, scene }: Draw, colour: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 3], 8);
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", colour),
    ...(scene.transparent ? [chunk("tRNS", Buffer.alloc(1))] : []),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
