import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { createClient } from "@keyv/redis";
import { z } from "zod";
import { createLog } from "../../src/seam/log.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createCable } from "../rig/cable.ts";
import { createPostgres, createRedis, type Server } from "../rig/servers.ts";
import { stand } from "../rig/stand.ts";
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
  await lists(store);
}

/** Keys are found by how they begin, and none is lost where they do not all come at once. */
async function lists(store: Store): Promise<void> {
  const table = store.table("list", z.number());
  const found = async (start?: string) => new Set((await Array.fromAsync(table.keys(start))).flat());
  assert.deepEqual(await found(), new Set());
  const names = Array.from({ length: 1203 }, (_, at) => `u:ada ${at}`);
  const others = ["u:ad", "u:ada", "u:ada2 1", "u:*", "u:[ab]?", "ü:🦊 1", "u%_\\ 1"];
  await store.write([...names, ...others].map((key) => ({ table: "list", key, value: 1 })));
  await store.table("lists", z.number()).set("u:ada 1", 1);
  assert.deepEqual(await found("u:ada "), new Set(names));
  assert.deepEqual(await found("ü:"), new Set(["ü:🦊 1"]));
  assert.deepEqual(await found("u:*"), new Set(["u:*"]));
  assert.deepEqual(await found("u:[ab]?"), new Set(["u:[ab]?"]));
  assert.deepEqual(await found("u%_\\"), new Set(["u%_\\ 1"]));
  assert.deepEqual(await found(), new Set([...names, ...others]));
  await table.delete("u:ada 7");
  assert.equal((await found("u:ada ")).size, 1202);
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

test("a file that is no database is set aside, and said to be", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-store-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "store.db");
  await writeFile(path, "this is no database at all, it is a letter to a friend");
  const lines: { msg: string; file?: string }[] = [];
  const log = createLog("info", { write: (line) => lines.push(JSON.parse(line)) });
  const store = await openStore(`sqlite:${path}`, { log });
  assert.ok(store.setAside?.startsWith(`${path}.damaged-`));
  assert.deepEqual(
    lines.map(({ msg, file }) => [msg, file]),
    [["store.damaged: set aside and begun anew", store.setAside]],
  );
  await store.close();
});

/** Values that a call may take: a moment, so that nobody has to wait for the test. */
const brief = { limitMs: 150, silentMs: 400 };

