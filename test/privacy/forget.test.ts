import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { z } from "zod";
import { createSharedSpool } from "../../src/pictures/shared-spool.ts";
import { createWaiting } from "../../src/rules/waiting.ts";
import type { SettingWish, User } from "../../src/seam/turn.ts";
import { askedOf } from "../rig/core.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";
import { erasedAt, tablesWith } from "./world.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

/** What a person is told when they wish for something about the studio. */
async function set(wish: SettingWish, user: User = ada) {
  const reply = studio.adapter.reply();
  await studio.adapter.handle()({ kind: "setting", user, place, wish }, reply);
  const view = studio.adapter.views(reply.key).at(-1);
  assert.ok(view);
  return view;
}

/** Both steps, and what is said at the end. */
async function forget(user: User = ada): Promise<string> {
  await set({ name: "forgetMe", sure: false }, user);
  return (await set({ name: "forgetMe", sure: true }, user)).text;
}

/** As much as somebody leaves: answers, a file, a style with a picture, defaults, and what was not drawn yet. */
async function leave(user: User, word: string, photo: Uint8Array): Promise<readonly `${string}:${string}`[]> {
  const thread = `paper:${word}` as const;
  const first = await studio.say(`a ${word} barn`, { user, thread, attachments: [attachment(photo)] });
  const second = await studio.say(`now a ${word} shed`, { user, thread });
  await set(
    {
      ...{ name: "saveStyle", scope: "mine", style: "cosy", instruction: `${word} light`, options: {} },
      attachments: [attachment(photo)],
    },
    user,
  );
  await set({ name: "setDefaults", scope: "mine", options: { quality: "low" } }, user);
  await studio.say("", { user, thread: `paper:${word}-2`, attachments: [attachment(photo)] });
  return [first.key, second.key];
}

