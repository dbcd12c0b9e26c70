import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openBus } from "../../src/fleet/bull/bus.ts";
import { type Engine, openEngine } from "../../src/fleet/bull/engine.ts";
import { lanesTopic, laneWords } from "../../src/fleet/bull/lane-words.ts";
import { createFleetLanes } from "../../src/fleet/bull/lanes.ts";
import { createFleetLedger } from "../../src/fleet/bull/ledger.ts";
import { type Ledger, takenOver } from "../../src/fleet/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import {
  type AtLanes,
  enterAt,
  type LaneOptions,
  lanesContract,
  lanesOfSeveralContract,
} from "./lanes-contract.ts";

interface Joining extends LaneOptions {
  readonly hold?: Ledger["hold"];
  /** What stands between a process and its queues. */
  readonly between?: (engine: Engine) => Engine;
}

/** The first process to be taken in is, and the answer is lost on the way. `onAsked` hears of each name. */
function losesAnswer(engine: Engine, onAsked: (name: string) => void): Engine {
  let isLost = false;
  return {
    ...engine,
    queue<Data>(of: string) {
      const queue = engine.queue<Data>(of);
      const add = queue.add.bind(queue);
      queue.add = async (...given: Parameters<typeof add>) => {
        const job = await add(...given);
        const { key = "" } = given[1] as { readonly key?: string };
        if (!key.startsWith("process:")) return job;
        onAsked(key);
        if (isLost) return job;
        isLost = true;
        throw new Error("the connection was lost");
      };
      return queue;
    },
  };
}

/** Long enough for a machine that is busy, short enough to be waited for. */
const lifeMs = 3000;

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`the lanes on ${kind}`, { skip }, () => {
    let store: Promise<Store> | undefined;
    const join = async (
      t: TestContext,
      { atOnce = 4, hold, between = (engine) => engine, ...options }: Joining = {},
    ): Promise<AtLanes> => {
      const url = server?.url ?? "";
      store ??= openStore(url);
      const log = createLog("silent");
      const engine = between(await openEngine(kind, url, { log }));
      const bus = await openBus(kind, url, { log });
      const parts = { log, lifeMs };
      const ledger = await createFleetLedger(await store, engine, { ...parts, takeMs: 60_000 });
      const lanes = await createFleetLanes({
        ...parts,
        bus,
        engine,
        ledger: hold ? { ...ledger, hold } : ledger,
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

    test("let in who comes where the server had taken a process in, and its answer was lost", async (t) => {
      const conducts = await join(t, { atOnce: 1 });
      const inside = enterAt(conducts, "same");
      await until(() => inside.inside, "it to come in");
      const asked: string[] = [];
      const one = await join(t, { between: (engine) => losesAnswer(engine, (name) => asked.push(name)) });
      const turn = enterAt(one, "other");
      await until(() => turn.inside, "it to come in");
      assert.ok(new Set(asked).size > 1, `by another name: ${asked}`);
      for (const left of [turn, inside]) left.leave();
    });

    test("let nobody in for what goes on at a process that is only said to be gone", async (t) => {
      const bus = await openBus(kind, server?.url ?? "", { log: createLog("silent") });
      t.after(() => bus.close());
      const enrolled: string[] = [];
      const went: string[] = [];
      bus.hear(lanesTopic, (body) => {
        const word = laneWords.parse(body);
        if (word.kind === "enrol") enrolled.push(word.from);
        if (word.kind === "go") went.push(word.id);
      });
      const options = { atOnceOverAll: 1 };
      const conducts = await join(t, options);
      await until(() => enrolled.length > 0, "the first to enrol");
      const [first] = enrolled;
      const other = await join(t, options);
      const theirs = () => enrolled.filter((from) => from !== first);
      await until(() => theirs().length > 0, "the second to enrol");
      const goesOn = enterAt(other, "one");
      await until(() => goesOn.inside, "it to come in");
      const next = enterAt(conducts, "two", { key: "paper:next" });
      await until(() => next.places.length > 0, "the next to be in line");
      const before = new Set(theirs());
      for (const from of before) await bus.tell(lanesTopic, { kind: "gone", from });
      await until(() => theirs().some((from) => !before.has(from)), "it to enrol anew");
      await sleep(300); // what has been told is heard by then
      assert.ok(!went.includes("paper:next"), "the first is still being drawn");
      goesOn.leave();
      await until(() => next.inside, "the next to come in");
      next.leave();
    });

    test("let nobody in for a turn that a process wakes with and another has by now", async (t) => {
      const lost = new AbortController();
      let isInDoubt = false;
      const hold = { lost: lost.signal, isHeld: () => !isInDoubt, isOver: () => false };
      const bus = await openBus(kind, server?.url ?? "", { log: createLog("silent") });
      t.after(() => bus.close());
      const enrolled: string[] = [];
      bus.hear(lanesTopic, (body) => {
        const word = laneWords.parse(body);
        if (word.kind === "enrol") enrolled.push(word.from);
      });
      const options = { atOnceOverAll: 1 };
      const one = await join(t, options);
      await until(() => enrolled.length > 0, "the first to enrol");
      const [first] = enrolled;
      const woken = await join(t, { ...options, hold: () => hold });
      const theirs = () => enrolled.filter((from) => from !== first);
      await until(() => theirs().length > 0, "the second to enrol");
      const asleep = enterAt(woken, "same", { key: "paper:woken" });
      await until(() => asleep.inside, "it to come in");
      const goesOn = enterAt(one, "same", { key: "paper:woken", resumed: true });
      await until(() => goesOn.inside, "it to go on elsewhere");
      const second = enterAt(one, "other");
      await until(() => second.places.length > 0, "the next to be in line");
      isInDoubt = true;
      const before = new Set(theirs());
      for (const from of before) await bus.tell(lanesTopic, { kind: "gone", from });
      await sleep(500); // it would enrol in no time
      lost.abort(takenOver());
      asleep.stop(lost.signal.reason);
      asleep.leave();
      await until(() => theirs().some((from) => !before.has(from)), "it to enrol anew");
      const third = enterAt(one, "another");
      await until(() => third.places.length > 0, "one more to be in line");
      assert.equal(second.inside, false, "the other process is still at it");
      goesOn.leave();
      await until(() => second.inside, "the next to come in");
      second.leave();
      await until(() => third.inside, "the last to come in");
      third.leave();
    });
  });
}
