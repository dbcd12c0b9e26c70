import type { TestContext } from "node:test";
import { openSeveral } from "../../src/fleet/fleet.ts";
import { createSharedSpool } from "../../src/pictures/shared-spool.ts";
import { createLog } from "../../src/seam/log.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore } from "../../src/store/store.ts";
import { today } from "./day.ts";
import type { Server } from "./servers.ts";
import { createStudio } from "./studio.ts";
import { until } from "./until.ts";

type Options = Pick<NonNullable<Parameters<typeof createStudio>[0]>, "concurrency" | "budget" | "defaults">;

/** Ms that a busy machine may take for anything: nobody loses what is held for a test, and OpenAI is not asked again. */
const patienceMs = 60_000;

/** Bots on one server, as many as are asked for, each with a platform of its own, and one OpenAI for all. */
export async function createSeveral(t: TestContext, server: Server, count: number, options: Options = {}) {
  const kind = server.url.startsWith("redis") ? "redis" : "postgres";
  const standin = await createStandin({ paceMs: 30, flat: true, today });
  const log = createLog("silent");
  const store = await openStore(server.url);
  const closes: (() => Promise<unknown>)[] = [() => store.close()];
  const bots: Awaited<ReturnType<typeof join>>[] = [];
  t.after(async () => {
    // What one hands on is drawn by another after the first has answered.
    await until(
      async () => (await bots[0]?.ledger.open())?.length === 0,
      "nothing to be left to the next test",
    );
    for (const close of closes) await close();
    await standin.close();
  });

  async function join() {
    const { concurrency: atOnce = 4 } = options;
    const fleet = await openSeveral(kind, server.url, { store, atOnce, log, takeMs: patienceMs });
    const spool = createSharedSpool(store);
    const studio = await createStudio({ ...options, standin, store, fleet, spool, idleMs: patienceMs });
    await studio.bot.resume();
    closes.unshift(async () => {
      await studio.bot.drain(0);
      await fleet.close();
    });
    return { ...studio, fleet };
  }

  for (let index = 0; index < count; index += 1) bots.push(await join());
  return { bots, standin };
}
