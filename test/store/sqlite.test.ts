import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { createSqliteStore } from "../../src/store/sqlite.ts";
import { createFolder } from "../rig/process.ts";

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
    const store = createSqliteStore(":memory:");
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
    const store = createSqliteStore(":memory:");
    await Promise.all(Array.from({ length: 500 }, (_, index) => store.set("a", `${index}`)));
    assert.equal(await store.get("a"), "499");
  });

  test("keeps a value of megabytes, and every character", async () => {
    const store = createSqliteStore(":memory:");
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
      const store = createSqliteStore(path);
      assert.deepEqual([await store.get("a"), await store.get("b")], ['{"value":1}', "not JSON"]);
      await store.disconnect?.();
    }
  });

  test("lets go of what has run out when the next is written, not at the next start alone", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const store = createSqliteStore(":memory:");
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
    const [one, two] = [createSqliteStore(path), createSqliteStore(path)];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? one : two).set(`key ${index}`, `${index}`)),
    );
    for (let index = 0; index < 40; index += 1) {
      assert.equal(await (index % 2 ? two : one).get(`key ${index}`), `${index}`);
    }
    await Promise.all([one.disconnect?.(), two.disconnect?.()]);
    const again = createSqliteStore(path);
    assert.equal(await again.get("key 7"), "7");
    await again.disconnect?.();
  });

  test("is nobody else's to read", { skip: process.platform === "win32" && "no modes there" }, async (t) => {
    const folder = join(await createFolder(t), "own");
    const store = createSqliteStore(join(folder, "store.db"));
    assert.equal((await stat(folder)).mode & 0o077, 0);
    await store.disconnect?.();
  });

  test("is cleared, and closed as often as one likes", async () => {
    const store = createSqliteStore(":memory:");
    await store.set("a", "1");
    await store.clear();
    assert.equal(await store.get("a"), undefined);
    await store.disconnect?.();
    await store.disconnect?.();
    await assert.rejects(Promise.resolve(store.get("a")));
  });
});
