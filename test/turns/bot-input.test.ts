import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, createStudio } from "../rig/studio.ts";

describe("bad input", () => {
  let studio: Awaited<ReturnType<typeof createStudio>>;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());

  const cases: readonly [
    string,
    { text?: string; files?: () => Promise<Buffer | Uint8Array>; name?: string },
    RegExp,
  ][] = [
    ["an empty prompt", { text: "  " }, /Say what to draw/],
    ["a prompt of 40,000 characters", { text: "x".repeat(40_000) }, /40,000 characters; 32,000 is the most/],
    ["an option value that is none", { text: "a cat --quality ultra" }, /Quality takes auto, low, medium/],
    ["a size that cannot be", { text: "a cat --size 1000x1000" }, /multiples of 16 \(nearest: 1008x1008\)/],
    [
      "a text file called .png",
      { files: async () => Buffer.from("hello, I am text"), name: "a.png" },
      /is not a picture/,
    ],
    ["an HTML file", { files: async () => Buffer.from("<html><script>1</script>") }, /is not a picture/],
    [
      "a PDF file",
      {
        files: async () =>
          Buffer.from("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n"),
      },
      /is a PDF\. Export the page you mean as PNG/,
    ],
    [
      "an HEIC photo",
      {
        files: async () =>
          Buffer.concat([
            Buffer.from([0, 0, 0, 24]),
            Buffer.from("ftypheic\0\0\0\0mif1heic"),
            Buffer.alloc(64),
          ]),
      },
      /HEIC photo.*JPEG/,
    ],
    ["an empty file", { files: async () => new Uint8Array(0) }, /is empty/],
    [
      "a truncated JPEG",
      {
        files: async () => {
          const whole = await sharp({
            create: {
              width: 900,
              height: 900,
              channels: 3,
              background: "#888",
              noise: { type: "gaussian", mean: 128, sigma: 40 },
            },
          })
            .jpeg()
            .toBuffer();
          return whole.subarray(0, whole.length / 2);
        },
      },
      /damaged or cut off/,
    ],
    [
      "a PNG bomb",
      {
        files: async () => {
          // The header alone decides: 20,000 x 20,000 pixels in a hundred bytes.
          const bomb = await flat("#000", 8, 8);
          bomb.writeUInt32BE(20_000, 16);
          bomb.writeUInt32BE(20_000, 20);
          bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
          return bomb;
        },
      },
      /20000x20000 pixels, more than I open/,
    ],
  ];
  for (const [name, { text = "make it night", files, name: fileName }, message] of cases) {
    test(`${name} is answered with what to do`, async () => {
      const before = studio.asked().length;
      const attachments = files ? [attachment(await files(), { ...(fileName && { name: fileName }) })] : [];
      const { last } = await studio.say(text, { attachments, thread: `paper:bad ${name}` });
      assert.equal(last.phase, "failed");
      assert.match(last.text, message);
      assert.equal(studio.asked().length, before, "nothing was spent");
    });
  }

  test("twenty attachments become sixteen, and it says so", async () => {
    const photo = attachment(await flat("#3a6"));
    const { last } = await studio.say("a collage", {
      attachments: Array(20).fill(photo),
      thread: "paper:twenty",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.includes("I can use 16 pictures at once, so I left out the last 4."));
  });

  test("a moving GIF gives its first frame, and a rotated photo comes out upright", async () => {
    const frames = await Promise.all(["#f00", "#0f0"].map((colour) => flat(colour, 64, 64)));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const photo = await sharp(await flat("#00f", 300, 200))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { last } = await studio.say("frame these", {
      attachments: [attachment(gif, { name: "dance.gif" }), attachment(photo, { name: "me.jpg" })],
      thread: "paper:gif",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.some((note) => note.includes("“dance.gif”: it moves, so I took its first frame")));
    const inputs = (await studio.history.find(last.head ?? "paper:none"))?.inputs;
    assert.deepEqual(
      inputs?.map(({ width, height }) => [width, height]),
      [
        [64, 64],
        [200, 300],
      ],
    );
  });

  test("a mask of another size is fitted, and says so", async () => {
    const mask = await sharp({ create: { width: 100, height: 80, channels: 4, background: "#fff" } })
      .composite([{ input: await flat("#000", 40, 40), left: 10, top: 10 }])
      .png()
      .toBuffer();
    const { last } = await studio.say("add a flamingo", {
      attachments: [attachment(await flat("#246", 640, 480)), attachment(mask, { role: "mask" })],
      thread: "paper:mask",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.some((note) => /mask.*640x480/.test(note)));
  });

  test("a person's name is never needed to be refused: what is broken in the middle names every file", async () => {
    const broken = attachment(Buffer.from("nope"), { name: "one.png" });
    const other = attachment(Buffer.from("nope"), { name: "two\u202Egnp.exe" });
    const { last } = await studio.say("mix", {
      attachments: [broken, other],
      user: ada,
      thread: "paper:two",
    });
    assert.match(last.text, /“one\.png”[\s\S]*“two gnp\.exe”/);
  });
});
