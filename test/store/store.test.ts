import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { createLog } from "../../src/seam/log.ts";
import { createStoreOn } from "../../src/store/backends/sqlite.ts";
import { openSqliteFile } from "../../src/store/backends/sqlite-file.ts";
import { createStore, openStore } from "../../src/store/store.ts";

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
