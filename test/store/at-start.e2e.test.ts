import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { createRedis, isInstalled, serverKinds } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

for (const { kind, create, skip } of serverKinds) {
  describe(`a process that starts while ${kind} is away`, { skip }, () => {
    test("says that it waits, and is there when that is", async (t) => {
      const server = await create();
      assert.ok(server);
      t.after(() => server.remove());
      const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: server.url });
      await until(() => bot.output().includes("I wait for it, 120 s at most"), "its words");
      await server.start();
      assert.equal((await fetch(`${await bot.url()}/health`)).status, 200);
      assert.equal(bot.output().split("I wait for it").length, 2, "it says so once");
    });

    test("goes on where it hung, however far the start had come", async (t) => {
      const server = await create();
      assert.ok(server);
      t.after(() => server.remove());
      await server.start();
      await server.pause();
      const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STORE_URL: server.url });
      await until(() => bot.output().includes("I wait for it"), "its words");
      await server.resume();
      await bot.url();
    });

    test("ends when it is told to", async (t) => {
      const server = await create();
      assert.ok(server);
      t.after(() => server.remove());
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
  const server = await createRedis("--requirepass", "correct horse");
  assert.ok(server);
  t.after(() => server.remove());
  await server.start();
  const bot = startDrawbridge(t, {
    DATA_DIR: await createFolder(t),
    STORE_URL: server.url.replace("//", "//:battery@"),
  });
  assert.equal(await bot.ended(), 1);
  assert.match(bot.output(), /My memory \(redis\) does not let me in/);
  assert.doesNotMatch(bot.output(), /I wait for it|battery/);
});
