import assert from "node:assert/strict";
import { test } from "node:test";
import { createLanes } from "../../../src/fleet/embedded/lanes.ts";
import type { Lanes } from "../../../src/fleet/lanes.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { ThreadKey } from "../../../src/seam/turn.ts";

/** A turn at the lanes, as it looks from outside. */
function enter(
  lanes: Lanes,
  thread: ThreadKey,
  user = "somebody",
  community: ThreadKey = "a:home",
  { pictures, ...options }: { readonly resumed?: boolean; readonly pictures?: number } = {},
) {
  const stop = new AbortController();
  const places: number[] = [];
  const grown: number[] = [];
  const turn = {
    places,
    grown,
    inside: false,
    gone: false,
    refused: undefined as unknown,
    leave: () => {},
    stop: (reason: unknown) => stop.abort(reason),
  };
  lanes
    .enter(
      { thread, user, community, ...(pictures !== undefined && { pictures }) },
      stop.signal,
      (ahead, hasGrown) => {
        places.push(ahead);
        if (hasGrown) grown.push(ahead);
      },
      options,
    )
    .then(
      (leave) => Object.assign(turn, { inside: true, leave }),
      (refused: unknown) => Object.assign(turn, { refused }),
    );
  return turn;
}

type Turn = ReturnType<typeof enter>;

