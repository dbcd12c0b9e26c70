import assert from "node:assert/strict";
import { test } from "node:test";
import type { Setting } from "../../src/seam/turn.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createCore } from "../rig/core.ts";
import { createLife, type End, mortalPainter, mortalStore } from "../rig/mortal.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, createStudio, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";
import { erasedAt, tablesWith } from "./world.ts";

const photo = await flat("#c33", 64, 48);

const wish = (sure: boolean): Setting => ({
  ...{ kind: "setting", user: ada, place },
  wish: { name: "forgetMe", sure },
});

/** As much as Ada leaves, and that she has asked to be forgotten. */
async function fill(store: Store, standin: Awaited<ReturnType<typeof createStandin>>) {
  const studio = await createStudio({ store, standin });
  await studio.say("an amber barn", { attachments: [attachment(photo)], options: { partials: 0 } });
  await studio.say("", { thread: "paper:2", attachments: [attachment(photo)] });
  await studio.say("style save cosy: amber light", { attachments: [attachment(photo)] });
  await studio.adapter.handle()(wish(false), studio.adapter.reply());
  await studio.bot.drain(0);
}

/** What Ada is told by a process of its own, which begins by going on with what the one before has left. */
async function goOn(store: Store, standin: Awaited<ReturnType<typeof createStandin>>): Promise<string> {
  const studio = await createStudio({ store, standin });
  await studio.bot.resume();
  // Killed before it was noted, it is hers to say again.
  const reply = studio.adapter.reply();
  await studio.adapter.handle()(wish(true), reply);
  await until(async () => {
    await studio.adapter.handle()(wish(true), reply);
    return /^I have forgotten you/.test(studio.adapter.views(reply.key).at(-1)?.text ?? "");
  }, "the end of it");
  const text = studio.adapter.views(reply.key).at(-1)?.text ?? "";
  await studio.bot.drain(0);
  return text;
}

/** Whether the process came to that step at all. */
async function isGoneOnAfter(end: End): Promise<boolean> {
  const [store, standin] = await Promise.all([
    openStore("memory:"),
    createStandin({ paceMs: 0, flat: true }),
  ]);
  try {
    await fill(store, standin);
    const life = createLife();
    const studio = await createStudio({ store: await openStore("memory:"), standin });
    const core = await createCore({
      ...{ adapter: studio.adapter, standin, store: mortalStore(store, life) },
      between: (painter) => mortalPainter(painter, life, () => {}),
    });
    life.willEnd(end);
    const done = core.core.handle(wish(true), studio.adapter.reply()).then(() => "done");
    const first = await Promise.race([done, life.ended]);
    // Others of its steps may hear first that it is dead.
    const how = life.isDead ? await life.ended : first;
    life.kill();
    const text = await goOn(store, standin);
    assert.deepEqual(await tablesWith(store, "amber"), [], how);
    assert.deepEqual(await tablesWith(store, "u:ada"), ["forgetting", "spent", "spent-of"], how);
    assert.match(text, /- 1 answer, with what you said\n/, how);
    assert.match(text, /- 1 style of your own\n/, how);
    assert.match(text, /- 1 picture you sent, kept here\n- 1 request that was not drawn yet\n/, how);
    assert.match(text, /- 1 file at OpenAI\n- 1 response at OpenAI\n/, how);
    assert.equal(new Set(erasedAt(standin)).size, 2, how);
    await studio.store.close();
    return how !== "done";
  } finally {
    await standin.close();
    await store.close();
  }
}

for (const how of ["before", "after"] as const) {
  test(`what is cut off ${how} any of its steps is gone on with, and counted once`, async () => {
    let at = 1;
    while (await isGoneOnAfter({ at, how })) at += 1;
    assert.ok(at > 8, `there were ${at} steps`);
  });
}
