import sharp from "sharp";
import { toSketch as toSketchHere } from "../../src/pictures/decoder/encode.ts";
import { toSketch } from "../../src/pictures/jobs.ts";
import { limits } from "../rig/studio.ts";
import { compare, print } from "./compare.ts";

/** A sketch of a picture with some grain, in each type that a platform may take. */
export async function benchSketch(): Promise<void> {
  const grain = sharp({
    create: {
      width: 1536,
      height: 1024,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  }).blur(3);
  const opaque = await grain.clone().png().toBuffer();
  const clear = await grain.clone().ensureAlpha(0.5).png().toBuffer();
  const old = { ...limits, mediaTypes: ["image/png", "image/jpeg"] };
  const ways = {
    "JPEG, in this process": () => toSketchHere(opaque, limits),
    JPEG: () => toSketch(opaque, limits),
    "WebP, transparent": () => toSketch(clear, limits),
    "PNG, transparent": () => toSketch(clear, old),
  };
  await compare("A sketch of 1536x1024", ways, 9);
  for (const [name, way] of Object.entries(ways)) {
    print(
      `  ${name.padEnd(44)} ${Math.round((await way()).bytes.length / 1024)
        .toString()
        .padStart(9)} KB`,
    );
  }
  print("");
}
