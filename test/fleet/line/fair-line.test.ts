import assert from "node:assert/strict";
import { test } from "node:test";
import { createFairLine, type FairLine, type Waiting } from "../../../src/fleet/line/fair-line.ts";
import { createDice } from "../../rig/dice.ts";

interface Asked {
  readonly thread: string;
  readonly number: number;
}

/** Random people in random communities and threads ask. A thread has people of one community. */
function ask(line: FairLine<Asked>, roll: (sides: number) => number, number: number): Waiting<Asked> {
  const [community, room] = [roll(4), roll(6)] as const;
  const thread = `t:${community}/${room}` as const;
  return line.add(
    { thread, user: `${community}/${roll(5)}`, community: `c:${community}` },
    { thread, number },
  );
}

for (let seed = 1; seed <= 20; seed += 1) {
  test(`where one stands is how many go first, with seed ${seed}`, () => {
    const { roll } = createDice(seed);
    const line = createFairLine<Asked>();
    let waiting: Waiting<Asked>[] = [];
    let inside: Waiting<Asked>[] = [];
    for (let number = 0; number < 300; number += 1) {
      waiting.push(ask(line, roll, number));
      const leaves = waiting[roll(waiting.length)];
      if (leaves && roll(4) === 0) {
        line.delete(leaves);
        waiting = waiting.filter((one) => one !== leaves);
      }
      while (inside.length < 3) {
        const next = line.next();
        if (!next) break;
        const isIn = inside.some(({ thing }) => thing.thread === next.thing.thread);
        assert.ok(!isIn, "two of one thread at once");
        waiting = waiting.filter((one) => one !== next);
        inside.push(next);
      }
      // No room is left while somebody could go.
      const busy = new Set(inside.map(({ thing }) => thing.thread));
      if (inside.length < 3) assert.ok(waiting.every(({ thing }) => busy.has(thing.thread)));
      const over = inside[roll(inside.length)];
      if (over && roll(3) > 0) {
        line.release(over);
        inside = inside.filter((one) => one !== over);
      }
      assert.equal(line.size, waiting.length);
    }
    for (const one of inside) line.release(one);
    const expected = waiting.toSorted((a, b) => line.before(a) - line.before(b));
    assert.deepEqual(
      expected.map((one) => line.before(one)),
      expected.map((_, index) => index),
    );
    for (const one of waiting) {
      const own = waiting.filter(({ thing }) => thing.thread === one.thing.thread).indexOf(one);
      assert.equal(line.beforeInThread(one), own);
    }
    const order: Waiting<Asked>[] = [];
    for (let next = line.next(); next; next = line.next()) {
      order.push(next);
      line.release(next);
    }
    assert.deepEqual(order, expected);
    for (const thread of new Set(order.map(({ thing }) => thing.thread))) {
      const numbers = order.filter(({ thing }) => thing.thread === thread).map(({ thing }) => thing.number);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
        "a thread goes in order",
      );
    }
  });
}

test("between two that always wait, no community and no person is ever more than one ahead", () => {
  const line = createFairLine<string>();
  const people = ["c:1 a", "c:1 b", "c:1 c", "c:2 d"];
  let number = 0;
  const add = (who: string) => {
    const community = who.slice(0, 3) as `c:${number}`;
    number += 1;
    line.add({ thread: `t:${number}`, user: who, community }, who);
  };
  // One has asked for fifty by the time the others come.
  for (let index = 0; index < 50; index += 1) add("c:1 a");
  for (const who of people) for (let index = 0; index < 30; index += 1) add(who);
  const served = new Map<string, number>();
  const took = (who: string) => served.get(who) ?? 0;
  for (let index = 0; index < 60; index += 1) {
    const next = line.next();
    assert.ok(next);
    for (const who of [next.thing, next.thing.slice(0, 3)]) served.set(who, took(who) + 1);
    assert.ok(Math.abs(took("c:1") - took("c:2")) <= 1);
    const own = ["c:1 a", "c:1 b", "c:1 c"].map(took);
    assert.ok(Math.max(...own) - Math.min(...own) <= 1);
  }
});

test("nothing is kept of those that have gone", () => {
  const line = createFairLine<number>();
  const { roll } = createDice(3);
  for (let index = 0; index < 100; index += 1) {
    const waiting = line.add({ thread: `t:${roll(3)}`, user: `u${roll(3)}` }, index);
    if (roll(2) === 0) line.delete(waiting);
    const next = line.next();
    if (next) line.release(next);
  }
  for (let next = line.next(); next; next = line.next()) line.release(next);
  assert.equal(line.size, 0);
  assert.ok([0, 1, 2].every((thread) => line.isFree(`t:${thread}`)));
});

test("those whose home is closed are passed over, keep their place, and go when it is open, or from another", () => {
  const line = createFairLine<string>();
  const add = (name: string, home: string, thread = name) =>
    line.add({ thread: `t:${thread}`, user: name, community: "c:1", home }, name);
  const [a, b] = [add("a", "h:1"), add("b", "h:2")];
  add("a2", "h:2", "a");
  line.setOpen("h:1", false);
  assert.equal(line.first(), b);
  assert.equal(line.next()?.thing, "b");
  assert.equal(line.next(), undefined, "one behind it in its thread does not overtake it");
  line.setOpen("h:1", true);
  assert.equal(line.first(), a);
  line.setOpen("h:1", false);
  line.move(a, "h:2");
  assert.equal(line.next()?.thing, "a");
  line.release(a);
  assert.equal(line.next()?.thing, "a2");
});

test("in its thread an earlier one goes first though it comes later, and nobody while somebody is at it", () => {
  const line = createFairLine<string>();
  const add = (name: string, at: number) =>
    line.add({ thread: "t:1", user: name, community: "c:1", at }, name);
  const atIt = line.occupy({ thread: "t:1", user: "z", community: "c:1" });
  add("second", 2);
  add("third", 3);
  const first = add("first", 1);
  assert.equal(line.next(), undefined);
  assert.equal(line.isFree("t:1"), false);
  assert.equal(line.beforeInThread(first), 1);
  line.release(atIt);
  for (const name of ["first", "second", "third"]) {
    const next = line.next();
    assert.equal(next?.thing, name);
    assert.equal(line.next(), undefined);
    if (next) line.release(next);
  }
  assert.ok(line.isFree("t:1"));
});
