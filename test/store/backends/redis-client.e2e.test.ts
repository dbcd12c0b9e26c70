import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createRedisClient, type RedisClient } from "../../../src/store/backends/redis-client.ts";
import { createRedis } from "../../rig/servers.ts";

const server = await createRedis();
// Where a change is judged it fails without one.
const skip = server || process.env.CI ? false : "redis is not installed here";

function open(t: TestContext): RedisClient {
  const made = createRedisClient(server?.url ?? "", { connectMs: 5000, queues: true });
  t.after(made.end);
  return made;
}

/** How many connections the server has, beside the one that asks. */
async function others(t: TestContext): Promise<number> {
  const { client } = open(t);
  await client.connect();
  const list = await client.sendCommand<string>(["CLIENT", "LIST"]);
  return list.trim().split("\n").length - 1;
}

describe("a client of Redis that is ended", { skip }, () => {
  test.before(() => server?.start());
  test.after(() => server?.remove());

  test("while it connects, leaves no connection behind", async (t) => {
    const { client, end } = open(t);
    const connected = client.connect();
    end();
    await assert.rejects(connected);
    assert.equal(await others(t), 0);
  });

  test("takes with it what was made from it, be that connected or about to be", async (t) => {
    const { client, end } = open(t);
    await client.connect();
    const there = client.duplicate();
    const coming = client.duplicate();
    for (const made of [there, coming]) made.on("error", () => {});
    await there.connect();
    const connected = coming.connect();
    end();
    await assert.rejects(connected);
    assert.equal(await others(t), 0);
    assert.ok(!there.isOpen);
  });

  test("rejects what was asked of it while the server was away", async (t) => {
    const { client, end } = open(t);
    await client.connect();
    await server?.stop();
    const asked = client.get("anything");
    end();
    await assert.rejects(asked);
    await server?.start();
  });
});
