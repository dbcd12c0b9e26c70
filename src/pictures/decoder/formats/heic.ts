import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { pixelsOf } from "../pixels.ts";

/** Pixels of one HEIC photo: the largest of an iPhone has 48 million, and they are held as a whole, twice. */
export const mostHeicPixels = 50_000_000;

/**
 * An HEIC photo as a PNG, upright, with its colour profile and without what it says of its place; scaled so that its long
 * side has `side` pixels at most. Rejects when it cannot be decoded.
 *
 * libvips, as sharp brings it, is built without a decoder for HEVC, for its patents; libheif-js is libheif with one, as
 * WebAssembly.
 */
export async function heicToPng(source: Uint8Array, side: number): Promise<Buffer> {
  const { default: libheif } = await import("libheif-js/wasm-bundle.js"); // takes a while, and few send such photos
  const pictures = new libheif.HeifDecoder().decode(source);
  const picture = pictures.find((one) => one.is_primary()) ?? pictures[0];
  if (!picture) throw new Error("there is no picture in it");
  const [width, height] = [picture.get_width(), picture.get_height()];
  if (width * height > mostHeicPixels) throw new Error("it has too many pixels");
  const data = await new Promise<Uint8ClampedArray>((resolve, reject) => {
    const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
    picture.display(target, (shown) => (shown ? resolve(shown.data) : reject(new Error("it is damaged"))));
  });
  const drawn = sharp(data, { raw: { width, height, channels: 4 } });
  if (!picture.has_alpha_channel()) drawn.removeAlpha();
  drawn.resize(side, side, { fit: "inside", withoutEnlargement: true });
  const { icc } = await pixelsOf(source, { limitInputPixels: false }).metadata();
  return withProfile(await drawn.png({ compressionLevel: 1 }).toBuffer(), icc);
}

/** Cameras see more colours than sRGB has: what theirs are stands in the profile. Source: the PNG specification, iCCP. */
function withProfile(png: Buffer, profile: Buffer | undefined): Buffer {
  if (!profile) return png;
  const body = Buffer.concat([Buffer.from("iCCPcamera\0\0", "latin1"), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}
