import { createHash } from "node:crypto";
import sharp from "sharp";
import type { Draw } from "../scene/scene.ts";

/**
 * A picture of one colour in place of the drawing, of the same size and type: for who does not look at it. Other
 * words, another scene, and another sketch of it, have another colour. A mask counts for nothing: the hole is all of it.
 */
export async function drawTile(draw: Draw, sketch?: number): Promise<Uint8Array> {
  const { width, height, scene, prompt, format } = draw;
  const hash = createHash("sha256").update(JSON.stringify([scene, prompt, sketch]));
  const colour = `#${hash.digest("hex").slice(0, 6)}`;
  if (format === "svg") {
    return Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour}"/></svg>`,
    );
  }
  const create = (background: string) =>
    scene.transparent
      ? sharp({ create: { width, height, channels: 4, background: `${background}00` } })
      : sharp({ create: { width, height, channels: 3, background } });
  if (format !== "gif") return create(colour).toFormat(format).toBuffer();
  // Frames that are alike would become one.
  const frames = Array.from({ length: draw.frames }, (_, turn) =>
    create(turn % 2 ? "#fff" : colour)
      .png()
      .toBuffer(),
  );
  return sharp(await Promise.all(frames), { join: { animated: true } })
    .gif({ delay: frames.map(() => draw.frameMs), effort: 1 })
    .toBuffer();
}
