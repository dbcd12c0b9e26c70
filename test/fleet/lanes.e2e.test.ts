import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBus } from "../../src/fleet/bull/bus.ts";
import { openEngine } from "../../src/fleet/bull/engine.ts";
import { createFleetLanes } from "../../src/fleet/bull/lanes.ts";
import { createFleetLedger } from "../../src/fleet/bull/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { enterAt, type JoinLanes, lanesContract, lanesOfSeveralContract } from "./lanes-contract.ts";

/** Long enough for a machine that is busy, short enough to be waited for. */
const lifeMs = 3000;

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`the lanes on ${kind}`, { skip }, () => {
    let store: Promise<Store> | undefined;
    const join: JoinLanes = async (t, { atOnce = 4, ...options } = {}) => {
      const url = server?.url ?? "";
      store ??= openStore(url);
      const log = createLog("silent");
      const engine = await openEngine(kind, url, { log });
      const bus = await openBus(kind, url, { log });
      const parts = { log, lifeMs };
      const ledger = await createFleetLedger(await store, engine, { ...parts, takeMs: 60_000 });
      const lanes = await createFleetLanes({
        ...parts,
        bus,
        engine,
        ledger,
        store: await store,
        atOnce,
        ...options,
      });
      const kill = async () => {
        await bus.close();
        await engine.close();
      };
      const close = async () => {
        await lanes.close();
        await ledger.close();
        await kill();
      };
      t.after(close);
      return { lanes, ledger, kill, close };
    };
    before(() => server?.start());
    after(async () => {
      await (await store)?.close();
      await server?.remove();
    });
    lanesContract(join);
    lanesOfSeveralContract(join);

    test("go on after the server was away, and what was in goes on meanwhile", async (t) => {
      const [one, two] = [await join(t, { atOnce: 1 }), await join(t, { atOnce: 1 })];
      const first = enterAt(one, "same");
      await until(() => first.inside, "it to come in");
      const second = enterAt(two, "same");
      await until(() => second.places.length > 0, "it to be in line");
      await server?.stop();
      first.leave();
      const third = enterAt(one, "other");
      await server?.start();
      await until(() => second.inside && third.inside, "both to come in");
      assert.equal(first.refused, undefined);
      for (const turn of [second, third]) turn.leave();
    });
  });
}
