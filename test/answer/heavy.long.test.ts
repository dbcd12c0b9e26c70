import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Attachment } from "../../src/seam/turn.ts";
import { flat, noise } from "../rig/pictures.ts";
import { attachment, createStudio } from "../rig/studio.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

const uploads = () => studio.standin.requests.filter(({ path }) => path === "/v1/files").length;

/** More than four megabytes. */
const heavy = () => noise(1250, 1250).png({ compressionLevel: 0 }).toBuffer();

/** Notes how many pictures OpenAI has when this one is read. */
function watched(bytes: Uint8Array, index: number, sent: number[], role?: Attachment["role"]): Attachment {
  const file = attachment(bytes, { name: `photo-${index}.png`, ...(role && { role }) });
  return {
    ...file,
    read(signal) {
      sent.push(uploads());
      return file.read(signal);
    },
  };
}

describe("of many large pictures not all are held at once", () => {
  test("each is sent on before the next is read, and all come along in their order", async () => {
    const pictures = [await heavy(), await flat("#345", 64, 64), await heavy(), await heavy()];
    const sent: number[] = [];
    const files = pictures.map((bytes, index) =>
      watched(Buffer.concat([bytes, Buffer.from([index])]), index, sent),
    );
    const { last } = await studio.say("put these together", { attachments: files });
    assert.equal(last.phase, "done", last.text);
    assert.deepEqual(sent, [0, 1, 1, 2]);
    const { inputs = [] } = (await studio.history.find(await head())) ?? {};
    assert.deepEqual(
      inputs.map(({ width }) => width),
      [1250, 64, 1250, 1250],
    );
  });

  test("the one that a mask lies on waits for its mask", async () => {
    const sent: number[] = [];
    const black = await flat("#000", 1250, 1250);
    const files = [
      watched(await heavy(), 0, sent),
      watched(Buffer.concat([await heavy(), Buffer.from([1])]), 1, sent),
      watched(black, 2, sent, "mask"),
    ];
    const { last } = await studio.say("make it night", { attachments: files });
    assert.equal(last.phase, "done", last.text);
    assert.deepEqual(sent, [0, 0, 1]);
    const { inputs = [] } = (await studio.history.find(await head())) ?? {};
    assert.deepEqual(
      inputs.map(({ role }) => role),
      ["reference", "reference", "mask"],
    );
  });
});

async function head() {
  const key = await studio.history.head(studio.thread);
  assert.ok(key);
  return key;
}
