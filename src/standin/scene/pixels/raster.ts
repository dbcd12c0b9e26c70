import sharp, { type Sharp } from "sharp";
import { paintScene } from "../paint/paint.ts";
import type { Scene } from "../scene.ts";
import { embed, type Pictures } from "./embed.ts";
import { finish } from "./finish.ts";
import { type Pixels, patchPixels } from "./patch.ts";

/** How a scene becomes pixels. Sizes in pixels. */
export interface Rastering {
  readonly width: number;
  readonly height: number;
  /** With the grain of paper. */
  readonly fine: boolean;
  /** Where a moving picture stands in its round, 0 to 1. */
  readonly phase?: number;
}

/** A scene in pixels, its style and grade applied. */
export async function raster(scene: Scene, how: Rastering, pictures: Pictures): Promise<Sharp> {
  const { data, width, height } = await toPixels(scene, how, pictures);
  return sharp(data, { raw: { width, height, channels: 4 } });
}

async function toPixels(scene: Scene, how: Rastering, pictures: Pictures): Promise<Pixels> {
  const drawn = await settle(await rasterAlone(scene, how, pictures));
  const { patch } = scene;
  const mask = patch && pictures(patch.mask);
  return patch && mask ? await patchPixels(await toPixels(patch.base, how, pictures), drawn, mask) : drawn;
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

async function rasterAlone(scene: Scene, how: Rastering, pictures: Pictures): Promise<Sharp> {
  const { width, height, phase } = how;
  const canvas = scene.canvas === undefined ? undefined : pictures(scene.canvas);
  // A given picture that nothing was done to stays as it is, to the pixel.
  if (canvas && isUntouched(scene) && phase === undefined) {
    return sharp(canvas).resize(width, height, { fit: "cover" });
  }
  const svg = paintScene(scene, {
    width,
    height,
    detail: 2,
    pictures: await embed(scene, pictures, width),
    ...(phase === undefined ? {} : { phase }),
  });
  const painted = await sharp(Buffer.from(svg), { unlimited: true }).png({ compressionLevel: 0 }).toBuffer();
  return await finish(painted, scene, how);
}

function isUntouched(scene: Scene): boolean {
  return (
    scene.figures.length === 0 &&
    scene.cards.length === 0 &&
    scene.style === "plain" &&
    scene.grade === "none" &&
    scene.time === "day" &&
    scene.weather === "clear" &&
    scene.lean === undefined &&
    !scene.loose &&
    !scene.lettering &&
    !scene.tint
  );
}
