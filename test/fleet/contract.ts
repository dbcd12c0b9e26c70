import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Entry, Ledger } from "../../src/fleet/ledger.ts";
import type { EventKey } from "../../src/seam/turn.ts";
import { until } from "../rig/until.ts";
import { turnOf } from "./turn-of.ts";

/** A process of a fleet, as far as its ledger goes. */
export interface Member {
  readonly ledger: Ledger;
  /** As after `kill -9`: it says nothing any more. */
  kill(): Promise<void>;
}

/** One store and whatever processes are on it. */
export interface Ground {
  /** Another process, which is gone when the test is over. */
  join(t: TestContext): Promise<Member>;
}

/** What holds for a process that is alone, and for each of several. */
export function ledgerContract(ground: () => Ground): void {
  const event: EventKey = "paper:e1";

  describe("the ledger", () => {
    test("takes an event once, and knows it when it is over", async (t) => {
      const { ledger } = await ground().join(t);
      assert.equal(await ledger.take({ key: event, body: { words: "a fox" } }, "paper"), true);
      assert.equal(await ledger.take({ key: event, body: {} }, "paper"), false);
      assert.equal(ledger.waits(event), true);
      await ledger.over(event);
      assert.equal(ledger.waits(event), false);
      assert.equal(await ledger.take({ key: event, body: {} }, "paper"), false);
    });

    test("of one that comes twice at once takes one", async (t) => {
      const { ledger } = await ground().join(t);
      const both = await Promise.all(
        [1, 2].map((body) => ledger.take({ key: "paper:twice", body }, "paper")),
      );
      assert.deepEqual(both.sort(), [false, true]);
    });

    test("has what became of an event, and not what is over", async (t) => {
      const { ledger } = await ground().join(t);
      await ledger.take({ key: "paper:e2", body: { words: "a fox" } }, "paper");
      await ledger.take({ key: "paper:e3", body: { words: "a bear" } }, "paper");
      const turn = turnOf("m:2", { event: "paper:e2" });
      await ledger.note(turn);
      assert.equal(ledger.waits("paper:e2"), false);
      const isListed = (one: Entry) => one.key === "paper:e2" || one.key === "paper:e3";
      const open = (await ledger.open()).filter(isListed);
      assert.deepEqual(open.map(({ key, turn: found, body }) => [key, found?.text ?? body]).sort(), [
        ["paper:e2", "a fox"],
        ["paper:e3", { words: "a bear" }],
      ]);
      await ledger.forget(turn);
      await ledger.over("paper:e3");
      assert.deepEqual((await ledger.open()).filter(isListed), []);
    });

    test("is still waited for until an event is a turn, or over", async (t) => {
      const { ledger } = await ground().join(t);
      await ledger.take({ key: "paper:e4", body: {} }, "paper");
      const settled = ledger.settled("paper:e4");
      await ledger.note(turnOf("m:4", { event: "paper:e4" }));
      await settled;
      await ledger.forget(turnOf("m:4", { event: "paper:e4" }));
    });

    test("is held while it is being seen to", async (t) => {
      const { ledger } = await ground().join(t);
      await ledger.take({ key: "paper:e5", body: {} }, "paper");
      assert.equal(ledger.hold("paper:e5").isHeld(), true);
      await ledger.over("paper:e5");
    });

    test("notes what comes of an event after that was over, as what waited to be let through", async (t) => {
      const { ledger } = await ground().join(t);
      await ledger.take({ key: "paper:e7", body: {} }, "paper");
      await ledger.over("paper:e7");
      const turn = turnOf("m:7", { event: "paper:e7" });
      await ledger.note(turn);
      assert.equal(ledger.hold("paper:e7").isHeld(), true);
      assert.equal((await ledger.open()).filter(({ key }) => key === "paper:e7").length, 1);
      await ledger.forget(turn);
    });

    test("has what no event came for by its message", async (t) => {
      const { ledger } = await ground().join(t);
      await ledger.note(turnOf("m:6"));
      assert.equal(ledger.hold("turn:m:6").isHeld(), true);
      await ledger.forget(turnOf("m:6"));
      assert.deepEqual(
        (await ledger.open()).filter(({ turn }) => turn?.message === "m:6"),
        [],
      );
    });
  });
}

