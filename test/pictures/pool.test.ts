import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { toLimits } from "../../src/pictures/decoder/encode.ts";
import { fromFault, toFault } from "../../src/pictures/decoder/fault.ts";
import { UselessMask } from "../../src/pictures/picture.ts";
import { createPool, TooMuch } from "../../src/pictures/pool.ts";
import { BotError } from "../../src/seam/errors.ts";
import { keep, letGo, takeSpare } from "../../src/seam/spare.ts";
import { endlessSvg } from "../rig/bombs.ts";
import { flat, noise } from "../rig/pictures.ts";
import { limits } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

const ample = { ms: 30_000, mb: 400 };
const one = { mb: 1000, most: 1, patienceMs: 0, idleMs: 60_000, keptMs: 60_000 };

const slow = { name: "rasterise", args: [endlessSvg()] } as const;

async function quick() {
  return { name: "measure", args: [await flat("#456", 30, 20)] } as const;
}

/** What this process has started. Linux alone tells. */
async function children(): Promise<readonly number[]> {
  const told = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").catch(() => "");
  return told.split(" ").filter(Boolean).map(Number);
}

test("work comes back as it would from here", async () => {
  const pool = createPool(one);
  assert.deepEqual(await pool.run(await quick(), ample), { mediaType: "image/png", width: 30, height: 20 });
  const large = await noise(600, 400).png().toBuffer();
  const picture = { bytes: large, mediaType: "image/png" };
  const tight = { ...limits, bytes: 50_000 };
  assert.deepEqual(
    await pool.run({ name: "toLimits", args: [picture, tight] }, ample),
    await toLimits(picture, tight),
  );
});

test("a picture's memory is not taken from it while it is on its way to a process", async () => {
  const pool = createPool(one);
  const encoded = await noise(1200, 1200).png().toBuffer();
  const picture = takeSpare(encoded.length);
  keep(picture);
  picture.set(encoded);
  const measured = pool.run({ name: "measure", args: [picture] }, ample);
  letGo(picture);
  assert.equal(picture.length, encoded.length);
  assert.deepEqual(await measured, { mediaType: "image/png", width: 1200, height: 1200 });
  letGo(picture);
  assert.equal(picture.length, 0);
});

test("what takes too long ends, with its process; the next is done by another", async () => {
  const pool = createPool(one);
  const late = pool.run(slow, { ...ample, ms: 500 });
  const next = pool.run(await quick(), ample);
  await assert.rejects(late, TooMuch);
  assert.ok(await next);
});

test("what takes too much memory ends, also where it holds up its own process", async () => {
  const pool = createPool(one);
  const pixels = await noise(3000, 3000).png({ compressionLevel: 0 }).toBuffer();
  const putBack = {
    name: "putBack",
    args: [
      {
        drawn: { bytes: pixels, mediaType: "image/png" },
        original: { bytes: pixels, width: 3000, height: 3000 },
        mask: pixels,
      },
    ],
  } as const;
  await assert.rejects(pool.run(putBack, { ...ample, mb: 100 }), TooMuch);
  assert.ok(await pool.run(await quick(), ample));
});

test("all together stay below what there is, and the urgent goes first", async () => {
  const pool = createPool({ mb: 500, most: 3, patienceMs: 0, idleMs: 60_000, keptMs: 60_000 });
  const order: string[] = [];
  const stop = new AbortController();
  const held = pool.run(slow, { ...ample, mb: 400 }, stop.signal).catch(() => order.push("held"));
  const work = await quick();
  const large = pool.run(work, { ...ample, mb: 300 }).then(() => order.push("large"));
  const small = pool.run(work, { ...ample, mb: 100 }).then(() => order.push("small"));
  await pool.run(work, { ...ample, mb: 100, rank: 0 }).then(() => order.push("urgent"));
  assert.deepEqual(order, ["urgent"], "there is room for it, and for none that came before the large one");
  stop.abort();
  await Promise.all([held, large, small]);
  assert.equal(order[1], "held");
});

