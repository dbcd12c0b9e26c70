import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import sharp from "sharp";
import { fitMask } from "../../../../src/pictures/decoder/mask/mask.ts";

const size = { width: 64, height: 48 };
const inside = { left: 16, top: 16, width: 16, height: 16 };

/** What may change, as the mask says it: whether a pixel is transparent. */
async function holes(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 4, "it has an alpha channel");
  const at = (x: number, y: number) => (data[(y * info.width + x) * 4 + 3] ?? 255) < 128;
  return { width: info.width, height: info.height, middle: at(24, 24), corner: at(2, 2), edge: at(60, 44) };
}

/** One byte, or two, a channel; the square in the middle has other values than the rest. */
function squared(rest: readonly number[], square: readonly number[]) {
  const { width, height } = size;
  const values = Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const { left, top } = inside;
    return x >= left && x < left + inside.width && y >= top && y < top + inside.height ? square : rest;
  }).flat();
  const channels = rest.length as 1 | 2 | 3 | 4;
  const deep = Math.max(...values) > 255;
  return sharp(deep ? Uint16Array.from(values) : Uint8Array.from(values), {
    raw: { width, height, channels },
  });
}

const marked = { ...size, middle: true, corner: false, edge: false };
const inverse = { ...size, middle: false, corner: true, edge: true };

