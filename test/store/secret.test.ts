import assert from "node:assert/strict";
import { test } from "node:test";
import { isSealed } from "../../src/seam/trust/seal.ts";
import { createSeals } from "../../src/store/secret.ts";
import { openStore } from "../../src/store/store.ts";

test("a seal is the same after a restart, and of one adapter and one store alone", async () => {
  const [store, other] = [await openStore("memory:"), await openStore("memory:")];
  const [before, after, elsewhere] = [
    await createSeals(store),
    await createSeals(store),
    await createSeals(other),
  ];
  const mark = before("discord")("f:edit:1:2");
  assert.match(mark, /^[\w-]{16}$/);
  assert.ok(isSealed(after("discord"), "f:edit:1:2", mark));
  assert.ok(!isSealed(after("discord"), "f:edit:1:3", mark));
  assert.ok(!isSealed(after("slack"), "f:edit:1:2", mark));
  assert.ok(!isSealed(elsewhere("discord"), "f:edit:1:2", mark));
  for (const wrong of ["", mark.slice(1), `${mark}a`, "ä".repeat(16)]) {
    assert.ok(!isSealed(after("discord"), "f:edit:1:2", wrong), wrong);
  }
  await Promise.all([store.close(), other.close()]);
});
