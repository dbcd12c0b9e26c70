import assert from "node:assert/strict";
import { rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { createSqliteStore, createStoreOn } from "../../../src/store/backends/sqlite.ts";
import { openSqliteFile } from "../../../src/store/backends/sqlite-file.ts";
import { createFolder } from "../../rig/process.ts";

describe("the store on SQLite", () => {
  const keys = [
    "plain",
    "it's",
    'a "quoted" one',
    "'; DROP TABLE keyv; --",
    "%_like",
    "nul\0in the middle",
    "🦊 ünï",
    "",
    "x".repeat(100_000),
    "__proto__",
  ];

  test("takes any key as it is", async () => {
    const store = await createSqliteStore(":memory:");
    for (const [index, key] of keys.entries()) await store.set(key, `value ${index}`);
    for (const [index, key] of keys.entries())
      assert.equal(await store.get(key), `value ${index}`, key.slice(0, 30));
    for (const key of keys) {
      assert.equal(await store.delete(key), true);
      assert.equal(await store.delete(key), false, "it is gone already");
      assert.equal(await store.get(key), undefined);
    }
  });

  test("keeps the last of many written at once", async () => {
    const store = await createSqliteStore(":memory:");
    await Promise.all(Array.from({ length: 500 }, (_, index) => store.set("a", `${index}`)));
    assert.equal(await store.get("a"), "499");
  });

  test("keeps a value of megabytes, and every character", async () => {
    const store = await createSqliteStore(":memory:");
    const value = `${"🦊".repeat(1_000_000)}\0end`;
    await store.set("a", value);
    assert.equal(await store.get("a"), value);
  });

  test("opens what version 0.1 wrote, and what is damaged in it, and keeps it", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const old = new DatabaseSync(path);
    old.exec("CREATE TABLE keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID");
    old.exec(`INSERT INTO keyv VALUES ('a', '{"value":1}'), ('b', 'not JSON')`);
    old.close();
    for (const _ of ["first", "second"]) {
      const store = await createSqliteStore(path);
      assert.deepEqual([await store.get("a"), await store.get("b")], ['{"value":1}', "not JSON"]);
      await store.disconnect?.();
    }
  });

  test("lets go of what has run out when the next is written, not at the next start alone", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const store = await createSqliteStore(":memory:");
    await store.set("brief", "1", 1000);
    await store.set("kept", "1");
    await store.set("again", "1", 1000);
    await store.set("again", "2");
    t.mock.timers.tick(1001);
    await store.set("next", "1", 1000);
    const found = await Promise.all(["brief", "kept", "again", "next"].map((key) => store.get(key)));
    assert.deepEqual(found, [undefined, "1", "2", "1"]);
  });

  test("two of them on one file wait for each other", async (t) => {
    const path = join(await createFolder(t), "deep", "down", "store.db");
    const [one, two] = [await createSqliteStore(path), await createSqliteStore(path)];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? one : two).set(`key ${index}`, `${index}`)),
    );
    for (let index = 0; index < 40; index += 1) {
      assert.equal(await (index % 2 ? two : one).get(`key ${index}`), `${index}`);
    }
    await Promise.all([one.disconnect?.(), two.disconnect?.()]);
    const again = await createSqliteStore(path);
    assert.equal(await again.get("key 7"), "7");
    await again.disconnect?.();
  });

  test("is nobody else's to read", { skip: process.platform === "win32" && "no modes there" }, async (t) => {
    const folder = join(await createFolder(t), "own");
    const store = await createSqliteStore(join(folder, "store.db"));
    assert.equal((await stat(folder)).mode & 0o077, 0);
    await store.disconnect?.();
  });

  test("is cleared, and closed as often as one likes", async () => {
    const store = await createSqliteStore(":memory:");
    await store.set("a", "1");
    await store.clear();
    assert.equal(await store.get("a"), undefined);
    await store.disconnect?.();
    await store.disconnect?.();
    await assert.rejects(Promise.resolve(store.get("a")));
  });

  test("writes what belongs together as one, or nothing of it", async () => {
    const { database } = await openSqliteFile(":memory:", 0);
    const store = createStoreOn(database, ":memory:", 1000);
    await store.set("old", "1");
    await store.write([{ key: "a", value: "1" }, { key: "b", value: "2" }, { key: "old" }]);
    assert.deepEqual(await Promise.all(["a", "b", "old"].map((key) => store.get(key))), [
      "1",
      "2",
      undefined,
    ]);
    fill(database);
    const big = "x".repeat(1_000_000);
    await assert.rejects(
      store.write([{ key: "a", value: "3" }, { key: "b" }, { key: "c", value: big }]),
      /full/,
    );
    assert.deepEqual(await Promise.all(["a", "b", "c"].map((key) => store.get(key))), ["1", "2", undefined]);
  });

  test("where there is no room for one of those that are set at once, keeps the others", async () => {
    const { database } = await openSqliteFile(":memory:", 0);
    const store = createStoreOn(database, ":memory:", 1000);
    await store.set("a", "0");
    fill(database);
    const set = await Promise.allSettled([
      store.set("a", "1"),
      store.set("b", "x".repeat(1_000_000)),
      store.set("a", "2"),
    ]);
    assert.deepEqual(
      set.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual([await store.get("a"), await store.get("b")], ["2", undefined]);
    database.exec("PRAGMA max_page_count = 1000000");
    await store.set("b", "x".repeat(1_000_000));
    assert.equal(String(await store.get("b")).length, 1_000_000, "once there is room, it goes on");
  });

  test("what is set in one go is on disk as one, before anybody hears that it is set", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path);
    const other = new DatabaseSync(path);
    const count = () => Number(other.prepare("SELECT count(*) AS n FROM keyv").get()?.n);
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        await store.set(`key ${index}`, "1");
        return count();
      }),
    );
    assert.deepEqual(new Set(seen), new Set([200]));
    other.close();
    await store.disconnect?.();
  });

  test("finds what was set a moment ago and is not on disk yet", async () => {
    const store = await createSqliteStore(":memory:");
    const set = store.set("a", "1");
    assert.equal(await store.get("a"), "1");
    const removed = store.delete("a");
    assert.equal(await store.get("a"), undefined);
    await set;
    assert.equal(await removed, true);
  });

  test("waits for a file that somebody has locked, and never writes later what was given up", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path, { limitMs: 100 });
    await store.set("a", "0");
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(Promise.resolve(store.set("a", "1")), /locked/);
    assert.equal(await store.get("a"), "0", "it can be read meanwhile");
    const set = store.set("b", "1");
    other.exec("ROLLBACK");
    await set;
    assert.deepEqual([await store.get("a"), await store.get("b")], ["0", "1"]);
    other.close();
    await store.disconnect?.();
  });

  test("takes nothing while its file is gone, and goes on when it is back", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path);
    await store.set("a", "1");
    await rename(path, `${path}.away`);
    await assert.rejects(Promise.resolve(store.set("a", "2")), /is gone/);
    assert.equal(await store.get("a"), "1", "what it holds can be read");
    await writeFile(path, "another");
    await assert.rejects(Promise.resolve(store.set("a", "2")), /is another file/);
    await rename(`${path}.away`, path);
    assert.equal(await store.get("a"), "1");
    await store.set("a", "3");
    assert.equal(await store.get("a"), "3");
    await store.disconnect?.();
  });
});

/** No page more than there are. */
function fill(database: DatabaseSync): void {
  database.exec("PRAGMA max_page_count = 1");
}

test("those who wait for one write go on one after the other, with room for others in between", async () => {
  const store = await createSqliteStore(":memory:");
  let done = 0;
  const writes = Array.from({ length: 30 }, (_, at) =>
    store.set(`key ${at}`, "x").then(() => {
      done += 1;
    }),
  );
  const steps: number[] = [];
  for (let before = 0; done < writes.length; before = done) {
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(done - before);
  }
  assert.ok(Math.max(...steps) <= 1, `as many at once as ${steps}`);
});
