import { constants, setPriority } from "node:os";
import { buffer } from "node:stream/consumers";
import { crc32, deflateSync } from "node:zlib";
import libheif from "libheif-js/wasm-bundle.js";
import sharp from "sharp";

/**
 * The process that decodes one HEIC photo: from standard input to standard output, as PNG. Arguments: the most pixels of
 * the long side, the most pixels of the photo, and the ms after which it gives up, even when whoever started it is gone.
 * Fails for what cannot be decoded.
 */
const [side, mostPixels = 0, ms] = process.argv.slice(2).map(Number);

setPriority(constants.priority.PRIORITY_LOW);
setTimeout(() => process.kill(process.pid, "SIGKILL"), ms).unref();
sharp.concurrency(1);
sharp.cache(false);

const source = await buffer(process.stdin);
const pictures = new libheif.HeifDecoder().decode(source);
const picture = pictures.find((one) => one.is_primary()) ?? pictures[0];
if (!picture) throw new Error("there is no picture in it");
const [width, height] = [picture.get_width(), picture.get_height()];
if (width * height > mostPixels) throw new Error("it has too many pixels");
const data = await new Promise<Uint8ClampedArray>((resolve, reject) => {
  const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
  picture.display(target, (shown) => (shown ? resolve(shown.data) : reject(new Error("it is damaged"))));
});

const drawn = sharp(data, { raw: { width, height, channels: 4 } });
if (!picture.has_alpha_channel()) drawn.removeAlpha();
if (side) drawn.resize(side, side, { fit: "inside", withoutEnlargement: true });
const { icc } = await sharp(source).metadata();
process.stdout.write(withProfile(await drawn.png({ compressionLevel: 1 }).toBuffer(), icc));

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
