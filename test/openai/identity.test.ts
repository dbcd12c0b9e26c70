import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentity } from "../../src/openai/identity.ts";
import { openStore } from "../../src/store/store.ts";

test("a person is the same after a restart, and unlike any other", async (t) => {
  const store = await openStore("memory:");
  t.after(() => store.close());
  const [identity, restarted] = [await createIdentity(store), await createIdentity(store)];
  assert.match(identity("u:ada"), /^[0-9a-f]{64}$/);
  assert.equal(identity("u:ada"), restarted("u:ada"));
  assert.notEqual(identity("u:ada"), identity("u:bob"));
});

test("nobody can tell who it is without the secret: another installation knows another", async (t) => {
  const stores = await Promise.all([openStore("memory:"), openStore("memory:")]);
  t.after(() => Promise.all(stores.map((store) => store.close())));
  const [one, two] = await Promise.all(stores.map(createIdentity));
  assert.notEqual(one?.("u:ada"), two?.("u:ada"));
});

test("a store that fails is said at the start", async () => {
  const store = await openStore("memory:");
  await store.close();
  await assert.rejects(createIdentity(store), { code: "storage" });
});
