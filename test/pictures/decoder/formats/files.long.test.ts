import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import { tidyJpeg } from "../../../../src/pictures/decoder/formats/jpeg.ts";
import { readInputs } from "../../../../src/pictures/inputs.ts";
import { bmp } from "../../../rig/bmp.ts";
import { heic } from "../../../rig/heic.ts";
import { flat, noise } from "../../../rig/pictures.ts";
import { attachment } from "../../../rig/studio.ts";

const never = new AbortController().signal;

async function read(bytes: Uint8Array, name = "photo") {
  const { pictures, notes } = await readInputs([attachment(bytes, { name })], never);
  const [picture] = pictures;
  assert.ok(picture && pictures.length === 1);
  const { data, info } = await sharp(picture.bytes).raw().toBuffer({ resolveWithObject: true });
  /** Red, green and blue at a place, in pixels. */
  const at = (x: number, y: number) => {
    const from = (y * info.width + x) * info.channels;
    return [...data.subarray(from, from + info.channels)];
  };
  return { picture, notes, at };
}

const isRed = ([red = 0, green = 0, blue = 0]: number[]) => red > 200 && green < 60 && blue < 60;
const isBlue = ([red = 0, green = 0, blue = 0]: number[]) => red < 60 && green < 60 && blue > 200;

describe("bytes decide what is a picture, whatever it is called", () => {
  test("a JPEG called .jfif, without a type", async () => {
    const bytes = await sharp(await flat("#c00"))
      .jpeg()
      .toBuffer();
    const file = attachment(bytes, { name: "photo.jfif", mediaType: "application/octet-stream" });
    assert.equal((await readInputs([file], never)).pictures[0]?.mediaType, "image/jpeg");
  });

  for (const type of ["tiff", "avif"] as const) {
    test(`a ${type} called .txt`, async () => {
      const { notes } = await read(
        await sharp(await flat("#c00"))
          .toFormat(type)
          .toBuffer(),
        "a.txt",
      );
      assert.match(notes.join(), new RegExp(`from ${type.toUpperCase()} into a type OpenAI takes`));
    });
  }
});

describe("a JPEG with a fault that costs no pixel is read, and sent without it", () => {
  // One whose last block the decoder cannot finish without looking past the end: one in eight is done before.
  const photo = (progressive = false) => noise(320, 240, 1).jpeg({ progressive }).toBuffer();
  const scan = (bytes: Buffer) => bytes.indexOf(Buffer.from([0xff, 0xda]));
  const faults: readonly [string, (bytes: Buffer) => Buffer][] = [
    ["no end marker", (bytes) => bytes.subarray(0, -2)],
    [
      "a scan header of zeros, as Samsung writes it",
      (bytes) => {
        const copy = Buffer.from(bytes);
        const at = scan(copy) + 2;
        copy.fill(0, at + copy.readUInt16BE(at) - 3, at + copy.readUInt16BE(at));
        return copy;
      },
    ],
    [
      "stray bytes before a marker",
      (bytes) =>
        Buffer.concat([bytes.subarray(0, scan(bytes)), Buffer.alloc(3), bytes.subarray(scan(bytes))]),
    ],
  ];
  for (const [what, spoil] of faults) {
    test(what, async () => {
      const whole = await photo();
      const spoilt = spoil(whole);
      await assert.rejects(sharp(spoilt).raw().toBuffer(), "the decoder warns of it");
      const { picture, notes } = await read(spoilt);
      assert.deepEqual([picture.width, picture.height, picture.mediaType], [320, 240, "image/jpeg"]);
      assert.deepEqual(notes, []);
      assert.deepEqual(Buffer.from(tidyJpeg(spoilt)), whole, "nothing else was changed");
    });
  }

  test("one without a fault stays as it is", async () => {
    const wholes = [await photo(), await photo(true), Buffer.concat([await photo(), Buffer.from("a film")])];
    for (const whole of wholes) assert.equal(tidyJpeg(whole), whole);
  });

  test("what is truly cut off is refused, also with an end marker", async () => {
    for (const whole of [await photo(), await photo(true)]) {
      const half = whole.subarray(0, whole.length / 2);
      for (const cut of [
        half,
        Buffer.concat([half, Buffer.from([0xff, 0xd9])]),
        faults[2]?.[1](half) ?? half,
      ]) {
        await assert.rejects(read(cut), {
          code: "bad_attachment",
          message: /^“photo” is damaged or cut off/,
        });
      }
    }
  });

  test("bytes of no sense are left alone", () => {
    for (const bytes of [
      [],
      [0xff],
      [0xff, 0xd8, 0xff],
      [0xff, 0xd8, 0xff, 0xe0, 0, 0],
      [0xff, 0xd8, 0xff, 0xda, 9, 9],
    ]) {
      assert.ok(tidyJpeg(Uint8Array.from(bytes)).length <= bytes.length + 2);
    }
  });
});