describe("forget me", () => {
  test("deletes drawn pictures that nobody will come to show", async () => {
    const spool = createSharedSpool(studio.store);
    const [amber, birch] = [Buffer.from("amber picture"), Buffer.from("birch picture")];
    await spool.put(amber, ada.id);
    const others = await spool.put(birch, bob.id);
    await forget();
    assert.deepEqual(await tablesWith(studio.store, amber.toString("base64")), []);
    assert.deepEqual(Buffer.from((await spool.get(others)) ?? []), birch, "another's stays");
    await spool.delete(others);
    assert.deepEqual(await tablesWith(studio.store, birch.toString("base64")), []);
    assert.deepEqual((await tablesWith(studio.store, `${bob.id} spool`)).length, 0, "nor is it listed");
  });

  test("deletes all that is kept of a person, here and at OpenAI, and says what", async () => {
    const photo = await flat("#c33", 64, 48);
    await leave(ada, "amber", photo);
    assert.deepEqual(
      (await tablesWith(studio.store, "amber")).filter((name) => name !== "owned"),
      ["generation", "thread", "styles", "unfinished", "unfinished-at", "attended"],
    );
    const held = (await set({ name: "forgetMe", sure: false })).text;
    assert.match(
      held,
      /- 2 answers, with what you said\n- 1 set of defaults and usage\n- 1 style of your own/,
    );
    assert.match(held, /- 1 request that was not drawn yet\n- 1 file at OpenAI/);
    assert.deepEqual(erasedAt(studio.standin), [], "asking deletes nothing");

    const { text } = await set({ name: "forgetMe", sure: true });
    assert.match(text, /^I have forgotten you\. Deleted:\n- 2 answers/);
    assert.match(
      text,
      /- 1 style of your own\n- 1 picture you sent, kept here\n- 1 request that was not drawn yet/,
    );
    assert.match(text, /- 1 file at OpenAI\n- 2 responses at OpenAI\n/);
    assert.match(text, /What stays: the messages on Discord/);
    const erased = erasedAt(studio.standin);
    assert.equal(erased.filter((path) => path.startsWith("files/")).length, 1);
    assert.equal(erased.filter((path) => path.startsWith("responses/")).length, 2);
    // Threads have that name here.
    assert.deepEqual(await tablesWith(studio.store, "amber"), ["generation", "thread", "attended"]);
    assert.deepEqual(await tablesWith(studio.store, "amber barn"), []);
    // Today's sums keep the id, by which a budget is held.
    assert.deepEqual(await tablesWith(studio.store, "u:ada"), ["forgetting", "spent", "spent-of"]);
    assert.deepEqual(await tablesWith(studio.store, `"Ada"`), []);
    assert.match((await set({ name: "styles" })).text, /There are no styles yet/);
    assert.match((await set({ name: "defaults" })).text, /\*\*Yours\*\* none/);
  });

  test("tells the same again for a day, and what was asked for since is new", async () => {
    await leave(ada, "amber", await flat("#c33", 64, 48));
    const first = await forget();
    const again = await set({ name: "forgetMe", sure: true });
    assert.equal(again.text, first);
    await studio.say("a new barn");
    const held = (await set({ name: "forgetMe", sure: false })).text;
    assert.match(held, /- 1 answer, with what you said/);
    assert.match(
      (await set({ name: "forgetMe", sure: true })).text,
      /Deleted:\n- 1 answer, with what you said/,
    );
  });

  test("deletes nothing of anybody else's, also where both sent the same picture", async () => {
    const photo = await flat("#c33", 64, 48);
    await leave(ada, "amber", photo);
    const [, bobs] = await leave(bob, "beryl", photo);
    const sent = studio.standin.requests.filter(({ path }) => path === "/v1/files").length;
    await forget();
    const erased = erasedAt(studio.standin);
    assert.equal(erased.length, 3);
    assert.match((await set({ name: "styles" }, bob)).text, /\*\*cosy\*\* beryl light/);
    assert.match((await set({ name: "defaults" }, bob)).text, /--quality low/);
    assert.ok(bobs);
    const { last } = await studio.press("redo", bobs, undefined, bob);
    assert.equal(last.phase, "done");
    assert.deepEqual(last.notes, []);
    assert.equal(studio.standin.requests.filter(({ path }) => path === "/v1/files").length, sent);
  });

  test("leaves what others drew on from it, which goes on from the picture in the chat", async () => {
    const { key } = await studio.say("an amber barn");
    const bobs = await studio.say("make it night", { user: bob, replyTo: key });
    await forget();
    const { last } = await studio.say("now in snow", { user: bob, replyTo: key });
    assert.equal(last.phase, "done", last.text);
    const request = JSON.stringify(askedOf(studio.standin).at(-1));
    assert.doesNotMatch(request, /amber|previous_response_id/);
    assert.match(request, /The picture you drew then:.*file_id.*now in snow/);
    assert.equal((await studio.say("and a moon", { user: bob, replyTo: bobs.key })).last.phase, "done");
    assert.match(
      (await studio.press("redo", key, undefined, bob)).last.text,
      /no longer know what this picture/,
    );
    assert.match(
      (await studio.press("details", key, undefined, bob)).last.text,
      /no longer know what this picture/,
    );
    assert.equal((await studio.press("vary", key, undefined, bob)).last.phase, "done");
  });

  test("wants to be said twice, the second time within the hour", async () => {
    const { key } = await studio.say("an amber barn");
    assert.match((await set({ name: "forgetMe", sure: true })).text, /Say `forget me` first/);
    assert.equal((await studio.history.find(key))?.prompt, "an amber barn");
    await set({ name: "forgetMe", sure: false }, bob);
    assert.match(
      (await studio.press("forget", key)).last.text,
      /Say `forget me` first/,
      "Bob's wish is not hers",
    );
    assert.equal((await studio.history.find(key))?.prompt, "an amber barn");
  });

  test("can be said in words, and pressed", async () => {
    await studio.say("an amber barn");
    const asked = await studio.say("Forget me");
    assert.deepEqual(asked.last.actions, ["forget"]);
    assert.equal(asked.last.audience, "asker");
    const { last } = await studio.press("forget", asked.key);
    assert.match(last.text, /Deleted:\n- 1 answer/);
    assert.equal(last.audience, "asker");
    await studio.say("a beryl barn");
    await studio.say("forget me");
    assert.match((await studio.say("forget me for good")).last.text, /Deleted:\n- 1 answer/);
    await studio.say("forget me not, a flower");
    assert.match(JSON.stringify(askedOf(studio.standin).at(-1)), /forget me not, a flower/);
  });

  test("cancels what is being drawn first", async () => {
    const held = studio.hold();
    const reply = studio.adapter.reply();
    const drawing = studio.say("an amber barn", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    const text = await forget();
    await drawing;
    assert.match(text, /- 1 answer, with what you said/);
    assert.match(text, /- 1 picture in the making, cancelled/);
    assert.match(text, /- 1 response at OpenAI/);
    assert.equal((await drawing).last.phase, "cancelled");
    assert.deepEqual(await tablesWith(studio.store, "amber"), []);
    held.release();
  });

  test("goes on asking OpenAI for what it did not delete, and says so", async () => {
    await studio.say("an amber barn", { attachments: [attachment(await flat("#c33", 64, 48))] });
    for (const on of ["files", "delete"] as const) {
      studio.standin.fault({ kind: "status", status: 500, on });
    }
    const text = await forget();
    assert.match(text, /OpenAI has not deleted 2 of its files and responses yet/);
    assert.deepEqual(await tablesWith(studio.store, "amber"), [], "what is here is gone at once");
    const found = erasedAt(studio.standin).length;
    await studio.bot.resume(); // it looks at what is not over when it starts
    await until(() => erasedAt(studio.standin).length === found + 2, "another try");
    const told = async () => (await set({ name: "forgetMe", sure: true })).text;
    await until(
      async () => /- 1 file at OpenAI\n- 1 response at OpenAI\n/.test(await told()),
      "the end of it",
    );
    assert.doesNotMatch(await told(), /has not deleted/);
  });

  test("takes for deleted what OpenAI no longer has", async () => {
    await studio.say("an amber barn");
    studio.standin.fault({ kind: "status", status: 404, on: "delete" });
    assert.match(await forget(), /- 1 response at OpenAI\n/);
  });

  test("finds what an older version kept, and a file that two had is whose it was first", async () => {
    const { store } = studio;
    const photo = await flat("#c33", 64, 48);
    const [adas] = await leave(ada, "amber", photo);
    assert.ok(adas);
    const { inputs = [] } = (await studio.history.find(adas)) ?? {};
    const bobs = await studio.say("a beryl barn", { user: bob, thread: "paper:b" });
    await studio.history.change(bobs.key, (now) => ({ ...now, inputs, createdAt: now.createdAt + 1000 }));
    const table = store.table("owned", z.unknown());
    for (const keys of await Array.fromAsync(table.keys())) for (const key of keys) await table.delete(key);
    assert.match(
      await forget(bob),
      /Deleted:\n- 1 answer, with what you said\n- 1 set .*\n- 1 response at OpenAI\n/,
    );
    assert.equal((await studio.history.find(adas))?.prompt, "a amber barn");
    assert.match(await forget(), /- 2 answers, .*\n(?:.*\n)*- 1 file at OpenAI\n- 2 responses at OpenAI/);
    assert.deepEqual(await tablesWith(store, "amber barn"), []);
  });

  test("takes what waits for a moderator out, and leaves what is somebody else's", async () => {
    const waiting = createWaiting(studio.store);
    const turn = { thread: "paper:t", adapter: "paper", options: {}, notes: [], mustDraw: true } as const;
    const of = { ...turn, attachments: 0, acceptedAt: 1 };
    await waiting.add({ ...of, message: "paper:1", user: ada, text: "an amber barn" }, 2);
    await waiting.add({ ...of, message: "paper:2", user: bob, text: "a beryl barn" }, 2);
    await waiting.add({ ...of, message: "paper:3", user: ada, text: "an amber shed" }, 2);
    await waiting.take("paper:3", "u:mo");
    await forget();
    assert.deepEqual(await tablesWith(studio.store, "amber"), []);
    assert.equal((await waiting.find("paper:2"))?.text, "a beryl barn");
    assert.deepEqual(await waiting.over(3), ["paper:2"]);
  });
});