for (const [name, create] of [
  ["redis", createRedis],
  ["postgres", createPostgres],
] as const) {
  describe(name, () => {
    let server: Server | undefined;
    before(async () => {
      server = await create();
      await server?.start();
    });
    after(() => server?.remove());

    function running(t: TestContext): Server | undefined {
      assert.ok(server ?? !process.env.CI, `${name} must be installed where CI runs`);
      if (!server) t.skip(`${name} is not installed on this machine`);
      return server;
    }

    test("keeps tables apart, says when it is gone, and comes back", async (t) => {
      const server = running(t);
      if (!server) return;
      const { lines, log } = createLines();
      const store = await openStore(server.url, { log });
      t.after(() => store.close().catch(() => {}));
      await keeps(store);
      await server.stop();
      for (let tries = 0; tries < 3; tries += 1) {
        await assert.rejects(store.table("two", schema).get("a:b"), { code: "storage" });
      }
      await server.start();
      const table = store.table("two", schema);
      await until(() => succeeds(table.set("c:d", { words: "back", count: 4 })), "the store");
      assert.equal((await table.get("c:d"))?.count, 4);
      assert.deepEqual(lines, ["store.failing", "store.back"]);
    });

    test("is there for all that begin at once where nothing is kept yet", async (t) => {
      if (!running(t)) return;
      for (let round = 0; round < 3; round += 1) {
        const fresh = (await create()) ?? assert.fail();
        try {
          await fresh.start();
          const opening = Array.from({ length: 6 }, () => openStore(fresh.url, { limitMs: 60_000 }));
          const stores = await Promise.all(opening);
          await Promise.all(
            stores.map((store, at) =>
              store.transact((within) =>
                within.table("one", schema).set(`${at}`, { words: "at once", count: at }),
              ),
            ),
          );
          const [first] = stores;
          const counts = stores.map(async (_, at) => (await first?.table("one", schema).get(`${at}`))?.count);
          assert.deepEqual(await Promise.all(counts), [...stores.keys()]);
          await Promise.all(stores.map((store) => store.close().catch(() => {}))); // they share a pool
        } finally {
          await fresh.remove();
        }
      }
    });

    test("writes together what belongs together, as it would one by one, or nothing", async (t) => {
      const server = running(t);
      if (!server) return;
      const store = await openStore(server.url);
      t.after(() => store.close().catch(() => {}));
      const [one, two] = [store.table("one", schema), store.table("two", schema)];
      await one.set("gone", { words: "old", count: 1 });
      await store.write([
        { table: "one", key: "a", value: { words: "ünï 🦊", count: 1 } },
        { table: "two", key: "b", value: { words: "brief", count: 2 }, lifeMs: 60_000 },
        { table: "one", key: "gone", delete: true },
      ]);
      await store.write([]);
      assert.equal((await one.get("a"))?.words, "ünï 🦊");
      assert.equal((await two.get("b"))?.count, 2);
      assert.equal(await one.get("gone"), undefined);
      // PostgreSQL takes no key of more than 255 characters; Redis is told to take nothing at all.
      if (name === "redis") await setMemory(server.url, "1");
      await assert.rejects(
        store.write([
          { table: "one", key: "a", value: { words: "half", count: 9 } },
          { table: "two", key: "k".repeat(300), value: { words: "other half", count: 9 } },
        ]),
        { code: "storage" },
      );
      if (name === "redis") await setMemory(server.url, "0");
      assert.equal((await one.get("a"))?.words, "ünï 🦊");
    });

    test("reads and writes as one, whoever else does, in this process or another", async (t) => {
      const server = running(t);
      if (!server) return;
      const stores = [await openStore(server.url), await openStore(server.url)];
      t.after(() => Promise.all(stores.map((store) => store.close().catch(() => {}))));
      const add = (store: Store) =>
        store.transact(async (within) => {
          const [one, two] = [within.table("one", schema), within.table("two", schema)];
          const { count } = (await one.get("sum")) ?? { count: 0 };
          await one.set("sum", { words: "ünï 🦊 'quoted'", count: count + 1 });
          await two.set(`at ${count}`, { words: "", count }, 60_000);
          await two.delete(`at ${count - 1}`);
        });
      for (let round = 0; round < 5; round += 1) await Promise.all([...stores, ...stores].map(add));
      const [store] = stores;
      assert.deepEqual(await store?.table("one", schema).get("sum"), {
        words: "ünï 🦊 'quoted'",
        count: 20,
      });
      const left = store?.table("two", schema);
      assert.deepEqual([await left?.get("at 18"), (await left?.get("at 19"))?.count], [undefined, 19]);
    });

    test("is asked once for what is compared and written: nobody waits for who is busy in between", async (t) => {
      const server = running(t);
      if (!server) return;
      const address = new URL(server.url);
      const cable = await createCable(Number(address.port));
      t.after(() => cable.cut());
      address.port = String(cable.port);
      const store = await openStore(address.href);
      t.after(() => store.close().catch(() => {}));
      const put = (count: number) =>
        store.transact((within) => within.table("one", schema).set("once", { words: "", count }));
      await put(1);
      let sent = 0;
      cable.listen(() => {
        sent += 1;
      });
      await put(2);
      assert.equal(sent, 1);
      assert.equal((await store.table("one", schema).get("once"))?.count, 2);
    });

    test("is waited for no longer than said while it hangs, and found again", async (t) => {
      const server = running(t);
      if (!server) return;
      const { lines, log } = createLines();
      const store = await openStore(server.url, { ...brief, log });
      t.after(() => store.close().catch(() => {}));
      const table = store.table("one", schema);
      await table.set("a", { words: "first", count: 1 });
      await server.pause();
      t.after(() => server.resume());
      const calls = [
        table.get("a"),
        table.set("a", { words: "second", count: 2 }),
        table.set("a", { words: "third", count: 3 }),
        table.delete("b"),
      ];
      const told = { code: "storage", message: /does not answer/ };
      await Promise.all(calls.map((call) => assert.rejects(call, told)));
      await server.resume();
      await until(() => succeeds(table.set("a", { words: "last", count: 4 })), "the store");
      await until(async () => (await table.get("a"))?.count === 4, "what was written last");
      assert.deepEqual(lines, ["store.failing", "store.back"]);
    });

    test("answers a process that stood for longer than a call may take, and than it waits for a connection", async (t) => {
      const server = running(t);
      if (!server) return;
      const { lines, log } = createLines();
      // pg's own patience with a connection knows nothing of a process that stood.
      const silentMs = name === "redis" ? 400 : 10_000;
      const store = await openStore(server.url, { limitMs: 300, silentMs, log });
      t.after(() => store.close().catch(() => {}));
      const table = store.table("one", schema);
      await table.set("a", { words: "before", count: 1 });
      const asked = table.get("a");
      await new Promise(setImmediate); // it is sent
      stand(1000);
      const next = table.set("a", { words: "after", count: 2 });
      assert.equal((await asked)?.count, 1);
      await next;
      assert.deepEqual(lines, []);
    });

    test("what was given up does not come after what was written later", async (t) => {
      const server = running(t);
      if (!server) return;
      // The connection is kept all the time.
      const store = await openStore(server.url, { limitMs: 1000, silentMs: 60_000 });
      t.after(() => store.close().catch(() => {}));
      const table = store.table("one", schema);
      await table.set("a", { words: "first", count: 0 });
      await server.pause();
      t.after(() => server.resume());
      const late = [1, 2, 3].map((count) => table.set("a", { words: "late", count }));
      await Promise.all(late.map((call) => assert.rejects(call, { code: "storage" })));
      const next = table.set("a", { words: "newest", count: 4 });
      await server.resume();
      await next;
      assert.equal((await table.get("a"))?.count, 4);
      await table.set("b", { words: "after it", count: 5 });
      assert.equal((await table.get("a"))?.count, 4);
    });

    test("a connection that leads nowhere any more is given up for another", async (t) => {
      const server = running(t);
      if (!server) return;
      const proxy = await createProxy(t, Number(new URL(server.url).port));
      const url = new URL(server.url);
      url.port = String(proxy.port);
      const store = await openStore(url.href, brief);
      t.after(() => store.close().catch(() => {}));
      const table = store.table("one", schema);
      await table.set("a", { words: "first", count: 1 });
      proxy.swallow();
      await assert.rejects(table.set("a", { words: "lost", count: 2 }), { code: "storage" });
      proxy.pass();
      await until(() => succeeds(table.set("a", { words: "found", count: 3 })), "another connection");
      assert.equal((await table.get("a"))?.count, 3);
    });
  });
}

const succeeds = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

async function setMemory(url: string, bytes: string): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  await client.configSet("maxmemory", bytes);
  await client.close();
}

function createLines() {
  const lines: string[] = [];
  return { lines, log: createLog("info", { write: (line) => lines.push(JSON.parse(line).msg) }) };
}

/** A way to a server on which everything can be lost without a word. Connections made later are passed on again. */
async function createProxy(t: TestContext, to: number) {
  let swallows = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    const isLost = swallows;
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      let lost = isLost;
      server.on("swallow", () => {
        lost = true;
      });
      from.on("data", (bytes) => lost || into.write(bytes));
      from.on("error", () => {});
      from.on("close", () => lost || into.destroy());
    }
  }).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return {
    port: address.port,
    swallow() {
      swallows = true;
      server.emit("swallow");
    },
    pass() {
      swallows = false;
    },
  };
}
