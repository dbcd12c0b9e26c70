import assert from "node:assert/strict";
import { type FileHandle, open, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createSqliteStore, createStoreOn } from "../../../src/store/backends/sqlite.ts";
import { openSqliteFile } from "../../../src/store/backends/sqlite-file.ts";
import { takeOverLog } from "../../../src/store/backends/sqlite-log.ts";
import { openStore } from "../../../src/store/store.ts";
import { createFolder } from "../../rig/process.ts";

/** A disk that is done when it is told so, and what it was asked to write out, as inode numbers. */
async function createSlowDisk(t: TestContext) {
  const asked: number[] = [];
  const under: PromiseWithResolvers<void>[] = [];
  const any = await open(import.meta.filename);
  const file = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  t.mock.method(file, "datasync", async function datasync(this: FileHandle) {
    const one = Promise.withResolvers<void>();
    under.push(one);
    asked.push((await this.stat()).ino);
    return one.promise;
  });
  /** Waits until it has been asked so often. */
  async function untilAsked(times: number): Promise<void> {
    while (asked.length < times) await nextTurn();
  }
  return {
    asked,
    untilAsked,
    /** Waits until it has been asked so often, and is done with the last of it. */
    async done(times: number, error?: Error): Promise<void> {
      await untilAsked(times);
      if (error) under.at(-1)?.reject(error);
      else under.at(-1)?.resolve();
    },
  };
}

/** Whether it is settled when all that does not wait for a disk has been done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  return settled;
}

const failure = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });

/** A database that somebody has written to, and its log. */
async function openLog(t: TestContext) {
  const path = join(await createFolder(t), "store.db");
  const { database } = await openSqliteFile(path, 0);
  t.after(() => database.close());
  const log = takeOverLog(database, path, 10_000);
  assert.ok(log);
  return { ...log, path: `${path}-wal` };
}

describe("the log is brought to the disk:", () => {
  test("what comes while that is under way waits for the next, which all of it shares", async (t) => {
    const { sync, close, path } = await openLog(t);
    const disk = await createSlowDisk(t);
    const first = sync();
    await disk.untilAsked(1);
    const others = [sync(), sync(), sync()];
    assert.equal(await isSettled(first), false);
    await disk.done(1);
    await first;
    await disk.untilAsked(2);
    assert.equal(await isSettled(Promise.race(others)), false);
    assert.deepEqual(disk.asked, Array(2).fill((await stat(path)).ino));
    await disk.done(2);
    await Promise.all(others);
    const last = sync();
    const closed = close();
    assert.equal(await isSettled(closed), false);
    await disk.done(3);
    await Promise.all([last, closed]);
    await close();
  });

  test("where it fails, who waited hears of it, and the next is tried all the same", async (t) => {
    const { sync, close, path } = await openLog(t);
    await rename(path, `${path}.away`);
    await assert.rejects(sync(), { code: "ENOENT" });
    await rename(`${path}.away`, path);
    const disk = await createSlowDisk(t);
    const first = sync();
    await disk.untilAsked(1);
    const second = sync();
    await disk.done(1, failure);
    await assert.rejects(first, failure);
    await disk.done(2);
    await second;
    await close();
  });
});

