import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, type TestContext, test } from "node:test";
import { createClient } from "@keyv/redis";
import pg from "pg";
import { z } from "zod";
import type { BotError } from "../../../src/seam/errors.ts";
import { openStore } from "../../../src/store/store.ts";
import { createPostgres, createRedis, type Server } from "../../rig/servers.ts";
import { until } from "../../rig/until.ts";

function takeover(waitMs = 25_000) {
  const said: string[] = [];
  const lost: BotError[] = [];
  const onWait = (words: string) => said.push(words);
  return { said, lost, waitMs, onWait, onLost: (error: BotError) => lost.push(error) };
}

/** Somebody at the server takes the lock away from who has it. */
const takeAway = {
  async redis(url: string) {
    const client = createClient({ url });
    await client.connect();
    await client.del("drawbridge:lock");
    await client.close();
  },
  async postgres(url: string) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    await client.end();
  },
} as const;

for (const [name, create] of [
  ["redis", createRedis],
  ["postgres", createPostgres],
] as const) {
  describe(`one process at a time on ${name}`, () => {
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

    test("the second waits, says for whom, and takes over when the first has closed", async (t) => {
      const server = running(t);
      if (!server) return;
      const first = await openStore(server.url, { alone: takeover() });
      await assert.rejects(openStore(server.url, { alone: takeover(0) }), {
        code: "storage",
        message: /Another Drawbridge is at work on .*Stop it, or set STORE_URL to another store\./,
      });
      const waiting = takeover();
      const second = openStore(server.url, { alone: waiting });
      await until(() => waiting.said.length > 0, "it to say so");
      assert.match(
        waiting.said[0] ?? "",
        new RegExp(`\\(process ${process.pid} on .*I wait for it to end, 25 s`),
      );
      await first.table("t", z.string()).set("a", "of the first");
      await first.close();
      const store = await second;
      assert.equal(await store.table("t", z.string()).get("a"), "of the first");
      await store.close();
      assert.equal(waiting.said.length, 1);
    });

    test("the second takes over within seconds when the first is killed", async (t) => {
      const server = running(t);
      if (!server) return;
      const child = openInChild(t, server.url);
      await until(() => child.said().includes("open"), "the child");
      child.kill("SIGKILL");
      const store = await openStore(server.url, { alone: takeover(10_000) });
      await store.close();
    });

    test("what the server forgot is taken again, and work goes on", async (t) => {
      const server = running(t);
      if (!server) return;
      const alone = takeover();
      const store = await openStore(server.url, { alone });
      const table = store.table("t", z.number());
      await takeAway[name](server.url);
      await until(() => succeeds(table.set("a", 1)), "the store");
      await server.stop();
      await server.start();
      await until(() => succeeds(table.set("a", 2)), "the store");
      assert.deepEqual(alone.lost, []);
      // It is taken: nobody else gets in.
      await assert.rejects(openStore(server.url, { alone: takeover(0) }), /Another Drawbridge is at work/);
      await store.close();
    });

    test("a process that was stopped while another took over hears that, and writes nothing more", async (t) => {
      const server = running(t);
      if (!server) return;
      const child = openInChild(t, server.url);
      await until(() => child.said().includes("open"), "the child");
      child.kill("SIGSTOP");
      await takeAway[name](server.url);
      const store = await openStore(server.url, { alone: takeover() });
      const table = store.table("t", z.string());
      await table.set("a", "of the second");
      child.kill("SIGCONT");
      await until(() => child.said().includes("lost"), "it to be told");
      assert.match(child.said(), /write refused/);
      assert.equal(await table.get("a"), "of the second");
      await store.close();
    });
  });
}

const succeeds = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

/**
 * Another process that has the store and, once it has lost it, tries to write. It says how that went. (A server frees
 * what somebody had a moment after they have gone, so it waits for that.)
 */
function openInChild(t: TestContext, url: string) {
  const module = new URL("../../../src/store/store.ts", import.meta.url).href;
  const script = `
    import { z } from "zod";
    const { openStore } = await import(${JSON.stringify(module)});
    const onLost = async () => {
      await store.table("t", z.string()).set("a", "of the first").then(
        () => console.log("written"),
        (error) => console.log("write refused", error.code));
      console.log("lost");
    };
    const store = await openStore(${JSON.stringify(url)}, { alone: { waitMs: 10000, onWait() {}, onLost } });
    console.log("open");
    setInterval(() => {}, 1000);`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, {
    cwd: new URL("../../..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  t.after(() => child.kill("SIGKILL"));
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), said: () => output };
}
