import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { fitMask } from "../../../../src/pictures/decoder/mask/mask.ts";
import { putBack } from "../../../../src/pictures/decoder/mask/put-back.ts";
import type { Encoded } from "../../../../src/seam/view.ts";
import { flat, masked, noise } from "../../../rig/pictures.ts";

const size = { width: 320, height: 240 };
const hole = { left: 80, top: 60, width: 160, height: 120 };
const whole = { left: 0, top: 0, ...size };

/** Of what the pixels are made. */
async function pixels(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes)
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
  ];
  return { data, at, width: info.width, height: info.height };
}

/** How many pixels outside the hole are not what they were. */
async function changedOutside(result: Uint8Array, original: Uint8Array, mark = hole): Promise<number> {
  const [now, before] = await Promise.all([pixels(result), pixels(original)]);
  assert.deepEqual([now.width, now.height], [before.width, before.height]);
  let changed = 0;
  for (let y = 0; y < now.height; y += 1) {
    for (let x = 0; x < now.width; x += 1) {
      const [column, row] = [x - mark.left, y - mark.top];
      if (column >= 0 && column < mark.width && row >= 0 && row < mark.height) continue;
      if (`${now.at(x, y)}` !== `${before.at(x, y)}`) changed += 1;
    }
  }
  return changed;
}

/** Lays it over, with a hole in the middle unless said otherwise. */
async function lay(drawn: Encoded, original: Uint8Array, mark = hole) {
  const { width, height } = (await sharp(original).metadata()).autoOrient;
  const mask = await masked(width, height, mark);
  return await putBack({ drawn, original: { bytes: original, width, height }, mask });
}

async function red(width = size.width, height = size.height): Promise<Encoded> {
  return { bytes: await flat("#ff0000", width, height), mediaType: "image/png" };
}

describe("outside the hole stays what was there", () => {
  const originals: readonly [string, () => Sharp | Promise<Buffer>][] = [
    ["a PNG", () => noise(320, 240).png()],
    ["a PNG with a palette", () => noise(320, 240).png({ palette: true, colours: 16 })],
    ["a PNG of 16 bits a channel", () => noise(320, 240).toColourspace("rgb16").png()],
    ["a grey PNG", () => noise(320, 240).greyscale().toColourspace("b-w").png()],
    ["a PNG in Display P3", () => noise(320, 240).withIccProfile("p3").png()],
    ["a grey PNG with alpha", () => noise(320, 240).greyscale().toColourspace("b-w").ensureAlpha(0.5).png()],
    ["a half transparent PNG", () => noise(320, 240).ensureAlpha(0.3).png()],
    ["a JPEG", () => noise(320, 240).jpeg()],
    ["a JPEG in CMYK", () => noise(320, 240).toColourspace("cmyk").jpeg()],
    ["a WebP", () => noise(320, 240).webp()],
  ];
  for (const [what, make] of originals) {
    test(`of ${what}, to the last bit`, async () => {
      const made = make();
      const original = await ("toBuffer" in made ? made.toBuffer() : made);
      const { picture, patched, note } = await lay(await red(), original);
      assert.deepEqual([picture.mediaType, patched, note], ["image/png", true, undefined]);
      assert.equal(await changedOutside(picture.bytes, original), 0);
      assert.deepEqual(
        (await pixels(picture.bytes)).at(160, 120),
        [255, 0, 0, 255],
        "the middle is the new one",
      );
    });
  }

  test("of a JPEG that lies on its side, upright", async () => {
    const lying = await noise(240, 320).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { picture } = await lay(await red(), lying);
    assert.equal(await changedOutside(picture.bytes, await sharp(lying).autoOrient().png().toBuffer()), 0);
  });

  test("a colour outside sRGB comes out as the nearest in it, not as another", async () => {
    const wide = await sharp({ create: { ...size, channels: 3, background: "#3c6478" } })
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const { picture } = await lay(await red(), wide);
    const [r = 0, g = 0, b = 0] = (await pixels(picture.bytes)).at(2, 2);
    for (const [now, wished] of [
      [r, 0x3c],
      [g, 0x64],
      [b, 0x78],
    ] as const) {
      assert.ok(Math.abs(now - wished) <= 2, `${r} ${g} ${b}`);
    }
    assert.equal((await sharp(picture.bytes).metadata()).icc, undefined);
  });

  test("whatever size the drawn one has", async () => {
    const original = await noise(320, 240).png().toBuffer();
    for (const drawn of [await red(1280, 960), await red(100, 75), await red(1024, 764)]) {
      const { picture } = await lay(drawn, original);
      assert.equal(await changedOutside(picture.bytes, original), 0);
    }
  });

  const odd: readonly [string, string][] = [
    ["sharp corners", "M40 40H280V90H120V200H40Z"],
    ["slanted sides", "M40 40L280 90 160 100 150 220Z"],
    ["dots", "M40 40h9v9h-9z M100 100h30v30h-30z M131 131h40v40h-40z"],
  ];
  for (const [what, path] of odd) {
    test(`also around a hole of ${what}`, async () => {
      const original = await noise(320, 240).png().toBuffer();
      const stencil = Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#fff"/><path d="${path}"/></svg>`,
      );
      const { bytes: mask } = await fitMask(await sharp(stencil).png().toBuffer(), size);
      const { picture } = await putBack({ drawn: await red(), original: { bytes: original, ...size }, mask });
      const [now, before, stays] = await Promise.all([picture.bytes, original, mask].map(pixels));
      assert.ok(now && before && stays);
      let [changed, inside] = [0, 0];
      for (let at = 0; at < now.data.length; at += 4) {
        const same = now.data.readUInt32LE(at) === before.data.readUInt32LE(at);
        if (stays.data[at + 3] === 255) changed += same ? 0 : 1;
        else if (now.data[at] === 255 && now.data[at + 1] === 0) inside += 1;
      }
      assert.equal(changed, 0);
      assert.ok(inside > 1000, `${inside} pixels are new`);
    });
  }
});

