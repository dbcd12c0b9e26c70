import assert from "node:assert/strict";
import { test } from "node:test";
import { inputLimits } from "../../src/pictures/picture.ts";
import { BotError } from "../../src/seam/errors.ts";
import { collect } from "../../src/seam/files/sent-file.ts";

test("a sent file is read as it comes, and no further than the core would read it", async () => {
  const piece = new Uint8Array(inputLimits.bytes / 4).fill(7);
  let sent = 0;
  async function* pieces(count: number) {
    for (sent = 0; sent < count; sent += 1) yield piece;
  }
  assert.equal((await collect(pieces(4), "a.png")).byteLength, inputLimits.bytes);
  await assert.rejects(
    collect(pieces(1000), "a\n.png"),
    (error) =>
      error instanceof BotError &&
      error.code === "bad_attachment" &&
      /^“a \.png” has more than 50 MB/.test(error.message),
  );
  assert.equal(sent, 4, "the fifth is one too many");
});
