import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import type { EventKey, MessageKey } from "../../../src/seam/turn.ts";
import type { OpenTurn } from "../../../src/store/open-turn.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { createFolder } from "../../rig/process.ts";

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

test("what was noted is there after a restart, in the order in which it was accepted, whatever the clock said", async (t) => {
  const url = `sqlite:${join(await createFolder(t), "store.db")}`;
  const store = await openStore(url);
  const ledger = await createLedger(store);
  const early = turn("m:early", { acceptedAt: 3000, event: "paper:e1" });
  await ledger.take({ key: "paper:e1", body: 1 }, "paper");
  await ledger.take({ key: "paper:e2", body: 2 }, "paper");
  // Somebody sets the clock back.
  await ledger.note(turn("m:late"));
  await ledger.note(turn("m:middle", { acceptedAt: 2000, event: "paper:e2" }));
  await ledger.note(early);
  await store.close();

  const again = await openStore(url);
  t.after(() => again.close());
  const open = await (await createLedger(again)).open();
  assert.deepEqual(
    open.map(({ turn: one }) => one?.message),
    ["m:early", "m:middle", "m:late"],
  );
});

test("what comes once more while it cannot be noted is not said to be known", async () => {
  const { store, failWhen } = createFragileStore(await openStore("memory:"));
  const ledger = await createLedger(store);
  const event = { key: "paper:e1", body: {} } as const;
  failWhen((table, call) => table === "event" && call === "set");
  const both = await Promise.allSettled([ledger.take(event, "paper"), ledger.take(event, "paper")]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  failWhen(() => false);
  assert.equal(await ledger.take(event, "paper"), true, "it is brought again");
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
  assert.deepEqual(
    (await (await createLedger(store)).open()).map((entry) => entry.turn),
    [known],
  );
});

test("what is forgotten is gone, and may be forgotten twice", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  await ledger.note(turn("m:1"));
  await ledger.forget({ message: "m:1" });
  await ledger.forget({ message: "m:1" });
  await ledger.forget({ message: "m:never" });
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
      if (index % 3 !== 0) await ledger.forget({ message });
    }),
  );
  const open = await (await createLedger(store)).open();
  assert.deepEqual(
    open.map(({ turn: one }) => one?.message),
    messages.filter((_, index) => index % 3 === 0),
  );
});

test("a turn that cannot be read is told of and holds up no other", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  await ledger.note(turn("m:1"));
  await ledger.note(turn("m:2", { acceptedAt: 2 }));
  await store.table("event", z.unknown()).set("turn:m:1", { key: "turn:m:1", from: "another version" });
  const unreadable: EventKey[] = [];
  const open = await (await createLedger(store, { onUnreadable: (event) => unreadable.push(event) })).open();
  assert.deepEqual(
    open.map(({ turn: one }) => one?.message),
    ["m:2"],
  );
  assert.deepEqual(unreadable, ["turn:m:1"]);
});

test("what a store does not give the first time is asked for again", async () => {
  const store = await openStore("memory:");
  await (await createLedger(store)).note(turn("m:1"));
  let failures = 2;
  const slow: Store = {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      const get = async (one: string) => {
        if (name === "event" && failures-- > 0) throw new Error("no answer");
        return table.get(one);
      };
      return { ...table, get };
    },
  };
  const unreadable: EventKey[] = [];
  const open = await (await createLedger(slow, { onUnreadable: (event) => unreadable.push(event) })).open();
  assert.deepEqual([open.map((one) => one.turn?.message), unreadable], [["m:1"], []]);
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
    (await (await createLedger(store)).open()).map(({ turn: one }) => one?.message),
    ["m:2"],
  );
});

test("an event is taken once, until two days after it is over, by this process and the next", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  const event = { key: "paper:event:1", body: { said: "a fox" } } as const;
  const both = await Promise.all([ledger.take(event, "paper"), ledger.take(event, "paper")]);
  assert.deepEqual(both.sort(), [false, true]);
  const next = await createLedger(store);
  assert.equal(await next.take(event, "paper"), false, "it is at work on it");
  assert.deepEqual(
    (await next.open()).map(({ key, body, adapter }) => ({ key, body, adapter })),
    [{ ...event, adapter: "paper" }],
  );
  await next.over(event.key);
  assert.deepEqual(await next.open(), []);
  assert.equal(await (await createLedger(store)).take(event, "paper"), false, "it is over");
});

