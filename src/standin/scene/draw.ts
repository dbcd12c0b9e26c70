import sharp from "sharp";
import type { Draw } from "../record.ts";

/** Finds a kept picture by hash. */
export type Pictures = (hash: string) => Uint8Array | undefined;

/** A picture's bytes. `sketch`: a rough state of it, 0 the roughest; absent: finished. */
export async function drawPicture(draw: Draw, pictures: Pictures, sketch?: number): Promise<Uint8Array> {
  void pictures;
  void sketch;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${draw.width}" height="${draw.height}"><rect width="100%" height="100%" fill="hsl(${draw.scene.seed % 360} 60% 60%)"/></svg>`;
  return await sharp(Buffer.from(svg)).png().toBuffer();
}
