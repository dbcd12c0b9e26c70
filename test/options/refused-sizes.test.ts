import assert from "node:assert/strict";
import { test } from "node:test";
import { createRefusals } from "../../src/options/refusals.ts";
import { openStore } from "../../src/store/store.ts";

test("a size that was named and is refused all the same is not asked for again, also after a restart", async () => {
  const store = await openStore("memory:");
  const first = await createRefusals(store, false);
  await first.learn("own", "size", "1536x1024", ["256x256", "1024x1024"]);
  await first.learn("own", "size", "1024x1024");
  for (const refusals of [first, await createRefusals(store, false)]) {
    assert.deepEqual(refusals.sizesOf("own"), ["256x256"]);
    assert.ok(refusals.has("own", "size", "1024x1024"));
  }
  await first.learn("own", "size", "256x256", ["256x256", "512x512"]);
  assert.deepEqual(first.sizesOf("own"), ["512x512"], "the newest list counts, without what was refused");
  await first.learn("own", "size", "512x512");
  assert.equal(first.sizesOf("own"), undefined);
  await store.close();
});
