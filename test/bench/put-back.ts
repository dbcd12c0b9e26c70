import sharp from "sharp";
import { putBack } from "../../src/pictures/jobs.ts";
import { masked, noise } from "../rig/pictures.ts";
import { compare } from "./compare.ts";

/** Putting back what lies outside a mask, against decoding and encoding the same picture, which is the least it takes. */
export async function benchPutBack(): Promise<void> {
  for (const [width, height, rounds] of [
    [1536, 1024, 7],
    [3840, 2160, 3],
  ] as const) {
    const original = await noise(width, height).blur(3).png().toBuffer();
    const bytes = await noise(width, height).blur(3).png().toBuffer();
    const mask = await masked(width, height, { left: 200, top: 200, width: width / 2, height: height / 2 });
    const drawn = { bytes, mediaType: "image/png" };
    const raw = { width, height, channels: 4 } as const;
    const [under, over, stencil] = await Promise.all(
      [original, bytes, mask].map((picture) => sharp(picture).ensureAlpha().raw().toBuffer()),
    );
    await compare(
      `A PNG of ${width}x${height}, put back into`,
      {
        "decoded and encoded": () => sharp(bytes).png().toBuffer(),
        "put back": () => putBack({ drawn, original: { bytes: original, width, height }, mask }),
        "three passes of sharp's composite alone": async () => {
          const cut = await sharp(over, { raw })
            .composite([{ input: stencil ?? original, raw, blend: "dest-out" }])
            .raw()
            .toBuffer();
          const kept = await sharp(under, { raw })
            .composite([{ input: stencil ?? original, raw, blend: "dest-in" }])
            .raw()
            .toBuffer();
          await sharp(kept, { raw })
            .composite([{ input: cut, raw, blend: "add" }])
            .raw()
            .toBuffer();
        },
      },
      rounds,
    );
  }
}