test("a BMP whose runs end early, or go on for ever beyond their row, is refused at once", async () => {
  const header = Buffer.from(bmp("runs8")).subarray(0, 54);
  header.writeInt32LE(4000, 18);
  header.writeInt32LE(4000, 22);
  header.writeUInt32LE(54, 10);
  const endless = Buffer.concat([header, Buffer.from("ff01".repeat(2_000_000), "hex")]);
  const early = Buffer.concat([header, Buffer.from("0001", "hex")]);
  for (const bytes of [endless, early]) {
    await assert.rejects(readInputs([attachment(bytes, { name: "a.bmp" })], never), {
      code: "bad_attachment",
    });
  }
});

describe("a BMP is read", () => {
  for (const kind of [
    "1",
    "4",
    "8",
    "16",
    "24",
    "32",
    "fields",
    "alpha",
    "down",
    "old",
    "runs4",
    "runs8",
  ] as const) {
    test(kind, async () => {
      const { picture, notes, at } = await read(bmp(kind));
      assert.deepEqual([picture.width, picture.height, picture.mediaType], [7, 5, "image/png"]);
      assert.ok(
        isRed(at(0, 0)) && isRed(at(3, 0)) && isBlue(at(0, 4)) && isBlue(at(6, 4)),
        `${at(0, 0)} ${at(0, 4)}`,
      );
      assert.deepEqual(notes, ["“photo”: I turned it from BMP into a type OpenAI takes."]);
    });
  }

  test("one with an alpha channel that was left empty is not see-through", async () => {
    const bytes = Buffer.from(bmp("alpha"));
    for (let at = bytes.readUInt32LE(10) + 3; at < bytes.length; at += 4) bytes[at] = 0;
    assert.deepEqual((await read(bytes)).at(0, 0), [255, 0, 0, 255]);
  });

  test("one that is cut off, or speaks of more than it has, is refused", async () => {
    const whole = bmp("24");
    const cut = /is damaged or cut off/;
    for (const bytes of [whole.subarray(0, -30), whole.subarray(0, 30), bmp("runs8").subarray(0, -4)]) {
      await assert.rejects(read(bytes), { code: "bad_attachment", message: cut });
    }
    // The second has fewer pixels than a PNG may have.
    for (const [width, height] of [
      [60_000, 60_000],
      [7000, 5000],
    ] as const) {
      const large = Buffer.from(bmp("runs8"));
      large.writeInt32LE(width, 18);
      large.writeInt32LE(height, 22);
      const message = new RegExp(`has ${width}x${height} pixels, more than I open`);
      await assert.rejects(read(large), { code: "bad_attachment", message });
    }
  });
});

