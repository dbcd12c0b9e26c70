import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Lanes, LineLimits } from "../../src/fleet/lanes.ts";
import { type Ledger, LetGo } from "../../src/fleet/ledger.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { EventKey, ThreadKey } from "../../src/seam/turn.ts";
import { until } from "../rig/until.ts";
import { turnOf } from "./turn-of.ts";

/** A process, as far as its lanes go. */
export interface AtLanes {
  readonly lanes: Lanes;
  readonly ledger: Ledger;
  /** As after `kill -9`: it says nothing any more. */
  kill(): Promise<void>;
  /** As after SIGTERM. */
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly atOnce?: number;
  readonly atOnceOverAll?: number;
  readonly perMinute?: number;
  readonly limits?: LineLimits;
  readonly stopping?: AbortSignal;
}

/** Another process, which is gone when the test is over. */
export type JoinLanes = (t: TestContext, options?: LaneOptions) => Promise<AtLanes>;

/** A turn at the lanes, as it looks from outside. */
export function enterAt({ lanes }: Pick<AtLanes, "lanes">, thread: string, more: Entering = {}) {
  const { user = thread, community = "a:home", ...rest } = more;
  const stop = new AbortController();
  const turn = {
    places: [] as number[],
    inside: false,
    refused: undefined as unknown,
    leave: () => {},
    stop: (reason: unknown) => stop.abort(reason),
  };
  lanes
    .enter(
      { thread: `a:${thread}`, user, community, ...rest },
      stop.signal,
      (ahead) => turn.places.push(ahead),
      { resumed: more.resumed ?? false },
    )
    .then(
      (leave) => Object.assign(turn, { inside: true, leave }),
      (refused: unknown) => Object.assign(turn, { refused }),
    );
  return turn;
}

interface Entering {
  readonly user?: string;
  readonly community?: ThreadKey;
  readonly pictures?: number;
  readonly key?: EventKey;
  readonly at?: number;
  readonly resumed?: boolean;
}

type Turn = ReturnType<typeof enterAt>;

const comesIn = (turn: Turn, what = "it to come in") => until(() => turn.inside, what);
/** It is in line: whatever is asked for next comes after it. */
const waits = (turn: Turn) => until(() => turn.places.length > 0, "it to be in line");

/** Lets those inside leave one by one, each when it is in; the order in which the others came in. */
async function drain(first: Turn, others: readonly Turn[]): Promise<readonly number[]> {
  const order: number[] = [];
  let inside = first;
  for (let left = others.length; left > 0; left -= 1) {
    inside.leave();
    const isNext = (turn: Turn, index: number) => turn.inside && !order.includes(index);
    await until(() => others.some(isNext), "the next to come in");
    const next = others.findIndex(isNext);
    assert.equal(others.filter(isNext).length, 1, "one at a time");
    order.push(next);
    inside = others[next] ?? inside;
  }
  inside.leave();
  return order;
}

