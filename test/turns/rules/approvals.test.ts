import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { User } from "../../../src/seam/turn.ts";
import { flat } from "../../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../../rig/studio.ts";

const mo: User = { id: "u:mo", name: "Mo", moderator: true };
const ann: User = { id: "u:ann", name: "Ann", moderator: true, admin: true };
const day = 24 * 3600 * 1000;

let studio: Awaited<ReturnType<typeof createStudio>>;
let nowMs: number;
beforeEach(async () => {
  nowMs = Date.parse("2026-11-26T10:00:00Z");
  studio = await createStudio({ now: () => nowMs });
});
afterEach(() => studio.close());

const set = (words: string) => studio.say(words, { user: ann });
const last = (key: `${string}:${string}`, of = studio) => of.adapter.views(key).at(-1);

/** Something that waits, and what is shown of it. */
async function wait(words = "a fox --quality high", more = {}) {
  const shown = await studio.say(words, more);
  assert.equal(shown.last.phase, "queued");
  assert.deepEqual(shown.last.actions, ["approve", "decline", "cancel"]);
  assert.equal(studio.asked().length, 0, "nothing is asked of OpenAI");
  return shown;
}

test("what is expensive waits, says for whom and why, and is drawn in its place when a moderator approves", async () => {
  await set("settings approval-qualities high, max");
  const { key, last: shown } = await wait();
  assert.match(
    shown.text,
    /^A moderator here has to approve this first, because its quality is high\. Expected: .*\$\d.* I keep it for 3 days\.$/,
  );
  const denied = await studio.press("approve", key, undefined, ada);
  assert.match(denied.last.text, /^Only a moderator can decide that/);
  assert.equal(last(key)?.phase, "queued", "it goes on waiting");
  const approved = await studio.press("approve", key, undefined, mo);
  assert.match(approved.last.text, /^Approved/);
  assert.equal(last(key)?.phase, "done", "in the same message");
  assert.equal(last(key)?.images.length, 1);
  assert.ok(last(key)?.notes.includes("Approved by Mo."));
  assert.equal(studio.asked().length, 1);
  assert.equal((await studio.history.find(key))?.user, ada.id, "it is who asked for it whose picture it is");
  const twice = await studio.press("approve", key, undefined, mo);
  assert.match(twice.last.text, /^Nothing waits there any more/);
  assert.equal(studio.asked().length, 1);
});

test("by the estimate: what may cost more than so much, or what nobody can say", async () => {
  await set("settings approval-above $0.02");
  assert.match((await wait("a fox --quality high")).last.text, /because it may cost more than \$0\.02\./);
  assert.match(
    (await wait("a fox --format gif", { thread: "paper:two" })).last.text,
    /because nobody knows what it will cost\./,
  );
  const cheap = await studio.say("a fox --quality low --size square", { thread: "paper:three" });
  assert.equal(cheap.last.phase, "done");
});

test("by the model that would draw, also where nobody names it; a moderator waits for nobody", async () => {
  await set("settings approval-models gpt-image-2.5-sunburst");
  assert.match((await wait("a fox")).last.text, /because gpt-image-2\.5-sunburst would draw it\./);
  assert.equal((await studio.say("a fox --model gpt-image-2", { thread: "paper:two" })).last.phase, "done");
  assert.equal((await studio.say("a fox", { user: mo, thread: "paper:three" })).last.phase, "done");
});

test("where no moderator would see it, it is said where to ask", async () => {
  await set("settings approval-qualities high");
  const direct = { channel: "paper:dm", community: "paper:house", kind: "direct" } as const;
  const words = /^A moderator has to approve this, because its quality is high\. Ask for it in a channel/;
  assert.match((await studio.say("a fox --quality high", { place: direct })).last.text, words);
  const alone = { ...studio.adapter.reply(), private: true };
  assert.match((await studio.say("a fox --quality high", {}, alone)).last.text, words);
});

test("what waits outlives a restart, with its files", async () => {
  await set("settings approval-qualities high");
  const photo = await flat("#0a0");
  const source = { kind: "platform", file: photo.toString("base64") } as const;
  const sent = { ...attachment(photo), source };
  const { key } = await wait("make it night --quality high", { attachments: [sent] });
  await studio.bot.drain(0);
  const { standin, store } = studio;
  const next = await createStudio({ standin, store, now: () => nowMs });
  await next.bot.resume();
  assert.equal(next.asked().length, 0, "a restart lets nothing through");
  await next.press("approve", key, undefined, mo);
  assert.equal(last(key, next)?.phase, "done");
  assert.equal(next.standin.requests.filter(({ path }) => path === "/v1/files").length, 1);
  await next.bot.drain(0);
});

test("what a moderator declines says so, and so does what is taken back", async () => {
  await set("settings approval-qualities high");
  const one = await wait();
  assert.match((await studio.press("decline", one.key, undefined, bob)).last.text, /^Only a moderator/);
  await studio.press("decline", one.key, undefined, mo);
  assert.match(last(one.key)?.text ?? "", /^Mo has declined this, so it is not drawn\./);
  assert.deepEqual(last(one.key)?.actions, []);
  assert.match((await studio.press("approve", one.key, undefined, mo)).last.text, /^Nothing waits/);
  const two = await wait();
  assert.match((await studio.press("cancel", two.key, undefined, bob)).last.text, /^Only the one who asked/);
  await studio.press("cancel", two.key, undefined, ada);
  assert.match(last(two.key)?.text ?? "", /^Taken back/);
  assert.equal(studio.asked().length, 0);
});

test("what nobody approves in its days is forgotten, and says so", async () => {
  await set("settings approval-qualities high");
  await set("settings approval-days 2");
  const { key } = await wait();
  nowMs += day;
  await studio.bot.resume();
  assert.equal(last(key)?.phase, "queued");
  nowMs += day;
  await studio.bot.resume();
  assert.match(last(key)?.text ?? "", /^No moderator has approved this in time/);
  assert.match((await studio.press("approve", key, undefined, mo)).last.text, /^Nothing waits/);
  assert.equal(studio.asked().length, 0);
});

test("what was approved is not drawn for somebody who may draw there no more", async () => {
  await set("settings approval-qualities high");
  const { key } = await wait();
  await studio.core.rules.change(
    ann,
    { channel: "paper:room", community: "paper:house" },
    {
      ...{ rule: "denied", scope: "community" },
      value: [{ key: ada.id, name: ada.name }],
    },
  );
  await studio.press("approve", key, undefined, mo);
  assert.equal(last(key)?.phase, "failed");
  assert.equal(studio.asked().length, 0);
});
