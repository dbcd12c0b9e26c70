import assert from "node:assert/strict";
import { test } from "node:test";
import { createRanked, type Rank } from "../../../src/fleet/line/ranked.ts";
import { createDice } from "../../rig/dice.ts";

test("a thousand things that come and go stand as a sorted list has them", () => {
  const { roll, random } = createDice(1);
  const ranked = createRanked<Rank>(random);
  let list: { readonly rank: Rank; isOpen: boolean }[] = [];
  for (let number = 0; number < 1000; number += 1) {
    const rank = { round: roll(20), number };
    const isOpen = roll(3) === 0;
    ranked.add(rank, rank, isOpen);
    list.push({ rank, isOpen });
    list.sort((a, b) => a.rank.round - b.rank.round || a.rank.number - b.rank.number);
    const one = list[roll(list.length)];
    assert.ok(one);
    if (roll(2) === 0) {
      ranked.delete(one.rank);
      list = list.filter((other) => other !== one);
    } else {
      one.isOpen = roll(2) === 0;
      ranked.setOpen(one.rank, one.isOpen);
    }
    assert.equal(ranked.size, list.length);
    assert.equal(ranked.open, list.filter((other) => other.isOpen).length);
    assert.equal(ranked.firstOpen(), list.find((other) => other.isOpen)?.rank);
    const any = list[roll(list.length)];
    if (any) assert.equal(ranked.before(any.rank), list.indexOf(any));
  }
});

test("eight times as many take a few comparisons more", () => {
  const perCall = (things: number) => {
    const { roll, random } = createDice(2);
    let comparisons = 0;
    const ranked = createRanked<number>(random);
    const ranks = Array.from({ length: things }, (_, number) => {
      const round = roll(things);
      return {
        number,
        get round() {
          comparisons += 1;
          return round;
        },
      };
    });
    for (const rank of ranks) ranked.add(rank, rank.number, false);
    for (const rank of ranks) ranked.setOpen(rank, true);
    for (const rank of ranks) ranked.before(rank);
    for (const rank of ranks) ranked.delete(rank);
    assert.equal(ranked.size, 0);
    return comparisons / 2 / (4 * things);
  };
  const [few, many] = [perCall(1000), perCall(8000)];
  assert.ok(few < 2 * Math.log2(1000), `${few} comparisons a call`);
  assert.ok(many - few < 2 * Math.log2(8), `${few} comparisons a call, then ${many}`);
});