describe("the store on SQLite", () => {
  test("says that something is set when the disk has it, and does other work meanwhile", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path);
    const disk = await createSlowDisk(t);
    const first = Promise.resolve(store.set("a", "1"));
    await disk.untilAsked(1);
    assert.equal(await isSettled(first), false);
    assert.equal(await store.get("a"), "1", "it is found meanwhile");
    const other = new DatabaseSync(path, { readOnly: true });
    assert.equal(other.prepare("SELECT count(*) AS n FROM keyv").get()?.n, 1, "it was written before");
    other.close();
    assert.deepEqual(disk.asked, [(await stat(`${path}-wal`)).ino]);
    const others = [store.set("b", "1"), store.write([{ key: "c", value: "1" }, { key: "a" }])];
    const changed = store.writeIf([{ key: "b", value: "1" }], [{ key: "b", value: "2" }]);
    assert.equal(await isSettled(first), false);
    const cleared = Promise.resolve(store.clear());
    await disk.done(1);
    await first;
    assert.equal(await isSettled(Promise.race([...others, changed, cleared])), false);
    await disk.done(2);
    await Promise.all(others);
    assert.equal(await changed, true);
    await cleared;
    const last = Promise.resolve(store.set("d", "1"));
    const closed = Promise.resolve(store.disconnect?.());
    assert.equal(await isSettled(Promise.race([last, closed])), false);
    await disk.done(3);
    await Promise.all([last, closed]);
  });

  test("says of what the disk does not take that it is not set, and goes on", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path);
    const disk = await createSlowDisk(t);
    const set = Promise.allSettled([store.set("a", "1"), store.set("b", "1")]);
    await disk.done(1, failure);
    assert.deepEqual(await set, Array(2).fill({ status: "rejected", reason: failure }));
    const again = store.set("a", "2");
    await disk.done(2);
    await again;
    assert.equal(await store.get("a"), "2");
    await store.disconnect?.();
    await assert.rejects(Promise.resolve(store.set("a", "3")), /closed/);
  });

  test("writes nothing behind what the disk has lost of the log", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path, { limitMs: 1000 });
    const logSize = async () => (await stat(`${path}-wal`)).size;
    const disk = await createSlowDisk(t);
    const lost = Promise.resolve(store.set("a", "x".repeat(100_000)));
    await disk.untilAsked(1);
    const behind = Promise.resolve(store.set("b", "1"));
    assert.equal(await isSettled(behind), false);
    assert.ok((await logSize()) > 100_000);
    await disk.done(1, failure);
    await assert.rejects(lost, failure);
    await disk.done(2);
    await behind;
    assert.equal(await logSize(), 0, "all of it is in the file");
    const next = Promise.resolve(store.set("c", "1"));
    await disk.done(3, failure);
    await assert.rejects(next, failure);
    const reader = new DatabaseSync(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM keyv").get();
    await assert.rejects(Promise.resolve(store.set("d", "1")), /in use|locked/);
    reader.close();
    const after = store.set("e", "1");
    await disk.done(4);
    await after;
    assert.deepEqual(await Promise.all(["b", "d", "e"].map((key) => store.get(key))), ["1", undefined, "1"]);
    await store.disconnect?.();
  });

  test("does not wait for ever for a disk that hangs", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const store = await createSqliteStore(path, { limitMs: 200 });
    const disk = await createSlowDisk(t);
    await assert.rejects(Promise.resolve(store.set("a", "1")), /the disk does not answer/);
    await disk.done(1);
    const next = store.set("a", "2");
    await disk.done(2);
    await next;
    await store.disconnect?.();
  });

  test("leaves no database open where what it writes to see that it can be read fails", async (t) => {
    const path = join(await createFolder(t), "store.db");
    const disk = await createSlowDisk(t);
    const close = t.mock.method(DatabaseSync.prototype, "close");
    const opened = openStore(`sqlite:${path}`);
    await Promise.all([disk.done(1, failure), assert.rejects(opened, { name: "BotError", code: "storage" })]);
    assert.equal(close.mock.callCount(), 1);
  });

  test("finds its log where its file is a link to another folder", async (t) => {
    const folder = await createFolder(t);
    const [path, link] = [join(await createFolder(t), "store.db"), join(folder, "store.db")];
    await symlink(path, link);
    await writeFile(`${link}-wal`, "another's");
    const store = await createSqliteStore(link);
    const disk = await createSlowDisk(t);
    const set = store.set("a", "1");
    await disk.done(1);
    await set;
    assert.deepEqual(disk.asked, [(await stat(`${path}-wal`)).ino]);
    await store.disconnect?.();
  });

  test("leaves it to SQLite where there is no log to be brought there", async (t) => {
    const modeOf = (database: DatabaseSync) =>
      Number(database.prepare("PRAGMA synchronous").get()?.synchronous);
    const [normal, full] = [1, 2];
    const { database: alone } = await openSqliteFile(":memory:", 0);
    createStoreOn(alone, ":memory:", 100);
    assert.equal(modeOf(alone), full);
    const path = join(await createFolder(t), "store.db");
    const { database } = await openSqliteFile(path, 0);
    assert.equal(modeOf(database), full);
    const store = createStoreOn(database, path, 100);
    assert.equal(modeOf(database), normal);
    await store.disconnect?.();
    const { database: rolled } = await openSqliteFile(path, 0);
    rolled.exec("PRAGMA journal_mode = DELETE");
    const disk = await createSlowDisk(t);
    const other = createStoreOn(rolled, path, 100);
    await other.set("a", "1");
    assert.deepEqual([modeOf(rolled), disk.asked], [full, []]);
    await other.disconnect?.();
  });
});
