import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSharedLeases } from "../../../src/fleet/leases/leases.ts";
import type { Held, Leases, Share } from "../../../src/seam/leases.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Store } from "../../../src/store/store.ts";
import { until } from "../../rig/until.ts";

/** A process, as far as its leases go. */
interface Sharer {
  readonly leases: Leases;
  /** As after `kill -9`: it says nothing any more. */
  kill(): void;
}

/** One store and whatever processes are on it. */
export interface LeaseGround {
  join(): Promise<Sharer>;
}

/** Processes on one store: one that is dead reaches it no more. */
export function onStore(open: () => Promise<Store>, lifeMs: number): LeaseGround {
  return {
    async join() {
      const store = await open();
      let isDead = false;
      const mortal: Store = {
        ...store,
        transact: (work) => (isDead ? Promise.reject(new Error("dead")) : store.transact(work)),
      };
      const kill = () => {
        isDead = true;
      };
      return { leases: createSharedLeases(mortal, { log: createLog("silent"), lifeMs, againMs: 50 }), kill };
    },
  };
}

/** A process that takes part, and what it has at the moment. */
function takePart({ leases }: Sharer, name: string, count: number, leaveMs?: Promise<void>) {
  const has = new Map<number, Held>();
  const had: number[] = [];
  const share: Share = leases.share(name, count, async (index, held) => {
    has.set(index, held);
    had.push(index);
    await new Promise<void>((resolve) => {
      if (held.leave.aborted) resolve();
      held.leave.addEventListener("abort", () => resolve());
    });
    await leaveMs;
    has.delete(index);
  });
  return { share, has, had, indices: () => [...has.keys()].sort((a, b) => a - b) };
}

/** What holds for a process that is alone, and for each of several. */
export function leasesContract(ground: () => LeaseGround): void {
  describe("leases", () => {
    test("are all had by one alone, until it closes", async () => {
      const one = takePart(await ground().join(), "alone", 3);
      await until(() => one.has.size === 3, "all of them");
      assert.deepEqual(one.indices(), [0, 1, 2]);
      assert.ok([...one.has.values()].every((held) => held.isHeld()));
      await one.share.close();
      assert.deepEqual(one.indices(), []);
      assert.equal(one.had.length, 3, "each once");
    });

    test("are had again where seeing to them has failed", async () => {
      const { leases } = await ground().join();
      let tries = 0;
      const again = Promise.withResolvers<void>();
      const share = leases.share("failing", 1, async (_, { leave }) => {
        tries += 1;
        if (tries === 1) throw new Error("not this time");
        again.resolve();
        await new Promise((resolve) => leave.addEventListener("abort", resolve));
      });
      await again.promise;
      await share.close();
      assert.equal(tries, 2);
    });

    test("turns come one after another, each so much later, and are given up by a signal", async () => {
      const { leases } = await ground().join();
      const never = new AbortController();
      const at: number[] = [];
      await Promise.all(
        [1, 2, 3].map(async () => {
          await leases.turn("knock", 200, never.signal);
          at.push(performance.now());
        }),
      );
      const [first = 0, second = 0, third = 0] = at;
      assert.ok(second - first >= 190 && third - second >= 190, String(at));
      const given = leases.turn("knock", 3_600_000, AbortSignal.abort(new Error("given up")));
      await assert.rejects(given, /given up/);
    });
  });
}

/** What holds among several processes. */
export function sharedLeasesContract(ground: () => LeaseGround): void {
  describe("leases among several", () => {
    test("are spread evenly as one after another joins, and each is one's at a time", async () => {
      const first = takePart(await ground().join(), "even", 7);
      await until(() => first.has.size === 7, "all by the first");
      const second = takePart(await ground().join(), "even", 7);
      await until(() => first.has.size + second.has.size === 7 && second.has.size === 3, "the second's part");
      const third = takePart(await ground().join(), "even", 7);
      const all = [first, second, third];
      const parts = () => all.map(({ has }) => has.size).sort();
      await until(
        () => String(parts()) === "2,2,3",
        async () => `even parts; there is ${parts()}`,
      );
      assert.deepEqual(
        all.flatMap(({ indices }) => indices()).sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6],
      );
      assert.ok(first.had.length === 7 && second.had.length <= 4, "nothing changed hands without need");
      await Promise.all(all.map(({ share }) => share.close()));
    });

    test("of one that ends are others' at once, when it has let go", async () => {
      const leaving = Promise.withResolvers<void>();
      const ending = takePart(await ground().join(), "ends", 2, leaving.promise);
      await until(() => ending.has.size === 2, "both");
      const next = takePart(await ground().join(), "ends", 2);
      const closed = ending.share.close();
      assert.deepEqual(next.indices(), [], "it still has them");
      leaving.resolve();
      await closed;
      await until(() => next.has.size === 2, "both by the next");
      await next.share.close();
    });

    test("of one that is killed are others' after the lease", async () => {
      const dying = await ground().join();
      const dead = takePart(dying, "killed", 2);
      await until(() => dead.has.size === 2, "both");
      const next = takePart(await ground().join(), "killed", 2);
      await until(() => next.has.size === 1, "its part");
      dying.kill();
      await until(() => next.has.size === 2, "all");
      const held = [...dead.has.values()];
      assert.ok(
        held.every((one) => !one.isHeld()),
        "who was killed has none of it by its own clock",
      );
      await next.share.close();
    });

    test("turns are so far apart over all of them", async () => {
      const sharers = await Promise.all([1, 2, 3].map(() => ground().join()));
      const never = new AbortController();
      const at: number[] = [];
      await Promise.all(
        sharers.map(async ({ leases }) => {
          await leases.turn("among", 200, never.signal);
          at.push(performance.now());
        }),
      );
      for (const [index, time] of at.slice(1).entries())
        assert.ok(time - (at[index] ?? 0) >= 190, `${at} are apart`);
    });
  });
}
