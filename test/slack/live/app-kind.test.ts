import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { readAppKind } from "../../../adapters/slack/live/agent/app-kind.ts";
import { createHearers } from "../../../src/fleet/hearers.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createKeep } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";

const log = createLog("silent");

test("what a process was told of the app while the store and the others were away they are told when they are back", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const keep = createKeep();
  let isAway = true;
  const whileThere =
    <Given extends readonly unknown[]>(write: (...given: Given) => Promise<unknown>) =>
    async (...given: Given) => {
      if (isAway) throw new Error("the store is away");
      await write(...given);
    };
  const fragile = { ...keep, set: whileThere(keep.set), delete: whileThere(keep.delete) };
  for (const isShared of [true, false]) {
    await keep.delete("agent:B1");
    isAway = true;
    const { hear, heard, onMissed, missed } = createHearers(log);
    const tell = async (topic: string, body: unknown) => {
      if (isAway) throw new Error("the server is away");
      heard(topic, body);
    };
    const closing = new AbortController();
    const bus = { hear, onMissed, tell };
    const parts = { log, closing: closing.signal, ...(isShared && { bus }) };
    const [one, other] = [await readAppKind(fragile, "B1", parts), await readAppKind(keep, "B1", parts)];
    one.tell(true);
    await setImmediate();
    isAway = false;
    if (isShared) missed();
    else t.mock.timers.tick(5000);
    await setImmediate();
    assert.equal(await keep.get("agent:B1"), true);
    assert.equal(other.isAgent, isShared, "where there are others");
    assert.equal((await readAppKind(keep, "B1", parts)).isAgent, true, "so does whoever starts next");
    isAway = true;
    one.tell(false);
    await setImmediate();
    closing.abort();
    isAway = false;
    t.mock.timers.tick(5000);
    await setImmediate();
    assert.equal(await keep.get("agent:B1"), true, "who has ended writes nothing more");
  }
});

test("what one process is told of the app the others know, also those that were away just then", async () => {
  const keep = createKeep();
  const closing = new AbortController();
  const open = ({ isDeaf = false } = {}) => {
    const { hear, onMissed, missed } = isDeaf ? createHearers(log) : hearers;
    const bus = { hear, onMissed, tell: async (topic: string, body: unknown) => hearers.heard(topic, body) };
    return readAppKind(keep, "B1", { log, bus, closing: closing.signal }).then((app) => ({
      app,
      missed,
    }));
  };
  const hearers = createHearers(log);
  const [one, other, deaf] = [await open(), await open(), await open({ isDeaf: true })];
  one.app.tell(true);
  await until(() => other.app.isAgent, "the other to know it");
  assert.ok(!deaf.app.isAgent);
  deaf.missed();
  await until(() => deaf.app.isAgent, "it to look for itself");
  await keep.delete("agent:B1");
  deaf.missed();
  await setImmediate(); // it has looked
  assert.ok(deaf.app.isAgent, "it knows more than the store");
  other.app.tell(false);
  await until(() => !one.app.isAgent, "the one to know that it is none");
  closing.abort();
  one.app.tell(true);
  assert.ok(!other.app.isAgent, "who is closed hears nothing");
});
