import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openEngine, quieten } from "../../src/fleet/bull/engine.ts";
import { createLog } from "../../src/seam/log.ts";
import { createCable } from "../rig/cable.ts";
import { createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

const server = await createRedis();
// Where a change is judged it fails without one.
const skip = server || process.env.CI ? false : "redis is not installed here";

describe("a server that goes brings no process down that has its queues", { skip }, () => {
  test.before(() => server?.start());
  test.after(() => server?.remove());

  test("once they are closed", async (t) => {
    const engine = await openEngine("redis", server?.url ?? "", { log: createLog("silent") });
    t.after(() => engine.close());
    const queue = engine.queue("turns");
    let hasWorked = false;
    const work = async () => {
      hasWorked = true;
    };
    const worker = engine.worker("turns", work, { lockMs: 3000, atOnce: 1, yields: () => false });
    void worker.run();
    await queue.add("one", {});
    await until(() => hasWorked, "it to be at work");
    await quieten(worker as never);
    await worker.close();
    await queue.close();
    // What nobody hears of fails this test.
    await server?.stop();
    await sleep(500);
    await server?.start();
  });

  test("while they are opened, nor does what happens to the connection that is made anew", async (t) => {
    const address = new URL(server?.url ?? "");
    const cable = await createCable(Number(address.port));
    t.after(cable.cut);
    address.port = String(cable.port);
    // BullMQ asks this of each server, before all else.
    cable.listen((bytes) => {
      if (bytes.toString("latin1").endsWith("$4\r\nINFO\r\n")) cable.drop(300);
    });
    await assert.rejects(openEngine("redis", address.href, { log: createLog("silent") }), {
      code: "storage",
    });
    // What nobody hears of fails this test.
    await sleep(500);
    cable.listen(() => {});
    const engine = await openEngine("redis", address.href, { log: createLog("silent") });
    await engine.close();
  });
});
