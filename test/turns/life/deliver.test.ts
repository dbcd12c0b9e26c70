import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createSpool } from "../../../src/pictures/spool.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { View } from "../../../src/seam/view.ts";
import type { OpenTurn } from "../../../src/store/open-turn.ts";
import { createDeliver, type Last } from "../../../src/turns/life/deliver.ts";
import { putAside } from "../../../src/turns/life/last-view.ts";
import { createFolder } from "../../rig/process.ts";

const silent = createLog("silent");
const never = new AbortController().signal;

const view: View = {
  ...{ phase: "done", text: "Here.", notes: [], actions: ["edit"] },
  images: [{ name: "a.png", mediaType: "image/png", bytes: Uint8Array.of(1, 2, 3), alt: "A fox" }],
  files: [{ name: "a.svg", mediaType: "image/svg+xml", bytes: Uint8Array.of(4, 5), alt: "A fox" }],
};

function turn(endedAt: number): OpenTurn {
  return {
    ...{ message: "m:1", adapter: "paper", thread: "t:1", user: { id: "u:ada", name: "Ada" }, text: "a fox" },
    ...{ options: {}, notes: [], mustDraw: false, attachments: 0, acceptedAt: 0, endedAt },
  };
}

test("what cannot be shown is shown later, whole, and is not held in memory meanwhile", async (t) => {
  const spool = await createSpool(await createFolder(t));
  const waits: number[] = [];
  const last: Last = { turn: turn(0), view, aside: await putAside(view, "paper:ada", spool) };
  const held: number[] = [];
  const deliver = createDeliver(
    spool,
    () => 0,
    async (ms) => {
      waits.push(ms);
      held.push((last.view?.images.length ?? 0) + (last.view?.files?.length ?? 0));
    },
  );
  const shown: View[] = [];
  let left = 0;
  const again = async (one: View) => {
    if (waits.length < 9) throw new Error("503");
    shown.push(one);
  };
  await deliver(last, { first: again, again, leave: () => void left++, handOn: never }, never, silent);
  assert.deepEqual(
    shown,
    [view].map((one) => ({ ...one, images: shown[0]?.images, files: shown[0]?.files })),
  );
  assert.deepEqual([...(shown[0]?.images[0]?.bytes ?? [])], [1, 2, 3]);
  assert.deepEqual([...(shown[0]?.files?.[0]?.bytes ?? [])], [4, 5]);
  assert.equal(shown[0]?.images[0]?.alt, "A fox");
  assert.deepEqual(
    held,
    Array.from({ length: 9 }, () => 0),
  );
  assert.deepEqual(waits, [1000, 5000, 15_000, 30_000, 60_000, 120_000, 300_000, 300_000, 300_000]);
  assert.equal(left, 1, "others wait for the first try alone");
});

test("of many that wait, four are in memory at once, and all are shown", async (t) => {
  const spool = await createSpool(await createFolder(t));
  const deliver = createDeliver(spool, () => 0);
  const aside = await putAside(view, "paper:ada", spool);
  const order: number[] = [];
  let [atOnce, most] = [0, 0];
  const all = Array.from({ length: 20 }, (_, index) => {
    const first = async (one: View) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      assert.equal(one.images.length, 1);
      order.push(index);
      await setImmediate();
      atOnce -= 1;
    };
    const last: Last = { turn: turn(0), view: { ...view, images: [] }, aside, isWaiting: true };
    return deliver(last, { first, again: first, leave() {}, handOn: never }, never, silent);
  });
  await Promise.all(all);
  assert.equal(most, 4);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...Array(20).keys()],
  );
});

test("after a night it is given up, and the reason said", async (t) => {
  const spool = await createSpool(await createFolder(t));
  let clock = 0;
  const deliver = createDeliver(
    spool,
    () => clock,
    async (ms) => {
      clock += ms;
    },
  );
  let tries = 0;
  const refuse = async () => {
    tries += 1;
    throw new Error("403");
  };
  await assert.rejects(
    deliver(
      { turn: turn(0), view },
      { first: refuse, again: refuse, leave() {}, handOn: never },
      never,
      silent,
    ),
    /403/,
  );
  assert.ok(clock > 12 * 3600 * 1000 && clock < 13 * 3600 * 1000);
  assert.ok(tries < 200, "it is tried seldom");
});

test("a file that was not written to the end is none", async (t) => {
  const folder = await createFolder(t);
  const spool = await createSpool(folder);
  const id = await spool.put(Uint8Array.of(1, 2, 3), "paper:ada");
  assert.deepEqual([...((await spool.get(id)) ?? [])], [1, 2, 3]);
  const { truncate } = await import("node:fs/promises");
  await truncate(`${folder}/${id}`, 2);
  assert.equal(await spool.get(id), undefined);
  assert.equal(await spool.get(`../${id}`), undefined, "no other folder is read");
  await spool.delete(id);
  await spool.delete(id);
});

test("what the last process has left goes, but for what is wanted, and where that is not known after two days", async (t) => {
  const folder = await createFolder(t);
  const before = await createSpool(folder);
  const ids = [
    await before.put(Uint8Array.of(1), "paper:ada"),
    await before.put(Uint8Array.of(2), "paper:ada"),
  ] as const;
  const later = (hours: number) => createSpool(folder, () => Date.now() + hours * 3600 * 1000);
  const there = async () => Promise.all(ids.map((id) => before.has(id)));
  await (await later(47)).sweep([], false);
  assert.deepEqual(await there(), [true, true], "somebody may want it");
  await (await later(49)).sweep([ids[0]], false);
  assert.deepEqual(
    await there(),
    [true, false],
    "a picture that is wanted waits for as long as the bot is away",
  );
  const now = await createSpool(folder);
  const fresh = await now.put(Uint8Array.of(3), "paper:ada");
  await now.sweep([], true);
  assert.deepEqual([await now.has(ids[0]), await now.has(fresh)], [false, true]);
});
