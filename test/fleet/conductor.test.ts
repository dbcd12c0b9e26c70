import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type ConductorParts, createConductor } from "../../src/fleet/bull/conductor.ts";
import type { Enrolment, LaneTurn, LaneWord } from "../../src/fleet/bull/lane-words.ts";
import { createLog } from "../../src/seam/log.ts";
import type { EventKey } from "../../src/seam/turn.ts";

const term = 7;

/** One that conducts two processes, and the turns that it has let go so far. */
function conduct(t: { after(end: () => void): void }, open: ConductorParts["open"] = async () => []) {
  const told: LaneWord[] = [];
  const conductor = createConductor({
    ...{ term, open, mostGatherMs: 60_000, log: createLog("silent") },
    tell: (word) => void told.push(word),
    onNewer: () => assert.fail("there is no other"),
    present: async () => ["one/1", "two/1"],
  });
  t.after(conductor.close);
  return { ...conductor, went: () => told.flatMap((word) => (word.kind === "go" ? [word.id] : [])) };
}

function enrolment(from: string, more: Partial<Enrolment> = {}): Enrolment {
  const nothing = { turns: [], expected: [], unexpected: [], begun: [] };
  return { kind: "enrol", from, term, atOnce: 4, ...nothing, ...more };
}

function turnOf(id: EventKey, more: Partial<LaneTurn> = {}): LaneTurn {
  const asker = { thread: "a:1", user: "u:ada", at: Date.now() } as const;
  return { id, ticket: 1, asker, isIn: false, isKnown: false, ...more };
}

const noted = { key: "paper:1", adapter: "paper", thread: "a:1" } as const;

test("what the ledger has of a process that is gone goes first in its thread, though it is no turn yet", async (t) => {
  const { hear, went } = conduct(t, async () => [{ ...noted, at: Date.now() - 9000 }]);
  for (const from of ["one/1", "two/1"]) hear(enrolment(from));
  await setImmediate();
  hear({ kind: "enter", from: "two/1", term, turn: turnOf("paper:2") });
  assert.deepEqual(went(), []);
  hear({ kind: "enter", from: "one/1", term, turn: turnOf("paper:1") });
  assert.deepEqual(went(), ["paper:1"]);
  hear({ kind: "leave", from: "one/1", term, id: "paper:1", ticket: 1 });
  assert.deepEqual(went(), ["paper:1", "paper:2"]);
});

test("what a process knows to have come to nothing nobody waits for, whatever the ledger has, or who else says so", async (t) => {
  const { hear, went } = conduct(t, async () => [{ ...noted, at: Date.now() - 9000 }]);
  hear(enrolment("one/1", { unexpected: ["paper:1"] }));
  hear(enrolment("two/1", { expected: [{ id: "paper:1", thread: "a:1", agoMs: 9000 }] }));
  await setImmediate();
  hear({ kind: "expect", id: "paper:1", thread: "a:1", agoMs: 9000, isNew: false });
  hear({ kind: "enter", from: "two/1", term, turn: turnOf("paper:2") });
  assert.deepEqual(went(), ["paper:2"]);
});

test("what has left while all enrol is expected no more", async (t) => {
  const { hear, went } = conduct(t);
  hear({ kind: "expect", id: "paper:1", thread: "a:1", agoMs: 0, isNew: true });
  hear({ kind: "leave", from: "one/1", term, id: "paper:1", ticket: 1 });
  for (const from of ["one/1", "two/1"]) hear(enrolment(from)); // all that was told before is in it
  await setImmediate();
  hear({ kind: "enter", from: "two/1", term, turn: turnOf("paper:2") });
  assert.deepEqual(went(), ["paper:2"]);
});

test("what is said while all enrol goes before what came later, and is enrolled by then", async (t) => {
  const { hear, went } = conduct(t);
  hear(enrolment("one/1"));
  hear({ kind: "expect", id: "paper:1", thread: "a:1", agoMs: 0, isNew: true });
  hear({ kind: "enter", from: "one/1", term, turn: turnOf("paper:1") });
  await setTimeout(5);
  const turns = [turnOf("paper:2")];
  await setTimeout(5);
  const expected = [{ id: "paper:3", thread: "a:1", agoMs: 0 }] as const;
  hear(enrolment("two/1", { turns, expected }));
  await setImmediate();
  assert.deepEqual(went(), ["paper:1"]);
  hear({ kind: "leave", from: "one/1", term, id: "paper:1", ticket: 1 });
  assert.deepEqual(went(), ["paper:1", "paper:2"]);
});

test("which of two was said first neither the clocks of their processes decide nor how long noting took", async (t) => {
  const { hear, went } = conduct(t);
  for (const from of ["one/1", "two/1"]) hear(enrolment(from));
  await setImmediate();
  hear({ kind: "expect", id: "paper:1", thread: "a:1", agoMs: 0, isNew: true });
  hear({ kind: "expect", id: "paper:2", thread: "a:1", agoMs: 300, isNew: true });
  const early = { thread: "a:1", user: "u:ben", at: Date.now() - 1500 } as const; // its clock is behind
  hear({ kind: "enter", from: "two/1", term, turn: turnOf("paper:2", { asker: early }) });
  assert.deepEqual(went(), []);
  hear({ kind: "enter", from: "one/1", term, turn: turnOf("paper:1") });
  assert.deepEqual(went(), ["paper:1"]);
});