/** What holds among several processes. */
export function fleetContract(ground: () => Ground): void {
  describe("several processes", () => {
    test("take an event once among them", async (t) => {
      const members = await Promise.all([1, 2, 3].map(() => ground().join(t)));
      for (let round = 0; round < 20; round += 1) {
        const key: EventKey = `paper:among-${round}`;
        const taken = await Promise.all(members.map(({ ledger }) => ledger.take({ key, body: {} }, "paper")));
        assert.equal(taken.filter(Boolean).length, 1, key);
      }
    });

    test("know what is over whoever saw to it", async (t) => {
      const [one, other] = await Promise.all([ground().join(t), ground().join(t)]);
      await one.ledger.take({ key: "paper:done", body: {} }, "paper");
      await one.ledger.over("paper:done");
      assert.equal(await other.ledger.take({ key: "paper:done", body: {} }, "paper"), false);
    });

    test("take over the events and the turns of one that is gone, with what is known of them", async (t) => {
      const [dying, next] = await Promise.all([ground().join(t), ground().join(t)]);
      await dying.ledger.take({ key: "paper:left-1", body: { words: "a fox" } }, "paper");
      await dying.ledger.take({ key: "paper:left-2", body: {} }, "paper");
      await dying.ledger.note(turnOf("m:left", { event: "paper:left-2", text: "a bear" }));
      const adopted: Entry[] = [];
      next.ledger.adopt(async (entry) => {
        if (entry.key.startsWith("paper:left")) adopted.push(entry);
      });
      await dying.kill();
      await until(() => adopted.length === 2, "both");
      const found = Object.fromEntries(adopted.map(({ key, turn, body }) => [key, turn?.text ?? body]));
      assert.deepEqual(found, { "paper:left-1": { words: "a fox" }, "paper:left-2": "a bear" });
      assert.equal(next.ledger.hold("paper:left-2").isHeld(), true);
      await next.ledger.over("paper:left-1");
      await next.ledger.forget({ event: "paper:left-2", message: "m:left" });
      const rest = (await next.ledger.open()).filter(({ key }) => key.startsWith("paper:left"));
      assert.deepEqual(rest, []);
    });

    test("write nothing over what another has ended, however often they try", async (t) => {
      const [{ ledger: old }, { ledger: next }] = [await ground().join(t), await ground().join(t)];
      const key: EventKey = "paper:ended elsewhere";
      const turn = turnOf("m:elsewhere", { event: key });
      await old.take({ key, body: {} }, "paper");
      await old.note(turn);
      const over = Promise.withResolvers<void>();
      next.adopt(async (entry) => {
        if (entry.key === key) next.forget(turn).then(over.resolve, over.reject);
      });
      await old.handOn(key);
      await over.promise;
      for (let tries = 0; tries < 2; tries += 1) await assert.rejects(old.note(turn), { code: "stopped" });
      assert.deepEqual(
        (await next.open()).filter((entry) => entry.key === key),
        [],
      );
      assert.equal(await old.take({ key, body: {} }, "paper"), false);
    });

    test("keep apart what one began with before it lost that, and what it begins with when it has it again", async (t) => {
      const { ledger } = await ground().join(t);
      const key: EventKey = "paper:again";
      const turn = turnOf("m:again", { event: key });
      await ledger.take({ key, body: {} }, "paper");
      const asBefore = ledger.bind(key);
      assert.equal(
        asBefore(() => ledger.hold(key).isHeld()),
        true,
      );
      const again = Promise.withResolvers<boolean>();
      ledger.adopt(async (entry) => {
        if (entry.key === key) again.resolve(ledger.hold(key).isHeld());
      });
      await ledger.handOn(key);
      assert.equal(await again.promise, true);
      await asBefore(async () => {
        assert.equal(ledger.hold(key).isHeld(), false);
        assert.equal(ledger.hold(key).lost.aborted, true);
        assert.equal(ledger.hold(key).isOver(), false);
        assert.equal(ledger.waits(key), false);
        await assert.rejects(ledger.note(turn), { code: "stopped" });
        await ledger.over(key);
        await ledger.forget(turn);
        await ledger.handOn(key);
      });
      assert.equal(ledger.hold(key).isHeld(), true);
      assert.equal(ledger.waits(key), true);
      await ledger.note(turn);
      await ledger.forget(turn);
    });

    test("hold nothing that is over, and know that nobody does", async (t) => {
      const { ledger } = await ground().join(t);
      for (const key of ["paper:over-1", "paper:over-2"] as const) {
        await ledger.take({ key, body: {} }, "paper");
        const { isHeld, isOver } = ledger.hold(key);
        const asBegun = ledger.bind(key);
        const turn = turnOf(`m:${key}`, { event: key });
        if (key === "paper:over-2") await ledger.note(turn);
        assert.deepEqual([isHeld(), isOver()], [true, false]);
        await (key === "paper:over-2" ? ledger.forget(turn) : ledger.over(key));
        assert.deepEqual([isHeld(), isOver()], [false, true]);
        assert.equal(
          asBegun(() => ledger.hold(key).isOver()),
          true,
          "of what it was begun with",
        );
        assert.equal(ledger.hold(key).isOver(), false, "of nothing");
      }
    });

    test("go on at once with what one lets go of, also a second time", async (t) => {
      const [first, second, third] = await Promise.all([1, 2, 3].map(() => ground().join(t)));
      if (!first || !second || !third) return assert.fail();
      const key: EventKey = "paper:handed";
      const hears = ({ ledger }: Member) => {
        const heard = Promise.withResolvers<Entry>();
        ledger.adopt(async (entry) => void (entry.key === key && heard.resolve(entry)));
        return heard.promise;
      };
      await first.ledger.take({ key, body: 1 }, "paper");
      const bySecond = hears(second);
      await first.ledger.close();
      assert.equal((await bySecond).body, 1);
      const byThird = hears(third);
      await second.ledger.close();
      assert.equal((await byThird).body, 1);
      assert.equal(second.ledger.hold(key).isHeld(), false);
      assert.equal(third.ledger.hold(key).isHeld(), true);
      await third.ledger.over(key);
    });
  });
}
