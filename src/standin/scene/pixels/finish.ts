import sharp, { type Sharp } from "sharp";
import { grades, leanOf } from "../pen/palette.ts";
import { createRandom } from "../pen/random.ts";
import type { Scene } from "../scene.ts";

/** What is done to a picture's pixels once it is painted: its style, its grade and a grain of paper. */
export async function finish(
  painted: Buffer,
  scene: Scene,
  { width, height, fine }: { readonly width: number; readonly height: number; readonly fine: boolean },
): Promise<Sharp> {
  const styled = await restyle(painted, scene, width, height);
  const graded = await relight(await regrade(styled, scene), scene);
  if (!fine || scene.transparent || scene.style === "pixel") return sharp(graded);
  return sharp(graded).composite([
    { input: await grain(scene.style === "watercolor" ? 26 : 11), tile: true, blend: "soft-light" },
  ]);
}

async function restyle(painted: Buffer, { style }: Scene, width: number, height: number): Promise<Buffer> {
  const picture = sharp(painted);
  switch (style) {
    case "pixel": {
      const cell = Math.min(width, height) / 112;
      const small = await picture
        .resize(Math.round(width / cell), Math.round(height / cell), { fit: "fill", kernel: "lanczos2" })
        .png({ palette: true, colours: 28, dither: 0 })
        .toBuffer();
      return await sharp(small)
        .resize(width, height, { fit: "fill", kernel: "nearest" })
        .png({ compressionLevel: 0 })
        .toBuffer();
    }
    case "watercolor": {
      const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
      const soft = await picture
        .resize(half.width, half.height, { fit: "fill" })
        .median(7)
        .png({ compressionLevel: 0 })
        .toBuffer();
      const blooms = await sharp(soft).blur(9).png({ compressionLevel: 0 }).toBuffer();
      return await sharp(soft)
        .composite([{ input: blooms, blend: "soft-light" }])
        .modulate({ saturation: 0.86, brightness: 1.06 })
        .resize(width, height, { fit: "fill", kernel: "cubic" })
        .composite([{ input: Buffer.from(paperEdge(width, height)) }])
        .png({ compressionLevel: 0 })
        .toBuffer();
    }
    case "poster":
      return await picture.png({ palette: true, colours: 18, dither: 0, effort: 3 }).toBuffer();
    case "noir":
      return await picture
        .grayscale()
        .linear(1.45, -46)
        .toColourspace("srgb")
        .png({ compressionLevel: 0 })
        .toBuffer();
    case "neon": {
      const dark = await picture
        .modulate({ saturation: 1.5, brightness: 0.8 })
        .linear(1.3, -34)
        .png({ compressionLevel: 0 })
        .toBuffer();
      const shine = await sharp(dark).blur(16).png({ compressionLevel: 0 }).toBuffer();
      const tint = {
        input: {
          create: { width, height, channels: 4 as const, background: { r: 190, g: 0, b: 255, alpha: 0.3 } },
        },
        blend: "soft-light" as const,
      };
      return await sharp(dark)
        .composite([tint, { input: shine, blend: "screen" }])
        .png({ compressionLevel: 0 })
        .toBuffer();
    }
    default:
      return painted;
  }
}

/** The picture in the light that its edit was given, if it was asked for again. */
async function relight(picture: Buffer, { lean }: Scene): Promise<Buffer> {
  if (lean === undefined) return picture;
  return await sharp(picture)
    .linear([...leanOf(lean)], [0, 0, 0])
    .png({ compressionLevel: 0 })
    .toBuffer();
}

async function regrade(picture: Buffer, { grade, transparent }: Scene): Promise<Buffer> {
  const { saturation, brightness, contrast, tint, part = 0 } = grades[grade];
  if (grade === "none") return picture;
  let made = sharp(picture);
  if (saturation !== undefined || brightness !== undefined)
    made = made.modulate({
      ...(saturation === undefined ? {} : { saturation }),
      ...(brightness === undefined ? {} : { brightness }),
    });
  if (contrast !== undefined)
    made = made.linear(
      [contrast, contrast, contrast],
      [128 * (1 - contrast), 128 * (1 - contrast), 128 * (1 - contrast)],
    );
  if (tint && !transparent) {
    const { width = 1, height = 1 } = await sharp(picture).metadata();
    const value = Number.parseInt(tint.slice(1), 16);
    const background = { r: (value >> 16) & 255, g: (value >> 8) & 255, b: value & 255, alpha: part };
    const done = await made.png({ compressionLevel: 0 }).toBuffer();
    made = sharp(done).composite([
      { input: { create: { width, height, channels: 4, background } }, blend: "over" },
    ]);
  }
  return await made.png({ compressionLevel: 0 }).toBuffer();
}

/** A tile of noise around middle grey. `strength`: how far from it, of 128. */
function grain(strength: number): Promise<Buffer> {
  const known = tiles.get(strength);
  if (known) return known;
  const side = 192;
  const random = createRandom(7);
  const pixels = Buffer.from(
    Array.from({ length: side * side }, () => 128 + (random() + random() - 1) * strength * 2),
  );
  const tile = sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .toColourspace("srgb")
    .png()
    .toBuffer();
  tiles.set(strength, tile);
  return tile;
}

const tiles = new Map<number, Promise<Buffer>>();

/** The white, uneven edge that a brush leaves on paper. */
function paperEdge(width: number, height: number): string {
  const random = createRandom(11);
  const inset = Math.min(width, height) * 0.035;
  const wobble = () => inset * (0.55 + random() * 0.9);
  const points: string[] = [];
  const steps = 26;
  for (let k = 0; k <= steps; k++) points.push(`${(k / steps) * (width - inset * 2) + inset},${wobble()}`);
  for (let k = 0; k <= steps; k++)
    points.push(`${width - wobble()},${(k / steps) * (height - inset * 2) + inset}`);
  for (let k = steps; k >= 0; k--)
    points.push(`${(k / steps) * (width - inset * 2) + inset},${height - wobble()}`);
  for (let k = steps; k >= 0; k--) points.push(`${wobble()},${(k / steps) * (height - inset * 2) + inset}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path fill-rule="evenodd" fill="#fdfaf3" d="M0,0 H${width} V${height} H0 Z M${points.join(" L")} Z"/></svg>`;
}
