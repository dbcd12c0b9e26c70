import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createUploads, type Uploads } from "../../../../adapters/slack/live/uploads/uploads.ts";
import { createHearers } from "../../../../src/fleet/hearers.ts";
import type { Bus } from "../../../../src/seam/bus.ts";
import type { ListedKeep } from "../../../../src/seam/core.ts";
import { showWhile } from "../../../../src/seam/held.ts";
import { createLog } from "../../../../src/seam/log.ts";
import { createKeep } from "../../../rig/no-core.ts";
import { until } from "../../../rig/until.ts";

const hourMs = 3_600_000;
const log = createLog("silent");

/** The bus of all of one test, on a server that can be away; and none for one process alone. */
function createBus(): Bus & { readonly miss: () => void } {
  const hearers = createHearers(log);
  return {
    ...{ hear: hearers.hear, onMissed: hearers.onMissed, miss: hearers.missed },
    tell: async (topic, body) => hearers.heard(topic, JSON.parse(JSON.stringify(body))),
    close: async () => {},
  };
}

const open = (keep: ListedKeep, hours = 0, bus: Bus | undefined = createBus()) =>
  createUploads(keep, { log, now: () => hours * hourMs, bus });
const of = (owner: string, at = 0) => ({ owner, digest: `in ${owner}`, at });

test("what several processes upload at the same time is all noted", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await Promise.all([one.note(["F1"], of("a")), other.note(["F2"], of("b")), one.note(["F3"], of("a"))]);
  const next = open(keep);
  assert.deepEqual([...(await next.left("a")).keys()], ["F1", "F3"]);
  assert.deepEqual([...(await next.left("b")).keys()], ["F2"]);
});

test("whoever takes an answer over finds what was uploaded for it, and forgets it for good", async () => {
  const keep = createKeep();
  const before = open(keep);
  await before.note(["F1", "F2"], of("a"));
  const next = open(keep);
  assert.equal(await next.find("a", "in a"), "F1");
  await next.note(["F1"], of("a"));
  assert.deepEqual([...(await next.left("a")).keys()], ["F2"], "what is noted again is its own");
  next.forget("a", ["F1", "F2"]);
  await next.close();
  const last = open(keep);
  assert.equal((await last.left("a")).size, 0);
});

test("who comes to others that are at work leaves what they may be about to show", async () => {
  for (const [isShared, hours, found] of [
    [false, 0, ["F1"]],
    [true, 1, []],
    [true, 25, ["F1"]],
  ] as const) {
    const keep = createKeep();
    await open(keep).note(["F1"], of("a"));
    const next = isShared ? open(keep, hours) : createUploads(keep, { log, now: () => 0 });
    assert.deepEqual([...(await next.allLeft()).keys()], found);
  }
});

test("whoever takes an answer over finds what was uploaded since it looked at all of them", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await one.note(["F1"], { ...of("a"), digest: "a sketch" });
  await other.allLeft();
  await one.note(["F2"], { ...of("a"), digest: "the picture" });
  await other.reread("a", new Set());
  assert.equal(await other.find("a", "the picture"), "F2");
  await other.note(["F1"], { ...of("a"), digest: "a sketch" });
  await other.reread("a", new Set(["F1"]));
  assert.deepEqual([...(await other.left("a")).keys()], ["F2"], "what is its own stays so");
});

test("what could not be noted is when the process ends, and taken away a day after by whoever starts", async () => {
  const keep = createKeep();
  let isAway = true;
  const set: ListedKeep["set"] = async (...given) => {
    if (isAway) throw new Error("the store is away");
    await keep.set(...given);
  };
  const one = open({ ...keep, set });
  await assert.rejects(one.note(["F1"], of("a")));
  isAway = false;
  await one.close();
  assert.equal((await open(keep, 23).allLeft()).size, 0);
  assert.deepEqual([...(await open(keep, 25).allLeft()).keys()], ["F1"]);
});

test("who loses an answer and takes it over again finds what it had uploaded itself", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await one.note(["F1"], { ...of("a"), digest: "the picture" });
  await one.note(["F2"], { ...of("b"), digest: "another's" });
  await other.reread("a", new Set());
  await one.reread("a", new Set());
  assert.equal(await one.find("a", "the picture"), "F1");
  assert.deepEqual([...(await one.left("a")).keys()], ["F1"]);
  assert.equal((await one.left("b")).size, 0, "it is at that still");
});

test("what several note of one answer stays noted, whoever writes last", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await one.note(["F1"], of("a"));
  await other.reread("a", new Set());
  await one.note(["F2"], of("a"));
  await other.note(["F3"], of("a"));
  other.forget("a", ["F1"]);
  await other.close();
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F2", "F3"]);
});

test("what could not be noted while the store was away is as soon as it is back", async () => {
  const keep = createKeep();
  const bus = createBus();
  let isAway = true;
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isAway) throw new Error("the store is away");
    return work();
  };
  const fragile: ListedKeep = {
    ...keep,
    get: (...given) => guarded(() => keep.get(...given)),
    set: (...given) => guarded(() => keep.set(...given)),
  };
  const one = open(fragile, 0, bus);
  await assert.rejects(one.note(["F1"], of("a")));
  isAway = false;
  bus.miss();
  await until(async () => (await open(keep).left("a")).has("F1"), "it to be noted");
});

