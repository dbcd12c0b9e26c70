import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageKey } from "../../src/seam/turn.ts";
import { createAccounts } from "../../src/store/accounts.ts";
import { createHistory } from "../../src/store/history.ts";
import { readSecret } from "../../src/store/secret.ts";
import { openStore } from "../../src/store/store.ts";

/** What two processes on one store do at the same time; each has books of its own on it. */
const numbers = Array.from({ length: 20 }, (_, number) => number);

test("two that mark answers in one account forget none of the other's", async () => {
  const store = await openStore("memory:");
  const books = [createAccounts(store), createAccounts(store)];
  const messages = numbers.map((number): MessageKey => `m:${number}`);
  await Promise.all(messages.map((message, at) => books[at % 2]?.mark("u:ada", message)));
  for (const message of messages) assert.equal(await books[0]?.has("u:ada", message), true, message);
  await store.close();
});

test("two that take a thread back bring all of it forward again", async () => {
  const store = await openStore("memory:");
  const [one, other] = [createHistory(store), createHistory(store)];
  const details = { user: "u:ada", prompt: "a fox", options: {}, inputs: [], pictures: [], createdAt: 1 };
  for (const number of numbers) {
    await one.save({ message: `m:${number}`, thread: "t:1", outcome: "done", ...details });
  }
  await one.moveHead("t:1", "m:0");
  const steps = numbers.slice(1).map((number): MessageKey => `m:${number}`);
  await Promise.all(steps.map((head, at) => (at % 2 ? one : other).takeBack("t:1", head)));
  const seen = new Set<unknown>();
  for (let to = await one.head("t:1"); to !== undefined; to = await other.bringForward("t:1")) seen.add(to);
  assert.equal(seen.size, numbers.length, "each was a place of its own");
  await store.close();
});

test("two that begin at once have one secret", async () => {
  const store = await openStore("memory:");
  const made = await Promise.all(numbers.map(() => readSecret(store, "seals")));
  assert.equal(new Set(made).size, 1);
  assert.equal(await readSecret(store, "seals"), made[0]);
  await store.close();
});
