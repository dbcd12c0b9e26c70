import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openEngine, quieten } from "../../src/fleet/bull/engine.ts";
import { createLog } from "../../src/seam/log.ts";
import { createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

const server = await createRedis();
// Where a change is judged it fails without one.
const skip = server || process.env.CI ? false : "redis is not installed here";

test("a server that goes when its queues are closed brings no process down", { skip }, async (t) => {
  t.after(() => server?.remove());
  await server?.start();
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
