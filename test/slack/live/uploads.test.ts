import assert from "node:assert/strict";
import { test } from "node:test";
import { createUploads } from "../../../adapters/slack/live/uploads.ts";
import type { ListedKeep } from "../../../src/seam/core.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createKeep } from "../../rig/no-core.ts";

const hourMs = 3_600_000;
const open = (keep: ListedKeep, isShared = true, hours = 0) =>
  createUploads(keep, { log: createLog("silent"), now: () => hours * hourMs, isShared });
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
  next.forget(["F1", "F2"]);
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
    const next = open(keep, isShared, hours);
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
  assert.equal((await open(keep, true, 23).allLeft()).size, 0);
  assert.deepEqual([...(await open(keep, true, 25).allLeft()).keys()], ["F1"]);
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
