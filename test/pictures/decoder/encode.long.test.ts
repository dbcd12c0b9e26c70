import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { toLimits, toSketch } from "../../../src/pictures/decoder/encode.ts";
import { sniffMediaType } from "../../../src/seam/files/media-type.ts";
import type { ImageLimits } from "../../../src/seam/view.ts";
import { flat, moving, noise } from "../../rig/pictures.ts";

const all: ImageLimits = {
  bytes: 10_000_000,
  mediaTypes: ["image/png", "image/jpeg", "image/webp"],
  images: 4,
};
const old: ImageLimits = { ...all, mediaTypes: ["image/png", "image/jpeg"] };

/** An SVG of a red disc, transparent around it. */
const disc = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><circle cx="10" cy="10" r="9" fill="#f00"/></svg>',
);

describe("the first bytes tell the type", () => {
  const cases: readonly [string, () => Promise<Uint8Array> | Uint8Array, string | undefined][] = [
    ["PNG", () => flat("#123"), "image/png"],
    ["JPEG", () => noise(8, 8).jpeg().toBuffer(), "image/jpeg"],
    ["WebP", () => noise(8, 8).webp().toBuffer(), "image/webp"],
    ["GIF", () => noise(8, 8).gif().toBuffer(), "image/gif"],
    ["SVG", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml"],
    ["SVG with a prologue", () => Buffer.from("\n<?xml version='1.0'?><svg/>"), "image/svg+xml"],
    ["SVG with a byte order mark", () => Buffer.from("\ufeff<svg xmlns='x'>"), "image/svg+xml"],
    [
      "SVG after comments and a doctype",
      () =>
        Buffer.from(
          `<?xml version="1.0"?>\n<!-- <html> ${"x".repeat(5000)} -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [\n<!ENTITY ns "x">\n]>\n<!-- b --><svg\nwidth="9"/>`,
        ),
      "image/svg+xml",
    ],
    ["SVG in a namespace with a name", () => Buffer.from("<svg:svg xmlns:svg='x'/>"), "image/svg+xml"],
    ["a news feed", () => Buffer.from("<?xml version='1.0'?><rss><svg/></rss>"), undefined],
    ["HTML that holds an SVG", () => Buffer.from("<!DOCTYPE html><svg/>"), undefined],
    ["an SVG that is compressed", () => gzipSync(disc), undefined],
    ["an endless prologue", () => Buffer.from(`<!--${"-->< !--".repeat(20_000)}<svg/>`), undefined],
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
      assert.equal(sketch.mediaType, "image/jpeg");
      assert.equal(meta.format, "jpeg");
    });
  }

  test("that is transparent is a WebP, and a PNG where none is taken", async () => {
    const clear = await noise(900, 600).ensureAlpha(0.5).png().toBuffer();
    for (const [limits, type] of [
      [all, "image/webp"],
      [old, "image/png"],
    ] as const) {
      const sketch = await toSketch(clear, limits);
      assert.equal(sketch.mediaType, type);
      assert.equal((await sharp(sketch.bytes).stats()).isOpaque, false);
    }
  });

  test("with an alpha channel of which nothing is seen is a JPEG where no WebP is taken", async () => {
    const full = await flat("#567").then((bytes) => sharp(bytes).ensureAlpha(1).png().toBuffer());
    assert.equal((await toSketch(full, old)).mediaType, "image/jpeg");
  });

  test("of one that moves is its first frame", async () => {
    const sketch = await toSketch(await moving(300, 200, [100, 100, 100]), all);
    const { width, height, pages = 1 } = await sharp(sketch.bytes).metadata();
    assert.deepEqual([width, height, pages], [300, 200, 1]);
  });

  test("of an SVG is what it shows", async () => {
    const sketch = await toSketch(disc, all);
    const { width, height } = await sharp(sketch.bytes).metadata();
    assert.deepEqual([sketch.mediaType, width, height], ["image/webp", 768, 384]);
    assert.equal((await sharp(sketch.bytes).stats()).isOpaque, false);
  });

  test("of what is no picture rejects", async () => {
    await assert.rejects(toSketch(gzipSync(disc), all));
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
      const bytes = await noise(600, 600).ensureAlpha(0.5).png().toBuffer();
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

describe("a finished picture that moves", () => {
  const gifs: ImageLimits = { ...all, mediaTypes: [...all.mediaTypes, "image/gif"] };
  const delays = [100, 200, 100, 300, 100, 100, 150];
  const sum = (numbers: readonly number[] = []) => numbers.reduce((total, one) => total + one, 0);

  test("and fits passes byte for byte", async () => {
    const bytes = await moving(60, 40, delays);
    assert.equal((await toLimits({ bytes, mediaType: "image/gif" }, gifs)).bytes, bytes);
  });

  for (const [share, how] of [
    [0.6, /it is scaled to (75|56) %\.$/],
    [0.02, /it is scaled to (42|32|24) %, has fewer colours and has fewer frames\.$/],
  ] as const) {
    test(`and is too large by far (${share}) goes on moving, for as long, and says what it took`, async () => {
      const bytes = await moving(300, 200, delays);
      const most = Math.round(bytes.length * share);
      const shown = await toLimits({ bytes, mediaType: "image/gif" }, { ...gifs, bytes: most });
      assert.equal(shown.mediaType, "image/gif");
      assert.ok(shown.bytes.length <= most);
      const { width, height, pages = 1, delay, loop } = await sharp(shown.bytes).metadata();
      assert.ok(pages > 1 && Math.abs(width / height - 1.5) < 0.05, `${width}x${height}, ${pages}`);
      assert.deepEqual([sum(delay), loop], [sum(delays), 0]);
      assert.match(shown.note ?? "", /^The animation was too large to post here as it is, so /);
      assert.match(shown.note ?? "", how);
    });
  }

  test("and is a little too large loses no more than what hardly differs between its frames", async () => {
    const still = await noise(300, 200).png().toBuffer();
    const frames = await Promise.all(
      delays.map((_, index) =>
        sharp(still)
          .linear(1, index % 3)
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif({ delay: delays, effort: 1 })
      .toBuffer();
    const limits = { ...gifs, bytes: bytes.length - 1 };
    const shown = await toLimits({ bytes, mediaType: "image/gif" }, limits);
    assert.deepEqual(
      [(await sharp(shown.bytes).metadata()).width, shown.note],
      [
        300,
        "The animation was too large to post here as it is, so small changes between its frames were left out.",
      ],
    );
  });

  test("and cannot be made to fit shows its first frame", async () => {
    const bytes = await moving(300, 200, delays);
    const shown = await toLimits({ bytes, mediaType: "image/gif" }, { ...gifs, bytes: 1500 });
    assert.deepEqual([shown.mediaType, (await sharp(shown.bytes).metadata()).pages ?? 1], ["image/webp", 1]);
    assert.match(
      shown.note ?? "",
      /^The animation was too large to post here as it is, so this is its first frame, scaled to \d\d % and saved as WebP\.$/,
    );
  });

  test("where no GIF is taken shows its first frame, at its size", async () => {
    const bytes = await moving(90, 60, delays);
    const shown = await toLimits({ bytes, mediaType: "image/gif" }, old);
    const { width, height, format } = await sharp(shown.bytes).metadata();
    assert.deepEqual([width, height, format], [90, 60, "png"]);
    assert.equal(
      shown.note,
      "The animation came as GIF, which I cannot post here, so this is its first frame, saved as PNG.",
    );
  });

  test("as a WebP becomes a GIF where no WebP is taken", async () => {
    const bytes = await sharp(await moving(90, 60, delays), { animated: true })
      .webp()
      .toBuffer();
    const takes = { ...gifs, mediaTypes: ["image/png", "image/gif"] };
    const shown = await toLimits({ bytes, mediaType: "image/webp" }, takes);
    const { pages, delay } = await sharp(shown.bytes).metadata();
    assert.deepEqual([shown.mediaType, pages, sum(delay)], ["image/gif", delays.length, sum(delays)]);
  });
});

test("an SVG where none is taken is posted as what it shows", async () => {
  const shown = await toLimits({ bytes: disc, mediaType: "image/svg+xml" }, old);
  const { width, height } = await sharp(shown.bytes).metadata();
  assert.deepEqual([shown.mediaType, width, height], ["image/png", 1536, 768]);
  assert.equal(shown.note, "The picture came as SVG, which I cannot post here, so it is saved as PNG.");
});