test("an event that a slow store could not note in time is not taken, and is when it comes again", async () => {
  const store = await openStore("memory:");
  const event = { key: "paper:event:1", body: { said: "a fox" } } as const;
  const answered = Promise.withResolvers<void>();
  let asked = 0;
  const slow: Store = {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        ...table,
        async get(one) {
          if (one !== event.key) return table.get(one);
          asked += 1;
          const found = await table.get(one);
          if (asked === 1) await answered.promise;
          return found;
        },
      };
    },
  };
  const ledger = await createLedger(slow, { takeMs: 20 });
  await assert.rejects(ledger.take(event, "paper"), /too slow just now.*Try again/);
  assert.deepEqual(await (await createLedger(store)).open(), [], "nothing has happened");
  assert.equal(await ledger.take(event, "paper"), true);
  await ledger.note(turn("m:1", { event: event.key }));
  answered.resolve();
  await setImmediate();
  const [open] = await (await createLedger(store)).open();
  assert.equal(open?.turn?.message, "m:1", "what comes too late takes nothing back");
});

test("what was noted too late is not kept for good, and what is noted of a turn is", async (t) => {
  const store = await openStore("memory:");
  const event = { key: "paper:event:1", body: { said: "a fox" } } as const;
  const written = Promise.withResolvers<void>();
  const slow: Store = {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        ...table,
        async set(...change) {
          await table.set(...change);
          if (change[0] === event.key) await written.promise;
        },
      };
    },
  };
  const ledger = await createLedger(slow, { takeMs: 20 });
  await assert.rejects(ledger.take(event, "paper"), /too slow just now/);
  written.resolve();
  await ledger.note(turn("m:1"));
  const rows = store.table("event", z.unknown());
  assert.ok(await rows.get(event.key), "it was written all the same");
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 40 * 24 * 3600 * 1000 });
  assert.equal(await rows.get(event.key), undefined);
  assert.equal((await (await createLedger(store)).open()).length, 1);
});

test("an event that became a turn is over when the turn is", async () => {
  const store = await openStore("memory:");
  const ledger = await createLedger(store);
  const event = "paper:event:1" as const;
  await ledger.take({ key: event, body: 1 }, "paper");
  const settled = ledger.settled(event);
  await ledger.note(turn("m:1", { event }));
  await settled;
  await ledger.over(event);
  const [open] = await (await createLedger(store)).open();
  assert.deepEqual([open?.key, open?.turn?.message, open?.body], [event, "m:1", null]);
  await ledger.forget({ event, message: "m:1" });
  assert.deepEqual(await (await createLedger(store)).open(), []);
  assert.equal(await ledger.take({ key: event, body: 1 }, "paper"), false);
});

test("whichever write a crash cuts off, what is not over is finished, and what is over is not", async () => {
  for (let crash = 1; crash <= 5; crash += 1) {
    const store = await openStore("memory:");
    let writes = 0;
    const dying = {
      ...store,
      table(...[name, schema]: Parameters<typeof store.table>) {
        const table = store.table(name, schema);
        const set = async (...given: Parameters<typeof table.set>) => {
          writes += 1;
          if (writes >= crash) throw new Error("killed");
          await table.set(...given);
        };
        return { ...table, set };
      },
    } as typeof store;
    const event = { key: "paper:event:1", body: 1 } as const;
    const ledger = await createLedger(dying);
    const isTaken = await ledger.take(event, "paper").catch(() => undefined);
    const isTurn =
      isTaken &&
      (await ledger.note(turn("m:1", { event: event.key })).then(
        () => true,
        () => false,
      ));
    const isOver =
      isTurn &&
      (await ledger.forget({ event: event.key, message: "m:1" }).then(
        () => true,
        () => false,
      ));
    const next = await createLedger(store);
    const [open] = await next.open();
    if (isOver) assert.equal(open, undefined, `killed at write ${crash}`);
    else if (isTurn && crash < 5) assert.equal(open?.turn?.message, "m:1", `killed at write ${crash}`);
    else if (isTaken && crash < 4)
      assert.deepEqual([open?.key, open?.body], [event.key, 1], `killed at write ${crash}`);
    if (isTaken === undefined)
      assert.equal(await next.take(event, "paper"), true, "nobody was told it was taken");
    else assert.equal(await next.take(event, "paper"), false);
  }
});

test("turns of version 0.1 go on", async () => {
  const store = await openStore("memory:");
  await store.table("turn", z.unknown()).set("m:1", turn("m:1"));
  await store.table("ledger", z.unknown()).set("open", { open: ["m:1"] });
  const open = await (await createLedger(store)).open();
  assert.deepEqual(
    open.map((entry) => entry.turn),
    [turn("m:1")],
  );
  assert.equal((await (await createLedger(store)).open()).length, 1);
});
