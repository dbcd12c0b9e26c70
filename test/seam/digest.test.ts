import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digestOf } from "../../src/seam/files/digest.ts";
import { mostInTurn } from "../../src/seam/share.ts";

test("it is the SHA-256 of what was said before and of the bytes, however many those are", async () => {
  for (const length of [0, 1, 256 * 1024, 256 * 1024 + 1, 2_000_000]) {
    const bytes = Buffer.alloc(length, "drawbridge");
    for (const before of ["", "somebody\0"]) {
      const expected = createHash("sha256").update(before).update(bytes).digest("hex");
      assert.equal((await digestOf(bytes, before)).toString("hex"), expected, `${length} after ${before}`);
    }
  }
});

test("pictures that come together hold up the loop for a share of them, and then others have their turn", async () => {
  const pictures = Array.from({ length: 8 }, (_, at) => Buffer.alloc(3 * 1024 * 1024, at));
  let [turns, isOver] = [0, false];
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const digests = await Promise.all(pictures.map((picture) => digestOf(picture)));
  isOver = true;
  assert.equal(new Set(digests.map((digest) => digest.toString("hex"))).size, 8);
  const fewest = (8 * 3 * 1024 * 1024) / mostInTurn - 1;
  assert.ok(turns >= fewest, `${turns} turns of at least ${fewest}`);
});