describe("the edge of the hole", () => {
  test("is soft, and lies inside", async () => {
    const { picture } = await lay(await red(), await flat("#0000ff"));
    const row = await pixels(picture.bytes);
    const reds = Array.from({ length: 20 }, (_, step) => row.at(hole.left - 4 + step, 120)[0] ?? 0);
    assert.deepEqual(reds.slice(0, 4), [0, 0, 0, 0], "outside");
    assert.deepEqual(
      reds.toSorted((a, b) => a - b),
      reds,
      "it only rises",
    );
    const between = reds.filter((value) => value > 10 && value < 245).length;
    assert.ok(between >= 2 && between <= 6, `${reds}`);
    assert.equal(reds.at(-1), 255, "inside");
  });

  test("is wider in a larger picture", async () => {
    const widths = await Promise.all(
      [320, 1600].map(async (wide) => {
        const high = (wide * 3) / 4;
        const mark = { left: wide / 4, top: high / 4, width: wide / 2, height: high / 2 };
        const { picture } = await lay(await red(wide, high), await flat("#0000ff", wide, high), mark);
        const { at } = await pixels(picture.bytes);
        const reds = Array.from({ length: wide / 4 }, (_, step) => at(mark.left + step, high / 2)[0] ?? 0);
        return reds.filter((value) => value > 10 && value < 245).length;
      }),
    );
    const [narrow = 0, wide = 0] = widths;
    assert.ok(narrow > 0 && wide >= 2 * narrow, `${widths}`);
  });

  for (const thick of [1, 2, 3, 8]) {
    test(`leaves a line of ${thick} pixels to be seen`, async () => {
      const line = { left: 20, top: 120, width: 280, height: thick };
      const { picture } = await lay(await red(), await flat("#0000ff"), line);
      const { at } = await pixels(picture.bytes);
      assert.ok((at(160, 120 + Math.floor(thick / 2))[0] ?? 0) > 128);
      assert.equal(await changedOutside(picture.bytes, await flat("#0000ff"), line), 0);
    });
  }

  test("is none where all may change", async () => {
    const drawn = { bytes: await noise(320, 240).png().toBuffer(), mediaType: "image/png" };
    const { picture } = await lay(drawn, await flat("#0000ff"), whole);
    assert.deepEqual((await pixels(picture.bytes)).data, (await pixels(drawn.bytes)).data);
  });
});

