import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import type { Attachment, MessageKey, Prompt, ThreadKey } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { openStore } from "../../../src/store/store.ts";
import { flat } from "../../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

type Studio = Awaited<ReturnType<typeof createStudio>>;

/** What the last request says, and how many pictures come with it. */
function lastOf(studio: Studio) {
  const { input, tools, previous_response_id } = studio.asked().at(-1) ?? {};
  const said = JSON.stringify(input);
  return {
    said,
    pictures: said.match(/Picture \d:/g)?.length ?? 0,
    tool: (tools as Record<string, unknown>[])[0],
    previous: previous_response_id,
  };
}

describe("a request that nothing was drawn of is completed by what its person says next", () => {
  let studio: Studio;
  let thread: ThreadKey;
  let conversations = 0;
  let asked = 0;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());
  afterEach(() => {
    asked = studio.asked().length;
  });
  const begin = () => {
    thread = `paper:${conversations++}`;
    asked = studio.asked().length;
  };
  const say = (text: string, more: Partial<Prompt> = {}) => studio.say(text, { thread, ...more });
  const photo = async (name = "photo.png", colour = "#c00") =>
    attachment(await flat(colour, 320, 200), { name });
  const refused = async (text: string, more: Partial<Prompt>, why: RegExp) => {
    const answer = await say(text, more);
    assert.equal(answer.last.phase, "failed");
    assert.match(answer.last.text, why);
    assert.equal(studio.asked().length, asked, "nothing was paid for");
    return answer;
  };

  test("a photo without words, then the words", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /^Say what to do with the picture/);
    const { last } = await say("make it night");
    assert.equal(last.phase, "done");
    assert.equal(lastOf(studio).pictures, 1);
    assert.match(lastOf(studio).said, /make it night/);
    assert.deepEqual(last.notes, ["I took along the picture you sent before."]);
    await say("a red fox in snow");
    assert.equal(lastOf(studio).pictures, 0, "it is used once");
  });

  test("a hidden photo without words: what is drawn with the words is hidden", async () => {
    begin();
    await refused("", { attachments: [await photo()], spoiler: true }, /Say what to do with the picture/);
    const { views } = await say("make it night");
    assert.ok(views.length > 1 && views.every(({ spoiler }) => spoiler), "sketches too");
    assert.ok((await say("a cat")).views.every(({ spoiler }) => !spoiler));
  });

  test("several photos, one after the other, stay in order", async () => {
    begin();
    await refused("", { attachments: [await photo("one.png", "#100")] }, /Say what to do/);
    await refused("", { attachments: [await photo("two.png", "#200")] }, /Say what to do/);
    const { last } = await say("put the second on the first");
    assert.equal(lastOf(studio).pictures, 2);
    assert.ok(last.notes.includes("I took along the 2 pictures you sent before."));
    const [one, two] =
      (await studio.history.find((await studio.history.head(thread)) ?? "a:b"))?.inputs ?? [];
    assert.notDeepEqual(one?.source, two?.source);
  });

  test("in an answer to the bot's question, in another thread", async () => {
    begin();
    const question = await refused("", { attachments: [await photo()] }, /Say what to do/);
    thread = "paper:elsewhere";
    await say("make it night", { replyTo: question.key, toBot: true });
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("in a thread below the refusal it goes on from where the conversation stood", async () => {
    for (const words of ["--count 1", "make it dusk"]) {
      begin();
      const castle = await say("a castle");
      asked = studio.asked().length;
      const refusal = await refused("make it night --count 9", {}, /not “9”/);
      await say("a boat"); // the conversation goes on meanwhile
      thread = `${thread}-below`;
      asked = studio.asked().length;
      const still = await refused("--count 8", { replyTo: refusal.key, toBot: true }, /not “8”/);
      await say(words, { replyTo: still.key, toBot: true });
      const { responseId } = (await studio.history.find(castle.key))?.pictures[0] ?? {};
      assert.equal(lastOf(studio).previous, responseId, words);
    }
  });

  test("in a form of *Edit* that is opened on the bot's question", async () => {
    begin();
    const question = await refused("", { attachments: [await photo()] }, /Say what to do/);
    await studio.press("edit", question.key, { text: "make it night", options: {}, attachments: [] });
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("a wrong option, then the flag alone", async () => {
    begin();
    const why = /^Pictures takes .* not “9”\.\nQuality takes .* not “ultra”\.$/s;
    await refused("a kite --size wide --count 9", { options: { quality: "ultra" as "low" } }, why);
    const { last } = await say("—count 2");
    assert.equal(last.images.length, 2);
    assert.match(lastOf(studio).said, /a kite/);
    assert.equal(lastOf(studio).tool?.size, "1536x1024", "what was right is kept");
    assert.ok(last.notes.includes("I went on with your words from before: “a kite”."));
  });

  test("a wrong option, then the words said anew: they are whole", async () => {
    begin();
    await refused("a kite --quality low --count 9", {}, /not “9”/);
    const { last } = await say("a red kite");
    assert.deepEqual(last.notes, []);
    assert.match(lastOf(studio).said, /"content":"a red kite"/);
    assert.equal(lastOf(studio).tool?.quality, undefined);
  });

  test("a wrong option in an answer to a picture: what comes next still answers it", async () => {
    begin();
    const first = await say("a castle");
    const second = await say("a harbour", { replyTo: first.key });
    asked = studio.asked().length;
    await refused("make it night --count 9", { replyTo: first.key, toBot: true }, /not “9”/);
    await say("--count 1");
    const { responseId } = (await studio.history.find(first.key))?.pictures[0] ?? {};
    assert.ok(responseId && second.last.phase === "done");
    assert.equal(lastOf(studio).previous, responseId);
  });

  test("a wrong option, other words in between, then the flag in answer to the refusal", async () => {
    begin();
    const refusal = await refused("a kite --quality low --count 9", {}, /not “9”/);
    await say("hm, a boat first");
    const alone = await say("--count 2");
    assert.match(alone.last.text, /^Say what to draw/, "in the thread the newest counts");
    const { last } = await say("--count 2", { replyTo: refusal.key, toBot: true });
    assert.equal(last.images.length, 2);
    assert.match(lastOf(studio).said, /a kite/);
    assert.equal(lastOf(studio).tool?.quality, "low");
    const again = await say("--count 2", { replyTo: refusal.key, toBot: true });
    assert.doesNotMatch(again.last.notes.join(), /a kite/, "it is used once");
  });

  test("words without a picture, then the picture", async () => {
    begin();
    await refused("make it night --action edit", {}, /There is no picture to edit/);
    await say("", { attachments: [await photo()] });
    const { said, pictures, tool } = lastOf(studio);
    assert.match(said, /make it night/);
    assert.deepEqual([pictures, tool?.action], [1, "edit"]);
  });

  test("one of two files cannot be read: it alone has to be sent again", async () => {
    begin();
    const attachments = [await photo("good.png"), attachment(Buffer.alloc(50), { name: "bad.png" })];
    await refused("put the second on the first", { attachments }, /“bad.png”/);
    await say("", { attachments: [await photo("better.png", "#0c0")] });
    assert.equal(lastOf(studio).pictures, 2);
    assert.match(lastOf(studio).said, /put the second on the first/);
  });

  test("a file that is sent again takes the place of the one that could not be read", async () => {
    const bad = (name: string) => attachment(Buffer.alloc(50), { name });
    const sent = async (...colours: readonly string[]) =>
      Promise.all(colours.map((colour) => photo(`${colour}.png`, colour)));
    const drawnFrom = async () => {
      const head = await studio.history.head(thread);
      const inputs = (head && (await studio.history.find(head))?.inputs) || [];
      return inputs.map(({ source }) => JSON.stringify(source));
    };
    begin();
    await say("put them in a row", { attachments: await sent("#111", "#222", "#333", "#444") });
    const whole = await drawnFrom();
    assert.equal(whole.length, 4);

    begin();
    const [, second, , fourth] = await sent("#111", "#222", "#333", "#444");
    assert.ok(second && fourth);
    const attachments = [bad("a.png"), second, bad("c.png"), fourth];
    await refused("put them in a row", { attachments }, /“a.png”.*“c.png”/s);
    await say("", { attachments: await sent("#111", "#333") });
    assert.deepEqual(await drawnFrom(), whole);

    begin();
    await refused("put them in a row", { attachments }, /“a.png”.*“c.png”/s);
    await say("", { attachments: await sent("#111") });
    assert.deepEqual(
      await drawnFrom(),
      [whole[1], whole[3], whole[0]],
      "nobody knows which of the two it is",
    );
  });

  test("words with a picture of their own need nothing from before, and it is forgotten", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /Say what to do/);
    await say("make it night", { attachments: [await photo("other.png", "#00c")] });
    assert.equal(lastOf(studio).pictures, 1);
    await say("a kite");
    assert.equal(lastOf(studio).pictures, 0);
  });

  test("flags before the words, and nothing said in between", async () => {
    begin();
    await refused("--size wide", {}, /Say what to draw/);
    await refused("  ", {}, /Say what to draw/);
    await say("a kite");
    assert.equal(lastOf(studio).tool?.size, "1536x1024");
  });

  test("another person's words do not complete it", async () => {
    begin();
    const question = await refused("", { attachments: [await photo()] }, /Say what to do/);
    await say("make it night", { user: bob });
    await say("make it night", { user: bob, replyTo: question.key, toBot: true });
    assert.equal(lastOf(studio).pictures, 0);
    await say("make it night", { user: ada });
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("its thread is known to its person alone", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /Say what to do/);
    const other = await say("hello", { user: bob, addressed: false });
    assert.equal(other.views.length, 0);
    const { last } = await say("make it night", { addressed: false });
    assert.equal(last.phase, "done");
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("it is forgotten where it is put right by a button", async () => {
    begin();
    const failed = await refused("make it night --action edit", {}, /There is no picture to edit/);
    const input = { text: "a castle --action auto", options: {}, attachments: [] };
    assert.equal((await studio.press("rephrase", failed.key, input)).last.phase, "done");
    assert.match((await say("--size wide")).last.text, /Say what to draw/);
  });

  test("words for a picture that is not there, then the picture", async () => {
    begin();
    await refused("make it night", { replyTo: "paper:theirs" }, /I cannot find a picture in the message/);
    await say("", { attachments: [await photo()] });
    assert.equal(lastOf(studio).pictures, 1);
    assert.match(lastOf(studio).said, /make it night/);
  });

  test("what was taken up is not lost to trouble that passes", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /Say what to do/);
    studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
    assert.equal((await say("make it night")).last.phase, "failed");
    await say("make it night");
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("words about the studio leave it as it is", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /Say what to do/);
    await say("help");
    await say("make it night");
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("a picture in view is not looked at where one was sent before", async () => {
    begin();
    await refused("", { attachments: [await photo()] }, /Say what to do/);
    await say("make it night", { inView: async () => assert.fail("it was looked at") });
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("words that were refused: the picture goes with the next words", async () => {
    begin();
    studio.standin.fault({ kind: "refuse", stage: "input", categories: ["violence"] });
    const attachments = [await photo()];
    assert.equal((await say("gore and violence", { attachments })).last.phase, "failed");
    await say("make it night");
    assert.equal(lastOf(studio).pictures, 1);
    assert.doesNotMatch(lastOf(studio).said, /gore/);
  });

  test("a file that cannot be read is named at once, and nothing is drawn as if there had been none", async () => {
    for (const text of ["", "make it night"]) {
      begin();
      await refused(
        text,
        { attachments: [attachment(Buffer.alloc(0), { name: "bad.png" })] },
        /“bad.png” is empty/,
      );
      await refused("make it night", {}, /“bad.png” is empty.*\nThere is still no picture I can read/);
      assert.equal((await say("make it night")).last.phase, "done", "said once more, it is meant");
    }
    begin();
    const files = [attachment(Buffer.alloc(0), { name: "bad.png" })];
    await refused("a bridge like this fox", { attachments: files }, /“bad.png” is empty/);
    const { last } = await say("a small boat");
    assert.equal(last.phase, "done", "other words are a request of their own");
    assert.ok(last.notes.some((note) => /^Left out: “bad.png” is empty/.test(note)));
  });

  test("a mask that marks nothing is not kept", async () => {
    begin();
    const mask = attachment(await flat("#fff", 320, 200), { name: "mask.png", role: "mask" });
    await refused("make it night", { attachments: [await photo(), mask] }, /The mask marks nothing/);
    const { last } = await say("make it day");
    assert.equal(last.phase, "done");
    assert.ok(last.notes.some((note) => note.startsWith("Left out: The mask marks nothing")));
  });

  test("an answer to a picture of the bot's without words, then the words", async () => {
    begin();
    const first = await say("a castle");
    await say("a harbour");
    asked = studio.asked().length;
    await refused("", { replyTo: first.key, toBot: true }, /^Say what to do with the picture/);
    await say("make it night");
    const { responseId } = (await studio.history.find(first.key))?.pictures[0] ?? {};
    assert.equal(lastOf(studio).previous, responseId);
  });

  test("words right behind a photo that takes a while to be read", async () => {
    begin();
    const file = await photo();
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const read = async (signal: AbortSignal) => {
      started.resolve();
      await go.promise;
      return file.read(signal);
    };
    const one = say("", { attachments: [{ ...file, read }] });
    await started.promise;
    const two = say("make it night");
    go.resolve();
    assert.match((await one).last.text, /^Say what to do with the picture/);
    assert.equal((await two).last.phase, "done");
    assert.equal(lastOf(studio).pictures, 1);
  });

  test("whoever is quicker than the bot's memory is waited for", async () => {
    begin();
    const reply = studio.adapter.reply();
    let next: ReturnType<typeof say> | undefined;
    const show: typeof reply.show = (view) => {
      next ??= say("make it night");
      return reply.show(view);
    };
    await studio.say("", { thread, attachments: [await photo()] }, { ...reply, show });
    assert.equal((await next)?.last.phase, "done");
    assert.equal(lastOf(studio).pictures, 1);
  });
});

describe("an answer to a message of the bot's without a picture is an ordinary request", () => {
  test("whatever the message says", async () => {
    const studio = await createStudio();
    try {
      const first = await studio.say("a castle");
      const refusal = await studio.say("a kite --count 9", { user: bob });
      const help = await studio.say("help");
      for (const { key } of [refusal, help]) {
        const { last } = await studio.say("make it night", { replyTo: key, toBot: true });
        assert.equal(last.phase, "done", last.text);
        assert.ok(studio.asked().at(-1)?.previous_response_id, "it goes on in the thread");
      }
      const { last } = await studio.say("make it night", { replyTo: "paper:theirs" });
      assert.match(last.text, /I cannot find a picture in the message you answered/);
      assert.equal(first.last.phase, "done");
    } finally {
      await studio.close();
    }
  });

  test("also where it failed at the beginning, below a picture of somebody's", async () => {
    const studio = await createStudio();
    try {
      studio.standin.fault({ kind: "refuse", stage: "input", categories: ["violence"] });
      const refusal = await studio.say("something forbidden");
      const inView = async () => [attachment(await flat("#468", 320, 200))];
      await studio.say("something kind", { replyTo: refusal.key, toBot: true, inView });
      assert.equal(lastOf(studio).pictures, 1);
    } finally {
      await studio.close();
    }
  });
});

test("a full line takes the words back, and keeps the files for when they are said again", async () => {
  const studio = await createStudio({ concurrency: 1, queue: { all: 2, ofOne: 1 } });
  const held = studio.hold();
  const reply = studio.adapter.reply();
  const first = studio.say("a harbour", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  const second = studio.say("a bridge", { thread: "paper:2" });
  const photo = attachment(await flat("#c00", 320, 200));
  const full = await studio.say("make it night", { thread: "paper:3", attachments: [photo] });
  assert.match(full.last.text, /You have 1 request waiting/);
  held.release();
  await Promise.all([first, second]);
  assert.equal((await studio.say("make it night", { thread: "paper:3" })).last.phase, "done");
  assert.equal(lastOf(studio).pictures, 1);
  await studio.close();
});

test("what came to nothing only after a restart is completed by the next words", async () => {
  const store = await openStore("memory:");
  const bytes = await flat("#c00", 320, 200);
  const source = { kind: "platform", file: Buffer.from(bytes).toString("base64") } as const;
  const photo: Attachment = { ...attachment(bytes), source };
  const one = await createStudio({ store });
  const plain = one.adapter.reply();
  const posted = Promise.withResolvers<void>();
  const shown = Promise.withResolvers<void>();
  const slow: Reply & { readonly key: MessageKey } = {
    ...{ ...plain, message: plain.key },
    async show(view) {
      posted.resolve();
      await shown.promise;
      return plain.show(view);
    },
  };
  const answered = one.say("refuse-me", { attachments: [photo] }, slow);
  await posted.promise;
  const drained = one.bot.drain(0);
  shown.resolve();
  await Promise.all([drained, answered]);
  assert.equal(one.asked().length, 0, "it is left to the next process");
  const two = await createStudio({ standin: one.standin, store });
  await two.bot.resume();
  await until(() => two.adapter.views(plain.key).at(-1)?.phase === "failed", "the refusal");
  const { last } = await two.say("make it night");
  assert.equal(last.phase, "done");
  assert.deepEqual(last.notes, ["I took along the picture you sent before."]);
  assert.equal(lastOf(two).pictures, 1);
  await two.close();
});

test("what is unfinished outlives a restart, and not the hour", async (t) => {
  const store = await openStore("memory:");
  const photo = attachment(await flat("#c00", 320, 200));
  const one = await createStudio({ store });
  await one.say("", { attachments: [photo] });
  await one.bot.drain(0);
  const two = await createStudio({ standin: one.standin, store });
  await two.say("make it night");
  assert.equal(lastOf(two).pictures, 1);

  await two.say("", { attachments: [photo] });
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 61 * 60 * 1000 });
  await two.say("make it day");
  assert.equal(lastOf(two).pictures, 0);
  await two.close();
});
