import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextStep, type Parts } from "../../../src/fleet/leases/parts.ts";
import { createWitness } from "../../../src/fleet/leases/witness.ts";
import { createDice } from "../../rig/dice.ts";

describe("an even share", () => {
  test("is come to by every order of steps, and then nothing moves any more", () => {
    const { random, roll } = createDice(7);
    for (let round = 0; round < 300; round += 1) {
      const count = roll(12);
      const ids = Array.from({ length: 1 + roll(5) }, (_, index) => `m${index}`);
      let parts: Parts = { members: Object.fromEntries(ids.map((id) => [id, { beat: 1 }])), held: {} };
      for (let index = 0; index < count; index += 1)
        if (random() < 0.7) parts.held[index] = { by: ids[roll(ids.length)] ?? "" };
      const moves: number[] = [];
      for (let turn = 0; turn < 80; turn += 1) {
        const me = ids[roll(ids.length)] ?? "";
        const { take, leave } = nextStep(parts, me, count);
        assert.ok(leave.length <= 1, "one at a time");
        const held = { ...parts.held };
        for (const index of take) held[index] = { by: me };
        for (const index of leave) delete held[index];
        parts = { ...parts, held };
        if (take.length + leave.length > 0) moves.push(turn);
      }
      for (const me of ids) assert.deepEqual(nextStep(parts, me, count), { take: [], leave: [] });
      const has = ids.map((id) => Object.values(parts.held).filter(({ by }) => by === id).length);
      assert.ok(Math.max(...has) - Math.min(...has) <= 1, JSON.stringify({ count, has }));
      assert.equal(Object.keys(parts.held).length, count, "all are had");
    }
  });
});

describe("who is leaving", () => {
  test("has no share any more, and what it has is to come", () => {
    const members = { a: { beat: 1 }, b: { beat: 1, leaving: true as const } };
    const held = { 0: { by: "a" }, 1: { by: "b" } };
    assert.deepEqual(nextStep({ members, held }, "a", 2), { take: [], leave: [] });
    assert.deepEqual(nextStep({ members, held: { 0: { by: "a" } } }, "a", 2), { take: [1], leave: [] });
  });
});

describe("a witness", () => {
  test("takes for gone who was silent for a lease, while it looked", () => {
    let now = 0;
    const witness = createWitness(8000, () => now);
    const look = (beats: Record<string, number>) => {
      const members = Object.fromEntries(Object.entries(beats).map(([id, beat]) => [id, { beat }]));
      const alive = Object.keys(witness.alive(members, "me"));
      witness.looked();
      return alive;
    };
    assert.deepEqual(look({ me: 1, other: 5 }), ["other"]);
    for (now = 1000; now < 8000; now += 1000) assert.deepEqual(look({ me: 1, other: 5 }), ["other"]);
    now = 8000;
    assert.deepEqual(look({ me: 1, other: 5 }), []);
    assert.deepEqual(look({ me: 1, other: 6 }), ["other"], "it was only slow");
  });

  test("who was away itself says nothing of others", () => {
    let now = 0;
    const witness = createWitness(8000, () => now);
    witness.alive({ other: { beat: 5 } }, "me");
    witness.looked();
    now = 60_000; // the store was away, or this process was stopped
    assert.deepEqual(Object.keys(witness.alive({ other: { beat: 5 } }, "me")), ["other"]);
  });
});
