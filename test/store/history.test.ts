import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { z } from "zod";
import type { MessageKey } from "../../src/seam/turn.ts";
import { createHistory, type Generation, type History, responseOf } from "../../src/store/history.ts";
import { openStore, type Store } from "../../src/store/store.ts";

const picture = { callId: "ig_1", responseId: "resp_1", mediaType: "image/png", width: 1, height: 1 };

function generation(message: MessageKey, more: Partial<Generation> = {}): Generation {
  return {
    message,
    thread: "t:1",
    user: "u:ada",
    prompt: "a fox",
    options: {},
    inputs: [],
    outcome: "done",
    pictures: [picture],
    createdAt: 1,
    ...more,
  };
}

describe("the history", () => {
  let store: Store;
  let history: History;
  beforeEach(async () => {
    store = await openStore("memory:");
    history = createHistory(store);
  });

  test("knows a thread that starts afresh from one it does not know", async () => {
    assert.equal(await history.head("t:1"), undefined);
    await history.moveHead("t:1", null);
    assert.equal(await history.head("t:1"), null);
    await history.moveHead("t:1", "m:1");
    assert.equal(await history.head("t:1"), "m:1");
    assert.equal(await history.head("t:2"), undefined);
  });

  test("gives back what it was given, to the last field", async () => {
    const whole = generation("m:1", {
      parent: "m:0",
      options: { size: "1536x1024", count: 2 },
      inputs: [{ role: "mask", width: 3, height: 2, source: { fileId: "file_1" } }],
      responseId: "resp_1",
      pictures: [{ ...picture, revisedPrompt: "A fox \0 🦊." }],
      picked: 0,
      details: { prompt: "a fox", options: [], elapsedMs: 1, painter: "OpenAI" },
    });
    await history.save(whole);
    assert.deepEqual(await history.find("m:1"), whole);
    assert.deepEqual(await createHistory(store).find("m:1"), whole, "and after a restart");
    assert.equal(await history.find("m:2"), undefined);
  });

  test("goes on from the nearest generation that succeeded", async () => {
    await history.save(generation("m:1"));
    await history.save(generation("m:2", { parent: "m:1", outcome: "failed" }));
    await history.save(generation("m:3", { parent: "m:2", outcome: "cancelled" }));
    await history.save(generation("m:4", { parent: "m:3", outcome: "deleted" }));
    for (const message of ["m:1", "m:2", "m:3", "m:4"] as const) {
      assert.equal((await history.base(message))?.message, "m:1", message);
    }
    await history.save(generation("m:5", { parent: "m:4" }));
    assert.equal((await history.base("m:5"))?.message, "m:5");
  });

  test("goes on from nothing where nothing succeeded, or a parent is none of ours", async () => {
    await history.save(generation("m:1", { outcome: "failed" }));
    await history.save(generation("m:2", { parent: "m:1", outcome: "failed" }));
    await history.save(generation("m:3", { parent: "x:foreign", outcome: "failed" }));
    for (const message of ["m:1", "m:2", "m:3", "m:unknown"] as const) {
      assert.equal(await history.base(message), undefined, message);
    }
  });

  test("walks a thousand failures", async () => {
    await history.save(generation("m:0"));
    for (let index = 1; index <= 1000; index += 1) {
      await history.save(generation(`m:${index}`, { parent: `m:${index - 1}`, outcome: "failed" }));
    }
    assert.equal((await history.base("m:1000"))?.message, "m:0");
  });

  test("says so when a value is of another version", async () => {
    await store.table("generation", z.unknown()).set("m:1", { message: "m:1" });
    await store.table("thread", z.unknown()).set("t:1", { head: 7 });
    await assert.rejects(history.find("m:1"), { code: "storage" });
    await assert.rejects(history.base("m:1"), { code: "storage" });
    await assert.rejects(history.head("t:1"), { code: "storage" });
  });

  test("brings forward what was taken back, step by step, until something is drawn", async () => {
    for (const message of ["m:1", "m:2", "m:3"] as const) await history.save(generation(message));
    await history.moveHead("t:1", "m:3");
    await history.takeBack("t:1", "m:2");
    await history.takeBack("t:1", "m:2"); // seen to twice
    await history.takeBack("t:1", null);
    assert.equal(await history.bringForward("t:1"), "m:2");
    assert.equal(await history.backTo("t:1"), "m:2", "it is still taken back");
    assert.equal(await history.bringForward("t:1"), "m:3");
    assert.equal(await history.backTo("t:1"), undefined, "as if it had never been taken back");
    assert.equal(await history.bringForward("t:1"), undefined);
    assert.equal(await history.head("t:1"), "m:3");
    await history.takeBack("t:1", "m:1");
    await history.moveHead("t:1", "m:4");
    assert.equal(await history.bringForward("t:1"), undefined, "what was drawn since counts");
    assert.equal(await history.bringForward("t:9"), undefined, "a thread that nobody knows");
  });

  test("brings forward once for one event, however often it is seen to", async () => {
    for (const message of ["m:1", "m:2", "m:3"] as const) await history.save(generation(message));
    await history.moveHead("t:1", "m:3");
    await history.takeBack("t:1", "m:2");
    await history.takeBack("t:1", "m:1");
    for (let time = 0; time < 2; time += 1) {
      assert.equal(await history.bringForward("t:1", "web:press:1"), "m:2");
    }
    assert.equal(await history.bringForward("t:1", "web:press:2"), "m:3");
  });

  test("brings forward to no picture that was deleted meanwhile, and to one that is back", async () => {
    for (const message of ["m:1", "m:2", "m:3"] as const) await history.save(generation(message));
    await history.moveHead("t:1", "m:2");
    await history.takeBack("t:1", "m:1");
    const second = await history.find("m:2");
    assert.ok(second);
    await history.strike(second);
    assert.equal(await history.bringForward("t:1"), undefined);
    assert.equal(await history.restore(second), undefined, "the thread did not go on from it");
    assert.equal((await history.find("m:2"))?.outcome, "done");
    assert.equal(await history.bringForward("t:1"), "m:2");
  });

  test("a deleted picture that is brought back is gone on from again, if nothing happened since", async () => {
    const third = generation("m:3", { parent: "m:2" });
    for (const each of [generation("m:1"), generation("m:2", { parent: "m:1" }), third])
      await history.save(each);
    await history.moveHead("t:1", "m:3");
    assert.equal(await history.strike(third), "m:2");
    assert.equal(await history.restore(third), "m:3");
    assert.equal(await history.head("t:1"), "m:3");
    assert.equal(await history.backTo("t:1"), undefined);
    await history.strike(third);
    await history.moveHead("t:1", "m:9");
    assert.equal(await history.restore(third), undefined);
    assert.equal(await history.head("t:1"), "m:9");
  });
});

describe("the response to go on from", () => {
  const two = [picture, { ...picture, callId: "ig_2", responseId: "resp_2" }];
  const cases: readonly [string, Partial<Generation>, string | undefined][] = [
    ["that of the first picture", { pictures: two }, "resp_1"],
    ["that of the picked one", { pictures: two, picked: 1 }, "resp_2"],
    ["that of the words, where there is no picture", { pictures: [], responseId: "resp_3" }, "resp_3"],
    [
      "that of the words, where the picked one is not there",
      { pictures: two, picked: 7, responseId: "resp_3" },
      "resp_3",
    ],
    ["none", { pictures: [] }, undefined],
  ];
  for (const [what, more, expected] of cases) {
    test(what, () => assert.equal(responseOf(generation("m:1", more)), expected));
  }
});
