import assert from "node:assert/strict";
import { test } from "node:test";
import { showWhile } from "../../src/seam/held.ts";
import { createUnderWay } from "../../src/seam/under-way.ts";

/** Sets it while it is shown; what comes back tells that another process has it by then. */
async function setShown<Key, Value>(
  { set }: Pick<ReturnType<typeof createUnderWay<Key, Value>>, "set">,
  key: Key,
  value: Value,
): Promise<() => void> {
  let isLost = false;
  await showWhile(
    () => {},
    async () => set(key, value),
    { isLost: () => isLost },
  );
  return () => {
    isLost = true;
  };
}

test("what another process has taken over is not there, and all else is", async () => {
  const live = createUnderWay<string, number>(10);
  const loseOne = await setShown(live, "one", 1);
  await setShown(live, "two", 2);
  live.set("three", 3);
  assert.deepEqual(
    [...live],
    [
      ["one", 1],
      ["two", 2],
      ["three", 3],
    ],
  );
  loseOne();
  assert.deepEqual([live.has("one"), live.get("one")], [false, undefined]);
  assert.deepEqual([live.has("two"), live.get("two")], [true, 2]);
  assert.deepEqual([live.has("three"), live.get("three")], [true, 3]);
});

test("what is taken over while all are looked at is left out", async () => {
  const live = createUnderWay<string, number>(10);
  const lose = [
    await setShown(live, "one", 1),
    await setShown(live, "two", 2),
    await setShown(live, "three", 3),
  ];
  lose[0]?.();
  const seen: string[] = [];
  for (const [key] of live) {
    seen.push(key);
    lose[2]?.();
  }
  assert.deepEqual(seen, ["two"]);
});

test("what comes back to a process after it was taken over is there again", async () => {
  const live = createUnderWay<string, number>(10);
  const lose = await setShown(live, "one", 1);
  lose();
  await setShown(live, "one", 11);
  assert.equal(live.get("one"), 11);
  lose();
  assert.equal(live.get("one"), 11, "by what it was set with last");
});

test("what was deleted is not there, and what was set first is forgotten when there is too much", () => {
  const live = createUnderWay<string, number>(2);
  live.set("one", 1);
  live.set("two", 2);
  live.set("one", 11);
  live.set("three", 3);
  assert.deepEqual(
    [...live],
    [
      ["one", 11],
      ["three", 3],
    ],
  );
  live.delete("one");
  assert.equal(live.has("one"), false);
  assert.deepEqual([...live], [["three", 3]]);
});
