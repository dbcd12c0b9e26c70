import sharp, { type Sharp } from "sharp";
import type { Draw } from "../record.ts";
import { finish } from "./finish.ts";
import { type Painting, paintScene } from "./paint.ts";
import type { Scene } from "./scene.ts";

/** Finds a kept picture by hash. */
export type Pictures = (hash: string) => Uint8Array | undefined;

/** A picture's bytes. `sketch`: which of its sketches, from 0; absent: the finished picture. */
export async function drawPicture(draw: Draw, pictures: Pictures, sketch?: number): Promise<Uint8Array> {
  const { scene, width, height, format } = draw;
  if (format === "svg") return await drawSvg(draw, pictures, sketch);
  if (format === "gif" && sketch === undefined) return await drawGif(draw, pictures);
  const fine = draw.quality !== "low";
  if (sketch === undefined) return await encode(await raster(scene, width, height, fine, pictures), draw);
  // A sketch is the picture at a size where its detail is not there yet.
  const short = sketchSide(sketch, draw.partials);
  const scale = short / Math.min(width, height);
  const [w, h] = [Math.max(16, Math.round(width * scale)), Math.max(16, Math.round(height * scale))];
  const small = await raster(
    scene,
    Math.max(w, 160),
    Math.max(h, Math.round((160 * height) / width)),
    false,
    pictures,
  );
  const rough = await small.resize(w, h, { fit: "fill" }).png().toBuffer();
  const blur = width / w / 2.6;
  const grown = sharp(rough).resize(width, height, { fit: "fill", kernel: "cubic" });
  return await encode(blur > 3 ? grown.blur(Math.min(24, blur)) : grown, draw);
}

/** The shorter side of a sketch in pixels: the last of them is nearly there. */
function sketchSide(sketch: number, of: number): number {
  const sides = of === 1 ? [110] : of === 2 ? [44, 240] : [26, 96, 300];
  return sides[sketch] ?? 300;
}

/** A scene in pixels, its style and grade applied. */
async function raster(
  scene: Scene,
  width: number,
  height: number,
  fine: boolean,
  pictures: Pictures,
): Promise<Sharp> {
  const drawn = await settle(await rasterAlone(scene, width, height, fine, pictures));
  const { patch } = scene;
  const mask = patch && pictures(patch.mask);
  if (!patch || !mask) return toSharp(drawn);
  const base = await settle(await raster(patch.base, width, height, fine, pictures));
  const grey = await sharp(mask).resize(width, height, { fit: "fill" }).toColourspace("b-w").raw().toBuffer();
  const soft = await sharp(grey, { raw: { width, height, channels: 1 } })
    .blur(1.2)
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  // Where the mask has any alpha the old picture stays to the pixel; the seam is feathered inwards only.
  for (let pixel = 0; pixel < grey.length; pixel++) {
    if ((grey[pixel] ?? 255) > 0) continue;
    const kept = (soft[pixel] ?? 0) / 255;
    for (let at = pixel * 4; at < pixel * 4 + 4; at++) {
      const [old, fresh] = [base.data[at] ?? 0, drawn.data[at] ?? 0];
      base.data[at] = Math.round(fresh + (old - fresh) * kept);
    }
  }
  return toSharp(base);
}

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** All that was asked of a picture, done: what is asked of it next comes after, whatever order sharp has in mind. */
async function settle(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .ensureAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function toSharp({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 4 } });
}

async function rasterAlone(
  scene: Scene,
  width: number,
  height: number,
  fine: boolean,
  pictures: Pictures,
): Promise<Sharp> {
  const canvas = scene.canvas === undefined ? undefined : pictures(scene.canvas);
  // A given picture that nothing was done to stays as it is, to the pixel.
  if (canvas && isUntouched(scene)) return sharp(canvas).resize(width, height, { fit: "cover" });
  const svg = paintScene(scene, { width, height, detail: 2, pictures: await embed(scene, pictures, width) });
  return await finish(
    await sharp(Buffer.from(svg), { unlimited: true }).png({ compressionLevel: 0 }).toBuffer(),
    scene,
    { width, height, fine },
  );
}

function isUntouched(scene: Scene): boolean {
  return (
    scene.figures.length === 0 &&
    scene.cards.length === 0 &&
    scene.style === "plain" &&
    scene.grade === "none" &&
    scene.time === "day" &&
    scene.weather === "clear" &&
    !scene.lettering &&
    !scene.tint
  );
}

async function embed(scene: Scene, pictures: Pictures, width: number): Promise<Painting["pictures"]> {
  const found = new Map<string, { url: string; width: number; height: number }>();
  const wanted = [
    ...(scene.canvas ? [[scene.canvas, width] as const] : []),
    ...scene.cards.map((hash) => [hash, width * 0.6] as const),
  ];
  for (const [hash, side] of wanted) {
    const bytes = pictures(hash);
    if (!bytes || found.has(hash)) continue;
    const { data, info } = await sharp(bytes)
      .resize(Math.round(side), undefined, { withoutEnlargement: true })
      .flatten({ background: "#ffffff" })
      .jpeg({ quality: 90 })
      .toBuffer({ resolveWithObject: true });
    found.set(hash, {
      url: `data:image/jpeg;base64,${data.toString("base64")}`,
      width: info.width,
      height: info.height,
    });
  }
  return found;
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

async function drawSvg(draw: Draw, pictures: Pictures, sketch: number | undefined): Promise<Uint8Array> {
  const { scene, width, height } = draw;
  const detail = sketch === undefined ? 2 : sketch === 0 && draw.partials > 1 ? 0 : 1;
  return Buffer.from(
    paintScene(scene, { width, height, detail, pictures: await embed(scene, pictures, width) }),
  );
}

async function drawGif(
  { scene, width, height, frames, frameMs }: Draw,
  pictures: Pictures,
): Promise<Uint8Array> {
  const embedded = await embed(scene, pictures, width);
  const cells: Buffer[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const svg = paintScene(scene, { width, height, detail: 2, phase: frame / frames, pictures: embedded });
    cells.push(await sharp(Buffer.from(svg), { unlimited: true }).png({ compressionLevel: 1 }).toBuffer());
  }
  return await sharp(cells, { join: { animated: true } })
    .gif({ delay: cells.map(() => frameMs), loop: 0, effort: 2, dither: 0.4 })
    .toBuffer();
}
