import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventKey } from "../../../src/seam/turn.ts";
import { createArrivals } from "../../../src/turns/life/arrivals.ts";
import { until } from "../../rig/until.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));
const key = (number: number): EventKey => `paper:event:${number}`;

/** Which of those who wait have gone on, in their order. */
function follow(arrivals: ReturnType<typeof createArrivals>) {
  const gone: number[] = [];
  const wait = (number: number) => {
    arrivals.went(key(number));
    return arrivals.calm().then(() => void gone.push(number));
  };
  return { gone, wait };
}

test("what is alone goes on at once", async () => {
  const arrivals = createArrivals(true);
  arrivals.came(key(1));
  const { gone, wait } = follow(arrivals);
  await wait(1);
  assert.deepEqual(gone, [1]);
});

test("what was handed over goes on when all that came in has been, some in each turn of the loop", async () => {
  const arrivals = createArrivals(true, () => 0);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  for (const number of numbers) arrivals.came(key(number));
  const { gone, wait } = follow(arrivals);
  const all = numbers.slice(0, -1).map(wait);
  for (let turn = 0; turn < 5; turn += 1) await tick();
  assert.deepEqual(gone, [], "the last is on its way");
  all.push(wait(19));
  const steps = new Set<number>();
  while (gone.length < numbers.length) {
    await tick();
    steps.add(gone.length);
  }
  assert.deepEqual(gone, numbers);
  assert.ok(steps.size >= 3, [...steps].join());
  await Promise.all(all);
});

test("what comes in meanwhile goes first", async () => {
  const arrivals = createArrivals(true, () => 0);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  for (const number of numbers) arrivals.came(key(number));
  const { gone, wait } = follow(arrivals);
  const all = numbers.map(wait);
  await all[0];
  arrivals.came(key(20));
  for (let turn = 0; turn < 5; turn += 1) await tick();
  assert.ok(gone.length < numbers.length, gone.join());
  arrivals.went(key(20)); // nothing comes of it
  await Promise.all(all);
  assert.deepEqual(gone, numbers);
});

test("one whose acknowledgement hangs is waited for for a second, and then by nobody", async () => {
  let ms = 0;
  const arrivals = createArrivals(true, () => ms);
  arrivals.came(key(1));
  const { gone, wait } = follow(arrivals);
  ms = 400;
  arrivals.came(key(2));
  void wait(2);
  await sleep(1);
  assert.deepEqual(gone, []);
  ms = 1001;
  arrivals.came(key(3));
  void wait(3);
  await until(() => gone.length === 2, "both");
});

test("under a flood each waits for a second at most", async () => {
  let ms = 0;
  const arrivals = createArrivals(true, () => ms);
  const { gone, wait } = follow(arrivals);
  let number = 1;
  arrivals.came(key(0));
  void wait(0);
  arrivals.came(key(number));
  void wait(-1);
  while (ms < 3000 && !gone.includes(-1)) {
    ms += 50;
    arrivals.came(key(number + 1));
    arrivals.went(key(number));
    number += 1;
    await tick();
  }
  assert.ok(gone.includes(-1) && ms <= 1100, `${ms} ms`);
});
