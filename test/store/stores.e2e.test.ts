import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { openStore, type Store } from "../../src/store/store.ts";
import { createPostgres, createRedis, type Server } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

const schema = z.object({ words: z.string(), count: z.number() });

async function keeps(store: Store): Promise<void> {
  const [one, two] = [store.table("one", schema), store.table("two", schema)];
  assert.equal(await one.get("a:b"), undefined);
  await one.set("a:b", { words: "ünï 🦊 'quoted'", count: 1 });
  await two.set("a:b", { words: "other", count: 2 });
  assert.deepEqual(await one.get("a:b"), { words: "ünï 🦊 'quoted'", count: 1 });
  assert.deepEqual(await two.get("a:b"), { words: "other", count: 2 });
  await one.set("a:b", { words: "again", count: 3 });
  assert.equal((await one.get("a:b"))?.count, 3);
  await one.delete("a:b");
  assert.equal(await one.get("a:b"), undefined);
  assert.equal((await two.get("a:b"))?.count, 2);
}

test("sqlite keeps tables apart, and keeps them when it is opened again", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-store-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const url = `sqlite:${join(folder, "new", "store.db")}`;
  const store = await openStore(url);
  await keeps(store);
  await store.close();
  const again = await openStore(url);
  assert.equal((await again.table("two", schema).get("a:b"))?.count, 2);
  await again.close();
});

test("memory keeps tables apart", async () => {
  const store = await openStore("memory:");
  await keeps(store);
  await store.close();
});

test("a store that fails is an error, never a silent nothing", async () => {
  const store = await openStore("memory:");
  const table = store.table("one", schema);
  await store.close();
  for (const call of [table.get("a"), table.set("a", { words: "", count: 0 }), table.delete("a")]) {
    await assert.rejects(call, { name: "BotError", code: "storage" });
  }
});

test("a value of another version is an error, not a surprise further on", async () => {
  const store = await openStore("memory:");
  await store.table("one", z.unknown()).set("a", { words: 7 });
  await assert.rejects(store.table("one", schema).get("a"), { code: "storage" });
  await store.close();
});

test("a file that is no database is an error at the start", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-store-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "store.db"), "this is no database at all, it is a letter to a friend");
  await mkdir(join(folder, "folder.db"));
  for (const name of ["store.db", "folder.db"]) {
    await assert.rejects(openStore(`sqlite:${join(folder, name)}`), { code: "storage" });
  }
});

for (const [name, create] of [
  ["redis", createRedis],
  ["postgres", createPostgres],
] as const) {
  describe(name, () => {
    test("keeps tables apart, says when it is gone, and comes back", async (t) => {
      const server: Server | undefined = await create();
      if (!server) {
        assert.ok(!process.env.CI, `${name} must be installed where CI runs`);
        return t.skip(`${name} is not installed on this machine`);
      }
      t.after(() => server.remove());
      await server.start();
      const store = await openStore(server.url);
      t.after(() => store.close().catch(() => {}));
      await keeps(store);
      await server.stop();
      await assert.rejects(store.table("two", schema).get("a:b"), { code: "storage" });
      await server.start();
      const table = store.table("two", schema);
      await until(
        () =>
          table.set("c:d", { words: "back", count: 4 }).then(
            () => true,
            () => false,
          ),
        "the store",
      );
      assert.equal((await table.get("c:d"))?.count, 4);
    });
  });
}
