import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createCable } from "../rig/cable.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { createRedis, isInstalled, type Server, serverKinds } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

/** One that is there for that test alone. */
async function keep(t: TestContext, made: Promise<Server | undefined>): Promise<Server> {
  const server = await made;
  assert.ok(server);
  t.after(() => server.remove());
  return server;
}

/** Starts one whose way to the store is cut for a moment once it has asked so much; how often it asked before it was up. */
async function startThrough(t: TestContext, storeUrl: string, cutAfter: number): Promise<number> {
  const address = new URL(storeUrl);
  const cable = await createCable(Number(address.port));
  t.after(cable.cut);
  address.port = String(cable.port);
  let asked = 0;
  cable.listen(() => {
    asked += 1;
    if (asked === cutAfter) cable.drop(300);
  });
  const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: address.href });
  await bot.url();
  const inAll = asked;
  await bot.kill("SIGTERM");
  return inAll;
}

for (const { kind, create, skip } of serverKinds) {
  describe(`a process that starts while ${kind} is away`, { skip }, () => {
    test("says that it waits, and is there when that is", async (t) => {
      const server = await keep(t, create());
      const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: server.url });
      await until(() => bot.output().includes("I wait for it, 120 s at most"), "its words");
      await server.start();
      assert.equal((await fetch(`${await bot.url()}/health`)).status, 200);
      assert.equal(bot.output().split("I wait for it").length, 2, "it says so once");
    });

    test("comes up though that goes at any moment of its start", async (t) => {
      const server = await keep(t, create());
      await server.start();
      // The first makes the tables; what it asks more than another is no measure.
      await startThrough(t, server.url, Number.POSITIVE_INFINITY);
      const inAll = await startThrough(t, server.url, Number.POSITIVE_INFINITY);
      for (let part = 1; part <= 6; part += 1) {
        let cutAfter = Math.round((inAll * part) / 7);
        let asked = await startThrough(t, server.url, cutAfter);
        // What is asked in two pieces at one time is asked in one at another: then it was up before the cut.
        for (let tries = 1; asked < cutAfter && tries < 5; tries += 1) {
          cutAfter = asked - 1;
          asked = await startThrough(t, server.url, cutAfter);
        }
        assert.ok(asked >= cutAfter, `it was cut after ${cutAfter}`);
      }
    });

    test("is there when that answers again, where it hung", async (t) => {
      const server = await keep(t, create());
      await server.start();
      await server.pause();
      const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: server.url });
      await until(() => bot.output().includes("I wait for it"), "its words");
      await server.resume();
      await bot.url();
    });

    test("ends when it is told to", async (t) => {
      const server = await keep(t, create());
      const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: server.url });
      await until(() => bot.output().includes("I wait for it"), "its words");
      bot.signal("SIGTERM");
      assert.equal(await bot.ended(), 0);
    });
  });
}

test("a store that lets nobody in is not waited for", {
  skip: isInstalled("redis") ? false : "redis is not installed here",
}, async (t) => {
  const server = await keep(t, createRedis("--requirepass", "correct horse"));
  await server.start();
  const bot = startDrawbridge(t, {
    DATA_DIR: await createFolder(t),
    STORE_URL: server.url.replace("//", "//:battery@"),
  });
  assert.equal(await bot.ended(), 1);
  assert.match(bot.output(), /My memory \(redis\) does not let me in/);
  assert.doesNotMatch(bot.output(), /I wait for it|battery/);
});
