import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createGate, type Gate, type Pass } from "../../../src/fleet/line/gate.ts";

interface Came {
  readonly name: string;
  readonly places: (readonly [number, number?])[];
  readonly pass: () => Pass;
  goes: number;
}

function hearsOf(came: Came) {
  return {
    go: () => {
      came.goes += 1;
    },
    place: (ahead: number, _: boolean, startsInMs?: number) =>
      came.places.push(startsInMs === undefined ? [ahead] : [ahead, startsInMs]),
  };
}

function come(
  gate: Gate,
  name: string,
  home: string,
  more: { thread?: string; pictures?: number } = {},
): Came {
  let pass: Pass | undefined;
  const came: Came = { name, places: [], goes: 0, pass: () => pass ?? assert.fail() };
  const { thread = name, pictures = 1 } = more;
  const asker = { thread: `t:${thread}` as const, user: name, community: "c:1" as const, home, pictures };
  pass = gate.come(asker, hearsOf(came));
  return came;
}

test("each home has its room, and all of them together another", () => {
  const gate = createGate({ atOnce: 3 });
  gate.setHome("h:1", 1);
  gate.setHome("h:2", 5);
  const [a, b, c] = [come(gate, "a", "h:1"), come(gate, "b", "h:1"), come(gate, "c", "h:2")];
  const [d, e] = [come(gate, "d", "h:2"), come(gate, "e", "h:2")];
  assert.deepEqual([a.goes, b.goes, c.goes, d.goes, e.goes], [1, 0, 1, 1, 0]);
  gate.leave(c.pass());
  assert.deepEqual([b.goes, e.goes], [0, 1], "b stands before e, and its home is full");
  gate.leave(a.pass());
  assert.equal(b.goes, 1);
  gate.leave(b.pass());
  gate.leave(b.pass());
  assert.equal(gate.inside, 2);
});

test("what waits where all are at work could go where there is room, as many as there is room for", () => {
  const gate = createGate({ atOnce: 4 });
  gate.setHome("h:1", 1);
  gate.setHome("h:2", 2);
  gate.setHome("h:3", 1);
  const [, b, c, d] = ["a", "b", "c", "d"].map((name) => come(gate, name, "h:1"));
  come(gate, "e", "h:1", { thread: "a" }); // waits for its thread
  const could = () => gate.elsewhere().map(({ pass, home }) => [pass.asker.user, home]);
  assert.deepEqual(could(), [
    ["b", "h:2"],
    ["c", "h:2"],
    ["d", "h:3"],
  ]);
  gate.move(b?.pass() ?? assert.fail(), "h:2", hearsOf(b ?? assert.fail()));
  assert.equal(b?.goes, 1);
  const f = come(gate, "f", "h:2");
  assert.equal(f.goes, 1);
  assert.deepEqual(could(), [["c", "h:3"]]);
  gate.move(c?.pass() ?? assert.fail(), "h:3", hearsOf(c ?? assert.fail()));
  assert.deepEqual([could(), d?.goes], [[], 0], "there is no room for more over all");
});

test("what was at a home that is gone makes room, keeps its thread, and goes first when it is elsewhere", () => {
  const gate = createGate({ atOnce: 1 });
  gate.setHome("h:1", 1);
  gate.setHome("h:2", 1);
  const a = come(gate, "a", "h:1", { thread: "same" });
  const b = come(gate, "b", "h:2", { thread: "same" });
  const c = come(gate, "c", "h:1");
  const d = come(gate, "d", "h:2");
  gate.removeHome("h:1");
  for (const gone of [a, c]) gate.orphan(gone.pass());
  assert.deepEqual([b.goes, c.goes, d.goes], [0, 0, 1], "b waits for a, c for a home");
  gate.move(a.pass(), "h:2", hearsOf(a));
  gate.move(c.pass(), "h:2", hearsOf(c));
  assert.equal(a.goes, 1, "there is no room yet");
  gate.leave(d.pass());
  assert.deepEqual([a.goes, b.goes, c.goes], [2, 0, 0]);
  gate.leave(a.pass());
  assert.deepEqual([b.goes, c.goes], [1, 0], "everybody's place is as it was");
  gate.leave(b.pass());
  assert.equal(c.goes, 1);
});

test("what is in already keeps its room and its thread", () => {
  const gate = createGate({});
  gate.setHome("h:1", 1);
  const kept = gate.keep(
    { thread: "t:x", user: "x", home: "h:1" },
    {
      go: () => assert.fail(),
      place: () => assert.fail(),
    },
  );
  const a = come(gate, "a", "h:1");
  gate.setHome("h:2", 1);
  const x = come(gate, "x", "h:2", { thread: "x" });
  assert.deepEqual([a.goes, x.goes], [0, 0]);
  gate.leave(kept);
  assert.deepEqual([a.goes, x.goes], [1, 1]);
});

test("no more pictures begin in a minute than may, and who waits for that is told for how long", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  try {
    const gate = createGate({ atOnce: 9, perMinute: 4 });
    gate.setHome("h:1", 9);
    const a = come(gate, "a", "h:1", { pictures: 3 });
    mock.timers.tick(10_000);
    const [b, c] = [come(gate, "b", "h:1", { pictures: 2 }), come(gate, "c", "h:1")];
    assert.deepEqual([a.goes, b.goes, c.goes], [1, 0, 0], "nobody overtakes who waits for more");
    assert.deepEqual([b.places, c.places], [[[1, 50_000]], [[2, 65_000]]]);
    mock.timers.tick(49_999);
    assert.equal(b.goes, 0);
    mock.timers.tick(1);
    assert.deepEqual([b.goes, c.goes], [1, 1]);
    gate.close();
  } finally {
    mock.timers.reset();
  }
});
