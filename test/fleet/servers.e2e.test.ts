import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { openEngine } from "../../src/fleet/bull/engine.ts";
import { createFleetLedger } from "../../src/fleet/bull/ledger.ts";
import { createLedger } from "../../src/fleet/embedded/ledger.ts";
import { type Entry, entry } from "../../src/fleet/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import type { EventKey } from "../../src/seam/turn.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { StoreAway } from "../../src/store/store-away.ts";
import { createFragileStore } from "../rig/fragile-store.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { fleetContract, type Ground, ledgerContract } from "./contract.ts";
import { leasesContract, onStore, sharedLeasesContract } from "./leases/contract.ts";
import { turnOf } from "./turn-of.ts";

/** Long enough for a machine that is busy, short enough to be waited for. */
const lifeMs = 3000;

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`a fleet on ${kind}`, { skip }, () => {
    let store: Promise<Store> | undefined;
    const opened = () => {
      store ??= openStore(server?.url ?? "");
      return store;
    };
    const ground: Ground = {
      async join(t) {
        const url = server?.url ?? "";
        const log = createLog("warn", { write: () => {} });
        const engine = await openEngine(kind, url, { log });
        const ledger = await createFleetLedger(await opened(), engine, { log, lifeMs, takeMs: 60_000 });
        t.after(() => engine.close().then(ledger.close));
        return { ledger, kill: engine.close };
      },
    };
    const leaseGround = onStore(opened, lifeMs);
    before(() => server?.start());
    after(async () => {
      await (await store)?.close();
      await server?.remove();
    });
    ledgerContract(() => ground);
    fleetContract(() => ground);
    leasesContract(() => leaseGround);
    sharedLeasesContract(() => leaseGround);

    test("lets nothing fall that it takes over while the store is away", async (t) => {
      const { ledger, kill } = await ground.join(t);
      const key: EventKey = "paper:taken over late";
      await ledger.take({ key, body: { words: "a fox" } }, "paper");
      const log = createLog("silent");
      const engine = await openEngine(kind, server?.url ?? "", { log });
      const fragile = createFragileStore(await opened(), { isAway: true });
      let reads = 0;
      fragile.failWhen(
        (table, call, _, of) => table === "event" && call === "get" && of === key && ++reads <= 2,
      );
      const next = await createFleetLedger(fragile.store, engine, { log, lifeMs, takeMs: 60_000 });
      t.after(() => engine.close().then(next.close));
      const seen: unknown[] = [];
      next.adopt(async (entry) => void (entry.key === key && seen.push(entry.body)));
      await kill();
      await until(() => seen.length > 0, "it to be gone on with");
      assert.deepEqual(seen, [{ words: "a fox" }]);
      assert.ok(reads > 2);
      await next.over(key);
    });

    test("has anew what the server has forgotten, as one does that loses its last writes", async (t) => {
      const { ledger } = await ground.join(t);
      await ledger.take({ key: "paper:forgotten", body: { words: "a fox" } }, "paper");
      const engine = await openEngine(kind, server?.url ?? "", { log: createLog("silent") });
      t.after(engine.close);
      await engine.queue("turns").obliterate({ force: true });
      assert.deepEqual(await ledger.open(), []);
      await until(async () => (await ledger.open()).length === 1, "it to be noted again");
      assert.deepEqual((await ledger.open())[0]?.body, { words: "a fox" });
      assert.equal(ledger.hold("paper:forgotten").isHeld(), true);
      await ledger.over("paper:forgotten");
    });

    test("does not say of what comes once more that it is known while it cannot be noted", async (t) => {
      const log = createLog("silent");
      const engine = await openEngine(kind, server?.url ?? "", { log });
      const ledger = await createFleetLedger(await opened(), engine, { log, lifeMs, takeMs: 300 });
      t.after(() => engine.close().then(ledger.close));
      const event = { key: "paper:once more", body: {} } as const;
      await server?.pause();
      try {
        const both = await Promise.allSettled([ledger.take(event, "paper"), ledger.take(event, "paper")]);
        assert.deepEqual(
          both.map(({ status }) => status),
          ["rejected", "rejected"],
        );
      } finally {
        await server?.resume();
      }
    });

    test("goes on with a turn whose claim the server has forgotten, and whose holder is gone", async (t) => {
      const event = "paper:orphan";
      const one = await ground.join(t);
      const mid = await ground.join(t);
      await one.ledger.take({ key: event, body: {} }, "paper");
      await one.ledger.note(turnOf("m:orphan", { event }));
      await one.kill();
      const adopted = Promise.withResolvers<Entry>();
      mid.ledger.adopt(async (entry) => void (entry.key === event && adopted.resolve(entry)));
      await adopted.promise;
      await mid.kill();
      const engine = await openEngine(kind, server?.url ?? "", { log: createLog("silent") });
      t.after(engine.close);
      await engine.queue("turns").obliterate({ force: true });
      const { ledger } = await ground.join(t);
      assert.equal(await ledger.take({ key: event, body: {} }, "paper"), false, "it is a turn by now");
      const again = Promise.withResolvers<Entry>();
      ledger.adopt(async (entry) => void (entry.key === event && again.resolve(entry)));
      const { turn } = await again.promise;
      assert.equal(turn?.message, "m:orphan");
      await ledger.note(turnOf("m:orphan", { event, text: "a bear" }));
      await ledger.forget(turnOf("m:orphan", { event }));
    });

    /** A process that has taken a turn over, could not write down what it knows of it, and loses it. */
    async function loseUnwritten(t: TestContext, event: EventKey, fails: (failed: number) => boolean) {
      const one = await ground.join(t);
      await one.ledger.take({ key: event, body: {} }, "paper");
      await one.ledger.note(turnOf("m:unwritten", { event }));
      const log = createLog("silent");
      const engine = await openEngine(kind, server?.url ?? "", { log });
      const fragile = createFragileStore(await opened(), { isAway: true });
      const mid = await createFleetLedger(fragile.store, engine, { log, lifeMs, takeMs: 60_000 });
      t.after(() => engine.close().then(mid.close));
      const adopted = Promise.withResolvers<void>();
      mid.adopt(async ({ key }) => void (key === event && adopted.resolve()));
      await one.kill();
      await adopted.promise;
      let failed = 0;
      fragile.failWhen((table, call) => table === "event" && call === "set" && fails(++failed));
      await assert.rejects(mid.note(turnOf("m:unwritten", { event, text: "a bear" })), StoreAway);
      await engine.queue("turns").obliterate({ force: true });
      const { ledger } = await ground.join(t);
      await until(() => mid.hold(event).lost.aborted, "it to be lost");
      await mid.rest();
      return { ledger, failed: () => failed, fragile };
    }

    test("leaves what it could not write down of a turn that it loses to whoever goes on with it", async (t) => {
      const event = "paper:unwritten";
      const { ledger, failed } = await loseUnwritten(t, event, (count) => count <= 3);
      await until(() => failed() > 3, "it to be written down");
      assert.equal(await ledger.take({ key: event, body: {} }, "paper"), false, "it is a turn by now");
      const again = Promise.withResolvers<Entry>();
      ledger.adopt(async (entry) => void (entry.key === event && again.resolve(entry)));
      assert.equal((await again.promise).turn?.text, "a bear");
      await ledger.forget(turnOf("m:unwritten", { event }));
    });

    test("writes nothing of a turn that it has lost over what is over by then", async (t) => {
      const event = "paper:over meanwhile";
      const { fragile } = await loseUnwritten(t, event, () => true);
      const table = (await opened()).table("event", entry);
      const before = await table.get(event);
      // Heard from here on, since it may look in the moment in which that is over.
      const calls: string[] = [];
      let isOver = false;
      fragile.failWhen((name, call, _, key) => {
        if (name !== "event" || key !== event) return false;
        calls.push(call);
        return call === "set" && !isOver;
      });
      await table.set(event, { ...before, key: event, adapter: "", at: 0, body: null, over: true });
      isOver = true;
      // Each try looks first and writes then: the last of them only looks.
      await until(async () => {
        const { length } = calls;
        await sleep(300);
        return calls.length === length && calls.at(-1) === "get";
      }, "it to have looked, and no more");
      assert.equal((await table.get(event))?.over, true);
    });

    test("tries what fails again, and not at once", async (t) => {
      const { ledger } = await ground.join(t);
      const other = await ground.join(t);
      await ledger.take({ key: "paper:failing", body: {} }, "paper");
      let tries = 0;
      const goesOn = Promise.withResolvers<void>();
      other.ledger.adopt(async ({ key }) => {
        if (key !== "paper:failing") return;
        tries += 1;
        if (tries === 1) throw new Error("it is not connected");
        goesOn.resolve();
      });
      await ledger.close();
      await goesOn.promise;
      assert.equal(tries, 2);
      await other.ledger.over("paper:failing");
    });

    test("has nothing as its own meanwhile that it could not go on with", async (t) => {
      const { ledger } = await ground.join(t);
      const other = await ground.join(t);
      const key: EventKey = "paper:not gone on with";
      await ledger.take({ key, body: {} }, "paper");
      const [failed, goesOn] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
      let tries = 0;
      other.ledger.adopt(async (entry) => {
        if (entry.key !== key) return;
        tries += 1;
        if (tries > 1) return goesOn.resolve();
        failed.resolve(other.ledger.size);
        throw new Error("it is not connected");
      });
      await ledger.close();
      const before = await failed.promise;
      await setImmediate(); // by then it is known that it failed
      assert.deepEqual(
        [other.ledger.hold(key).isHeld(), other.ledger.waits(key), before - other.ledger.size],
        [false, false, 1],
      );
      await goesOn.promise;
      assert.deepEqual([other.ledger.hold(key).isHeld(), other.ledger.waits(key)], [true, true]);
      await other.ledger.over(key);
    });

    test("adopts nothing any more once it rests", async (t) => {
      const [one, resting, other] = [await ground.join(t), await ground.join(t), await ground.join(t)];
      await one.ledger.take({ key: "paper:resting", body: {} }, "paper");
      const adopters: string[] = [];
      const adopted = Promise.withResolvers<void>();
      const isIt = ({ key }: Entry) => key === "paper:resting";
      resting.ledger.adopt(async (entry) => void (isIt(entry) && adopters.push("resting")));
      await resting.ledger.rest();
      await one.ledger.close();
      other.ledger.adopt(async (entry) => {
        if (!isIt(entry)) return;
        adopters.push("other");
        adopted.resolve();
      });
      await adopted.promise;
      assert.deepEqual(adopters, ["other"]);
      await other.ledger.over("paper:resting");
    });

    test("sees to what was noted too late, since it may have been brought elsewhere, too", async (t) => {
      const key = "paper:late";
      const slow = Promise.withResolvers<void>();
      const whole = await opened();
      const store: Store = {
        ...whole,
        table(name, schema) {
          const table = whole.table(name, schema);
          const get = (of: string) =>
            (name === "event" ? slow.promise : Promise.resolve()).then(() => table.get(of));
          return { ...table, get };
        },
      };
      const log = createLog("warn", { write: () => {} });
      const engine = await openEngine(kind, server?.url ?? "", { log });
      const first = await createFleetLedger(store, engine, { log, lifeMs: 60_000, takeMs: 100 });
      t.after(() => engine.close().then(first.close));
      await assert.rejects(first.take({ key, body: { words: "a fox" } }, "paper"), { code: "storage" });
      const { ledger } = await ground.join(t);
      await until(async () => (await ledger.open()).some((one) => one.key === key), "it to be noted");
      assert.equal(await ledger.take({ key, body: { words: "a fox" } }, "paper"), false);
      const adopted = Promise.withResolvers<Entry>();
      ledger.adopt(async (entry) => void (entry.key === key && adopted.resolve(entry)));
      slow.resolve();
      assert.deepEqual((await adopted.promise).body, { words: "a fox" });
      await ledger.over(key);
    });

    test("goes on with what one process alone has left", async (t) => {
      const before = await createLedger(await opened());
      await before.take({ key: "paper:alone", body: { words: "a bear" } }, "paper");
      const { ledger } = await ground.join(t);
      const adopted = Promise.withResolvers<Entry>();
      ledger.adopt(async (entry) => void (entry.key === "paper:alone" && adopted.resolve(entry)));
      assert.deepEqual((await adopted.promise).body, { words: "a bear" });
      await ledger.over("paper:alone");
      assert.deepEqual(await ledger.open(), []);
    });
  });
}
