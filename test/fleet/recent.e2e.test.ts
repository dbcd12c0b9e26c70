import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openBus } from "../../src/fleet/bull/bus.ts";
import { openEngine } from "../../src/fleet/bull/engine.ts";
import { createFleetLedger } from "../../src/fleet/bull/ledger.ts";
import type { Entry } from "../../src/fleet/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import type { EventKey } from "../../src/seam/turn.ts";
import { openStore } from "../../src/store/store.ts";
import { createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { turnOf } from "./turn-of.ts";

const lifeMs = 2000;
const log = createLog("silent");
const fox = { key: "paper:fox", body: { words: "a fox" } } as const;

/** Three processes on a Redis of their own, which has forgotten all when it is there again. */
async function open(t: TestContext) {
  const server = await createRedis();
  assert.ok(server, "redis must be installed where CI runs");
  await server.start();
  t.after(() => server.remove());

  async function join() {
    const engine = await openEngine("redis", server?.url ?? "", { log });
    const bus = await openBus("redis", server?.url ?? "", { log });
    const store = await openStore(server?.url ?? "");
    const ledger = await createFleetLedger(store, engine, { log, lifeMs, takeMs: 60_000, bus });
    let hasEnded = false;
    /** As after `kill -9`: neither it nor what it knew is there any more. */
    async function kill() {
      if (hasEnded) return;
      hasEnded = true;
      await Promise.allSettled([engine.close(), bus.close()]);
      await ledger.close();
      await store.close();
    }
    t.after(kill);
    const adopted: Entry[] = [];
    ledger.adopt(async (entry) => void adopted.push(entry));
    return { ledger, bus, adopted, kill };
  }

  const [first, second, third] = [await join(), await join(), await join()];
  return {
    ...{ server, join, first, second, third },
    /** What the other two have gone on with. */
    adopted: () => [...second.adopted, ...third.adopted],
    async forget() {
      const back = [second, third].map(({ bus }) => new Promise<void>((resolve) => bus.onMissed(resolve)));
      await server.kill();
      await server.start();
      await Promise.all(back);
    },
  };
}

const skip = process.env.CI || (await createRedis()) ? false : "redis is not installed here";

describe("what a process has acknowledged in the moment before Redis lost it", { skip }, () => {
  test("is gone on with by another, once, where it is gone as well", async (t) => {
    const { first, adopted, forget } = await open(t);
    await first.ledger.take(fox, "paper");
    await first.kill();
    await forget();
    await until(() => adopted().length > 0, "it to be gone on with");
    await sleep(2 * lifeMs);
    assert.deepEqual(
      adopted().map(({ key, adapter, body }) => ({ key, adapter, body })),
      [{ ...fox, adapter: "paper" }],
    );
  });

  test("is so where that one ended as Redis was back", async (t) => {
    const { server, first, adopted } = await open(t);
    await first.ledger.take(fox, "paper");
    await server.kill();
    await server.start();
    await until(
      () =>
        first.ledger.open().then(
          () => true,
          () => false,
        ),
      "it to be there",
    );
    await first.ledger.close();
    await first.kill();
    await until(() => adopted().length > 0, "it to be gone on with");
    assert.deepEqual(
      adopted().map(({ key }) => key),
      [fox.key],
    );
  });

  test("is so where those that knew of it end as Redis is back", async (t) => {
    const { join, first, second, third, forget } = await open(t);
    await first.ledger.take(fox, "paper");
    await first.kill();
    await forget();
    const fourth = await join();
    for (const { ledger, kill } of [second, third]) {
      await ledger.close();
      await kill();
    }
    await until(() => fourth.adopted.length > 0, "it to be gone on with");
    assert.deepEqual(
      fourth.adopted.map(({ key, body }) => ({ key, body })),
      [fox],
    );
  });

  test("is so with a turn that came of no event", async (t) => {
    const { first, adopted, forget } = await open(t);
    await first.ledger.note(turnOf("m:1"));
    await first.kill();
    await forget();
    await until(() => adopted().length > 0, "it to be gone on with");
    assert.equal(adopted()[0]?.turn?.message, "m:1");
  });

  test("stays its own where it is there", async (t) => {
    const { first, second, adopted, forget } = await open(t);
    await first.ledger.take(fox, "paper");
    await forget();
    await until(async () => (await second.ledger.open()).length > 0, "it to be noted again");
    await sleep(2 * lifeMs);
    assert.equal(first.ledger.hold(fox.key).isHeld(), true);
    assert.deepEqual([...first.adopted, ...adopted()], []);
  });

  test("is not begun anew where it was over", async (t) => {
    const { first, second, adopted, forget } = await open(t);
    const bear: EventKey = "paper:bear";
    await first.ledger.take(fox, "paper");
    await first.ledger.take({ ...fox, key: bear }, "paper");
    await first.ledger.over(fox.key);
    await first.kill();
    await forget();
    await until(() => adopted().length > 0, "what was not over to be gone on with");
    await sleep(2 * lifeMs);
    assert.deepEqual(
      adopted().map(({ key }) => key),
      [bear],
    );
    assert.equal(second.ledger.waits(fox.key), false);
  });

  test("is not begun anew where it was over and nobody had heard so, if whoever knows is there", async (t) => {
    const { first, second, third, adopted, forget } = await open(t);
    await first.ledger.take(fox, "paper");
    const told = first.bus.tell;
    const isUntold = Promise.withResolvers<void>();
    Object.assign(first.bus, {
      tell: async (topic: string, body: unknown) => {
        if (!JSON.stringify(body).includes('"over"')) return told(topic, body);
        isUntold.resolve();
        throw new Error("the connection was lost");
      },
    });
    await first.ledger.over(fox.key);
    await isUntold.promise;
    Object.assign(first.bus, { tell: told });
    await forget();
    await sleep(3 * lifeMs);
    assert.deepEqual([...first.adopted, ...adopted()], []);
    assert.deepEqual(
      [second, third].map(({ ledger }) => ledger.size),
      [0, 0],
    );
  });
});
