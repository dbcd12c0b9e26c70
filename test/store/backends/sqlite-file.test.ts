import assert from "node:assert/strict";
import { mkdir, open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { createSqliteStore } from "../../../src/store/backends/sqlite.ts";
import { openSqliteFile } from "../../../src/store/backends/sqlite-file.ts";
import { createFolder } from "../../rig/process.ts";

/** A file with some hundred values in it, closed. */
async function createFile(t: TestContext): Promise<string> {
  const path = join(await createFolder(t), "store.db");
  const store = await createSqliteStore(path);
  const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
  await store.write(keys.map((key) => ({ key, value: "x".repeat(500) })));
  await store.disconnect?.();
  return path;
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

describe("a damaged file", () => {
  const cases: readonly [string, (path: string) => Promise<void>][] = [
    ["no database at all", (path) => writeFile(path, "this is no database, it is a letter to a friend")],
    ["cut off in the middle", async (path) => truncate(path, Math.floor((await stat(path)).size / 2))],
    ["cut off within its first page", (path) => truncate(path, 700)],
    ["a page torn in half", (path) => overwrite(path, 3 * 4096 + 2048, new Uint8Array(2048).fill(0x55))],
    ["a page of zeros", (path) => overwrite(path, 2 * 4096, new Uint8Array(4096))],
    [
      "emptied, with what was in it in its journal",
      async (path) => {
        await writeFile(`${path}-wal`, "a journal");
        await truncate(path, 0);
      },
    ],
  ];
  for (const [what, damage] of cases) {
    test(`is set aside as it is, and a new one begun: ${what}`, async (t) => {
      const path = await createFile(t);
      await damage(path);
      const before = await readFile(path);
      const store = await createSqliteStore(path);
      const { setAside = "" } = store;
      assert.ok(setAside.startsWith(`${path}.damaged-`), setAside);
      assert.match(setAside, /damaged-\d{4}-\d\d-\d\dT[\d-]+\.\d+Z$/);
      assert.deepEqual(await readFile(setAside), before, "not a byte of it is changed");
      await store.set("a", "1");
      assert.equal(await store.get("a"), "1");
      assert.equal(await store.get("key 7"), undefined);
      await store.disconnect?.();

      const again = await createSqliteStore(path);
      assert.equal(again.setAside, undefined, "the new one is sound");
      assert.equal(await again.get("a"), "1");
      await again.disconnect?.();
    });
  }

  test("takes its journal along", async (t) => {
    const path = await createFile(t);
    await truncate(path, 700);
    await writeFile(`${path}-wal`, "a journal");
    const { database, setAside } = await openSqliteFile(path, 0);
    database.close();
    assert.equal(await readFile(`${setAside}-wal`, "utf8"), "a journal");
  });
});

describe("a file that is not ours to use is left as it is, and said to be", () => {
  async function isRefused(path: string, message: RegExp): Promise<void> {
    await assert.rejects(openSqliteFile(path, 0), { name: "BotError", code: "storage", message });
    assert.ok(!(await readdir(join(path, ".."))).some((name) => name.includes("damaged")));
  }

  test("of a newer version", async (t) => {
    const path = await createFile(t);
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 2");
    newer.close();
    await isRefused(path, /is of a newer version of Drawbridge\. Update/);
  });

  test("another program's", async (t) => {
    const path = join(await createFolder(t), "other.db");
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE songs (name TEXT)");
    other.close();
    await isRefused(path, /is another program's database\. Set STORE_URL/);
  });

  test("a folder", async (t) => {
    const path = join(await createFolder(t), "folder.db");
    await mkdir(path);
    await isRefused(path, /cannot be opened\. See that it is a file/);
  });

  test("one that may be read and not written", { skip: process.platform === "win32" }, async (t) => {
    const path = await createFile(t);
    const { chmod, chown } = await import("node:fs/promises");
    const isRoot = process.geteuid?.() === 0;
    await chmod(path, 0o444);
    await chmod(join(path, ".."), 0o555);
    if (isRoot) {
      await chown(join(path, ".."), 65_534, 65_534);
      process.seteuid?.(65_534);
    }
    try {
      await isRefused(path, /may not write to|cannot be opened\. See that it is a file that Drawbridge may/);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(path, ".."), 0o755);
    }
  });

  test("one that another program has locked: for good, or for a while", async (t) => {
    const path = await createFile(t);
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    await isRefused(path, /is locked by another program\. Close that/);
    const opening = openSqliteFile(path, 20_000);
    setImmediate(() => other.close());
    const { database, setAside } = await opening;
    assert.equal(setAside, undefined);
    database.close();
  });

  test("one that another program is just writing to is waited for", async (t) => {
    const path = await createFile(t);
    (await openSqliteFile(path, 0)).database.close();
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const opening = createSqliteStore(path, { patienceMs: 20_000 });
    setImmediate(() => other.exec("ROLLBACK"));
    const store = await opening;
    await store.set("a", "1");
    await store.disconnect?.();
    other.close();
  });
});
