import assert from "node:assert/strict";
import { test } from "node:test";
import { createBounded, createOnce } from "../../src/seam/bounded.ts";

test("a bounded map forgets what was put first, and what is put again counts as new", () => {
  const map = createBounded<string, number>(2);
  map.set("one", 1).set("two", 2).set("one", 11).set("three", 3);
  assert.deepEqual(
    [...map],
    [
      ["one", 11],
      ["three", 3],
    ],
  );
});

test("what comes twice is told from what comes once, among the last so many", () => {
  const isFirst = createOnce(2);
  assert.deepEqual(["a", "a", "b", "c", "a"].map(isFirst), [true, false, true, true, true]);
});
