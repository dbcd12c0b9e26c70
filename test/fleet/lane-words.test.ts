import assert from "node:assert/strict";
import { test } from "node:test";
import { laneWords } from "../../src/fleet/bull/lane-words.ts";

test("a process of the version before, which expects nothing, is heard in a rolling update", () => {
  const turn = {
    id: "paper:1",
    ticket: 1,
    asker: { thread: "a:1", user: "u:ada" },
    isIn: true,
    isKnown: true,
  };
  const enrol = { kind: "enrol", from: "one/1", term: 1, atOnce: 4, turns: [turn], begun: [] };
  assert.deepEqual(laneWords.parse(enrol), { ...enrol, expected: [], unexpected: [] });
});