test("what a server has lost of its last writes it is given again by those that are left", async () => {
  const kept = new Map<string, unknown>();
  const keep: ListedKeep = {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, structuredClone(value)),
    delete: async (key) => void kept.delete(key),
    async *keys(start) {
      yield [...kept.keys()].filter((key) => key.startsWith(start));
    },
  };
  const bus = createBus();
  const [gone, other] = [open(keep, 0, bus), open(keep, 0, bus)];
  await gone.note(["F1"], of("b"));
  const before = structuredClone(kept);
  await gone.note(["F2"], of("a"));
  gone.forget("b", ["F1"]);
  await gone.close();
  kept.clear();
  for (const [key, value] of before) kept.set(key, value);
  bus.miss();
  await until(async () => kept.size === 1, "it to be put back");
  assert.deepEqual([...(await other.left("a")).keys()], ["F2"]);
  assert.deepEqual([...(await other.left("b")).keys()], [], "what is gone does not come back");
});

test("what the server has of others since is not overwritten by what one knows by heart", async () => {
  const keep = createKeep();
  const [bus, apart] = [createBus(), createBus()];
  const one = open(keep, 0, bus);
  await one.note(["F1"], of("a"));
  await open(keep, 1, apart).note(["F2"], of("a"));
  bus.miss();
  await setImmediate();
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F1", "F2"]);
});

test("whoever shows anew what another has shown finds its files, and may take them away", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await one.note(["F1"], of("a"));
  one.settle("a", ["F1"]);
  await one.close();
  await other.reread("a", new Set());
  assert.equal(await other.find("a", "in a"), "F1");
  await other.note(["F2"], { ...of("a"), digest: "another" });
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F1", "F2"], "it is not over any more");
  other.settle("a", ["F2"]);
  assert.deepEqual([...(await other.left("a")).keys()], ["F1", "F2"]);
  other.forget("a", ["F1"]);
  await other.close();
  const next = open(keep, 25);
  assert.deepEqual([...(await next.left("a")).keys()], ["F2"]);
  assert.equal((await next.allLeft()).size, 0, "what is shown is nobody's to take away");
});

test("an answer that is shown anew with nothing leaves what was shown to be taken away", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  await one.note(["F1"], of("a"));
  one.settle("a", ["F1"]);
  await one.close();
  other.settle("a", []);
  assert.deepEqual([...(await other.left("a")).keys()], ["F1"]);
  await other.close();
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F1"], "and by whoever comes after it");
});

/** Notes something while it shows an answer that is its own as long as `isLost` is not called. */
async function noteHeld(uploads: Uploads, ids: readonly string[], owner: string): Promise<() => void> {
  let isLost = false;
  const check = () => {
    if (isLost) throw new Error("it is another's");
  };
  await showWhile(check, () => uploads.note(ids, of(owner)));
  return () => {
    isLost = true;
  };
}

test("who has lost an answer knows which of its files whoever ended it does not show", async () => {
  const keep = createKeep();
  const one = open(keep);
  const lose = await noteHeld(one, ["F1", "F2"], "a");
  (await noteHeld(one, ["F3"], "b"))();
  assert.equal((await one.lost(0)).size, 0, "nobody has ended it");
  const other = open(keep);
  await other.reread("a", new Set());
  await other.note(["F2"], of("a"));
  other.settle("a", ["F2"]);
  await other.close();
  assert.equal((await one.lost(0)).size, 0, "it does not know that it has lost it");
  lose();
  assert.equal((await one.lost(1)).size, 0, "it is too early");
  assert.deepEqual([...(await one.lost(0)).keys()], ["F1"]);
  one.forget("a", ["F1"]);
  await one.close();
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F2"]);
  assert.deepEqual([...(await open(keep).left("b")).keys()], ["F3"]);
});

test("what is at an answer again is not lost, whoever had ended it", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  other.settle("a", []);
  await other.close();
  await one.reread("a", new Set());
  (await noteHeld(one, ["F1"], "a"))();
  assert.equal((await one.lost(0)).size, 0);
});

test("what a process leaves it does not see to again, and stays noted", async () => {
  const keep = createKeep();
  const [one, other] = [open(keep), open(keep)];
  const lose = await noteHeld(one, ["F1"], "a");
  other.settle("a", []);
  await other.close();
  lose();
  assert.equal((await one.lost(0)).size, 1);
  one.leave("a", ["F1"]);
  assert.equal((await one.lost(0)).size, 0);
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F1"]);
});

test("that an answer is over is written down again where the store did not take it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const keep = createKeep();
  let fails = 0;
  const set: ListedKeep["set"] = async (...given) => {
    if (fails-- > 0) throw new Error("the store is away");
    await keep.set(...given);
  };
  const one = open({ ...keep, set });
  await one.note(["F1"], of("a"));
  fails = 1;
  one.settle("a", ["F1"]);
  await setImmediate();
  assert.deepEqual([...(await open(keep, 25).allLeft()).keys()], ["F1"]);
  t.mock.timers.tick(5000);
  await setImmediate();
  assert.equal((await open(keep, 25).allLeft()).size, 0);
});

test("what one process alone could not read of the one before it does not write over", async () => {
  const keep = createKeep();
  const alone = (of: ListedKeep) => createUploads(of, { log, now: () => 0 });
  await alone(keep).note(["F1"], of("a"));
  let isAway = true;
  const get: ListedKeep["get"] = async (key) => {
    if (isAway) throw new Error("the store is away");
    return keep.get(key);
  };
  const next = alone({ ...keep, get });
  await assert.rejects(next.note(["F2"], of("a")));
  next.forget("a", ["F2"]);
  isAway = false;
  await next.close();
  assert.deepEqual([...(await alone(keep).left("a")).keys()], ["F1"]);
});

test("records from before there were several processes are read", async () => {
  const keep = createKeep();
  await keep.set("uploads:a", { F1: of("a") });
  assert.deepEqual([...(await open(keep).left("a")).keys()], ["F1"]);
});
