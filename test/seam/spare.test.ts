import assert from "node:assert/strict";
import { test } from "node:test";
import { giveBack, inLargePages, keep, letGo, lookAt, takeSpare } from "../../src/seam/spare.ts";

const MB = 1024 * 1024;

test("no more than so much lies ready, and nothing for long", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const giveAll = (all: readonly Buffer[]) => all.forEach(giveBack);
  giveAll(Array.from({ length: 12 }, () => takeSpare(8 * MB)));
  // What is found is larger than what is asked for.
  const again = Array.from({ length: 12 }, () => takeSpare(7 * MB));
  assert.deepEqual(
    again.map(({ length }) => length / MB),
    [8, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 7],
  );
  giveAll(again.slice(0, 1));
  t.mock.timers.tick(9_999);
  const kept = takeSpare(7 * MB);
  assert.equal(kept.length, 8 * MB);
  giveBack(kept);
  t.mock.timers.tick(9_999);
  t.mock.timers.tick(1);
  assert.equal(takeSpare(7 * MB).length, 7 * MB);
});

test("what is given back is used again, and whoever still looks at it sees nothing", () => {
  const first = takeSpare(3 * MB);
  first.fill(7);
  const part = first.subarray(10, 20);
  giveBack(part);
  assert.deepEqual([first.length, part.length], [0, 0]);
  const second = takeSpare(2 * MB);
  assert.equal(second.length, 3 * MB, "it is the same again");
  assert.equal(second[0], 7);
  second.fill(1);
  giveBack(first);
  assert.equal(second[0], 1, "giving back twice takes nothing from the next");
});

test("it is not used for what is too large for it, or so small that it would be wasted", () => {
  const first = takeSpare(5 * MB);
  giveBack(first);
  assert.equal(takeSpare(6 * MB).length, 6 * MB);
  assert.equal(takeSpare(2 * MB).length, 2 * MB);
  assert.equal(takeSpare(4 * MB).length, 5 * MB);
});

test("what is another's is left alone", () => {
  const pooled = Buffer.from("a few letters"); // in memory that all of Node shares
  const own = Buffer.alloc(MB, 1);
  const shared = new Uint8Array(new SharedArrayBuffer(10));
  for (const one of [pooled, own, shared]) giveBack(one);
  assert.deepEqual([`${pooled}`, own.length, own[0], shared.length], ["a few letters", MB, 1, 10]);
});

test("what is kept is given back by nobody but who lets go of it", () => {
  const picture = takeSpare(3 * MB);
  keep(picture);
  giveBack(picture);
  assert.equal(picture.length, 3 * MB);
  letGo(picture.subarray(10, 20));
  assert.equal(picture.length, 0);
  const next = takeSpare(3 * MB);
  keep(next);
  letGo(picture);
  assert.equal(next.length, 3 * MB, "letting go twice takes nothing from the next");
  const [lent, own] = [takeSpare(MB), Buffer.alloc(MB)];
  for (const one of [lent, own]) letGo(one);
  assert.deepEqual([lent.length, own.length], [MB, MB], "neither is kept");
});

test("it is not taken from whoever looks at it, however often they say that they have done so", () => {
  const picture = takeSpare(3 * MB);
  keep(picture);
  const [first, second] = [lookAt(picture), lookAt(picture.subarray(5))];
  first();
  first();
  letGo(picture);
  assert.equal(picture.length, 3 * MB);
  second();
  letGo(picture);
  assert.equal(picture.length, 0);
  assert.throws(() => lookAt(picture), /let go of/);
  lookAt(Buffer.from("another's"))();
});

test("a block is as many large pages as it needs, where that is little more, and no more than asked for otherwise", () => {
  const page = 2 * MB;
  for (const bytes of [1.6 * MB, 1.9 * MB, 3.3 * MB, 7 * MB, 30 * MB].map(Math.ceil)) {
    const block = inLargePages(bytes);
    assert.ok(block >= bytes && block <= (bytes * 4) / 3, `${block} for ${bytes}`);
    assert.equal((block + 4096) % page, 0, "the system's allocator needs a little before it");
  }
  for (const bytes of [1, 0.5 * MB, 1.2 * MB, page, 2.5 * MB]) assert.equal(inLargePages(bytes), bytes);
});
