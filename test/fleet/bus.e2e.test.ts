import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { openBus } from "../../src/fleet/bull/bus.ts";
import { BotError } from "../../src/seam/errors.ts";
import { logInto } from "../rig/log-into.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { busContract, busOfSeveralContract, type OnBus } from "./bus-contract.ts";

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`the bus on ${kind}`, { skip }, () => {
    async function join(t: TestContext, { silentMs = 10_000, database = "" } = {}): Promise<OnBus> {
      const { log, logged } = logInto();
      const url = `${server?.url ?? ""}${database}`;
      const bus = await openBus(kind, url, { log, silentMs, lookEveryMs: silentMs });
      t.after(() => bus.close());
      return { bus, logged };
    }
    before(() => server?.start());
    after(() => server?.remove());

    busContract(join);
    busOfSeveralContract(join);

    test("says where it cannot be told, and when it may have been missed, and goes on after", async (t) => {
      const [one, other] = [await join(t), await join(t)];
      let missed = 0;
      other.bus.onMissed(() => {
        missed += 1;
      });
      await server?.stop();
      const isStorage = (error: unknown) => error instanceof BotError && error.code === "storage";
      await until(async () => (await one.bus.tell("words", 1).catch(isStorage)) === true, "it to be away");
      assert.equal(missed, 0);
      await server?.start();
      await until(() => missed > 0, "the other to be back");
      const heard: unknown[] = [];
      other.bus.hear("words", (body) => heard.push(body));
      await until(
        () =>
          one.bus.tell("words", "a fox").then(
            () => true,
            () => false,
          ),
        "it to be told",
      );
      await until(() => heard.includes("a fox"), "it to be heard");
    });

    test("takes another connection where a server says nothing any more", async (t) => {
      const { bus, logged } = await join(t, { silentMs: 300 });
      let missed = 0;
      bus.onMissed(() => {
        missed += 1;
      });
      await server?.pause();
      await assert.rejects(bus.tell("words", 1), (error) => error instanceof BotError);
      await until(() => logged.includes("bus.silent"), "it to be given up");
      await server?.resume();
      await until(() => missed > 0, "it to be back");
      const heard = Promise.withResolvers<unknown>();
      bus.hear("words", heard.resolve);
      await until(
        () =>
          bus.tell("words", "a fox").then(
            () => true,
            () => false,
          ),
        "it to be told",
      );
      assert.equal(await heard.promise, "a fox");
    });
  });
}

const redis = await createRedis();
await redis?.remove();
test("two bots in two databases of one Redis do not hear each other", { skip: !redis }, async (t) => {
  const server = (await createRedis()) ?? assert.fail();
  await server.start();
  t.after(() => server.remove());
  const { log } = logInto();
  const [one, two] = await Promise.all(["/1", "/2"].map((at) => openBus("redis", server.url + at, { log })));
  if (!one || !two) return assert.fail();
  const heard: unknown[] = [];
  one.hear("words", (body) => heard.push(body));
  await two.tell("words", "of another");
  await one.tell("words", "its own");
  await until(() => heard.length > 0, "it");
  assert.deepEqual(heard, ["its own"]);
  await Promise.all([one.close(), two.close()]);
});
