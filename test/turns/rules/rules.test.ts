import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import type { Place, Prompt, User } from "../../../src/seam/turn.ts";
import { ada, attachment, bob, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

const mo: User = { id: "u:mo", name: "Mo", moderator: true };
const ann: User = { id: "u:ann", name: "Ann", moderator: true, admin: true };

let studio: Awaited<ReturnType<typeof createStudio>>;
let nowMs = Date.parse("2026-11-26T10:00:00Z");
beforeEach(async () => {
  studio = await createStudio({ now: () => nowMs, publicUrl: "https://draw.example.com" });
});
afterEach(() => studio.close());

/** What the admin is told who types a setting. */
const set = async (words: string, user = ann, where = place) =>
  (await studio.say(words, { user, place: where })).last.text;

const people = (rule: string, ...users: readonly User[]) =>
  studio.core.rules.change(ann, place, {
    ...{ rule, scope: "community" },
    value: users.map(({ id, name }) => ({ key: id, name })),
  });

/** The image tool of the newest request. */
function tool(): Record<string, unknown> {
  const [first] = (studio.asked().at(-1)?.tools ?? []) as Record<string, unknown>[];
  return first ?? {};
}

/** A mask with nothing but the part to change. */
const hole = () =>
  sharp(Buffer.alloc(64 * 64 * 4), { raw: { width: 64, height: 64, channels: 4 } })
    .png()
    .toBuffer();

/** That it is refused in one sentence, and nothing is asked of OpenAI. */
async function refused(
  say: () => Promise<{ readonly last: { phase: string; text: string } }>,
  words: RegExp,
) {
  const before = studio.standin.requests.length;
  const { last } = await say();
  assert.equal(last.phase, "failed");
  assert.match(last.text, words);
  assert.ok(!last.text.includes("\n"), "one line");
  assert.equal(studio.standin.requests.length, before, "nothing was sent");
}

describe("who may not draw", () => {
  test("may not by any way in, and is told so", async () => {
    const { key } = await studio.say("a red fox");
    await people("denied", ada);
    const photo = attachment(Buffer.from("no picture at all"));
    const ways: readonly (() => ReturnType<typeof studio.say>)[] = [
      () => studio.say("a blue fox"),
      () => studio.say("a blue fox", { attachments: [photo] }),
      () => studio.say("make it blue", { replyTo: key, toBot: true }),
      () => studio.press("vary", key),
      () => studio.press("redo", key),
      () => studio.press("edit", key, { text: "blue", options: {}, attachments: [] }),
      () => studio.press("rephrase", key, { text: "a hare", options: {}, attachments: [] }),
      () => studio.press("reference", key, { text: "a hare", options: {}, attachments: [] }),
    ];
    for (const way of ways) await refused(way, /^You may not draw here\./);
    assert.equal((await studio.say("a blue fox", { user: bob })).last.phase, "done", "others may");
  });

  test("may not by a page on which an area is painted", async () => {
    const { key } = await studio.say("a red fox");
    const open = async (user: User) => {
      const { last } = await studio.press("area", key, undefined, user);
      return /area\/([^)]+)/.exec(last.text)?.[1] ?? "";
    };
    const tokens = [
      await open({ ...ada, roles: [] }),
      await open({ ...ada, roles: ["paper:role:artists"] }),
    ] as const;
    const artists = { key: "paper:role:artists", name: "@artists", role: true };
    const allow = { rule: "allowed", scope: "community", value: [artists] } as const;
    await studio.core.rules.change(ann, place, allow);
    const mask = attachment(await hole(), { role: "mask" });
    const input = { text: "a hat", options: {}, attachments: [mask] };
    const send = async (token: string) => studio.core.areas?.send(token, input);
    await assert.rejects(send(tokens[0]), /^BotError: Only @artists may/);
    await send(tokens[1]);
  });

  test("is told first that they may not, whatever else is wrong", async () => {
    await people("denied", ada);
    await refused(() => studio.say("a fox", { user: ada, options: { size: "1024x1024" } }), /^You may not/);
  });
});