test("another process is started for what has waited for a while, and not before", async () => {
  const before = await children();
  const pool = createPool({ mb: 1000, most: 2, patienceMs: 300, idleMs: 60_000, keptMs: 60_000 });
  const stop = new AbortController();
  const held = pool.run(slow, ample, stop.signal).catch(() => {});
  const next = pool.run(await quick(), ample);
  const own = async () => (await children()).filter((pid) => !before.includes(pid)).length;
  const atOnce = await own();
  await next;
  assert.deepEqual([atOnce, await own()], [1, 2]);
  stop.abort();
  await held;
});

test("none is started where enough are at the same work, and another is for what is no such", async () => {
  const before = await children();
  const own = async () => (await children()).filter((pid) => !before.includes(pid)).length;
  const pool = createPool({ mb: 1000, most: 3, patienceMs: 0, idleMs: 60_000, keptMs: 60_000 });
  const stop = new AbortController();
  const modest = { ...ample, most: 1 };
  const held = pool.run(slow, modest, stop.signal).catch(() => {}); // as a large file is
  const next = pool.run(slow, modest, stop.signal).catch(() => {});
  assert.equal(await own(), 1);
  await pool.run(await quick(), modest);
  assert.equal(await own(), 2, "what came later is done meanwhile");
  stop.abort();
  await Promise.all([held, next]);
});

test("a process that is stopped together with the bot before it could begin is not its picture's fault", async () => {
  const [picture, before] = [await quick(), await children()];
  const work = createPool(one).run(picture, ample);
  // Those of other pools may end by themselves just then.
  const own = (await children()).filter((pid) => !before.includes(pid));
  assert.equal(own.length, process.platform === "linux" ? 1 : 0);
  for (const pid of own) process.kill(pid, "SIGINT");
  assert.deepEqual(await work, { mediaType: "image/png", width: 30, height: 20 });
});

test("no process is held when there has been nothing to do for long", async () => {
  const before = await children();
  const pool = createPool({ mb: 500, most: 2, patienceMs: 0, idleMs: 1, keptMs: 2 });
  const work = await quick();
  await Promise.all([pool.run(work, ample), pool.run(work, ample)]);
  const own = async () => (await children()).filter((pid) => !before.includes(pid));
  await until(async () => (await own()).length === 0, "both to end");
  assert.ok(await pool.run(work, ample), "another is started for who comes later");
});

describe("who cancels", () => {
  test("does not wait for what is done, nor for what comes before theirs", async () => {
    const pool = createPool(one);
    const [first, second] = [new AbortController(), new AbortController()];
    const running = pool.run(slow, ample, first.signal);
    const waiting = pool.run(slow, ample, second.signal);
    second.abort(new Error("cancelled"));
    await assert.rejects(waiting, /cancelled/);
    first.abort(new Error("cancelled, too"));
    await assert.rejects(running, /cancelled, too/);
    assert.ok(await pool.run(await quick(), ample));
  });

  test("before it began has nothing begun", async () => {
    const pool = createPool(one);
    await assert.rejects(pool.run(slow, ample, AbortSignal.abort(new Error("no"))), /no/);
  });
});

test("an error for people comes across as one, with what caused it for the log", () => {
  const over = (error: Error) => fromFault(structuredClone(toFault(error)));
  const useless = over(new UselessMask("bad_attachment", "The mask marks nothing."));
  assert.ok(useless instanceof UselessMask);
  const told = over(new BotError("bad_attachment", "It is damaged.", { cause: new Error("no IDAT") }));
  assert.ok(told instanceof BotError && told.code === "bad_attachment");
  assert.match(String(told.cause), /no IDAT/);
  const plain = over(new TypeError("x"));
  assert.ok(!(plain instanceof BotError) && plain.message === "x");
});
