import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import type { MessageKey } from "../../src/seam/turn.ts";
import type { OpenTurn } from "../../src/store/open-turn.ts";
import { openStore } from "../../src/store/store.ts";
import { createLedger } from "../../src/turns/ledger.ts";
import { createFolder } from "../rig/process.ts";

function turn(message: MessageKey, more: Partial<OpenTurn> = {}): OpenTurn {
  return {
    message,
    adapter: "paper",
    thread: "t:1",
    user: { id: "u:ada", name: "Ada" },
    text: "a fox",
    options: {},
    notes: [],
    mustDraw: false,
    attachments: 0,
    acceptedAt: 1,
    ...more,
  };
}

test("what was noted is there after a restart, in the order in which it was accepted", async (t) => {
  const url = `sqlite:${join(await createFolder(t), "store.db")}`;
  const store = await openStore(url);
  const ledger = await createLedger(store);
  const turns = [turn("m:late", { acceptedAt: 3 }), turn("m:early"), turn("m:middle", { acceptedAt: 2 })];
  for (const given of turns) await ledger.note(given);
  await store.close();

  const again = await openStore(url);
  t.after(() => again.close());
  const open = await (await createLedger(again)).open();
  assert.deepEqual(
    open.map(({ message }) => message),
    ["m:early", "m:middle", "m:late"],
  );
});

test("a turn is noted with all that has become known of it", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  const known = turn("m:1", {
    from: null,
    user: { id: "u:ada", name: "Ada", moderator: true },
    inputs: [{ role: "reference", width: 1, height: 1, source: { dataUrl: "data:image/png;base64,AA==" } }],
    responseIds: ["resp_1", null],
  });
  await ledger.note(turn("m:1"));
  await ledger.note(known);
  assert.deepEqual(await (await createLedger(store)).open(), [known]);
});

test("what is forgotten is gone, and may be forgotten twice", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  await ledger.note(turn("m:1"));
  await ledger.forget("m:1");
  await ledger.forget("m:1");
  await ledger.forget("m:never");
  assert.deepEqual(await ledger.open(), []);
  assert.deepEqual(await (await createLedger(store)).open(), []);
});

test("many at once are kept apart: who is forgotten is gone, who is not is there", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  const messages = Array.from({ length: 60 }, (_, index) => `m:${index}` as const);
  await Promise.all(
    messages.map(async (message, index) => {
      await ledger.note(turn(message, { acceptedAt: index }));
      await ledger.note(turn(message, { acceptedAt: index, responseIds: [`resp_${index}`] }));
      if (index % 3 !== 0) await ledger.forget(message);
    }),
  );
  const open = await (await createLedger(store)).open();
  assert.deepEqual(
    open.map(({ message }) => message),
    messages.filter((_, index) => index % 3 === 0),
  );
});

test("a turn that cannot be read is told of and holds up no other", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  await ledger.note(turn("m:1"));
  await ledger.note(turn("m:2", { acceptedAt: 2 }));
  await store.table("turn", z.unknown()).set("m:1", { message: "m:1", from: "another version" });
  const unreadable: MessageKey[] = [];
  const open = await (await createLedger(store, (message) => unreadable.push(message))).open();
  assert.deepEqual(
    open.map(({ message }) => message),
    ["m:2"],
  );
  assert.deepEqual(unreadable, ["m:1"]);
});

test("a store that fails is said, and the next write goes through when it is back", async () => {
  const store = await openStore("memory:");
  let broken = true;
  const ledger = await createLedger({
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      const set = async (...given: Parameters<typeof table.set>) => {
        if (broken) throw new Error("no");
        await table.set(...given);
      };
      return { ...table, set };
    },
  });
  await assert.rejects(ledger.note(turn("m:1")));
  broken = false;
  await ledger.note(turn("m:2"));
  assert.deepEqual(
    (await (await createLedger(store)).open()).map(({ message }) => message),
    ["m:2"],
  );
});
