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
  const arrivals = createArrivals();
  arrivals.came(key(1));
  const { gone, wait } = follow(arrivals);
  await wait(1);
  assert.deepEqual(gone, [1]);
});

test("what was handed over goes on when all that came in has been, one in each turn of the loop", async () => {
  const arrivals = createArrivals(() => 0);
  for (const number of [1, 2, 3]) arrivals.came(key(number));
  const { gone, wait } = follow(arrivals);
  const all = [wait(1), wait(2)];
  for (let turn = 0; turn < 5; turn += 1) await tick();
  assert.deepEqual(gone, [], "the third is on its way");
  all.push(wait(3));
  const steps: number[] = [];
  while (gone.length < 3) {
    await tick();
    steps.push(gone.length);
  }
  assert.deepEqual(gone, [1, 2, 3]);
  assert.ok(steps.includes(1) && steps.includes(2), steps.join());
  await Promise.all(all);
});

test("what comes in meanwhile goes first", async () => {
  const arrivals = createArrivals(() => 0);
  for (const number of [1, 2, 3]) arrivals.came(key(number));
  const { gone, wait } = follow(arrivals);
  const all = [wait(1), wait(2), wait(3)];
  await all[0];
  arrivals.came(key(4));
  for (let turn = 0; turn < 5; turn += 1) await tick();
  assert.ok(gone.length < 3, gone.join());
  arrivals.went(key(4)); // nothing comes of it
  await Promise.all(all);
  assert.deepEqual(gone, [1, 2, 3]);
});

test("one whose acknowledgement hangs is waited for for a second, and then by nobody", async () => {
  let ms = 0;
  const arrivals = createArrivals(() => ms);
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
  const arrivals = createArrivals(() => ms);
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