describe("the result is of the drawn picture's type", () => {
  const types: readonly [string, string, () => Promise<Buffer>][] = [
    ["JPEG", "image/jpeg", () => noise(320, 240).jpeg().toBuffer()],
    ["WebP", "image/webp", () => noise(320, 240).webp().toBuffer()],
    ["WebP without loss", "image/webp", () => noise(320, 240).webp({ lossless: true }).toBuffer()],
    ["PNG", "image/png", () => noise(320, 240).png().toBuffer()],
  ];
  for (const [what, mediaType, make] of types) {
    test(what, async () => {
      const original = await noise(320, 240).blur(4).png().toBuffer();
      const { picture, note } = await lay({ bytes: await make(), mediaType }, original);
      assert.deepEqual([picture.mediaType, note], [mediaType, undefined]);
      assert.equal(`image/${(await sharp(picture.bytes).metadata()).format}`, mediaType);
      const changed = await changedOutside(picture.bytes, original);
      const exact = what.endsWith("PNG") || what.endsWith("loss");
      assert.ok(exact ? changed === 0 : changed > 1000, `${changed} pixels differ`);
      const [now, before] = await Promise.all([pixels(picture.bytes), pixels(original)]);
      for (const [x, y] of [
        [5, 5],
        [300, 20],
        [20, 200],
      ] as const) {
        const gap = now.at(x, y).map((value, channel) => Math.abs(value - (before.at(x, y)[channel] ?? 0)));
        assert.ok(Math.max(...gap) < 8, `${gap}`);
      }
    });
  }

  test("but a PNG for a JPEG when the original is transparent, and says so", async () => {
    const original = await noise(320, 240).ensureAlpha(0.5).png().toBuffer();
    const drawn = { bytes: await noise(320, 240).jpeg().toBuffer(), mediaType: "image/jpeg" };
    const { picture, patched, note } = await lay(drawn, original);
    assert.deepEqual([picture.mediaType, patched], ["image/png", true]);
    assert.equal(note, "Your picture is transparent, which a JPEG cannot be, so it is a PNG.");
    assert.equal(await changedOutside(picture.bytes, original), 0);
  });
});

describe("what is transparent stays so", () => {
  test("outside as it was, inside as it was drawn", async () => {
    const original = await noise(320, 240).ensureAlpha(0).png().toBuffer();
    const drawn = { bytes: await noise(320, 240).ensureAlpha(0).png().toBuffer(), mediaType: "image/png" };
    const filled = await pixels((await lay(await red(), original)).picture.bytes);
    assert.equal(filled.at(5, 5)[3], 0);
    assert.deepEqual(filled.at(160, 120), [255, 0, 0, 255]);
    const emptied = await pixels((await lay(drawn, await flat("#0000ff"))).picture.bytes);
    assert.deepEqual(emptied.at(5, 5), [0, 0, 255, 255]);
    assert.equal(emptied.at(160, 120)[3], 0);
  });

  test("and no dark rim comes of it", async () => {
    const clear = await sharp({ create: { ...size, channels: 4, background: "#00000000" } })
      .png()
      .toBuffer();
    const { at } = await pixels((await lay(await red(), clear)).picture.bytes);
    for (let x = hole.left; x < hole.left + 12; x += 1) {
      const [r, g, b, alpha = 0] = at(x, 120);
      if (alpha > 0) assert.deepEqual([r, g, b], [255, 0, 0], `${alpha} at ${x}`);
    }
  });

  test("an alpha channel that nothing needs is left out", async () => {
    const { picture } = await lay(await red(), await noise(320, 240).ensureAlpha(1).png().toBuffer());
    assert.equal((await sharp(picture.bytes).metadata()).hasAlpha, false);
  });
});

describe("where nothing can be put back the drawn picture comes as it is, and says why", () => {
  const why =
    ", so I could not put back what lies outside the mask: look whether something changed there too.";
  const cases: readonly [string, () => Promise<Encoded>, string][] = [
    ["another shape", () => red(320, 320), "It came as 320x320, another shape than your picture's 320x240"],
    [
      "an SVG",
      async () => ({ bytes: Buffer.from("<svg/>"), mediaType: "image/svg+xml" }),
      "It is no picture made of pixels",
    ],
    [
      "a GIF",
      async () => ({ bytes: await noise(320, 240).gif().toBuffer(), mediaType: "image/gif" }),
      "It is no picture made of pixels",
    ],
    [
      "half a PNG",
      async () => {
        const bytes = await noise(320, 240).png().toBuffer();
        return { bytes: bytes.subarray(0, bytes.length / 2), mediaType: "image/png" };
      },
      "It could not be laid over your picture",
    ],
  ];
  for (const [what, make, words] of cases) {
    test(what, async () => {
      const drawn = await make();
      const { picture, patched, note } = await lay(drawn, await flat("#0000ff"));
      assert.equal(picture, drawn);
      assert.deepEqual([patched, note], [false, words + why]);
    });
  }

  test("a hair's breadth is no other shape", async () => {
    assert.ok((await lay(await red(1024, 764), await flat("#0000ff"))).patched);
    assert.equal((await lay(await red(1024, 740), await flat("#0000ff"))).patched, false);
  });

  test("a damaged original, with the cause for the log", async () => {
    const broken = (await noise(320, 240).png().toBuffer()).subarray(0, 5000);
    const { patched, cause } = await lay(await red(), broken);
    assert.equal(patched, false);
    assert.ok(cause instanceof Error);
  });
});
