import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { RequestDefaults } from "../../src/openai/engine.ts";
import type { MessageKey } from "../../src/seam/turn.ts";
import { flat, masked } from "../rig/pictures.ts";
import { attachment, createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

/** Both engines behind one bot, and what becomes of a picture of the Image API in a restart. */

const images = { engine: "images", mainline: false } as const;

async function start(t: TestContext, defaults: Partial<RequestDefaults>) {
  const studio = await createStudio({ defaults });
  t.after(() => studio.close());
  const last = (key: MessageKey) => studio.adapter.views(key).at(-1);
  const say = async (text: string, more: Parameters<typeof studio.say>[1] = {}) => {
    const reply = studio.adapter.reply();
    await studio.say(text, more, reply);
    const view = last(reply.key);
    assert.ok(view);
    return { key: reply.key, ...view };
  };
  const drawn = () => drawnOf(studio);
  return { ...studio, say, last, drawn };
}

function drawnOf({ standin }: Pick<Awaited<ReturnType<typeof createStudio>>, "standin">) {
  return standin.requests.filter(({ path }) => path.startsWith("/v1/images/"));
}

describe("a restart in the middle of a picture of the Image API", () => {
  /** Begins a picture, and cuts it off when it is under way. */
  async function cutOff(t: TestContext) {
    const studio = await start(t, images);
    studio.hold();
    const reply = studio.adapter.reply();
    void studio.adapter
      .handle()({ ...prompt(studio.thread), text: "a fox" }, reply)
      .catch(() => {});
    const sketched = () => studio.adapter.views(reply.key).some((view) => view.images.length > 0);
    await until(sketched, "a sketch");
    await studio.bot.drain(0);
    return { studio, key: reply.key };
  }

  test("draws it once more, in its message", async (t) => {
    const { studio, key } = await cutOff(t);
    const next = await createStudio({ standin: studio.standin, store: studio.store, defaults: images });
    await next.bot.resume();
    await until(() => next.adapter.views(key).at(-1)?.phase === "done", "the picture");
    assert.equal(drawnOf(studio).length, 2);
    assert.equal(next.adapter.views(key).filter(({ phase }) => phase === "done").length, 1);
    await until(async () => (await next.ledger.open()).length === 0, "the ledger to forget it");
    await next.bot.drain(0);
  });

  test("does not draw it a third time, and says why", async (t) => {
    const { studio, key } = await cutOff(t);
    const second = await createStudio({ standin: studio.standin, store: studio.store, defaults: images });
    second.hold();
    await second.bot.resume();
    await until(() => drawnOf(studio).length === 2, "the second try");
    await second.bot.drain(0);
    const third = await createStudio({ standin: studio.standin, store: studio.store, defaults: images });
    await third.bot.resume();
    await until(() => third.adapter.views(key).at(-1)?.phase === "failed", "what became of it");
    const told = third.adapter.views(key).at(-1);
    assert.match(told?.text ?? "", /restarted twice .* Redo draws it again/);
    assert.ok(told?.actions.includes("redo"));
    assert.equal(drawnOf(studio).length, 2);
    await third.bot.drain(0);
  });
});

describe("both engines", () => {
  test("a question is answered by the mainline model that was named, and the picture goes on", async (t) => {
    const studio = await start(t, { engine: "images", mainline: true });
    const first = await studio.say("a lighthouse in a storm");
    const words = await studio.say("what is in this picture?", { replyTo: first.key, toBot: true });
    assert.equal(words.images.length, 0);
    assert.ok(words.text.length > 20, words.text);
    const asked = JSON.stringify(studio.asked().at(-1)?.input);
    assert.match(asked, /The picture you drew then:.*input_image/, "it is shown what the question is about");
    const second = await studio.say("make it night", { replyTo: words.key, toBot: true });
    assert.equal(second.images.length, 1);
    assert.equal(studio.asked().length, 1);
    assert.equal(studio.drawn().at(-1)?.path, "/v1/images/edits");
    assert.match(JSON.stringify(studio.drawn().at(-1)?.body), /a lighthouse in a storm.*make it night/);
    assert.doesNotMatch(JSON.stringify(studio.drawn().at(-1)?.body), /what is in this picture/);
  });

  test("a style brings its own, and the other goes on from what it drew", async (t) => {
    const studio = await start(t, {});
    await studio.say("style save poster: bold flat colours --engine images");
    const first = await studio.say("a barn --style poster");
    assert.equal(first.images.length, 1);
    assert.equal(studio.asked().length, 0);
    assert.match(JSON.stringify(studio.drawn()[0]?.body), /a barn.*In this style: bold flat colours/);
    assert.equal(first.details?.options.find(({ name }) => name === "engine")?.applied, "images");
    const second = await studio.say("make it night", { replyTo: first.key, toBot: true });
    assert.equal(second.images.length, 1);
    const [request] = studio.asked();
    assert.equal(request?.previous_response_id, undefined);
    assert.match(JSON.stringify(request?.input), /a barn.*The picture you drew then:.*make it night/);
    assert.deepEqual(second.notes, []);
    const third = await studio.say("add a cow", { replyTo: second.key, toBot: true });
    assert.equal(third.images.length, 1);
    assert.ok(studio.asked()[1]?.previous_response_id, "from here on OpenAI keeps it");
  });

  test("the one that is not on offer is left out, and that is said", async (t) => {
    const studio = await start(t, images);
    const { notes, images: shown } = await studio.say("a barn --engine responses");
    assert.equal(shown.length, 1);
    assert.match(notes.join(" "), /Responses API is not on offer here/);
    assert.equal(studio.asked().length, 0);
  });

  test("what there is no mainline model for is not reckoned into the price beforehand", async (t) => {
    const priceOf = async (defaults: Partial<RequestDefaults>) => {
      const studio = await start(t, defaults);
      const { key } = await studio.say("a barn --quality low --size square --partials 0");
      const said = [...(studio.adapter.views(key)[0]?.status ?? "").matchAll(/\$([\d.]+)/g)].at(-1)?.[1];
      assert.ok(said);
      return Number(said);
    };
    assert.ok((await priceOf(images)) < (await priceOf({})));
  });
});

describe("the Image API", () => {
  test("brings no more than sixteen pictures, and leaves a style's out", async (t) => {
    const studio = await start(t, images);
    const attachments = await Promise.all(
      Array.from({ length: 17 }, async (_, n) =>
        attachment(await flat(`#${n.toString(16).repeat(3).slice(0, 3)}`, 32, 32)),
      ),
    );
    const { notes } = await studio.say("a collage", { attachments });
    assert.match(notes.join(" "), /I can use 16 pictures at once/);
    const body = studio.drawn()[0]?.body as Record<string, readonly unknown[]>;
    assert.equal(body["image[]"]?.length, 16);
  });

  test("takes what is sent along in a thread for what the words are about, and the thread's picture beside it", async (t) => {
    const studio = await start(t, images);
    const first = await studio.say("a cat");
    const hat = attachment(await flat("#468", 320, 200));
    await studio.say("put this on her", { attachments: [hat] });
    const promptOf = (at: number) => String(Reflect.get(Object(studio.drawn()[at]?.body), "prompt"));
    const prompt = promptOf(1);
    assert.match(prompt, /^Image 1 is Picture 1\.\s+Image 2 is the newest picture of this conversation/);
    assert.match(prompt, /put this on her$/);
    await studio.say("put this on her", { attachments: [hat], replyTo: first.key, toBot: true });
    const answered = promptOf(2);
    assert.match(answered, /^Image 1 is the picture as it is now\.\s+Image 2 is Picture 1\./);
    assert.match(answered, /- a cat/);
  });

  test("says which pictures there is no room for beside the one that is edited", async (t) => {
    const studio = await start(t, images);
    const first = await studio.say("a cat");
    const attachments = await Promise.all(
      Array.from({ length: 16 }, async (_, n) =>
        attachment(await flat(`#${n.toString(16).repeat(3)}`, 32, 32)),
      ),
    );
    const { notes } = await studio.say("a collage", { attachments, replyTo: first.key, toBot: true });
    assert.match(notes.join(" "), /I can use 16 pictures at once, so I left out the last 1/);
  });

  test("fits a mask to a photo, and sends both as PNG", async (t) => {
    const studio = await start(t, images);
    const mask = attachment(await masked(64, 64, { left: 8, top: 8, width: 20, height: 20 }), {
      role: "mask",
    });
    const photo = attachment(await flat("#468", 320, 200));
    const { images: shown } = await studio.say("add a lamp", { attachments: [photo, mask] });
    assert.equal(shown.length, 1);
    const body = studio.drawn()[0]?.body as Record<string, { readonly type: string }>;
    assert.deepEqual([body.image?.type, body.mask?.type], ["image/png", "image/png"]);
  });

  test("says that the picture to go on from is gone, and draws no other", async (t) => {
    const studio = await start(t, images);
    const first = await studio.say("a barn");
    await studio.adapter.reopen(first.key).show({ ...first, images: [] });
    const told = await studio.say("make it night", { replyTo: first.key, toBot: true });
    assert.equal(told.phase, "failed");
    assert.match(told.text, /no longer there/);
    assert.equal(studio.drawn().length, 1);
  });

  test("begins anew where that is asked for, in a thread that has a picture", async (t) => {
    const studio = await start(t, images);
    await studio.say("a barn");
    await studio.say("a red fox in snow --action generate");
    assert.equal(studio.drawn()[1]?.path, "/v1/images/generations");
    await studio.say("make it night");
    const body = JSON.stringify(studio.drawn()[2]?.body);
    assert.match(body, /a red fox in snow.*make it night/);
    assert.doesNotMatch(body, /barn/);
  });

  test("undo goes on from the picture before", async (t) => {
    const studio = await start(t, images);
    const first = await studio.say("a barn");
    const second = await studio.say("make it night");
    await studio.press("undo", second.key);
    await studio.say("make it winter");
    const body = JSON.stringify(studio.drawn()[2]?.body);
    assert.match(body, /a barn.*make it winter/);
    assert.doesNotMatch(body, /night/);
    assert.equal(studio.drawn()[2]?.path, "/v1/images/edits");
    assert.ok(first.images.length === 1);
  });
});

function prompt(thread: MessageKey) {
  return {
    ...{ kind: "prompt" as const, thread, user: { id: "u:ada", name: "Ada" } },
    ...{ place: { channel: "paper:room", community: "paper:house" } as const },
    ...{ options: {}, attachments: [], addressed: true },
  };
}