/** Lets those inside leave, one after the other, until nobody waits; the order in which the others came in. */
async function drain(inside: readonly Turn[], waiting: readonly Turn[]): Promise<readonly Turn[]> {
  const running = [...inside];
  const order: Turn[] = [];
  for (let turn = running.shift(); turn; turn = running.shift()) {
    await settled();
    turn.leave();
    await settled();
    const come = waiting.filter((one) => one.inside && !order.includes(one));
    order.push(...come);
    running.push(...come);
  }
  return order;
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
    lanes.enter({ thread: "a:1", user: "somebody" }, gone, () => assert.fail("no place")),
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
      const leave = await lanes.enter(
        { thread, user: `u${index % 7}` },
        new AbortController().signal,
        () => {},
      );
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

test("a person with a hundred requests waits behind everybody's first", async () => {
  const lanes = createLanes(1, { ofOne: 100 });
  const first = enter(lanes, "a:0");
  const many = Array.from({ length: 100 }, (_, index) => enter(lanes, `a:many/${index}`, "greedy"));
  const others = ["b", "c", "d"].map((user) => enter(lanes, `a:${user}`, user));
  const order = await drain([first], [...many, ...others]);
  assert.deepEqual(order, [many[0], ...others, ...many.slice(1)]);
});

test("a server of a hundred people leaves another server every other place", async () => {
  const lanes = createLanes(1);
  const first = enter(lanes, "a:0");
  const large = Array.from({ length: 100 }, (_, index) => enter(lanes, `a:${index}`, `u${index}`, "s:large"));
  const small = Array.from({ length: 3 }, (_, index) => enter(lanes, `b:${index}`, `v${index}`, "s:small"));
  const order = await drain([first], [...large, ...small]);
  const [one, two, three, ...rest] = large;
  assert.deepEqual(order, [one, small[0], two, small[1], three, small[2], ...rest]);
});

test("who waits gets there though others come for ever, each for the first time, two for each that goes", async () => {
  const lanes = createLanes(1, { all: 10_000 });
  let inside = enter(lanes, "a:0");
  const own = [1, 2, 3].map((index) => enter(lanes, `a:own/${index}`, "patient"));
  const come: Turn[] = [];
  for (let step = 0; !own.every((turn) => turn.inside); step += 1) {
    assert.ok(step < 100, "it never came to their turn");
    come.push(
      enter(lanes, `b:${step}`, `new ${step}`, `s:${step}`),
      enter(lanes, `c:${step}`, `more ${step}`),
    );
    await settled();
    const before = inside;
    before.leave();
    await settled();
    const next = [...own, ...come].find((turn) => turn.inside && !turn.gone);
    assert.ok(next);
    next.gone = true;
    inside = next;
  }
});

test("whose place has grown is told that it has", async () => {
  const lanes = createLanes(1);
  const one = enter(lanes, "a:0");
  const greedy = [1, 2, 3].map((index) => enter(lanes, `a:${index}`, "greedy"));
  const others = ["b", "c"].map((user) => enter(lanes, `a:${user}`, user));
  await settled();
  assert.deepEqual(
    [...greedy, ...others].map(({ places }) => places),
    [[1], [2], [3], [2], [3]],
  );
  one.leave();
  await settled();
  assert.deepEqual(
    [...greedy, ...others].map(({ places, grown }) => [places, grown]),
    [
      [[1], []],
      [[2, 3], [3]],
      [[3, 4], [4]],
      [[2, 1], []],
      [[3, 2], []],
    ],
  );
});

test("when it is full, who comes is told in how many minutes to come again, as things go", async () => {
  let now = 0;
  const lanes = createLanes(2, { all: 6 }, { now: () => now });
  const first = [0, 1].map((index) => enter(lanes, `a:${index}`));
  const waiting = [2, 3, 4, 5, 6, 7].map((index) => enter(lanes, `a:${index}`, `u${index}`));
  const refusal = async () => {
    const late = enter(lanes, "a:late", "late");
    await settled();
    assert.ok(late.refused instanceof BotError);
    assert.equal(late.refused.code, "busy");
    assert.deepEqual(late.places, []);
    return late.refused;
  };
  const { message, retryAfterMs } = await refusal();
  assert.equal(message, "I am full: 6 requests are waiting. Try again in about 3 minutes.");
  assert.equal(retryAfterMs, 180_000);
  now = 10 * 60_000; // so long the first two have taken
  for (const turn of first) turn.leave();
  const more = [8, 9].map((index) => enter(lanes, `a:${index}`, `u${index}`));
  assert.match((await refusal()).message, /in about 13 minutes\.$/);
  await drain(waiting.slice(0, 2), [...waiting.slice(2), ...more]);
  for (let round = 0; round < 30; round += 1) {
    const quick = enter(lanes, "a:quick");
    await settled();
    quick.leave();
  }
  for (let index = 0; index < 8; index += 1) enter(lanes, `c:${index}`, `w${index}`);
  assert.match((await refusal()).message, /in about 1 minute\.$/);
});

test("nobody fills the line alone", async () => {
  const lanes = createLanes(1, { ofOne: 2 });
  const [inside, one, two, three] = [0, 1, 2, 3].map((index) => enter(lanes, `a:${index}`, "greedy"));
  const elsewhere = enter(lanes, "b:1", "greedy", "s:other");
  const other = enter(lanes, "a:4", "other");
  await settled();
  assert.ok(inside && one && two && three);
  assert.ok(three.refused instanceof BotError && elsewhere.refused instanceof BotError);
  assert.equal(three.refused.code, "busy");
  const said = "You have 2 requests waiting. Ask again when some of them are drawn, or cancel one.";
  assert.equal(three.refused.message, said);
  assert.equal(other.refused, undefined);
  one.stop("no");
  const again = enter(lanes, "a:5", "greedy");
  assert.equal((await drain([inside], [two, other, again])).length, 3, "who leaves makes room");
});

test("a request for several pictures counts as that many", async () => {
  const lanes = createLanes(1, { ofOne: 5 });
  const wanted = (index: number, pictures: number, user = "greedy") =>
    enter(lanes, `a:${index}`, user, "a:home", { pictures });
  const inside = enter(lanes, "a:0", "somebody");
  const [four, three] = [wanted(1, 4), wanted(2, 3)];
  const one = wanted(3, 1);
  const another = wanted(4, 1);
  const alone = wanted(5, 9, "patient");
  const more = wanted(6, 1, "patient");
  await settled();
  assert.ok(three.refused instanceof BotError && another.refused instanceof BotError);
  assert.equal(
    three.refused.message,
    "You have 1 request for 4 pictures waiting. There is room for 1 more: ask for fewer, or ask again when some of them are drawn, or cancel one.",
  );
  assert.equal(
    another.refused.message,
    "You have 2 requests for 5 pictures waiting. Ask again when some of them are drawn, or cancel one.",
  );
  assert.equal(alone.refused, undefined, "or it could never be asked for");
  assert.ok(more.refused instanceof BotError);
  assert.equal((await drain([inside], [four, one, alone])).length, 3);
  const after = wanted(7, 4);
  await settled();
  assert.equal(after.refused, undefined, "what is over counts no more");
});

test("who asks for several pictures at once waits as long for the next as who asks one by one", async () => {
  const lanes = createLanes(1, { ofOne: 100 });
  const inside = enter(lanes, "x:0", "somebody");
  const order: string[] = [];
  const note = (name: string, turn: ReturnType<typeof enter>) => ({ name, turn });
  const turns = [
    note("four", enter(lanes, "a:1", "a", "s:1", { pictures: 4 })),
    note("four again", enter(lanes, "a:2", "a", "s:1", { pictures: 4 })),
    ...[1, 2, 3, 4, 5].map((index) => note(`b${index}`, enter(lanes, `b:${index}`, "b", "s:1"))),
  ];
  await settled();
  inside.leave();
  for (let left = turns.length; left > 0; left -= 1) {
    await settled();
    const at = turns.find(({ name, turn }) => turn.inside && !order.includes(name));
    assert.ok(at);
    order.push(at.name);
    at.turn.leave();
  }
  assert.deepEqual(order, ["four", "b1", "b2", "b3", "b4", "four again", "b5"]);
});

test("one thread is not filled without an end either, and what need not wait is not refused", async () => {
  const lanes = createLanes(4, { ofOne: 2 });
  const turns = [0, 1, 2, 3].map(() => enter(lanes, "a:1"));
  const other = enter(lanes, "a:2");
  await settled();
  assert.deepEqual(
    turns.map(({ refused }) => refused instanceof BotError),
    [false, false, false, true],
  );
  assert.ok(other.inside);
});

test("what a restart resumes is never refused", async () => {
  const lanes = createLanes(1, { all: 1, ofOne: 1 });
  const first = enter(lanes, "a:0");
  const resumed = [1, 2, 3].map((index) => enter(lanes, `a:${index}`, "u", "a:home", { resumed: true }));
  const late = enter(lanes, "a:4", "other");
  await settled();
  assert.ok(late.refused instanceof BotError);
  assert.equal((await drain([first], resumed)).length, 3);
});

test("of ten thousand that wait each hears a few words, few at a time, and what they hear comes true", async () => {
  const waiting = 10_000;
  const lanes = createLanes(1, { all: waiting });
  const inside: (() => void)[] = [];
  let [calls, left] = [0, 0];
  const told = Array.from(
    { length: waiting },
    () => [] as { readonly place: number; readonly left: number }[],
  );
  const wentAt: number[] = [];
  const signal = new AbortController().signal;
  for (let index = -1; index < waiting; index += 1) {
    const asker = { thread: `a:${index}`, user: `u${index % 700}`, community: `s:${index % 30}` } as const;
    const onPlace = (place: number) => {
      calls += 1;
      told[index]?.push({ place, left });
    };
    void lanes.enter(asker, signal, onPlace).then((leave) => {
      inside.push(leave);
      wentAt[index] = left;
    });
  }
  await settled();
  assert.equal(calls, waiting, "who comes tells nobody but itself");
  let most = 0;
  for (let leave = inside.pop(); leave; leave = inside.pop()) {
    const before = calls;
    left += 1;
    leave();
    await settled();
    most = Math.max(most, calls - before);
  }
  assert.equal(left, waiting + 1);
  assert.ok(most <= 64, `${most} heard of one change`);
  assert.ok(Math.max(...told.map(({ length }) => length)) <= 10 + Math.ceil(Math.log2(waiting)));
  for (const [index, words] of told.entries()) {
    const [, ...later] = words; // the first was before the others had come
    for (const { place, left: since } of later) assert.equal(since + place, wentAt[index]);
  }
});