describe("what may be asked for", () => {
  test("a quality that is not allowed is refused when it is typed", async () => {
    await set("settings qualities low, medium");
    await refused(
      () => studio.say("a fox --quality high"),
      /^Quality high is not allowed here\. Allowed: low, medium\.$/,
    );
    await studio.say("a fox --quality medium");
    assert.equal(tool().quality, "medium");
  });

  test("where leaving it to the model is not allowed, the first that is holds", async () => {
    await set("settings qualities low, medium");
    await set("settings sizes 1536x1024, other");
    assert.equal((await studio.say("a fox")).last.phase, "done");
    assert.deepEqual([tool().quality, tool().size], ["low", "1536x1024"]);
    await refused(() => studio.say("a fox --size square"), /^Size 1024x1024 is not allowed/);
    await studio.say("a fox --size 1536x864");
    assert.equal(tool().size, "1536x864");
  });

  test("what a style, a default or an old picture brings gives way, and that is said", async () => {
    const { key } = await studio.say("a fox --quality high --count 2");
    await studio.say("style save fine: neat --quality high");
    await studio.say("defaults --size wide");
    await set("settings qualities auto, low");
    await set("settings sizes auto, 1024x1024");
    await set("settings most-pictures 1");
    const styled = await studio.say("a fox --style fine");
    assert.deepEqual([tool().quality, tool().size], ["auto", "auto"]);
    assert.ok(styled.last.notes.some((note) => /^Quality high is not allowed here, so/.test(note)));
    assert.ok(styled.last.notes.some((note) => /^Size 1536x1024 is not allowed here, so/.test(note)));
    const again = await studio.press("redo", key);
    assert.equal(again.last.images.length, 1);
    assert.ok(again.last.notes.some((note) => /^Pictures 2 is not allowed here, so/.test(note)));
    await refused(
      () => studio.say("a fox --count 2"),
      /^2 pictures at once are not allowed here; 1 is the most/,
    );
  });

  test("a model that is not allowed is refused, and draws for nobody who names none", async () => {
    await set("settings models gpt-image-2, gpt-image-2.5-flare");
    await refused(
      () => studio.say("a fox --model gpt-image-2.5-sunburst"),
      /^Model gpt-image-2\.5-sunburst is not allowed here\. Allowed: gpt-image-2\.5-flare, gpt-image-2\.$/,
    );
    await studio.say("a fox");
    assert.equal(tool().model, "gpt-image-2.5-flare", "the first that is on offer and allowed");
    await set("settings models gpt-image-2");
    await studio.say("a fox --quality max");
    assert.equal(tool().model, "gpt-image-2", "also where another had what is asked for");
    const cost = (user: User) =>
      studio.core.estimateOf({ user, place, text: "a fox", options: { quality: "low" }, pictures: 0 });
    assert.ok(await cost(ada));
  });

  test("of models that the operator does not offer none draws", async () => {
    await studio.close();
    studio = await createStudio({ defaults: { imageModels: ["gpt-image-2"] } });
    await set("settings models gpt-image-2.5-flare");
    await refused(() => studio.say("a fox"), /^None of the image models that are allowed here/);
  });

  test("blocked words are none that can be drawn, wherever they stand", async () => {
    await studio.say("style save grim: full of d0om");
    const { key } = await studio.say("a hill of Doom");
    await set("settings blocked-words doom, dark lord");
    await refused(
      () => studio.say("DOOM, as a city"),
      /^Your words hold something that may not be drawn here/,
    );
    await refused(() => studio.say("a fox --style grim"), /^Your words hold/);
    await refused(() => studio.press("redo", key), /^Your words hold/);
    const input = { text: "add the Dark\u200b Lord", options: {}, attachments: [] };
    await refused(() => studio.press("edit", key, input), /^Your words hold/);
    await set("settings blocked-message Not here, please: see #rules.");
    await refused(() => studio.say("a doom"), /^Not here, please: see #rules\.$/);
    assert.equal((await studio.say("a doomed city")).last.phase, "done", "whole words alone");
  });
});

describe("slow mode", () => {
  test("says when, and lets through who waited, and moderators", async () => {
    await set("settings slow-mode 30");
    assert.equal((await studio.say("a fox")).last.phase, "done");
    nowMs += 9_500;
    await refused(
      () => studio.say("a hare"),
      /^Slow mode is on: you can ask for the next picture in 21 seconds\.$/,
    );
    assert.equal((await studio.say("a hare", { user: bob })).last.phase, "done", "each for themselves");
    assert.equal((await studio.say("a hare", { user: mo })).last.phase, "done");
    assert.equal((await studio.say("an owl", { user: mo })).last.phase, "done", "a moderator does not wait");
    nowMs += 20_500;
    assert.equal((await studio.say("a hare")).last.phase, "done");
  });

  test("counts what was let through, after a restart, too; the same event counts once", async () => {
    await set("settings slow-mode 3600");
    await refused(() => studio.say(" "), /^Say what to draw/);
    const event: Prompt["event"] = "paper:event:1";
    assert.equal((await studio.say("a fox", { event })).last.phase, "done");
    await studio.bot.drain(0);
    const { standin, store } = studio;
    const next = await createStudio({ standin, store, now: () => nowMs });
    const again = await next.say("a hare");
    assert.match(again.last.text, /^Slow mode is on: .* in 60 minutes\.$/);
    assert.equal((await next.say("a fox", { event })).last.phase, "done");
    await next.bot.drain(0);
  });

  test("of a channel counts there alone", async () => {
    const other: Place = { ...place, channel: "paper:other" };
    await set("channel settings slow-mode 60");
    assert.equal((await studio.say("a fox")).last.phase, "done");
    assert.equal((await studio.say("a fox", { place: other })).last.phase, "done");
    assert.equal((await studio.say("a fox", { place: other })).last.phase, "done");
    await refused(() => studio.say("a fox"), /^Slow mode is on/);
  });
});

describe("the settings in words", () => {
  test("are an admin's to change; a moderator sees them, and who changed what", async () => {
    assert.match(await set("settings slow-mode 30"), /`slow-mode` \*\*Slow mode\*\*: 30 s/);
    assert.match(
      await set("channel settings slow-mode 5"),
      /`slow-mode` \*\*Slow mode\*\*: 30 s; in this channel: 5 s/,
    );
    assert.match(await set("settings", mo), /`models` \*\*Models\*\*: all \(not set\)/);
    assert.match(
      await set("settings changes", mo),
      /UTC · Ann · Slow mode \(one channel\): not set → 5 s\n.*UTC · Ann · Slow mode: not set → 30 s$/,
    );
    assert.match(
      await set("settings slow-mode reset"),
      /Slow mode\*\*: off \(not set\); in this channel: 5 s/,
    );
    assert.match(await set("settings slow-mode 1", mo), /^Only who runs this server or workspace/);
    assert.match(await set("settings", ada), /^Only a moderator/);
    assert.match(await set("settings changes", ada), /^Only a moderator/);
  });

  test("that are no setting are drawn", async () => {
    assert.equal((await studio.say("settings of a fairy tale")).last.phase, "done");
  });
});

test("what was asked before, and is not drawn yet, is not drawn for who may no longer", async () => {
  const held = studio.hold();
  const reply = studio.adapter.reply();
  void studio.say("a fox", {}, reply).catch(() => {});
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  await studio.bot.drain(0);
  held.release();
  await people("denied", ada);
  const { standin, store } = studio;
  const next = await createStudio({ standin, store, now: () => nowMs });
  await next.bot.resume();
  await until(() => next.adapter.views(reply.key).at(-1)?.phase === "failed", "a refusal");
  assert.match(next.adapter.views(reply.key).at(-1)?.text ?? "", /may no longer/);
  await next.bot.drain(0);
});
