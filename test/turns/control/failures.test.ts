import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { BotError, type ErrorCode } from "../../../src/seam/errors.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createFailures } from "../../../src/turns/control/failures.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { ada } from "../../rig/studio.ts";

const day = 24 * 60 * 60_000;

async function storeOf(t: TestContext): Promise<Store> {
  const store = await openStore("memory:");
  t.after(() => store.close());
  return store;
}

function failuresOf(store: Store) {
  const clock = { now: Date.now() };
  const told: string[] = [];
  const log = {
    ...{ child: () => log, debug() {}, info() {}, warn() {} },
    error: (_: object, event: string) => void told.push(event),
  };
  const failures = createFailures(store, { onChange() {}, log, now: () => clock.now });
  const add = (code: ErrorCode, words: string, cause?: Error) =>
    failures.add({
      ...{ outcome: "failed", adapter: "paper", user: ada },
      error: new BotError(code, words, { cause }),
    });
  const words = async () => (await failures.list()).map(({ told }) => told);
  return { ...failures, clock, told, add, words };
}

test("everyday failures push out none that somebody has to mend", async (t) => {
  const { add, words, clock } = failuresOf(await storeOf(t));
  add("quota", "the account is empty");
  for (let index = 0; index < 250; index += 1) {
    clock.now += 1;
    add("bad_prompt", `everyday ${index}`);
  }
  const kept = await words();
  assert.equal(kept.length, 101);
  assert.equal(kept[0], "everyday 249");
  assert.equal(kept.at(-2), "everyday 150");
  assert.equal(kept.at(-1), "the account is empty");
});

test("what two processes write at once is there from both, at the latest with the next", async (t) => {
  const store = await storeOf(t);
  const [one, other] = [failuresOf(store), failuresOf(store)];
  one.add("refused", "of one");
  other.add("refused", "of the other");
  await Promise.all([one.settled(), other.settled()]);
  one.clock.now += 1;
  one.add("refused", "of one again");
  await one.settled();
  assert.deepEqual(new Set(await other.words()), new Set(["of one again", "of one", "of the other"]));
});

test("they are forgotten after thirty days", async (t) => {
  const { add, words, clock } = failuresOf(await storeOf(t));
  add("auth", "long ago");
  clock.now += 29 * day;
  add("auth", "lately");
  assert.deepEqual(await words(), ["lately", "long ago"]);
  clock.now += 2 * day;
  assert.deepEqual(await words(), ["lately"]);
});

test("a store that fails costs no turn anything, and what it did not take is written with the next", async (t) => {
  const store = await storeOf(t);
  const fragile = createFragileStore(store);
  fragile.failWhen((table, call) => table === "failures" && call === "set");
  const { add, settled, told } = failuresOf(fragile.store);
  add("auth", "unwritten");
  await settled();
  assert.deepEqual(told, ["store.failed"]);
  fragile.failWhen(() => false);
  add("auth", "written");
  await settled();
  assert.equal((await failuresOf(store).words()).length, 2);
});

test("what another version wrote in another way stands in nobody's way", async (t) => {
  const store = await storeOf(t);
  await store.table("failures", z.unknown()).set("last", [{ when: "yesterday" }]);
  const { add, words, settled } = failuresOf(store);
  add("auth", "new");
  await settled();
  assert.deepEqual(await words(), ["new"]);
});

test("no secret of a server's words is kept, and no book", async (t) => {
  const { add, list } = failuresOf(await storeOf(t));
  const words = `401 Incorrect API key provided: sk-abcdefghijklmnop ${"x".repeat(2000)}`;
  add("auth", "The key is wrong.", new Error(words));
  const [kept] = await list();
  assert.match(kept?.cause ?? "", /^401 Incorrect API key provided: \[redacted\] x/);
  assert.ok((kept?.cause?.length ?? 0) < 600);
});