describe("a mask becomes a PNG that is transparent where the picture may change", () => {
  const cases: readonly [string, () => Promise<Buffer>, object][] = [
    ["a hole in it", () => squared([9, 9, 9, 255], [9, 9, 9, 0]).png().toBuffer(), marked],
    ["all but a square cut out", () => squared([9, 9, 9, 0], [9, 9, 9, 255]).png().toBuffer(), inverse],
    ["half clear", () => squared([0, 0, 0, 255], [255, 255, 255, 100]).png().toBuffer(), marked],
    [
      "a WebP with a hole",
      () => squared([9, 9, 9, 255], [9, 9, 9, 0]).webp({ lossless: true }).toBuffer(),
      marked,
    ],
    ["black on white", () => squared([255, 255, 255], [0, 0, 0]).png().toBuffer(), marked],
    ["white on black", () => squared([0, 0, 0], [255, 255, 255]).png().toBuffer(), inverse],
    [
      "black on white with a full alpha",
      () => squared([255, 255, 255, 255], [0, 0, 0, 255]).png().toBuffer(),
      marked,
    ],
    ["dark grey on light grey", () => squared([200, 200, 200], [60, 60, 60]).png().toBuffer(), marked],
    ["one channel", () => squared([255, 255, 255], [0, 0, 0]).toColourspace("b-w").png().toBuffer(), marked],
    ["a JPEG", () => squared([255, 255, 255], [0, 0, 0]).jpeg({ quality: 90 }).toBuffer(), marked],
    ["a GIF", () => squared([255, 255, 255], [0, 0, 0]).gif().toBuffer(), marked],
    [
      "a palette with a clear colour",
      () => squared([255, 0, 0, 255], [0, 0, 0, 0]).png({ palette: true }).toBuffer(),
      marked,
    ],
    [
      "a palette of two colours, one bit a pixel",
      () => squared([255, 255, 255], [0, 0, 0]).png({ palette: true, colours: 2, dither: 0 }).toBuffer(),
      marked,
    ],
    [
      "a poor JPEG, its edges ringing",
      () => squared([255, 255, 255], [0, 0, 0]).jpeg({ quality: 15 }).toBuffer(),
      marked,
    ],
    [
      "a JPEG in CMYK",
      () => squared([255, 255, 255], [0, 0, 0]).toColourspace("cmyk").jpeg().toBuffer(),
      marked,
    ],
  ];
  for (const [what, draw, expected] of cases) {
    test(what, async () => {
      const { bytes, notes } = await fitMask(await draw(), size);
      assert.equal((await sharp(bytes).metadata()).format, "png");
      assert.deepEqual(await holes(bytes), expected);
      assert.deepEqual(notes, []);
    });
  }

  test("with nothing half clear in it, however soft its edges are", async () => {
    const soft = await squared([9, 9, 9, 255], [9, 9, 9, 0]).blur(4).png().toBuffer();
    const { bytes } = await fitMask(soft, { width: 640, height: 480 });
    const alpha = await sharp(bytes).extractChannel("alpha").raw().toBuffer();
    assert.deepEqual(new Set(alpha), new Set([0, 255]));
  });

  test("all of it black: the whole picture may change, and it says so", async () => {
    const { bytes, notes } = await fitMask(await squared([0, 0, 0], [0, 0, 0]).png().toBuffer(), size);
    assert.deepEqual(await holes(bytes), { ...size, middle: true, corner: true, edge: true });
    assert.deepEqual(notes, ["The mask marks everything, so the whole picture may change."]);
  });

  test("white painted on nothing stays, and it says how to mean the other way round", async () => {
    const strokes = await squared([0, 0, 0, 0], [255, 255, 255, 255]).png().toBuffer();
    const { bytes, notes } = await fitMask(strokes, size);
    assert.deepEqual(await holes(bytes), inverse);
    assert.match(
      notes.join(),
      /white stays.*the other way round, paint the part to change black on white\.$/,
    );
    const cutOut = await squared([0, 0, 0, 0], [200, 30, 30, 255]).png().toBuffer();
    assert.deepEqual((await fitMask(cutOut, size)).notes, []);
  });

  test("small enough to be sent, however fine it is", async () => {
    const side = 3840;
    const raw = { width: side, height: side, channels: 1 } as const;
    const dust = await sharp(randomBytes(side * side), { raw })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const { bytes } = await fitMask(dust, { width: side, height: side });
    assert.ok(bytes.length < 4_000_000, `${bytes.length}`);
    assert.equal((await sharp(bytes).metadata()).width, side);
  });

  test("a photo of one that lies on its side is turned upright", async () => {
    const upright = await sharp({ create: { width: 32, height: 48, channels: 3, background: "#000" } })
      .extend({ right: 32, background: "#fff" })
      .png()
      .toBuffer();
    const lying = await sharp(upright).rotate(-90).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { bytes, notes } = await fitMask(lying, size);
    assert.deepEqual(await holes(bytes), { ...size, middle: true, corner: true, edge: false });
    assert.deepEqual(notes, []);
  });

  test("grey with alpha", async () => {
    const mask = await squared([128, 255], [128, 0]).toColourspace("b-w").png().toBuffer();
    assert.equal((await sharp(mask).metadata()).channels, 2, "the mask is what the test says");
    assert.deepEqual(await holes((await fitMask(mask, size)).bytes), marked);
  });

  for (const [what, rest, square] of [
    ["black on white", [65_535, 65_535, 65_535], [0, 0, 0]],
    ["dark grey on light grey", [50_000, 50_000, 50_000], [16_000, 16_000, 16_000]],
    ["a hole in it", [9000, 9000, 9000, 65_535], [9000, 9000, 9000, 0]],
    ["half clear", [9000, 9000, 9000, 65_535], [9000, 9000, 9000, 20_000]],
  ] as const) {
    test(`16 bits a channel, ${what}`, async () => {
      const mask = await squared(rest, square).toColourspace("rgb16").png().toBuffer();
      assert.equal((await sharp(mask).metadata()).depth, "ushort", "the mask is what the test says");
      assert.deepEqual(await holes((await fitMask(mask, size)).bytes), marked);
    });
  }

  test("of another size is fitted to the picture, and says so", async () => {
    const mask = await squared([255, 255, 255], [0, 0, 0]).png().toBuffer();
    const { bytes, notes } = await fitMask(mask, { width: 640, height: 480 });
    const { width, height } = await holes(bytes);
    assert.deepEqual([width, height], [640, 480]);
    const { data, info } = await sharp(bytes)
      .extractChannel("alpha")
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.ok((data[240 * info.width + 240] ?? 255) < 128, "the hole has grown with it");
    assert.deepEqual(notes, ["The mask had 64x48 pixels, so I fitted it to the picture's 640x480."]);
  });

  test("of another shape is stretched, and says so plainly", async () => {
    const mask = await squared([255, 255, 255], [0, 0, 0]).png().toBuffer();
    const { bytes, notes } = await fitMask(mask, { width: 480, height: 480 });
    assert.equal((await sharp(bytes).metadata()).height, 480);
    assert.deepEqual(notes, [
      "The mask has another shape (64x48) than the picture (480x480), so I stretched it: look whether the right part changed.",
    ]);
  });
});

describe("a mask that marks nothing says how one does", () => {
  const cases: readonly [string, () => Promise<Buffer>][] = [
    ["all white", () => squared([255, 255, 255], [255, 255, 255]).png().toBuffer()],
    ["light grey on white", () => squared([255, 255, 255], [200, 200, 200]).png().toBuffer()],
    ["hardly clear", () => squared([0, 0, 0, 255], [0, 0, 0, 200]).png().toBuffer()],
  ];
  for (const [what, draw] of cases) {
    test(what, async () => {
      await assert.rejects(fitMask(await draw(), size), {
        code: "bad_attachment",
        message: /marks nothing\. Make the part that should change transparent, or black/,
      });
    });
  }
});
