import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

describe("a turn", () => {
  let studio: Awaited<ReturnType<typeof createStudio>>;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());
  beforeEach(() => studio.standin.clearFaults());

  test("goes from words to a picture, with sketches on the way", async () => {
    const held = studio.hold();
    const reply = studio.adapter.reply();
    const answered = studio.say("a red fox in snow", {}, reply);
    const isShown = () => studio.adapter.views(reply.key).some(({ images }) => images.length > 0);
    await until(isShown, "a sketch");
    held.release();
    const { views, last } = await answered;
    assert.equal(last.phase, "done");
    assert.equal(last.images.length, 1);
    const meta = await sharp(last.images[0]?.bytes).metadata();
    assert.equal(meta.format, "png");
    assert.ok(
      views.some((view) => view.phase === "working" && view.images.length === 1),
      "a sketch was shown",
    );
    assert.ok(last.images[0]?.alt, "the picture has an alt text");
    assert.equal(last.images[0]?.name, "a-red-fox-in-snow.png");
    assert.ok((last.details?.tokens?.output ?? 0) > 0);
    assert.ok((last.details?.cost?.usd ?? 0) > 0.001);
    assert.equal(last.head, views.at(-1)?.head);
  });

  test("sends one request, with the person as a hash and sketches asked for", async () => {
    const before = studio.asked().length;
    await studio.say("a blue bird");
    const asked = studio.asked().slice(before);
    assert.equal(asked.length, 1);
    const [request] = asked;
    assert.equal(request?.stream, true);
    assert.match(String(request?.safety_identifier), /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(request).includes("u:ada"));
    assert.match(JSON.stringify(request?.tools), /"partial_images":2/);
  });

  test("goes on from the thread's head", async () => {
    const thread = "paper:goes-on";
    const first = await studio.say("a castle by the sea", { thread });
    const second = await studio.say("make it night", { thread });
    assert.equal(second.last.parent, first.key);
    const [one, two] = [await studio.history.find(first.key), await studio.history.find(second.key)];
    assert.equal(studio.asked().at(-1)?.previous_response_id, one?.pictures[0]?.responseId);
    assert.notEqual(two?.pictures[0]?.responseId, one?.pictures[0]?.responseId);
  });

  test("branches from the picture it answers", async () => {
    const thread = "paper:branches";
    const first = await studio.say("a house on a hill", { thread });
    await studio.say("make it night", { thread });
    const branch = await studio.say("make it winter", { thread, replyTo: first.key });
    assert.equal(branch.last.parent, first.key);
    assert.equal(await studio.history.head(thread), branch.key);
  });

  test("that asks a question is answered in words, and can be followed by an edit", async () => {
    const thread = "paper:question";
    const first = await studio.say("a lighthouse", { thread });
    const answer = await studio.say("what is in this picture?", { thread });
    assert.equal(answer.last.phase, "done");
    assert.equal(answer.last.images.length, 0);
    assert.ok(answer.last.text.length > 10);
    const edit = await studio.say("make it night", { thread });
    assert.equal(edit.last.images.length, 1);
    assert.equal(edit.last.parent, answer.key);
    assert.equal(answer.last.parent, first.key);
  });

  test("that is not meant for the bot is left alone, unless the thread is known", async () => {
    const silent = await studio.say("hello all", { thread: "paper:unknown", addressed: false });
    assert.equal(silent.views.length, 0);
    await studio.say("a tree", { thread: "paper:known" });
    const heard = await studio.say("make it night", { thread: "paper:known", addressed: false });
    assert.equal(heard.last.phase, "done");
  });

  test("with references uploads them once, and redo uploads nothing", async () => {
    const uploads = () =>
      studio.standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files").length;
    const before = uploads();
    const photo = attachment(await flat("#c33"));
    const first = await studio.say("put a hat on it", { thread: "paper:refs", attachments: [photo, photo] });
    assert.equal(first.last.phase, "done", first.last.text);
    assert.equal(uploads() - before, 2);
    const again = await studio.press("redo", first.key);
    assert.equal(again.last.phase, "done", again.last.text);
    assert.equal(uploads() - before, 2);
    const content = JSON.stringify(studio.asked().at(-1)?.input);
    assert.ok(content.indexOf("Picture 1:") < content.indexOf("Picture 2:"));
  });

  test("with flags takes them out of the words", async () => {
    const { last } = await studio.say("a boat --size wide --quality low", { thread: "paper:flags" });
    const { width, height } = await sharp(last.images[0]?.bytes).metadata();
    assert.deepEqual([width, height], [1536, 1024]);
    const size = last.details?.options.find(({ name }) => name === "size");
    assert.deepEqual(size, { name: "size", requested: "1536x1024", applied: "1536x1024" });
    assert.equal(last.details?.prompt, "a boat");
  });

  test("with options that exclude each other is put right, and says so", async () => {
    const { last } = await studio.say("a sticker of a cat", {
      thread: "paper:excluded",
      options: { background: "transparent", format: "jpeg" },
    });
    assert.equal(last.images[0]?.mediaType, "image/png");
    assert.ok(last.notes.some((note) => note.includes("JPEG cannot be transparent")));
    assert.equal((await sharp(last.images[0]?.bytes).stats()).isOpaque, false);
  });

  test("draws several side by side, and one of them can be picked", async () => {
    const thread = "paper:several";
    const several = await studio.say("a balloon", { thread, options: { count: 3 } });
    assert.equal(several.last.images.length, 3);
    const drawn = several.last.images.map(({ bytes }) => Buffer.from(bytes).toString("base64"));
    assert.equal(new Set(drawn).size, 3, "there is something to pick from");
    const count = several.last.details?.options.find(({ name }) => name === "count");
    assert.deepEqual(count, { name: "count", requested: "3", applied: "3" });
    assert.deepEqual(several.last.actions.slice(0, 3), ["pick1", "pick2", "pick3"]);
    const picked = await studio.press("pick2", several.key);
    assert.equal(picked.last.audience, "asker");
    assert.equal(picked.last.head, several.key);
    await studio.say("make it night", { thread });
    const generation = await studio.history.find(several.key);
    assert.equal(studio.asked().at(-1)?.previous_response_id, generation?.pictures[1]?.responseId);
  });

  test("goes on from no answer that somebody took away, whether it was the newest or not", async () => {
    const thread = "paper:taken-away";
    const first = await studio.say("a cabin", { thread });
    const second = await studio.say("make it night", { thread });
    await studio.core.removed(second.key);
    assert.equal(await studio.core.backTo(thread), first.key);
    await studio.say("add snow", { thread });
    const [{ responseId } = { responseId: "none" }] = (await studio.history.find(first.key))?.pictures ?? [];
    assert.equal(studio.asked().at(-1)?.previous_response_id, responseId);
    const head = await studio.history.head(thread);
    await studio.core.removed(first.key);
    await studio.core.removed("paper:never-heard-of");
    assert.equal(await studio.history.head(thread), head, "what was made of it is there still");
    if (head) await studio.core.removed(head);
    await studio.say("a boat", { thread });
    assert.equal(studio.asked().at(-1)?.previous_response_id, undefined);
  });

  test("of several keeps those that came out when one is refused", async () => {
    studio.standin.fault({ kind: "refuse", stage: "output" });
    const several = await studio.say("a kite", { thread: "paper:one-fails", options: { count: 2 } });
    assert.equal(several.last.phase, "done");
    assert.equal(several.last.images.length, 1);
    assert.ok(several.last.notes.some((note) => note.startsWith("1 of 2 pictures")));
  });

  test("that fails says why, and can be run again", async () => {
    studio.standin.fault({ kind: "refuse", stage: "input", categories: ["violence"] });
    const refused = await studio.say("something forbidden", { thread: "paper:refused" });
    assert.equal(refused.last.phase, "failed");
    assert.match(refused.last.text, /refused what was asked for \(violence\)/);
    assert.deepEqual(refused.last.actions, ["rephrase"]);
    const better = await studio.press("rephrase", refused.key, {
      text: "a kind dog",
      options: {},
      attachments: [],
    });
    assert.equal(better.last.phase, "done", better.last.text);
  });

  test("undo goes back to the picture before, and redo runs again from the same start", async () => {
    const thread = studio.thread;
    const first = await studio.say("a garden", { thread });
    const second = await studio.say("make it night", { thread });
    const undone = await studio.press("undo", second.key);
    assert.equal(undone.last.head, first.key);
    assert.equal(await studio.history.head(thread), first.key);
    const redone = await studio.press("redo", second.key);
    assert.equal(redone.last.parent, first.key);
  });

  test("vary draws from the picture, and delete takes it away for those who may", async () => {
    const first = await studio.say("a bridge");
    const varied = await studio.press("vary", first.key);
    assert.equal(varied.last.parent, first.key);
    assert.equal(varied.last.images.length, 1);
    const denied = await studio.press("delete", varied.key, undefined, bob);
    assert.match(denied.last.text, /Only the one who asked/);
    assert.equal(denied.last.audience, "asker");
    await studio.press("delete", varied.key, undefined, { ...bob, moderator: true });
    assert.equal(studio.adapter.views(varied.key).at(-1)?.images.length, 0);
    assert.equal(await studio.history.head(studio.thread), first.key);
  });

  test("takes a person's defaults where they do not say otherwise, and counts what they had drawn", async () => {
    const user = { id: "u:cleo", name: "Cleo" };
    const { accounts } = studio.core;
    await accounts.setDefaults(user.id, { size: "wide", quality: "low" });
    assert.equal((await accounts.of(user.id)).defaults.size, "1536x1024");
    await assert.rejects(accounts.setDefaults(user.id, { size: "huge" }), { code: "bad_option" });
    const first = await studio.say("a shell --quality medium", { thread: "paper:defaults", user });
    const applied = (name: string) =>
      first.last.details?.options.find((option) => option.name === name)?.applied;
    assert.deepEqual([applied("size"), applied("quality")], ["1536x1024", "medium"]);
    const counted = await accounts.of(user.id);
    assert.equal(counted.pictures, 1);
    assert.equal(counted.usd, first.last.details?.cost?.usd);
    assert.ok(counted.since);
    await accounts.setDefaults(user.id, {});
    assert.deepEqual((await accounts.of(user.id)).defaults, {});
  });

  test("leaves the admin's options out for everybody else, and says so", async () => {
    const options = { moderation: "low", quality: "low" } as const;
    const { last } = await studio.say("a rose", { thread: "paper:admin", options });
    assert.ok(last.notes.includes("Only a moderator can set moderation, so I left it out."));
    assert.doesNotMatch(JSON.stringify(studio.asked().at(-1)?.tools), /moderation/);
    const user = { ...ada, moderator: true };
    await studio.say("a rose", { thread: "paper:admin", options, user });
    assert.match(JSON.stringify(studio.asked().at(-1)?.tools), /"moderation":"low"/);
  });

  test("details are told to the one who asked", async () => {
    const first = await studio.say("a pond", { thread: "paper:details" });
    const { last } = await studio.press("details", first.key);
    assert.equal(last.audience, "asker");
    assert.match(last.text, /\*\*Cost\*\* about \$0\./);
  });
});
