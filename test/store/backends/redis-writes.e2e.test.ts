import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createClient, type RedisClientType } from "@keyv/redis";
import { z } from "zod";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createRedis, isInstalled, type Server } from "../../rig/servers.ts";
import { until } from "../../rig/until.ts";

const skip = isInstalled("redis") || process.env.CI ? false : "redis is not installed here";

interface Lossy {
  readonly server: Server;
  open(): Promise<Store>;
  /** The server is started anew, with what it had when that was called first. */
  rewinding(): Promise<() => Promise<void>>;
}

/** A server that comes back without what it was told last: all of it is on nobody's disk. */
async function startLossy(t: TestContext): Promise<Lossy> {
  const server = await createRedis();
  assert.ok(server, "redis must be installed where CI runs");
  await server.start();
  t.after(() => server.remove());
  const stores: Store[] = [];
  t.after(() => Promise.all(stores.map((store) => store.close())));
  async function within<T>(work: (client: RedisClientType) => Promise<T>): Promise<T> {
    const client = createClient({ url: server?.url ?? "" }) as RedisClientType;
    client.on("error", () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  }
  return {
    server,
    async open() {
      const store = await openStore(server.url);
      stores.push(store);
      return store;
    },
    async rewinding() {
      const rows = await within(async (client) => {
        const keys = await client.keys("*");
        return Promise.all(keys.map(async (key) => [key, String(await client.get(key))] as const));
      });
      return async () => {
        await server.kill();
        await server.start();
        await within(async (client) => {
          for (const [key, value] of rows) await client.set(key, value);
        });
      };
    },
  };
}

const tableOf = (store: Store) => store.table("things", z.unknown());

test("what a server that is started anew has lost it is told again by who had written it", {
  skip,
}, async (t) => {
  const { open, rewinding } = await startLossy(t);
  const [one, other] = [await open(), await open()];
  const things = tableOf(one);
  await things.set("before", "old");
  await things.set("gone", "old");
  await things.set("theirs", 1);
  const rewind = await rewinding();
  await things.set("before", "new");
  await things.set("before", "newest", 600_000);
  await things.set("fresh", { its: "value" });
  await things.delete("gone");
  await one.write([{ table: "things", key: "row", value: 1 }]);
  await one.transact(async (tables) => {
    const within = tables.table("things", z.unknown());
    await within.set("theirs", Number(await within.get("theirs")) + 1);
  });
  await other.transact(async (tables) => {
    const within = tables.table("things", z.unknown());
    await within.set("theirs", Number(await within.get("theirs")) + 1);
  });
  await rewind();
  const seen = async () => {
    const all = ["before", "fresh", "gone", "row", "theirs"].map((key) => tableOf(other).get(key));
    return JSON.stringify(await Promise.all(all).catch(() => []));
  };
  const wanted = JSON.stringify(["newest", { its: "value" }, null, 1, 3]);
  await until(
    async () => (await seen()) === wanted,
    async () => `all of it; there is ${await seen()}`,
  );
});

test("what another has written since stays, and so does what nobody has lost", { skip }, async (t) => {
  const { open, rewinding } = await startLossy(t);
  const [one, other] = [await open(), await open()];
  await tableOf(one).set("a", "old");
  await tableOf(one).set("b", "old");
  await tableOf(one).set("a", "new");
  await tableOf(other).set("b", "theirs");
  const rewind = await rewinding();
  await tableOf(one).set("c", "new");
  await rewind();
  await until(
    async () =>
      (await tableOf(other)
        .get("c")
        .catch(() => undefined)) === "new",
    "the last of them",
  );
  assert.equal(await tableOf(other).get("a"), "new");
  assert.equal(await tableOf(other).get("b"), "theirs");
});

test("what hangs together is told again whole, and nothing that something lost came before", {
  skip,
}, async (t) => {
  const { open, rewinding } = await startLossy(t);
  const [one, gone] = [await open(), await open()];
  /** As a journal is written: one more entry, and the number of the last one. */
  const append = (store: Store, words: string) =>
    store.transact(async (tables) => {
      const within = tables.table("things", z.unknown());
      const last = Number((await within.get("last")) ?? 0) + 1;
      await within.set(`entry ${last}`, words);
      await within.set("last", last);
    });
  await append(one, "before");
  await tableOf(one).set("other", "old");
  const rewind = await rewinding();
  await append(one, "its own");
  await append(gone, "of one that is killed then");
  await append(one, "after that");
  await tableOf(one).set("other", "new");
  await gone.close();
  await rewind();
  const seen = async () => {
    const all = ["other", "last", "entry 2", "entry 3", "entry 4"].map((key) => tableOf(one).get(key));
    return JSON.stringify(await Promise.all(all).catch(() => []));
  };
  const wanted = JSON.stringify(["new", 2, "its own", null, null]);
  await until(
    async () => (await seen()) === wanted,
    async () => `what can be told; there is ${await seen()}`,
  );
});
