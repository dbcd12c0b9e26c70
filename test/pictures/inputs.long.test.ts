import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32, gzipSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { readInputs } from "../../src/pictures/inputs.ts";
import { inputLimits } from "../../src/pictures/picture.ts";
import { displayName } from "../../src/seam/files/file-name.ts";
import { flat } from "../rig/pictures.ts";
import { attachment } from "../rig/studio.ts";

const never = new AbortController().signal;

/** One picture read, as it would be sent. */
async function read(bytes: Uint8Array, name = "photo") {
  const { pictures, notes } = await readInputs([attachment(bytes, { name })], never);
  const [picture] = pictures;
  assert.ok(picture && pictures.length === 1);
  const meta = await sharp(picture.bytes).metadata();
  assert.equal(`image/${meta.format}`, picture.mediaType);
  assert.deepEqual([meta.width, meta.height], [picture.width, picture.height]);
  return { picture, meta, notes };
}

function colours(width = 60, height = 40): Sharp {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  });
}

describe("a picture that can be sent as it is comes byte for byte", () => {
  const cases: readonly [string, () => Promise<Uint8Array>][] = [
    ["PNG", () => colours().png().toBuffer()],
    ["PNG with a palette", () => colours().png({ palette: true }).toBuffer()],
    ["PNG with alpha", () => colours().ensureAlpha(0.5).png().toBuffer()],
    ["JPEG", () => colours().jpeg().toBuffer()],
    ["progressive JPEG", () => colours().jpeg({ progressive: true }).toBuffer()],
    ["grey JPEG", () => colours().greyscale().jpeg().toBuffer()],
    ["WebP", () => colours().webp().toBuffer()],
    ["one as small as can be", () => flat("#fff", 4, 4)],
  ];
  for (const [what, make] of cases) {
    test(what, async () => {
      const bytes = await make();
      const { picture, notes } = await read(bytes);
      assert.equal(picture.bytes, bytes);
      assert.equal(picture.role, "reference");
      assert.deepEqual(notes, []);
    });
  }

  test("PNG of 16 bits a channel", async () => {
    const bytes = await colours().toColourspace("rgb16").png().toBuffer();
    assert.equal((await sharp(bytes).metadata()).depth, "ushort");
    assert.equal((await read(bytes)).picture.bytes, bytes);
  });
});