/** What holds for the lanes of one process, and for those of each of several. */
export function lanesContract(join: JoinLanes): void {
  describe("the lanes", () => {
    test("let the turns of a thread in one after another, and those of others beside them", async (t) => {
      const one = await join(t, { atOnce: 4 });
      const first = enterAt(one, "same");
      await comesIn(first);
      const second = enterAt(one, "same");
      const other = enterAt(one, "other");
      await Promise.all([waits(second), comesIn(other)]);
      assert.deepEqual([second.inside, second.places], [false, [1]]);
      first.leave();
      await comesIn(second);
      assert.equal(one.lanes.inside, 2);
      for (const turn of [second, other]) turn.leave();
    });

    test("let everybody's first in before anybody's second", async (t) => {
      const one = await join(t, { atOnce: 1 });
      const first = enterAt(one, "0");
      await comesIn(first);
      const greedy = ["1", "2", "3"].map((thread) => enterAt(one, thread, { user: "greedy" }));
      for (const turn of greedy) await waits(turn);
      const others = ["b", "c"].map((user) => enterAt(one, user, { user }));
      for (const turn of others) await waits(turn);
      assert.deepEqual(await drain(first, [...greedy, ...others]), [0, 3, 4, 1, 2]);
    });

    test("are left by who gives up while waiting, and those behind move up", async (t) => {
      const one = await join(t, { atOnce: 1 });
      const [first, second, third] = ["1", "2", "3"].map((thread) => enterAt(one, thread));
      if (!first || !second || !third) return assert.fail();
      await Promise.all([comesIn(first), waits(second), waits(third)]);
      second.stop("changed my mind");
      await until(() => third.places.at(-1) === 1, "the third to be next");
      assert.equal(second.refused, "changed my mind");
      first.leave();
      await comesIn(third);
      assert.equal(second.inside, false);
      third.leave();
    });

    test("say when they are full, but not to what was taken on before", async (t) => {
      const one = await join(t, { atOnce: 1, limits: { all: 1 } });
      const first = enterAt(one, "1");
      await comesIn(first);
      const second = enterAt(one, "2");
      await waits(second);
      const third = enterAt(one, "3");
      const resumed = enterAt(one, "4", { resumed: true });
      await until(() => third.refused !== undefined, "it to be refused");
      assert.ok(third.refused instanceof BotError);
      assert.deepEqual([third.refused.code, third.refused.retryAfterMs], ["busy", 60_000]);
      assert.match(third.refused.message, /^I am full: 1 request is waiting/);
      assert.deepEqual(await drain(first, [second, resumed]), [0, 1]);
    });

    test("let no more pictures begin in a minute than may, and say how long that takes", async (t) => {
      const one = await join(t, { atOnce: 9, perMinute: 2 });
      const first = enterAt(one, "1", { pictures: 2 });
      await comesIn(first);
      const told = Promise.withResolvers<number | undefined>();
      const stop = new AbortController();
      const entering = one.lanes.enter({ thread: "a:2", user: "b" }, stop.signal, (_, __, startsInMs) =>
        told.resolve(startsInMs),
      );
      const startsInMs = (await told.promise) ?? 0;
      assert.ok(startsInMs > 0 && startsInMs <= 60_000, String(startsInMs));
      first.leave();
      stop.abort("enough");
      await assert.rejects(entering, (reason) => reason === "enough");
    });
  });
}

/** What a process has of an event: it is its own until `lost` aborts, and nobody else's for certain while `isHeld`. */
const held = (lost = new AbortController().signal, isHeld = true) => ({ lost, isHeld: () => isHeld });

