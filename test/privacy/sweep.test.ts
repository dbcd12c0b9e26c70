import assert from "node:assert/strict";
import { test } from "node:test";
import { createErase } from "../../src/privacy/erase.ts";
import { createSweep } from "../../src/privacy/sweep.ts";
import { createLog } from "../../src/seam/log.ts";
import { ada, bob, createStudio } from "../rig/studio.ts";
import { erasedAt, tablesWith } from "./world.ts";

const dayMs = 24 * 3600 * 1000;

test("answers that are too old go, here and at OpenAI, and the log says how many", async (t) => {
  const studio = await createStudio();
  t.after(() => studio.close());
  const { store, history, standin } = studio;
  const old = await studio.say("an amber barn", { user: ada });
  await studio.say("a beryl barn", { user: bob, thread: "paper:b" });
  const { createdAt = 0 } = (await history.find(old.key)) ?? {};
  const lines: { msg: string; counts?: unknown }[] = [];
  let now = createdAt + 30 * dayMs;
  const painter = {
    async erase(what: string, id: string) {
      await fetch(`${standin.url}/${what}s/${id}`, { method: "DELETE" });
    },
  };
  const erase = createErase({ store, history, painter, onFailed: (error) => assert.fail(String(error)) });
  const sweep = createSweep({
    ...{ store, erase, answersMs: 30 * dayMs, now: () => now },
    log: createLog("info", { write: (line) => lines.push(JSON.parse(line)) }),
  });
  await sweep(AbortSignal.timeout(60_000));
  assert.deepEqual(lines, [], "nothing is too old yet");

  now += 1;
  await sweep(AbortSignal.timeout(60_000));
  assert.equal((await history.find(old.key))?.prompt, "an amber barn", "it looks once a day");

  now = createdAt + 31 * dayMs;
  await sweep(AbortSignal.timeout(60_000));
  assert.deepEqual(await tablesWith(store, "amber barn"), []);
  assert.deepEqual(await tablesWith(store, "beryl barn"), []);
  assert.deepEqual(
    lines.map(({ msg, counts }) => [msg, counts]),
    [["swept", { responses: 2, answers: 2 }]],
  );
  assert.equal(erasedAt(standin).length, 2);
  assert.equal((await studio.say("now in snow", { replyTo: old.key })).last.phase, "done");
});
