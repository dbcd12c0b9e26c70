import sharp from "sharp";
import { type Given, takesCuts } from "../paint/cards.ts";
import type { Scene } from "../scene.ts";
import { cutOut } from "./cut-out.ts";

/** Finds a kept picture by hash. */
export type Pictures = (hash: string) => Uint8Array | undefined;

type Embedded = ReadonlyMap<string, Given>;

/** The newest for a scene: a moving picture asks for the same at each of its frames. */
const newest = new WeakMap<Scene, { readonly width: number; readonly made: Promise<Embedded> }>();

/** The given pictures of a scene as data URLs. `width`: the picture's that they go into, in pixels. */
export function embed(scene: Scene, pictures: Pictures, width: number): Promise<Embedded> {
  const known = newest.get(scene);
  if (known?.width === width) return known.made;
  const made = make(scene, pictures, width);
  newest.set(scene, { width, made });
  return made;
}

async function make(scene: Scene, pictures: Pictures, width: number): Promise<Embedded> {
  const found = new Map<string, Given>();
  const canvas = scene.canvas === undefined ? undefined : pictures(scene.canvas);
  if (scene.canvas && canvas) found.set(scene.canvas, await print(canvas, width, scene.loose));
  for (const hash of scene.cards) {
    const bytes = pictures(hash);
    if (!bytes || found.has(hash)) continue;
    const cut = takesCuts(scene) ? await cutOut(bytes, Math.min(360, Math.round(width * 0.5))) : undefined;
    if (cut) {
      const url = `data:image/png;base64,${cut.data.toString("base64")}`;
      found.set(hash, { url, width: cut.width, height: cut.height, cut: true });
    } else {
      found.set(hash, await print(bytes, width * 0.6, scene.loose));
    }
  }
  return found;
}

/** Kept closely, a picture goes in as it is; loosely, its fine detail is lost. */
async function print(bytes: Uint8Array, width: number, loose = false) {
  const side = Math.round(width);
  const plain = sharp(bytes)
    .resize(side, undefined, { withoutEnlargement: true })
    .flatten({ background: "#ffffff" });
  const { data, info } = await (loose ? plain.median(5).modulate({ saturation: 0.9 }) : plain)
    .jpeg({ quality: loose ? 70 : 90 })
    .toBuffer({ resolveWithObject: true });
  const url = `data:image/jpeg;base64,${data.toString("base64")}`;
  return { url, width: info.width, height: info.height, cut: false };
}
