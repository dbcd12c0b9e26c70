import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { createLog } from "../../src/seam/log.ts";
import { createStoreOn } from "../../src/store/backends/sqlite.ts";
import { openSqliteFile } from "../../src/store/backends/sqlite-file.ts";
import { createStore, openStore, type Store } from "../../src/store/store.ts";

/** A server that accepts connections and never answers. */
async function createSilentServer(t: TestContext): Promise<number> {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}

function createLines() {
  const lines: { msg: string; store?: string }[] = [];
  return { lines, log: createLog("info", { write: (line) => lines.push(JSON.parse(line)) }) };
}

describe("a store that fails", () => {
  for (const scheme of ["redis", "postgres"]) {
    test(`at the start, since ${scheme} accepts and never answers: is said to`, async (t) => {
      const port = await createSilentServer(t);
      await assert.rejects(openStore(`${scheme}://127.0.0.1:${port}/0`, { connectMs: 200 }), {
        code: "storage",
        message: /My memory \(\w+\) does not answer/,
      });
    });
  }

  const troubles = [
    ["is full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", /has no room left/],
    ["is read-only", "PRAGMA query_only = ON", "PRAGMA query_only = OFF", /takes nothing new/],
  ] as const;
  for (const [what, begin, end, message] of troubles) {
    test(`since it ${what}: one sentence to each who asks, one line in the log, and one when it is back`, async () => {
      const { lines, log } = createLines();
      const { database } = await openSqliteFile(":memory:", 0);
      const store = await createStore("sqlite", createStoreOn(database, ":memory:", 100), { log });
      const table = store.table("t", z.string());
      await table.set("a", "before");
      database.exec(begin);
      const words = "x".repeat(100_000);
      for (let tries = 0; tries < 3; tries += 1) {
        await assert.rejects(table.set("b", words), { name: "BotError", code: "storage", message });
        assert.equal(await table.get("a"), "before", "what is there can be read");
        await assert.rejects(store.write([{ table: "t", key: "c", value: words }]), {
          code: "storage",
          message,
        });
      }
      database.exec(end);
      await table.set("b", words);
      assert.equal(await table.get("b"), words);
      assert.deepEqual(
        lines.map(({ msg }) => msg),
        ["store.failing", "store.back"],
      );
      await store.close();
    });
  }

  test("to hold what can be read is no failure of the store", async () => {
    const { lines, log } = createLines();
    const store = await openStore("memory:", { log });
    await store.table("t", z.unknown()).set("a", { of: "another version" });
    await assert.rejects(store.table("t", z.string()).get("a"), {
      message: /holds something that I cannot read/,
    });
    assert.deepEqual(lines, []);
    await store.close();
  });
});

describe("what is written together", () => {
  test("is kept as if it had been written one by one", async () => {
    const store = await openStore("memory:");
    const [one, two] = [store.table("one", z.unknown()), store.table("two", z.unknown())];
    await one.set("gone", 1);
    await store.write([
      { table: "one", key: "a", value: { words: "ünï 🦊", none: null, deep: [1] } },
      { table: "two", key: "a", value: "old" },
      { table: "two", key: "a", value: "new" },
      { table: "one", key: "gone", delete: true },
      { table: "one", key: "unknown", delete: true },
    ]);
    assert.deepEqual(await one.get("a"), { words: "ünï 🦊", none: null, deep: [1] });
    assert.equal(await two.get("a"), "new");
    assert.equal(await one.get("gone"), undefined);
    await store.write([]);
    await store.close();
  });

  test("runs out as what is set by itself does", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const store = await openStore("memory:");
    const table = store.table("t", z.string());
    await store.write([{ table: "t", key: "brief", value: "1", lifeMs: 1000 }]);
    await store.write([{ table: "t", key: "kept", value: "1" }]);
    assert.equal(await table.get("brief"), "1");
    t.mock.timers.tick(1001);
    assert.deepEqual([await table.get("brief"), await table.get("kept")], [undefined, "1"]);
    await store.close();
  });
});

describe("what is read and written as one", () => {
  const numbers = z.number();

  async function add(store: Store, key: string): Promise<number> {
    return store.transact(async (within) => {
      const table = within.table("count", numbers);
      const next = ((await table.get(key)) ?? 0) + 1;
      await table.set(key, next);
      return next;
    });
  }

  test("counts right, whoever counts at the same time", async () => {
    const store = await openStore("memory:");
    const counted = await Promise.all(Array.from({ length: 20 }, () => add(store, "a")));
    assert.deepEqual(
      counted.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    assert.equal(await store.table("count", numbers).get("a"), 20);
    await store.close();
  });

  test("is done again where what it only read has changed meanwhile, or has come or gone", async () => {
    const store = await openStore("memory:");
    const plain = store.table("count", numbers);
    await plain.set("there", 1);
    const changes = [
      () => plain.set("there", 2),
      () => plain.set("new", 3),
      () => plain.delete("there"),
      async () => {},
    ];
    let tries = 0;
    await store.transact(async (within) => {
      const table = within.table("count", numbers);
      const found = [await table.get("there"), await table.get("new")];
      await changes[tries]?.();
      tries += 1;
      await table.set(
        "sum",
        found.reduce<number>((sum, one) => sum + (one ?? 0), 0),
      );
    });
    assert.equal(tries, 4);
    assert.equal(await plain.get("sum"), 3);
    await store.close();
  });

  test("sees what it has written itself, and others see nothing of it before the end", async () => {
    const store = await openStore("memory:");
    const plain = store.table("count", numbers);
    await plain.set("gone", 1);
    await store.transact(async (within) => {
      const table = within.table("count", numbers);
      await table.set("a", 1);
      await table.set("a", 2);
      await table.delete("gone");
      assert.deepEqual([await table.get("a"), await table.get("gone")], [2, undefined]);
      assert.deepEqual([await plain.get("a"), await plain.get("gone")], [undefined, 1]);
    });
    assert.deepEqual([await plain.get("a"), await plain.get("gone")], [2, undefined]);
    await store.close();
  });

  test("writes nothing where it rejects, and rejects with that", async () => {
    const store = await openStore("memory:");
    const failed = new Error("no");
    await assert.rejects(
      store.transact(async (within) => {
        await within.table("count", numbers).set("a", 1);
        throw failed;
      }),
      failed,
    );
    assert.equal(await store.table("count", numbers).get("a"), undefined);
    await store.close();
  });

  test("takes what has run out for what is not there, and lets run out what it is told to", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const store = await openStore("memory:");
    const plain = store.table("count", numbers);
    await plain.set("a", 7, 1000);
    t.mock.timers.tick(1001);
    await store.transact(async (within) => {
      const table = within.table("count", numbers);
      assert.equal(await table.get("a"), undefined);
      await table.set("a", 8, 1000);
    });
    assert.equal(await plain.get("a"), 8);
    t.mock.timers.tick(1001);
    assert.equal(await plain.get("a"), undefined);
    await store.close();
  });
});
