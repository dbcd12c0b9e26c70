import { after, before, describe } from "node:test";
import { openEngine } from "../../src/fleet/bull/engine.ts";
import { createFleetLedger } from "../../src/fleet/bull/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { fleetContract, type Ground, ledgerContract } from "./contract.ts";

/** Long enough for a machine that is busy, short enough to be waited for. */
const lifeMs = 3000;

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`a fleet on ${kind}`, { skip }, () => {
    let store: Promise<Store> | undefined;
    const ground: Ground = {
      async join(t) {
        const url = server?.url ?? "";
        const log = createLog("warn", { write: () => {} });
        store ??= openStore(url);
        const engine = await openEngine(kind, url, { log });
        const ledger = await createFleetLedger(await store, engine, { log, lifeMs, takeMs: 60_000 });
        t.after(() => engine.close().then(ledger.close));
        return { ledger, kill: engine.close };
      },
    };
    before(() => server?.start());
    after(async () => {
      await (await store)?.close();
      await server?.remove();
    });
    ledgerContract(() => ground);
    fleetContract(() => ground);
  });
}
