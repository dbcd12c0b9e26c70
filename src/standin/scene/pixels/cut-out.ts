import sharp from "sharp";

/** How far a pixel's colour may be from its neighbour's, and from the corner's, to count as ground; summed over red, green and blue. */
const step = 22;
const span = 190;

/** A thing without the plain ground it was photographed on, as a PNG; undefined when the ground is not plain. */
export async function cutOut(
  picture: Uint8Array,
  side: number,
): Promise<{ data: Buffer; width: number; height: number } | undefined> {
  const { data, info } = await sharp(picture)
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .ensureAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const cleared = clear(data, width, height);
  const share = cleared / (width * height);
  if (share < 0.1 || share > 0.98) return undefined;
  const trimmed = await sharp(data, { raw: { width, height, channels: 4 } })
    .trim({ background: { r: 0, g: 0, b: 0, alpha: 0 }, threshold: 1 })
    .png({ compressionLevel: 3 })
    .toBuffer({ resolveWithObject: true });
  return { data: trimmed.data, width: trimmed.info.width, height: trimmed.info.height };
}

/** Clears the ground, from the corners as far as its colour changes slowly, and says how many pixels that are. */
function clear(data: Buffer, width: number, height: number): number {
  const colours = Buffer.from(data);
  const seen = new Uint8Array(width * height);
  const line: number[] = [];
  const visit = (pixel: number, from: number, corner: number) => {
    if (seen[pixel]) return;
    const clear = (colours[pixel * 4 + 3] ?? 0) < 16;
    if (!clear && (apart(colours, pixel, from) > step || apart(colours, pixel, corner) > span)) return;
    seen[pixel] = 1;
    line.push(pixel);
  };
  let cleared = 0;
  for (const corner of [0, width - 1, (height - 1) * width, height * width - 1]) {
    visit(corner, corner, corner);
    for (let pixel = line.pop(); pixel !== undefined; pixel = line.pop()) {
      data.fill(0, pixel * 4, pixel * 4 + 4);
      cleared++;
      const x = pixel % width;
      if (x > 0) visit(pixel - 1, pixel, corner);
      if (x < width - 1) visit(pixel + 1, pixel, corner);
      if (pixel >= width) visit(pixel - width, pixel, corner);
      if (pixel < width * (height - 1)) visit(pixel + width, pixel, corner);
    }
  }
  return cleared;
}

function apart(data: Buffer, one: number, other: number): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += Math.abs((data[one * 4 + c] ?? 0) - (data[other * 4 + c] ?? 0));
  return sum;
}
