import assert from "node:assert/strict";
import { test } from "node:test";
import { createRate } from "../../../src/fleet/line/rate.ts";

test("as many begin in any sixty seconds as may, and the wait is until enough of them are past", () => {
  const rate = createRate(10);
  rate.took(4, 0);
  rate.took(4, 20_000);
  assert.equal(rate.waitMs(2, 30_000), 0);
  assert.equal(rate.waitMs(3, 30_000), 30_000);
  assert.equal(rate.waitMs(7, 30_000), 50_000);
  assert.equal(rate.waitMs(3, 60_000), 0);
});

test("what is more than a minute's begins when nothing else has", () => {
  const rate = createRate(3);
  assert.equal(rate.waitMs(8, 0), 0);
  rate.took(8, 0);
  assert.equal(rate.waitMs(1, 1000), 59_000);
  assert.equal(rate.waitMs(8, 60_000), 0);
});

test("what another has seen begin counts, whenever it is told", () => {
  const rate = createRate(4);
  rate.took(2, 50_000);
  rate.took(2, 10_000);
  assert.deepEqual(rate.recent(55_000), [
    { amount: 2, at: 10_000 },
    { amount: 2, at: 50_000 },
  ]);
  assert.equal(rate.waitMs(1, 55_000), 15_000);
  assert.equal(createRate(Number.POSITIVE_INFINITY).waitMs(1000, 0), 0);
});
