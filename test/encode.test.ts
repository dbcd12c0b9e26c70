import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import type { ImageLimits } from "../src/adapter.ts";
import { sniffMediaType, toLimits, toSketch } from "../src/encode.ts";
import { flat } from "./pictures.ts";

const all: ImageLimits = {
  bytes: 10_000_000,
  mediaTypes: ["image/png", "image/jpeg", "image/webp"],
  images: 4,
};
const old: ImageLimits = { ...all, mediaTypes: ["image/png", "image/jpeg"] };

/** A picture that packs badly. */
function noise(width: number, height: number, clear = false): Sharp {
  const picture = sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 50 },
    },
  });
  return clear ? picture.ensureAlpha(0.5) : picture;
}

describe("the first bytes tell the type", () => {
  const cases: readonly [string, () => Promise<Uint8Array> | Uint8Array, string | undefined][] = [
    ["PNG", () => flat("#123"), "image/png"],
    ["JPEG", () => noise(8, 8).jpeg().toBuffer(), "image/jpeg"],
    ["WebP", () => noise(8, 8).webp().toBuffer(), "image/webp"],
    ["GIF", () => noise(8, 8).gif().toBuffer(), "image/gif"],
    ["SVG", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml"],
    ["SVG with a prologue", () => Buffer.from("\n<?xml version='1.0'?><svg/>"), "image/svg+xml"],
    ["TIFF", () => noise(8, 8).tiff().toBuffer(), undefined],
    ["a RIFF that is no WebP", () => Buffer.from("RIFF\0\0\0\0WAVEfmt "), undefined],
    ["HTML", () => Buffer.from("<!DOCTYPE html><html>"), undefined],
    ["words", () => Buffer.from("hello"), undefined],
    ["nothing", () => new Uint8Array(), undefined],
  ];
  for (const [what, make, mediaType] of cases) {
    test(`${what}: ${mediaType ?? "no picture"}`, async () =>
      assert.equal(sniffMediaType(await make()), mediaType));
  }
});

describe("a sketch", () => {
  const shapes = [
    [1536, 1024, 768, 512],
    [1024, 1536, 512, 768],
    [3840, 1280, 768, 256],
    [320, 200, 320, 200],
  ] as const;
  for (const [width, height, wide, high] of shapes) {
    test(`of ${width}x${height} is ${wide}x${high}`, async () => {
      const sketch = await toSketch(await flat("#567", width, height), all);
      const meta = await sharp(sketch.bytes).metadata();
      assert.deepEqual([meta.width, meta.height], [wide, high]);
      assert.equal(sketch.mediaType, "image/webp");
      assert.equal(meta.format, "webp");
    });
  }

  test("is a JPEG where no WebP is taken, and a PNG when it is transparent", async () => {
    assert.equal((await toSketch(await flat("#567"), old)).mediaType, "image/jpeg");
    const clear = await toSketch(await noise(900, 600, true).png().toBuffer(), old);
    assert.equal(clear.mediaType, "image/png");
    assert.equal((await sharp(clear.bytes).stats()).isOpaque, false);
  });

  test("of what is no picture rejects", async () => {
    await assert.rejects(toSketch(Buffer.from("nope"), all));
  });
});

describe("a finished picture", () => {
  test("that fits passes byte for byte", async () => {
    const bytes = await flat("#345");
    assert.deepEqual(await toLimits({ bytes, mediaType: "image/png" }, all), {
      bytes,
      mediaType: "image/png",
    });
  });

  test("that fits to the byte passes, and one byte more does not", async () => {
    const bytes = await noise(200, 200).png().toBuffer();
    const picture = { bytes, mediaType: "image/png" };
    assert.equal((await toLimits(picture, { ...all, bytes: bytes.length })).bytes, bytes);
    assert.equal((await toLimits(picture, { ...all, bytes: bytes.length - 1 })).mediaType, "image/webp");
  });

  test("that is too large becomes a WebP of the same size, and says so", async () => {
    const bytes = await noise(800, 600).png().toBuffer();
    const shown = await toLimits({ bytes, mediaType: "image/png" }, { ...all, bytes: bytes.length - 1 });
    assert.equal(shown.mediaType, "image/webp");
    assert.equal((await sharp(shown.bytes).metadata()).width, 800);
    assert.equal(shown.note, "The picture was too large to post here as it is, so it is saved as WebP.");
  });

  test("that is far too large is made smaller, and says how much", async () => {
    const bytes = await noise(800, 600).png().toBuffer();
    for (const limits of [all, old]) {
      const shown = await toLimits({ bytes, mediaType: "image/png" }, { ...limits, bytes: 60_000 });
      assert.ok(shown.bytes.length <= 60_000);
      const { width = 0, height = 1 } = await sharp(shown.bytes).metadata();
      assert.ok(width < 800 && Math.abs(width / height - 4 / 3) < 0.02, `${width}x${height}`);
      assert.match(shown.note ?? "", /so it is scaled to \d\d % and saved as (WebP|JPEG)\.$/);
    }
  });

  for (const [takes, mediaType] of [
    [all, "image/webp"],
    [old, "image/png"],
  ] as const) {
    test(`that is transparent and too large stays transparent (${mediaType})`, async () => {
      const bytes = await noise(600, 600, true).png().toBuffer();
      const shown = await toLimits({ bytes, mediaType: "image/png" }, { ...takes, bytes: 100_000 });
      assert.equal(shown.mediaType, mediaType);
      assert.ok(shown.bytes.length <= 100_000);
      assert.equal((await sharp(shown.bytes).stats()).isOpaque, false);
    });
  }

  test("of a type that is not taken becomes one that is, and nobody is told that it was too large", async () => {
    const bytes = await noise(300, 200).webp().toBuffer();
    const shown = await toLimits({ bytes, mediaType: "image/webp" }, old);
    assert.equal(shown.mediaType, "image/png");
    const { format, width } = await sharp(shown.bytes).metadata();
    assert.deepEqual([format, width], ["png", 300]);
    assert.equal(shown.note, "The picture came as WebP, which I cannot post here, so it is saved as PNG.");
  });

  test("of a type that is not taken and grows too large as a PNG is not shrunk for that", async () => {
    const bytes = await noise(600, 400).webp({ quality: 60 }).toBuffer();
    const shown = await toLimits({ bytes, mediaType: "image/webp" }, { ...old, bytes: bytes.length * 4 });
    assert.equal(shown.mediaType, "image/jpeg");
    assert.equal((await sharp(shown.bytes).metadata()).width, 600);
  });

  test("that cannot be made to fit comes as it is: the platform has the last word", async () => {
    const bytes = await noise(400, 400).png().toBuffer();
    const picture = { bytes, mediaType: "image/png" };
    assert.deepEqual(await toLimits(picture, { ...all, bytes: 10 }), picture);
  });
});