/** What holds for the lanes of several processes. */
export function lanesOfSeveralContract(join: JoinLanes): void {
  describe("the lanes of several", () => {
    test("let the turns of a thread in one after another, wherever they are", async (t) => {
      const [one, two] = [await join(t), await join(t)];
      const first = enterAt(one, "same", { at: 1 });
      await comesIn(first);
      const third = enterAt(one, "same", { at: 3 });
      await waits(third);
      const second = enterAt(two, "same", { at: 2 });
      await waits(second);
      first.leave();
      await comesIn(second, "the one that was accepted earlier");
      assert.equal(third.inside, false);
      second.leave();
      await comesIn(third);
      third.leave();
    });

    test("are fair over all of them, and keep to a limit over all", async (t) => {
      const options = { atOnce: 2, atOnceOverAll: 1 };
      const [one, two] = [await join(t, options), await join(t, options)];
      const first = enterAt(two, "0");
      await comesIn(first);
      const greedy = ["1", "2", "3"].map((thread) => enterAt(one, thread, { user: "greedy" }));
      for (const turn of greedy) await waits(turn);
      const others = ["b", "c"].map((user) => enterAt(two, user, { user }));
      for (const turn of others) await waits(turn);
      assert.deepEqual(await drain(first, [...greedy, ...others]), [0, 3, 4, 1, 2]);
    });

    test("leave no room empty in one because another is full", async (t) => {
      const [one, two] = [await join(t, { atOnce: 1 }), await join(t, { atOnce: 1 })];
      const [first, second] = [enterAt(one, "1"), enterAt(one, "2")];
      await Promise.all([comesIn(first), waits(second)]);
      const third = enterAt(two, "3");
      await comesIn(third);
      assert.equal(second.inside, false);
      first.leave();
      await comesIn(second);
      for (const turn of [second, third]) turn.leave();
    });

    test("keep the place in its thread of what was taken on and has not come, wherever the next does", async (t) => {
      const options = { atOnce: 2, limits: { ofOne: 1 } };
      const [one, two] = [await join(t, options), await join(t, options)];
      const minute = (at: number) => ({ at: at * 60_000 });
      for (const at of [1, 3, 5])
        await one.lanes.expect({ key: `paper:${at}`, thread: "a:same", ...minute(at) }, held());
      const second = enterAt(two, "same", minute(2));
      await waits(second);
      const other = enterAt(two, "other", minute(4));
      await comesIn(other, "another thread, which waits for nobody");
      assert.equal(second.inside, false);
      const first = enterAt(two, "same", { key: "paper:1", ...minute(9) });
      await comesIn(first, "what was taken on first, at whoever went on with it");
      const last = enterAt(two, "same", { ...minute(6), user: "ben" });
      await waits(last);
      first.leave();
      await comesIn(second);
      one.lanes.unexpect("paper:3");
      const full = enterAt(one, "same", { key: "paper:5", user: "ben" });
      await until(() => full.refused !== undefined, "it to be refused, as it cannot go at once");
      second.leave();
      await comesIn(last, "the next of those that are to come");
      assert.match(String(full.refused), /You have 1 request waiting/);
      for (const turn of [last, other]) turn.leave();
    });

    test("let nothing wait for what has come already, is another's, or is over", async (t) => {
      const [one, two] = [await join(t), await join(t)];
      const first = enterAt(one, "1", { key: "paper:came" });
      await comesIn(first);
      const expect = (key: EventKey, hold: ReturnType<typeof held>) =>
        two.lanes.expect({ key, thread: "a:1", at: 1 }, hold);
      await expect("paper:came", held());
      await expect("paper:lost", held(AbortSignal.abort(), false));
      await expect("paper:doubtful", held(undefined, false)); // it was stopped, and does not know it yet
      await expect("paper:nothing", held());
      two.lanes.unexpect("paper:nothing");
      await expect("paper:nothing", held()); // by who does not know that it is over
      two.lanes.unexpect("paper:came");
      const second = enterAt(two, "1");
      await waits(second);
      assert.equal(first.inside, true);
      first.leave();
      await comesIn(second);
      second.leave();
      await expect("paper:came", held());
      const third = enterAt(one, "1");
      await comesIn(third);
      third.leave();
    });

    for (const conducts of [false, true]) {
      test(`keep a thread for what one has taken on that was killed${conducts ? ", which conducted" : ""}, before it came`, async (t) => {
        const [one, two, three] = [await join(t), await join(t), await join(t)];
        const [dying, other] = conducts ? [one, two] : [two, one];
        const [key, thread] = [`paper:left-${conducts}`, `a:left-${conducts}`] as const;
        await dying.ledger.take({ key, body: {}, thread }, "paper");
        await dying.lanes.expect({ key, thread, at: 1 }, dying.ledger.hold(key));
        let first: Turn | undefined;
        let wasSecondIn: boolean | undefined;
        const second = enterAt(three, thread.slice(2), { at: Date.now() });
        await waits(second);
        other.ledger.adopt(async (entry) => {
          wasSecondIn = second.inside;
          first = enterAt(other, thread.slice(2), { key: entry.key, at: Date.now() });
        });
        await dying.kill();
        await until(() => first?.inside === true, "what was taken over to come in");
        assert.deepEqual([wasSecondIn, second.inside], [false, false]);
        first?.leave();
        await comesIn(second);
        second.leave();
        await other.ledger.over(key);
      });
    }

    for (const isEnding of [false, true]) {
      const where = isEnding ? "at one that is told to end" : "at one that is full";
      test(`hand on what waits ${where} to one that stays`, async (t) => {
        const stop = new AbortController();
        const ending = await join(t, { stopping: stop.signal });
        const [full, stays] = [await join(t, { atOnce: 1 }), await join(t, { atOnce: 1 })];
        const inside = Array.from({ length: 4 }, (_, index) => enterAt(ending, `in-${index}`));
        inside.push(enterAt(full, "5"), enterAt(stays, "6"));
        await Promise.all(inside.map((turn) => comesIn(turn)));
        const at = isEnding ? ending : full;
        const event = `paper:handed-${isEnding}` as const;
        const turn = turnOf(`m:${event}`, { event, thread: "a:7" });
        await at.ledger.take({ key: event, body: {} }, "paper");
        await at.ledger.note(turn);
        const waiting = enterAt(at, "7", { key: event });
        await waits(waiting);
        stop.abort();
        const late = enterAt(ending, "late");
        for (const one of inside.slice(0, 4)) one.leave();
        await waits(late);
        late.stop("enough"); // by now all know that it ends, and there is room at none
        const adopted: AtLanes[] = [];
        for (const one of isEnding ? [full, stays] : [ending, stays])
          one.ledger.adopt(async () => void adopted.push(one));
        if (!isEnding) inside.at(-1)?.leave();
        await until(() => adopted.length > 0, "it to be handed on");
        assert.equal(adopted.includes(ending), false);
        await adopted[0]?.ledger.forget(turn);
        for (const one of inside.slice(4)) one.leave();
      });
    }

    test("count what a person has waiting over all", async (t) => {
      const options = { atOnce: 1, limits: { ofOne: 2 } };
      const [one, two] = [await join(t, options), await join(t, options)];
      const inside = [enterAt(one, "1"), enterAt(two, "2")];
      await Promise.all(inside.map((turn) => comesIn(turn)));
      const waiting = [enterAt(one, "3", { user: "greedy" }), enterAt(two, "4", { user: "greedy" })];
      await Promise.all(waiting.map(waits));
      const third = enterAt(two, "5", { user: "greedy" });
      await until(() => third.refused !== undefined, "it to be refused");
      assert.match(String(third.refused), /You have 2 requests waiting/);
      for (const turn of waiting) turn.stop("enough");
      for (const turn of inside) turn.leave();
    });

    test("go on when the one that conducts is killed: what is in stays in, what waits keeps its order", async (t) => {
      const options = { atOnce: 2, atOnceOverAll: 2 };
      const one = await join(t, options);
      const [two, three] = [await join(t, options), await join(t, options)];
      const first = enterAt(two, "same");
      const lost = enterAt(one, "lost");
      await Promise.all([comesIn(first), comesIn(lost)]);
      const waiting: Turn[] = [];
      for (const [index, thread] of ["same", "b", "c"].entries()) {
        const turn = enterAt(thread === "b" ? two : three, thread, { at: index + 2 });
        waiting.push(turn);
        await waits(turn); // what two processes tell at once comes in either order
      }
      await one.kill();
      await comesIn(waiting[1] ?? first, "the next, in the room that is left");
      assert.deepEqual(
        waiting.map(({ inside }) => inside),
        [false, true, false],
        "a thread waits for its own",
      );
      first.leave();
      await comesIn(waiting[0] ?? first);
      waiting[1]?.leave();
      await comesIn(waiting[2] ?? first);
      for (const turn of waiting) turn.leave();
    });

    for (const conducts of [false, true]) {
      test(`keep a thread for a turn of one that was killed${conducts ? ", which conducted" : ""}, until another has seen it through`, async (t) => {
        const [one, two] = [await join(t), await join(t)];
        const three = await join(t);
        const [dying, other] = conducts ? [one, two] : [two, one];
        const [event, thread] = [`paper:kept-${conducts}`, `a:kept-${conducts}`] as const;
        const turn = turnOf(`m:${event}`, { event, thread });
        await dying.ledger.take({ key: event, body: {} }, "paper");
        await dying.ledger.note(turn);
        const first = enterAt(dying, thread.slice(2), { key: event, at: 1 });
        await comesIn(first);
        const second = enterAt(three, thread.slice(2), { at: 2 });
        await waits(second);
        let again: Turn | undefined;
        let wasSecondIn = false;
        other.ledger.adopt(async () => {
          wasSecondIn = second.inside;
          again = enterAt(other, thread.slice(2), { key: event, at: 1, resumed: true });
        });
        await dying.kill();
        await until(() => again?.inside === true, "what was taken over to come in");
        assert.deepEqual([wasSecondIn, second.inside], [false, false]);
        again?.leave();
        await comesIn(second);
        second.leave();
        await other.ledger.forget(turn);
      });
    }

    test("go on at once when one ends, whose turn another takes over or only has to show", async (t) => {
      // The first to come conducts: what of these turns the ledger would tell another one, it does not know here.
      const [two, one] = [await join(t, { atOnce: 3 }), await join(t, { atOnce: 3 })];
      const ending = ["1", "2"].map((thread) =>
        enterAt(one, thread, { key: `paper:end-${Number(thread)}`, at: 1 }),
      );
      await Promise.all(ending.map((turn) => comesIn(turn)));
      const after = ["1", "2"].map((thread) => enterAt(two, thread, { at: 2 }));
      await Promise.all(after.map(waits));
      for (const turn of ending) turn.stop(new LetGo("It ends."));
      for (const turn of ending) turn.leave();
      await one.close();
      const again = enterAt(two, "1", { key: "paper:end-1", at: 1, resumed: true });
      await comesIn(again);
      two.lanes.skip("paper:end-2");
      await comesIn(after[1] ?? again);
      assert.equal(after[0]?.inside, false);
      again.leave();
      await comesIn(after[0] ?? again);
      for (const turn of after) turn.leave();
    });
  });
}
