import sharp from "sharp";

/** How far a colour may be from the ground's to count as ground; the sum over red, green and blue. */
const tolerance = 54;

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
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  const ground = [data[0] ?? 0, data[1] ?? 0, data[2] ?? 0];
  const isGround = (pixel: number) =>
    (data[pixel * 4 + 3] ?? 0) < 16 ||
    ground.reduce((sum, part, c) => sum + Math.abs((data[pixel * 4 + c] ?? 0) - part), 0) < tolerance;
  if (!corners.every(isGround)) return undefined;
  const cleared = clear(data, width, height, isGround);
  const share = cleared / (width * height);
  if (share < 0.1 || share > 0.98) return undefined;
  const cut = sharp(data, { raw: { width, height, channels: 4 } });
  const trimmed = await cut
    .trim({ background: { r: 0, g: 0, b: 0, alpha: 0 }, threshold: 1 })
    .png({ compressionLevel: 3 })
    .toBuffer({ resolveWithObject: true });
  return { data: trimmed.data, width: trimmed.info.width, height: trimmed.info.height };
}

/** Clears all ground that reaches the edge, and says how many pixels that are. */
function clear(data: Buffer, width: number, height: number, isGround: (pixel: number) => boolean): number {
  const seen = new Uint8Array(width * height);
  const line: number[] = [];
  const visit = (pixel: number) => {
    if (seen[pixel] || !isGround(pixel)) return;
    seen[pixel] = 1;
    line.push(pixel);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  let cleared = 0;
  for (let pixel = line.pop(); pixel !== undefined; pixel = line.pop()) {
    data.fill(0, pixel * 4, pixel * 4 + 4);
    cleared++;
    const x = pixel % width;
    if (x > 0) visit(pixel - 1);
    if (x < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < width * (height - 1)) visit(pixel + width);
  }
  return cleared;
}
