import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createLog } from "../../../src/seam/log.ts";
import { openStore } from "../../../src/store/store.ts";
import { createAttendance } from "../../../src/turns/life/attendance.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { until } from "../../rig/until.ts";

const log = createLog("silent");
const minute = 60_000;

test("the next process hears where people spoke last, and since when nobody listened", async () => {
  const store = await openStore("memory:");
  let clock = 100 * minute;
  const open = (patienceMs = 10 * minute) => createAttendance(store, { patienceMs, log, now: () => clock });
  const first = open();
  first.begin("paper");
  assert.equal(await first.missed("paper"), undefined, "there was none before it");
  first.spoken("paper", "t:1", { channel: "c:1" });
  first.spoken("paper", "t:2", { channel: "c:1" });
  first.spoken("paper", "t:1", { channel: "c:1" });
  await first.end();

  clock += 2 * minute;
  const second = open();
  second.begin("paper");
  const missed = await second.missed("paper");
  assert.deepEqual(missed?.places, [
    { thread: "t:1", channel: "c:1" },
    { thread: "t:2", channel: "c:1" },
  ]);
  assert.equal(missed.forMs, 2 * minute + 10_000, "with what was said between two beats");
  assert.equal((await second.missed("paper", minute))?.forMs, minute + 10_000);

  clock += 60 * minute;
  assert.equal((await second.missed("paper"))?.forMs, 10 * minute, "not what is older than that");
  clock -= 120 * minute;
  assert.equal((await second.missed("paper"))?.forMs, 10 * minute, "the clock was set back");
  const deaf = open(0);
  deaf.begin("paper");
  assert.equal(await deaf.missed("paper"), undefined, "the operator does not want it");
  await Promise.all([second.end(), deaf.end()]);
});

test("a new place is noted at once: a killed process does not come to its next beat", async () => {
  const store = await openStore("memory:");
  const of = { patienceMs: 10 * minute, log, now: () => 5 * minute };
  const killed = createAttendance(store, of);
  killed.begin("paper");
  await killed.missed("paper");
  killed.spoken("paper", "t:1", { channel: "c:1" });
  const written = store.table("attended", z.unknown());
  await until(async () => (await written.get("paper")) !== undefined, "the note");
  const next = createAttendance(store, of);
  next.begin("paper");
  assert.deepEqual((await next.missed("paper"))?.places, [{ thread: "t:1", channel: "c:1" }]);
  await Promise.all([killed.end(), next.end()]);
});

test("places that are new at the same time share a write", async () => {
  const fragile = createFragileStore(await openStore("memory:"));
  let writes = 0;
  fragile.failWhen((_, call) => {
    if (call === "set") writes += 1;
    return false;
  });
  const attendance = createAttendance(fragile.store, { patienceMs: minute, log, now: () => minute });
  attendance.begin("paper");
  await attendance.missed("paper");
  for (let thread = 0; thread < 100; thread += 1) {
    attendance.spoken("paper", `t:${thread}`, { channel: "c:1" });
  }
  const written = fragile.store.table("attended", z.object({ places: z.array(z.unknown()) }));
  await until(async () => (await written.get("paper"))?.places.length === 100, "all to be written");
  assert.ok(writes <= 2, `${writes} writes`);
  await attendance.end();
});

test("no more places are kept than are looked at", async () => {
  const store = await openStore("memory:");
  const attendance = createAttendance(store, { patienceMs: minute, log, now: () => minute });
  attendance.begin("paper");
  await attendance.missed("paper");
  for (let index = 0; index < 500; index += 1) attendance.spoken("paper", `t:${index}`, { channel: "c:1" });
  const places = (await attendance.missed("paper", 1))?.places ?? [];
  assert.equal(places.length, 200);
  assert.equal(places[0]?.thread, "t:499");
  await attendance.end();
});

test("where people have spoken with one process, another looks", async () => {
  const store = await openStore("memory:");
  const of = { patienceMs: minute, log, now: () => minute };
  const [one, other] = [createAttendance(store, of), createAttendance(store, of)];
  for (const attendance of [one, other]) attendance.begin("paper");
  await one.missed("paper"); // it has read what was there
  await other.missed("paper");
  one.spoken("paper", "t:1", { channel: "c:1" });
  other.spoken("paper", "t:2", { channel: "c:2" });
  await Promise.all([one.end(), other.end()]);
  const found = await other.missed("paper", 1000);
  assert.deepEqual(found?.places.map(({ thread }) => thread).sort(), ["t:1", "t:2"]);
});

test("until when the process before was there is read when the store answers, where it does not at the start", async () => {
  const fragile = createFragileStore(await openStore("memory:"), { isAway: true });
  let clock = minute;
  const of = { patienceMs: 10 * minute, log, now: () => clock, wait: async () => {} };
  const before = createAttendance(fragile.store, of);
  before.begin("paper");
  await before.missed("paper");
  await before.end();
  clock = 3 * minute;
  let tries = 0;
  fragile.failWhen((_, call) => {
    if (call === "get") tries += 1;
    return call === "get" && tries < 4;
  });
  const next = createAttendance(fragile.store, of);
  next.begin("paper");
  const found = await next.missed("paper");
  assert.equal(found?.forMs, 2 * minute + 10_000);
  await next.end();
});
