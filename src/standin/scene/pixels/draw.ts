import sharp, { type Sharp } from "sharp";
import { paintScene } from "../paint/paint.ts";
import type { Draw, Scene } from "../scene.ts";
import { embed, type Pictures } from "./embed.ts";
import { linear, toFilter } from "./filter.ts";
import { tone } from "./patch.ts";
import { raster } from "./raster.ts";

/** A picture's bytes. `sketch`: which of its sketches, from 0; absent: the finished picture. */
export async function drawPicture(draw: Draw, pictures: Pictures, sketch?: number): Promise<Uint8Array> {
  const { scene, width, height, format } = draw;
  if (format === "svg") return Buffer.from(await drawSvg(scene, draw, pictures, sketch));
  if (format === "gif") return await drawGif(draw, pictures);
  const fine = draw.quality !== "low";
  if (sketch === undefined) return await encode(await raster(scene, { width, height, fine }, pictures), draw);
  // A sketch is the picture at a size where its detail is not there yet.
  const short = sketchSide(sketch, draw.partials);
  const scale = short / Math.min(width, height);
  const [w, h] = [Math.max(16, Math.round(width * scale)), Math.max(16, Math.round(height * scale))];
  const rough = { width: Math.max(w, 160), height: Math.max(h, Math.round((160 * height) / width)) };
  const small = await raster(scene, { ...rough, fine: false }, pictures);
  const shrunk = await small.resize(w, h, { fit: "fill" }).png().toBuffer();
  const blur = width / w / 2.6;
  const grown = sharp(shrunk).resize(width, height, { fit: "fill", kernel: "cubic" });
  return await encode(blur > 3 ? grown.blur(Math.min(24, blur)) : grown, draw);
}

/** The shorter side of a sketch in pixels: the last of them is nearly there. */
function sketchSide(sketch: number, of: number): number {
  const sides = of === 1 ? [110] : of === 2 ? [44, 240] : [26, 96, 300];
  return sides[sketch] ?? 300;
}

async function encode(picture: Sharp, draw: Draw): Promise<Uint8Array> {
  const shaped =
    draw.background === "transparent" ? picture.ensureAlpha() : picture.flatten({ background: "#ffffff" });
  const quality = Math.max(1, draw.compression);
  switch (draw.format) {
    case "jpeg":
      return await shaped.jpeg({ quality: Math.min(95, quality) }).toBuffer();
    case "webp":
      return await shaped.webp({ quality: Math.min(95, quality), effort: 2 }).toBuffer();
    default:
      return await shaped.png({ compressionLevel: 6 }).toBuffer();
  }
}

type Size = Pick<Draw, "width" | "height" | "partials">;

/** A scene as a file of its own: what else happens to pixels is filters in it. */
async function drawSvg(scene: Scene, size: Size, pictures: Pictures, sketch?: number): Promise<string> {
  const { width, height, partials } = size;
  const painted = paintScene(scene, {
    width,
    height,
    detail: sketch === undefined ? 2 : sketch === 0 && partials > 1 ? 0 : 1,
    pictures: await embed(scene, pictures, width),
    filter: toFilter(scene),
  });
  const { patch } = scene;
  const mask = patch && pictures(patch.mask);
  if (!patch || !mask) return painted;
  const old = await drawSvg(patch.base, size, pictures, sketch);
  const open = await sharp(mask).negate().png().toBuffer();
  const layer = (bytes: string | Buffer, type: string, more: string) =>
    `<image href="data:image/${type};base64,${Buffer.from(bytes).toString("base64")}" width="${width}" height="${height}" preserveAspectRatio="none" ${more}/>`;
  // Each layer is a picture of its own, so that the names in one mean nothing in the other.
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><mask id="open" maskUnits="userSpaceOnUse" x="0" y="0" width="${width}" height="${height}">${layer(open, "png", "")}</mask><filter id="drift" color-interpolation-filters="sRGB">${linear(tone, 1, 0.016)}</filter></defs>${layer(old, "svg+xml", 'filter="url(#drift)"')}${layer(painted, "svg+xml", 'mask="url(#open)"')}</svg>`;
}

async function drawGif(draw: Draw, pictures: Pictures): Promise<Uint8Array> {
  const { scene, width, height, frames, frameMs } = draw;
  const cells: Buffer[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const cell = await raster(scene, { width, height, fine: false, phase: frame / frames }, pictures);
    cells.push(await cell.flatten({ background: "#ffffff" }).raw().toBuffer());
  }
  const strip = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  return await sharp(Buffer.concat(cells), { raw: strip })
    .gif({ delay: cells.map(() => frameMs), loop: 0, effort: 2, dither: 0.4 })
    .toBuffer();
}
