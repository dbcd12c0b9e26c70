import assert from "node:assert/strict";
import { test } from "node:test";
import type { ThreadKey } from "../../src/seam/turn.ts";
import { createLanes, type Lanes } from "../../src/turns/lanes.ts";

/** A turn at the lanes, as it looks from outside. */
function enter(lanes: Lanes, thread: ThreadKey) {
  const stop = new AbortController();
  const places: number[] = [];
  const turn = {
    places,
    inside: false,
    refused: undefined as unknown,
    leave: () => {},
    stop: (reason: unknown) => stop.abort(reason),
  };
  lanes
    .enter(thread, stop.signal, (ahead) => places.push(ahead))
    .then(
      (leave) => Object.assign(turn, { inside: true, leave }),
      (refused: unknown) => Object.assign(turn, { refused }),
    );
  return turn;
}

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the turns of one thread go one after another, as they came", async () => {
  const lanes = createLanes(4);
  const [one, two, three] = [enter(lanes, "a:1"), enter(lanes, "a:1"), enter(lanes, "a:1")];
  await settled();
  assert.deepEqual([one.inside, two.inside, three.inside], [true, false, false]);
  assert.deepEqual([one.places, two.places, three.places], [[], [1], [2]]);
  one.leave();
  await settled();
  assert.deepEqual([two.inside, three.inside], [true, false]);
  assert.deepEqual(three.places, [2, 1]);
  two.leave();
  await settled();
  assert.ok(three.inside);
});

test("turns of other threads go at once, up to the limit", async () => {
  const lanes = createLanes(2);
  const turns = (["a:1", "a:2", "a:3", "a:4"] as const).map((thread) => enter(lanes, thread));
  await settled();
  assert.deepEqual(
    turns.map(({ inside }) => inside),
    [true, true, false, false],
  );
  assert.deepEqual(
    turns.map(({ places }) => places),
    [[], [], [1], [2]],
  );
  turns[1]?.leave();
  await settled();
  assert.deepEqual(
    turns.map(({ inside }) => inside),
    [true, true, true, false],
  );
  assert.deepEqual(turns[3]?.places, [2, 1]);
});

test("a thread that waits for itself holds up nobody else", async () => {
  const lanes = createLanes(2);
  const [first, second, other] = [enter(lanes, "a:1"), enter(lanes, "a:1"), enter(lanes, "a:2")];
  await settled();
  assert.deepEqual([first.inside, second.inside, other.inside], [true, false, true]);
});

test("who waits hears a place only when it changes", async () => {
  const lanes = createLanes(1);
  const [one, two] = [enter(lanes, "a:1"), enter(lanes, "a:2")];
  await settled();
  const late = enter(lanes, "a:3");
  await settled();
  assert.deepEqual([two.places, late.places], [[1], [2]]);
  one.leave();
  await settled();
  assert.deepEqual([two.places, late.places], [[1], [2, 1]]);
});

test("who gives up while waiting leaves the line, and those behind move up", async () => {
  const lanes = createLanes(1);
  const [one, two, three] = [enter(lanes, "a:1"), enter(lanes, "a:1"), enter(lanes, "a:1")];
  await settled();
  two.stop("changed my mind");
  await settled();
  assert.equal(two.refused, "changed my mind");
  assert.deepEqual(three.places, [2, 1]);
  one.leave();
  await settled();
  assert.deepEqual([two.inside, three.inside], [false, true]);
});

test("who has given up before is not let in", async () => {
  const lanes = createLanes(1);
  const gone = AbortSignal.abort("too late");
  await assert.rejects(
    lanes.enter("a:1", gone, () => assert.fail("no place")),
    (reason) => reason === "too late",
  );
  const next = enter(lanes, "a:1");
  await settled();
  assert.ok(next.inside);
});

test("giving up inside changes nothing: the turn leaves by itself", async () => {
  const lanes = createLanes(1);
  const [one, two] = [enter(lanes, "a:1"), enter(lanes, "a:2")];
  await settled();
  one.stop("cancelled");
  await settled();
  assert.equal(one.refused, undefined);
  assert.equal(two.inside, false);
  one.leave();
  await settled();
  assert.ok(two.inside);
});

test("to leave twice lets in one, not two", async () => {
  const lanes = createLanes(1);
  const [one, two, three] = [enter(lanes, "a:1"), enter(lanes, "a:1"), enter(lanes, "a:1")];
  await settled();
  one.leave();
  one.leave();
  await settled();
  one.leave();
  await settled();
  assert.deepEqual([two.inside, three.inside], [true, false]);
});

test("a hundred turns in ten threads all get their time, each thread in order, never more than the limit", async () => {
  const lanes = createLanes(3);
  const order: string[] = [];
  let [inside, most] = [0, 0];
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const thread = `a:${index % 10}` as const;
      const leave = await lanes.enter(thread, new AbortController().signal, () => {});
      inside += 1;
      most = Math.max(most, inside);
      await settled();
      order.push(`${thread}/${String(index).padStart(3, "0")}`);
      inside -= 1;
      leave();
    }),
  );
  assert.equal(most, 3);
  for (let thread = 0; thread < 10; thread += 1) {
    const own = order.filter((entry) => entry.startsWith(`a:${thread}/`));
    assert.deepEqual(own, own.toSorted());
    assert.equal(own.length, 10);
  }
});
