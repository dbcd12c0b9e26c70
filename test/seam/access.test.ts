import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSeldom } from "../../src/seam/bounded.ts";
import { type Access, type Barrier, barrierAt, openAccess } from "../../src/seam/trust/access.ts";
import type { Place } from "../../src/seam/turn.ts";

const room: Place = { channel: "p:room", community: "p:house" };
const attic: Place = { channel: "p:attic", community: "p:house" };
const abroad: Place = { channel: "p:hall", community: "p:abroad" };
const guest: Place = { ...room, from: "p:abroad" };
const direct: Place = { channel: "p:ada", kind: "direct" };
const directOfGuest: Place = { channel: "p:eve", community: "p:house", from: "p:abroad", kind: "direct" };
const carried: Place = { channel: "p:train", kind: "carried" };
const carriedAbroad: Place = { ...abroad, kind: "carried" };
const all = { room, attic, abroad, guest, direct, directOfGuest, carried, carriedAbroad };

describe("where people may use the bot", () => {
  const house = { communities: ["p:house"] } as const;
  const inRoom = { channels: ["p:room"] } as const;
  const shut = { direct: false, carried: false };
  const cases: readonly [string, Access, Partial<Record<keyof typeof all, Barrier>>][] = [
    ["everywhere unless said", openAccess, {}],
    ["no direct messages", { direct: false, carried: true }, { direct: "direct", directOfGuest: "direct" }],
    ["not by people's own installations", { direct: true, carried: false }, both("carried")],
    [
      "some communities",
      { ...house, ...shut },
      {
        ...{ abroad: "community", guest: "community", direct: "direct", directOfGuest: "direct" },
        ...both("carried"),
      },
    ],
    [
      "some communities, and what belongs to none",
      { ...house, ...openAccess },
      { abroad: "community", guest: "community", directOfGuest: "community" },
    ],
    [
      "some channels",
      { ...inRoom, ...shut },
      {
        ...{ attic: "channel", abroad: "channel", direct: "direct", directOfGuest: "direct" },
        ...both("carried"),
      },
    ],
    [
      "some channels of some communities",
      { ...house, channels: ["p:room", "p:hall"], ...openAccess },
      { attic: "channel", abroad: "community", guest: "community", directOfGuest: "community" },
    ],
    [
      "a channel of theirs that is none",
      { channels: ["p:train"], direct: true, carried: false },
      {
        ...{ room: "channel", attic: "channel", abroad: "channel", guest: "channel" },
        ...both("carried"),
      },
    ],
  ];
  for (const [what, access, barriers] of cases) {
    test(what, () => {
      for (const [name, place] of Object.entries(all)) {
        assert.equal(barrierAt(access, place), barriers[name as keyof typeof all], name);
      }
    });
  }
});

test("what is said seldom is said once in so long for each, and so many times for all", () => {
  let time = 0;
  const maySay = createSeldom({ everyMs: 100, most: 3, now: () => time });
  assert.deepEqual(["a", "a", "b", "c", "d", "a"].map(maySay), [true, false, true, true, false, false]);
  time = 99;
  assert.equal(maySay("a"), false);
  time = 100;
  assert.deepEqual(["a", "d", "d"].map(maySay), [true, true, false]);
});

function both(barrier: Barrier) {
  return { carried: barrier, carriedAbroad: barrier };
}