describe("a picture of another type is turned into one that can be sent", () => {
  const cases: readonly [string, () => Promise<Uint8Array>, RegExp][] = [
    [
      "TIFF",
      () => colours().tiff().toBuffer(),
      /^“photo”: I turned it from TIFF into a type OpenAI takes\.$/,
    ],
    ["GIF", () => colours().gif().toBuffer(), /from GIF into/],
    ["AVIF", () => colours().avif({ effort: 0 }).toBuffer(), /from (AVIF|HEIF) into/],
  ];
  for (const [what, make, note] of cases) {
    test(what, async () => {
      const { meta, notes } = await read(await make());
      assert.deepEqual([meta.width, meta.height], [60, 40]);
      assert.match(notes.join(), note);
    });
  }

  test("a JPEG in CMYK becomes one in RGB, without a word", async () => {
    const bytes = await colours().toColourspace("cmyk").jpeg().toBuffer();
    assert.equal((await sharp(bytes).metadata()).space, "cmyk");
    const { meta, notes } = await read(bytes);
    assert.deepEqual([meta.space, meta.channels, meta.format], ["srgb", 3, "jpeg"]);
    assert.deepEqual(notes, []);
  });

  for (const type of ["gif", "webp"] as const) {
    test(`a moving ${type} gives its first frame, and says so`, async () => {
      const frames = await Promise.all(["#ff0000", "#00ff00"].map((colour) => flat(colour, 32, 24)));
      const moving = sharp(frames, { join: { animated: true } });
      const bytes = await (type === "gif" ? moving.gif() : moving.webp({ lossless: true })).toBuffer();
      assert.equal((await sharp(bytes).metadata()).pages, 2);
      const { picture, meta, notes } = await read(bytes);
      assert.deepEqual([meta.width, meta.height, meta.pages ?? 1], [32, 24, 1]);
      const { dominant } = await sharp(picture.bytes).stats();
      assert.ok(dominant.r > 200 && dominant.g < 50, "it is the red one");
      assert.deepEqual(notes, ["“photo”: it moves, so I took its first frame."]);
    });
  }

  test("an SVG gives what it shows, with what is transparent, and says so", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="15" height="20" fill="#f00"/></svg>`;
    const { picture, meta, notes } = await read(Buffer.from(svg));
    assert.deepEqual([picture.width, picture.height, meta.hasAlpha], [1536, 1024, true]);
    const { channels } = await sharp(picture.bytes).stats();
    assert.ok(Math.abs((channels[3]?.mean ?? 0) - 127.5) < 1, "half of it is empty");
    assert.deepEqual(notes, ["“photo”: I turned it from SVG into a picture."]);
  });

  test("a moving PNG gives its first frame, and says so", async () => {
    const { picture, notes } = await read(await toApng(await flat("#ff0000", 32, 24)));
    assert.ok(!Buffer.from(picture.bytes).includes("acTL"), "it moves no more");
    assert.deepEqual([picture.width, picture.height], [32, 24]);
    assert.deepEqual(notes, ["“photo”: it moves, so I took its first frame."]);
  });

  test("one larger than can be drawn is scaled down, and says so", async () => {
    const { picture, notes } = await read(await flat("#234", 5760, 2880));
    assert.deepEqual([picture.width, picture.height], [3840, 1920]);
    assert.deepEqual(notes, ["“photo”: it was 5760x2880, so I scaled it to 3840 pixels on the long side."]);
  });

  test("one that lies on its side comes out upright, without a word", async () => {
    const bytes = await colours(60, 40).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { picture, meta, notes } = await read(bytes);
    assert.deepEqual([picture.width, picture.height], [40, 60]);
    assert.equal(meta.orientation ?? 1, 1);
    assert.deepEqual(notes, []);
  });
});

describe("what a photo says of its place and its maker stays here", () => {
  const place = { IFD0: { Artist: "Ada" }, IFD3: { GPSLatitude: "48/1 12/1 30/1", GPSLatitudeRef: "N" } };
  const cases: readonly [string, () => Promise<Uint8Array>][] = [
    ["EXIF in a JPEG", () => colours().jpeg().withExif(place).toBuffer()],
    ["EXIF in a PNG", () => colours().png().withExif(place).toBuffer()],
    ["EXIF in a WebP", () => colours().webp().withExif(place).toBuffer()],
    [
      "XMP in a JPEG",
      () =>
        colours()
          .jpeg()
          .withXmp("<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>GPSLatitude Ada</a></x:xmpmeta>")
          .toBuffer(),
    ],
    ["IPTC in a JPEG", async () => withIptc(await colours().jpeg().toBuffer(), "Ada's GPSLatitude")],
  ];
  for (const [what, make] of cases) {
    test(what, async () => {
      const bytes = await make();
      const before = await sharp(bytes).metadata();
      assert.ok(before.exif || before.xmp || before.iptc, "the photo is what the test says");
      const { picture, meta, notes } = await read(bytes);
      assert.deepEqual([meta.exif, meta.xmp, meta.iptc], [undefined, undefined, undefined]);
      assert.doesNotMatch(Buffer.from(picture.bytes).toString("latin1"), /Ada|GPSLatitude/);
      assert.equal(meta.format, before.format === "jpeg" ? "jpeg" : "png");
      assert.deepEqual(notes, []);
    });
  }
});

describe("what cannot be used says why and what to do", () => {
  const cases: readonly [string, () => Promise<Uint8Array> | Uint8Array, RegExp][] = [
    ["nothing", () => new Uint8Array(), /^“photo” is empty\. Send it again\.$/],
    ["words", () => Buffer.from("hello, I am text"), /is not a picture, whatever its name says\. Send a PNG/],
    [
      "one pixel",
      () => flat("#fff", 1, 1),
      /^“photo” is too small: 1x1 pixels\. Send one with 4 pixels a side/,
    ],
    ["zeros", () => new Uint8Array(5000), /is not a picture/],
    [
      "a PDF",
      () => Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n"),
      /^“photo” is a PDF\. Export the page you mean as PNG and send that\.$/,
    ],
    [
      "an SVG that is cut off",
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect'),
      /^“photo”: The SVG is damaged\. Export it as PNG and use that\.$/,
    ],
    [
      "an SVG that is compressed",
      () => gzipSync('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /is not a picture/,
    ],
    [
      "a web page with an SVG in it",
      () => Buffer.from("<html><svg width='9' height='9'/></html>"),
      /is not a picture/,
    ],
    [
      "the header of a PNG alone",
      async () => (await flat("#fff")).subarray(0, 60),
      /is damaged or cut off|is not a picture/,
    ],
    [
      "half a JPEG",
      async () => half(await colours(600, 600).jpeg().toBuffer()),
      /is damaged or cut off\. Send it again/,
    ],
    ["half a PNG", async () => half(await colours(600, 600).png().toBuffer()), /is damaged or cut off/],
    ["half a WebP", async () => half(await colours(600, 600).webp().toBuffer()), /is damaged or cut off/],
    [
      "half a GIF",
      async () => half(await colours(600, 600).gif().toBuffer()),
      /is damaged or cut off|is not a picture/,
    ],
    [
      "a PNG with a broken row",
      async () => broken(await colours(600, 600).png().toBuffer()),
      /is damaged or cut off/,
    ],
    [
      "a bomb",
      async () => bomb(await flat("#000", 8, 8), 20_000),
      /has 20000x20000 pixels, more than I open\. Scale it/,
    ],
    ["an iPhone's HEIC", () => heic("heic"), /HEIC photo.*Send it as JPEG/],
    ["another's HEIC", () => heic("mif1"), /HEIC photo/],
  ];
  for (const [what, make, message] of cases) {
    test(what, async () => {
      await assert.rejects(async () => read(await make()), { code: "bad_attachment", message });
    });
  }

  test("a file that says it is too large is not even fetched", async () => {
    const file = {
      ...attachment(new Uint8Array(), { size: 51 * 1024 * 1024 }),
      read: () => assert.fail("read"),
    };
    await assert.rejects(readInputs([file], never), { message: /has 51 MB; 50 MB is the most/ });
  });

  test("a file that is larger than it says is refused all the same", async () => {
    const bytes = new Uint8Array(inputLimits.bytes + 1);
    await assert.rejects(readInputs([attachment(bytes, { size: 1 })], never), { message: /has 51 MB/ });
  });

  test("every file that cannot be used is named, in one answer", async () => {
    const files = [
      attachment(Buffer.from("no"), { name: "one.png" }),
      attachment(await flat("#fff"), { name: "good.png" }),
      attachment(new Uint8Array(), { name: "two.png" }),
    ];
    await assert.rejects(readInputs(files, never), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^“one\.png” is not.*\n“two\.png” is empty/);
      return !error.message.includes("good.png");
    });
  });
});

describe("references and masks", () => {
  test("keep their order, the mask last", async () => {
    const [a, b, c] = await Promise.all([flat("#f00", 30, 20), flat("#0f0", 31, 20), flat("#00f", 32, 20)]);
    const files = [attachment(b, { role: "mask" }), attachment(a), attachment(c, { role: "reference" })];
    const { pictures } = await readInputs(files, never);
    assert.deepEqual(
      pictures.map(({ role, width }) => [role, width]),
      [
        ["reference", 30],
        ["reference", 32],
        ["mask", 31],
      ],
    );
  });

  test("more than can be used are left out, and it says so", async () => {
    const one = attachment(await flat("#fff", 8, 8));
    const mask = attachment(await flat("#fff", 8, 8), { role: "mask" });
    const { pictures, notes } = await readInputs([...Array(18).fill(one), mask, mask], never);
    assert.equal(pictures.length, 17);
    assert.deepEqual(notes, [
      "I can use 16 pictures at once, so I left out the last 2.",
      "I can use one mask at a time, so I took the first.",
    ]);
  });

  test("none is none", async () => {
    assert.deepEqual(await readInputs([], never), { pictures: [], notes: [] });
  });
});

describe("reading that does not come to an end", () => {
  const gone = new Error("the platform is gone");

  test("a read that rejects is passed on as it is", async () => {
    const file = { ...attachment(new Uint8Array(), { size: 1 }), read: () => Promise.reject(gone) };
    await assert.rejects(readInputs([file], never), gone);
  });

  test("aborted in the middle, it rejects with the signal's reason and fetches no more", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const first = {
      ...attachment(await flat("#fff"), {}),
      read: async () => {
        stop.abort(reason);
        throw new Error("aborted");
      },
    };
    const second = { ...first, read: () => assert.fail("read") };
    await assert.rejects(readInputs([first, second], stop.signal), reason);
  });

  test("aborted, it does not wait for a read that pays no heed", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const file = {
      ...attachment(new Uint8Array(), { size: 1 }),
      read: () => {
        queueMicrotask(() => stop.abort(reason));
        return new Promise<never>(() => {});
      },
    };
    await assert.rejects(readInputs([file], stop.signal), reason);
  });

  test("a read that never ends is given up, and the file is named", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const file = {
      ...attachment(new Uint8Array(), { name: "slow.png", size: 1 }),
      read: () => new Promise<never>(() => {}),
    };
    const reading = assert.rejects(readInputs([file], never), {
      code: "bad_attachment",
      message: /“slow\.png” could not be fetched in time\. Send it again/,
    });
    t.mock.timers.tick(120_000);
    await reading;
  });
});

describe("a file's name in a sentence", () => {
  const cases: readonly [string, string][] = [
    ["photo.png", "photo.png"],
    ["line\nbreak\r.png", "line break .png"],
    ["back\u202Egnp.exe", "back gnp.exe"],
    ["nul\0tab\t.png", "nul tab .png"],
    ["two\u2028lines\u2029", "two lines"],
    ["half\ud83d.png", "half .png"],
    ["", "the file"],
    [" \u200b\n", "the file"],
    ["x".repeat(61), `${"x".repeat(59)}…`],
    ["naïve 🦊.png", "naïve 🦊.png"],
  ];
  for (const [name, shown] of cases) {
    test(JSON.stringify(name.slice(0, 30)), () => assert.equal(displayName(name), shown));
  }

  test("is never cut in the middle of a character", () => {
    for (const length of [58, 59, 60]) {
      assert.ok(displayName(`${"x".repeat(length)}${"🦊".repeat(9)}`).isWellFormed(), `${length}`);
    }
  });
});

function half(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length / 2);
}

function broken(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(0x55, copy.length / 2, copy.length / 2 + 400);
  return copy;
}

/** A small PNG whose header speaks of so many pixels a side. */
function bomb(png: Buffer, side: number): Uint8Array {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(side, 16);
  bytes.writeUInt32BE(side, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

function heic(brand: string): Uint8Array {
  return Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}\0\0\0\0${brand}heic`),
    Buffer.alloc(64),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}

/** A PNG that says it moves. Source: the PNG specification, third edition, acTL and fcTL. */
async function toApng(png: Buffer): Promise<Buffer> {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(1, 0);
  const frame = Buffer.alloc(26);
  png.copy(frame, 4, 16, 24);
  const afterHeader = 33;
  return Buffer.concat([
    png.subarray(0, afterHeader),
    chunk("acTL", control),
    chunk("fcTL", frame),
    png.subarray(afterHeader),
  ]);
}

/** A caption as news agencies write it. Source: IPTC IIM 4.2, dataset 2:120, in Photoshop's resource 0x0404. */
function withIptc(jpeg: Buffer, caption: string): Buffer {
  const text = Buffer.from(caption);
  const record = Buffer.concat([Buffer.from([0x1c, 2, 120, 0, text.length]), text]);
  const padded = Buffer.concat([record, Buffer.alloc(record.length % 2)]);
  const resource = Buffer.alloc(12);
  resource.write("8BIM", 0, "latin1");
  resource.writeUInt16BE(0x0404, 4);
  resource.writeUInt32BE(record.length, 8);
  const body = Buffer.concat([Buffer.from("Photoshop 3.0\0", "latin1"), resource, padded]);
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
