import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import { readInputs } from "../../src/pictures/inputs.ts";
import { measure, toSketch } from "../../src/pictures/jobs.ts";
import { endlessSvg, hugeGif, hugeJpeg, interlaced, manyScans, wordy } from "../rig/bombs.ts";
import { watchMemory } from "../rig/memory.ts";
import { flat, noise } from "../rig/pictures.ts";
import { attachment, limits } from "../rig/studio.ts";

const never = new AbortController().signal;

const read = (bytes: Uint8Array) => readInputs([attachment(bytes, { name: "fox.png" })], never);

describe("a small file that asks for much is refused in a sentence", () => {
  const tooLarge = /^“fox\.png” has \d+x\d+ pixels, more than I open\. Scale it to 3840 pixels/;
  const tooLong = /^“fox\.png”: The SVG is damaged or takes too long to draw\. Export it as PNG/;
  const cases: readonly [string, () => Buffer | Promise<Buffer>, RegExp][] = [
    ["a GIF of 196 megapixels in 78 KB", () => hugeGif(14_000, 14_000), tooLarge],
    ["a progressive JPEG of 196 megapixels", () => hugeJpeg(14_000, 14_000), tooLarge],
    ["an interlaced PNG of 16 bits a channel", () => interlaced(12_000, 12_000), tooLarge],
    ["an SVG whose lines cross without end", endlessSvg, tooLong],
    ["a JPEG of four hundred scans", () => manyScans(4000, 400), /^“fox\.png” (is damaged|takes more)/],
  ];
  for (const [what, make, message] of cases) {
    test(what, async (t) => {
      const bytes = await make();
      assert.ok(bytes.length < 3 * 1024 * 1024, `${bytes.length} bytes`);
      const memory = watchMemory(t);
      await assert.rejects(read(bytes), { code: "bad_attachment", message });
      assert.ok(memory.peak() - memory.start < 600, `${memory.start} to ${memory.peak()} MB`);
    });
  }
});

for (const kind of ["zTXt", "iTXt"] as const) {
  test(`gigabytes of words in a PNG (${kind}) are never unpacked: it is read without them`, async (t) => {
    const memory = watchMemory(t);
    const bytes = wordy(kind, 70);
    const { pictures } = await read(bytes);
    assert.deepEqual([pictures[0]?.width, pictures[0]?.height], [8, 8]);
    assert.ok((pictures[0]?.bytes.length ?? bytes.length) < 1000, "nor are they sent on");
    assert.deepEqual(await measure(bytes), { mediaType: "image/png", width: 8, height: 8 });
    assert.ok(memory.peak() - memory.start < 500, `${memory.start} to ${memory.peak()} MB`);
  });
}

test("with many of them at once, what others draw goes on, and memory stays bounded", async (t) => {
  const memory = watchMemory(t);
  const gif = hugeGif(8000, 8000);
  const drawn = await noise(1536, 1024).png().toBuffer();
  let open = 0;
  const bombs = Array.from({ length: 12 }, async () => {
    open += 1;
    await read(gif).catch(() => {});
    open -= 1;
  });
  for (let partial = 0; partial < 3; partial += 1) {
    const { mediaType } = await toSketch(drawn, limits);
    assert.equal(mediaType, "image/jpeg");
  }
  assert.ok(open >= 4, `only ${open} are still open: the sketches waited for them`);
  await Promise.all(bombs);
  const { pictures } = await read(await flat("#123", 64, 64));
  assert.equal(pictures.length, 1);
  assert.ok(memory.peak() - memory.start < 1200, `${memory.start} to ${memory.peak()} MB`);
});

test("an AVIF photo of 24 megapixels is no bomb", async () => {
  const photo = await flat("#456", 6000, 4000).then((png) => sharp(png).avif({ effort: 0 }).toBuffer());
  const { pictures } = await read(photo);
  assert.equal(pictures[0]?.width, 3840);
});
