import sharp from "sharp";
import { makeInput } from "../../src/pictures/decoder/input.ts";
import { readInputs } from "../../src/pictures/inputs.ts";
import { attachment } from "../rig/studio.ts";
import { compare } from "./compare.ts";

/** Checking a phone's photo, against decoding it once, which is the least that finds a damaged file. */
export async function benchInputs(): Promise<void> {
  const photo = sharp({
    create: {
      width: 4000,
      height: 3000,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 25 },
    },
  }).blur(2);
  const plain = await photo.clone().resize(3840).jpeg({ quality: 90 }).toBuffer();
  const placed = await photo
    .clone()
    .jpeg({ quality: 90 })
    .withExif({ IFD0: { Artist: "Ada" } })
    .toBuffer();
  const never = new AbortController().signal;
  const here = (source: Uint8Array) =>
    makeInput({ source, mediaType: "image/jpeg", name: "photo", role: "reference" });
  await compare(
    "A JPEG of 12 megapixels",
    {
      "decoded once": () => sharp(placed).raw().toBuffer(),
      "in this process: nothing to put right": () => here(plain),
      "in one of its own: nothing to put right": () => readInputs([attachment(plain)], never),
      "in this process: scaled, its place left out": () => here(placed),
      "in one of its own: scaled, its place left out": () => readInputs([attachment(placed)], never),
    },
    5,
  );
}