describe("an HEIC photo is read", () => {
  test("as an iPhone writes it", async () => {
    const { picture, notes, at } = await read(heic(), "IMG_0042.HEIC");
    assert.deepEqual([picture.width, picture.height, picture.mediaType], [128, 96, "image/jpeg"]);
    assert.ok(isRed(at(5, 48)) && isBlue(at(122, 48)), `${at(5, 48)} ${at(122, 48)}`);
    assert.deepEqual(notes, ["“IMG_0042.HEIC”: I turned it from HEIC into a type OpenAI takes."]);
  });

  test("upright, where it was held on its side", async () => {
    const { picture, at } = await read(heic(1));
    assert.deepEqual([picture.width, picture.height], [96, 128]);
    assert.ok(isBlue(at(48, 5)) && isRed(at(48, 122)));
  });

  test("with the colours of its camera", async () => {
    const { icc } = await sharp(await flat("#fff", 8, 8))
      .withIccProfile("p3")
      .png()
      .toBuffer()
      .then((png) => sharp(png).metadata());
    assert.ok(icc);
    const [, green = 0] = (await read(heic(0, icc))).at(5, 48);
    const [, plain = 0] = (await read(heic())).at(5, 48);
    assert.ok(plain - green > 15, `P3's red is more of a red than that: ${plain} and ${green}`);
  });

  test("one that is damaged is not, and it says what to do", async () => {
    const message = /^“photo” is an HEIC photo that I cannot open\. Send it as JPEG: on an iPhone/;
    await assert.rejects(read(heic().subarray(0, 200)), { code: "bad_attachment", message });
  });

  test("whoever cancels does not wait for it", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const reading = readInputs([attachment(heic())], stop.signal);
    stop.abort(reason);
    await assert.rejects(reading, reason);
  });
});

test("a rotated photo that is scaled is told of by the size in which it is seen", async () => {
  const bytes = await sharp(await flat("#345", 4000, 1000))
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const { picture, notes } = await read(bytes);
  assert.deepEqual([picture.width, picture.height], [960, 3840]);
  assert.deepEqual(notes, ["“photo”: it was 1000x4000, so I scaled it to 3840 pixels on the long side."]);
});

describe("what is no picture is named for what it is", () => {
  const box = (brand: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(50)]);
  const files: readonly [string, Uint8Array, RegExp][] = [
    ["message.txt", Buffer.from("a kite"), /^“message\.txt” is not a picture, it is text\. Put the words/],
    [
      "photo.png",
      Buffer.from("a kite"),
      /^“photo\.png” is not a picture, whatever its name says\..* this is text\.$/,
    ],
    ["BMW.txt", Buffer.from("BMW is a maker of cars"), /it is text/],
    ["clip.mp4", box("isom"), /^“clip\.mp4” is a film\. Send a picture of the moment/],
    ["clip.png", box("qt  "), /^“clip\.png” is a film\./],
    ["clip.webm", Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0]), /is a film/],
    ["voice.m4a", box("M4A "), /^“voice\.m4a” is a recording\./],
    ["voice.ogg", Buffer.from("OggS\0\x02\0\0"), /is a recording/],
    ["sheet.pdf", Buffer.from("%PDF-1.7\n"), /^“sheet\.pdf” is a PDF\. Export the page you mean as PNG/],
    ["all.zip", Buffer.from("PK\x03\x04\x14\0\0\0photo.png"), /^“all\.zip” is an archive\. Unpack it/],
    ["letter.docx", Buffer.from("PK\x03\x04\x14\0[Content_Types].xml"), /^“letter\.docx” is a document\./],
    ["all.7z", Buffer.from("7z\xbc\xaf\x27\x1c\0\x04", "latin1"), /is an archive/],
    ["page.png", Buffer.from("<!DOCTYPE html><html></html>"), /is not a picture.* this is a web page\.$/],
    [
      "app.ico",
      Buffer.from([0, 0, 1, 0, 1, 0, 16, 16]),
      /^“app\.ico” is an icon\. I cannot read those: export it as PNG/,
    ],
    [
      "logo.psd",
      Buffer.from("8BPS\0\x01\0\0"),
      /^“logo\.psd” is a Photoshop drawing\. .* export it as PNG or JPEG/,
    ],
    ["photo.jxl", Buffer.from([0xff, 0x0a, 1, 2]), /^“photo\.jxl” is a JPEG XL picture\./],
    ["photo.jp2", Buffer.from("\0\0\0\x0cjP  \r\n\x87\n", "latin1"), /is a JPEG 2000 picture/],
    ["IMG_1.CR3", box("crx "), /^“IMG_1\.CR3” is a raw photo\./],
    ["setup.exe", Buffer.from("MZ\x90\0\x03", "latin1"), /^“setup\.exe” is a program\./],
    ["data.bin", Buffer.from([1, 2, 3, 4, 0, 9]), /^“data\.bin” is not a picture, .* GIF or SVG\.$/],
  ];
  for (const [name, bytes, message] of files) {
    test(name, () => assert.rejects(read(bytes, name), { code: "bad_attachment", message }));
  }
});
