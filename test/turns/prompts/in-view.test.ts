import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createLinks } from "../../../src/pictures/links.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { Attachment, Prompt, ThreadKey } from "../../../src/seam/turn.ts";
import { flat, masked } from "../../rig/pictures.ts";
import { ada, attachment, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

type Studio = Awaited<ReturnType<typeof createStudio>>;

const advice = /\nTo draw from words alone, use --action generate\.$/;
const broken = () => attachment(Buffer.alloc(50), { name: "broken.png" });
const photo = (width = 320, height = 200): Attachment => ({
  ...{ name: "photo.png", mediaType: "image/png", size: 500 },
  read: () => flat("#468", width, height),
});
const looking = (...seen: readonly Attachment[]): Pick<Prompt, "inView"> => ({ inView: async () => seen });

describe("what is in view", () => {
  let studio: Studio;
  let thread: ThreadKey;
  let conversations = 0;
  before(async () => {
    studio = await createStudio({ links: createLinks() });
  });
  after(() => studio.close());
  const begin = () => {
    thread = `paper:view-${conversations++}`;
  };
  const say = (text: string, more: Partial<Prompt> = {}) => studio.say(text, { thread, ...more });
  /** What OpenAI is asked for to answer it: pictures, what it goes on from, and the tool; undefined for nothing. */
  const askedBy = async (work: () => ReturnType<Studio["say"]>) => {
    const count = studio.asked().length;
    const answer = await work();
    const [request, ...more] = studio.asked().slice(count);
    assert.equal(more.length, 0);
    const input = JSON.stringify(request?.input);
    return {
      answer,
      request: request && {
        pictures: input.match(/"input_image"/g)?.length ?? 0,
        previous: request.previous_response_id,
        tool: (request.tools as Record<string, unknown>[])[0],
      },
    };
  };

  test("somebody's newer photo is gone on from, and not the bot's own picture too", async () => {
    begin();
    const castle = await say("a castle --size wide");
    const edit = await askedBy(() => say("make it night", looking(photo(200, 320))));
    assert.deepEqual([edit.request?.pictures, edit.request?.previous], [1, undefined]);
    assert.equal(edit.request?.tool?.size, "640x1024", "it keeps the photo's shape");
    const head = await studio.history.head(thread);
    const kept = head && (await studio.history.find(head));
    assert.ok(kept);
    assert.equal(kept.parent, castle.key, "undo goes back to the picture before");

    const again = await askedBy(() => studio.press("redo", kept.message));
    assert.deepEqual([again.request?.pictures, again.request?.previous], [1, undefined]);
    assert.equal(again.request?.tool?.size, "640x1024");
    const next = await askedBy(() => say("add snow", { replyTo: kept.message, toBot: true }));
    assert.equal(next.request?.previous, kept.pictures[0]?.responseId);
  });

  test("a question about somebody's newer photo, told anew, leaves out the bot's own picture", async () => {
    begin();
    await say("a castle");
    const question = await askedBy(() => say("what is written here?", looking(photo())));
    assert.deepEqual([question.request?.pictures, question.request?.previous], [1, undefined]);
    assert.equal(question.answer.last.phase, "done");
    const head = await studio.history.head(thread);
    const { responseId } = (head && (await studio.history.find(head))) || {};
    const headers = { authorization: "Bearer any" };
    await fetch(`${studio.standin.url}/responses/${responseId}`, { method: "DELETE", headers });
    const count = studio.asked().length;
    await say("make it night");
    const told = JSON.stringify(studio.asked().slice(count).at(-1)?.input);
    assert.match(told, /what is written here/);
    assert.doesNotMatch(told, /castle/);
  });

  test("words between people and the bot that show no picture go on below somebody's photo", async () => {
    begin();
    await say("what is a good colour for a door?");
    const { request } = await askedBy(() => say("paint it so", looking(photo())));
    assert.equal(request?.pictures, 1);
    assert.ok(request.previous, "the words before are not forgotten");
  });

  test("after Undo what is said to come next is true, also where somebody posted a photo", async () => {
    begin();
    const castle = await say("a castle");
    const night = await say("make it night", looking(photo()));
    const undo = async (key: typeof castle.key) => {
      const answer = studio.adapter.reply();
      const press = { kind: "press", action: "undo", message: key, thread, user: ada, place } as const;
      await studio.adapter.handle()(press, answer);
      return studio.adapter.views(answer.key).at(-1)?.text ?? "";
    };
    assert.match(
      await undo(night.key),
      /goes on from there, or from a newer picture that somebody posted here/,
    );
    const newer = await askedBy(() => say("make it dusk", looking(photo())));
    assert.deepEqual([newer.request?.pictures, newer.request?.previous], [1, undefined]);
    assert.match(
      await undo(castle.key),
      /a new picture, or goes on from the newest that somebody posted here/,
    );
    const next = await askedBy(() => say("make it dawn", looking(photo())));
    assert.deepEqual([next.request?.pictures, next.request?.previous], [1, undefined]);
    const bare = await askedBy(() => say("a boat", { thread: `${thread}-other` }));
    assert.deepEqual([bare.request?.pictures, bare.request?.previous], [0, undefined]);
  });

  test("an address of a picture in the words wins over it, and it is not looked at", async () => {
    begin();
    const inView = async () => assert.fail("it was looked at");
    const { last } = await say("paint https://nowhere.invalid/cat.png at night", { inView });
    assert.match(last.text, /nowhere\.invalid\/cat\.png/);
  });

  for (const [why, look] of [
    ["that is damaged", looking(broken())],
    [
      "that cannot be had",
      {
        inView: async () => {
          throw new BotError("bad_attachment", "“broken.png” is gone.");
        },
      },
    ],
  ] as const) {
    test(`one ${why}: words are refused with what to do, and nothing is paid for`, async () => {
      begin();
      await say("a castle");
      const { answer, request } = await askedBy(() => say("make it night", look));
      assert.equal(request, undefined);
      assert.equal(answer.last.phase, "failed");
      assert.match(answer.last.text, /“broken\.png”/);
      assert.match(answer.last.text, advice);

      const alone = await askedBy(() => say("--action generate", look));
      assert.deepEqual([alone.request?.pictures, alone.request?.previous], [0, undefined]);
      const { notes } = alone.answer.last;
      assert.ok(notes.includes("I went on with your words from before: “make it night”."));
      assert.ok(notes.some((note) => /^Left out: “broken\.png”/.test(note)));
      assert.ok(notes.includes("I went by your words alone."));
    });

    test(`one ${why}: a command that draws says so, and draws from words`, async () => {
      begin();
      await say("a castle");
      const { answer, request } = await askedBy(() => say("a kite", { ...look, mustDraw: true }));
      assert.deepEqual([request?.pictures, request?.previous], [0, undefined]);
      assert.ok(answer.last.notes.some((note) => /^Left out: “broken\.png”/.test(note)));
      for (const words of ["a kite --action edit", "what is this?"]) {
        const refused = await askedBy(() => say(words, { ...look, mustDraw: true }));
        assert.equal(refused.request, undefined, words);
        assert.match(refused.answer.last.text, advice);
      }
    });

    test(`one ${why}: a mask has nothing to lie on`, async () => {
      begin();
      await say("a castle");
      const mask = attachment(await masked(320, 200, { left: 50, top: 50, width: 100, height: 100 }), {
        name: "mask.png",
        role: "mask",
      });
      const more = { ...look, attachments: [mask], mustDraw: true };
      const { answer, request } = await askedBy(() => say("add a lamp", more));
      assert.equal(request, undefined);
      assert.match(answer.last.text, /“broken\.png”/);
    });
  }

  test("of several pictures of one answer in view the picked one is gone on from", async () => {
    begin();
    const { key } = await say("a castle --count 2");
    const shown = [photo(320, 200), photo(200, 320)].map((one) => ({ ...one, shownBy: key }));
    const aside = { thread: `${thread}-aside`, ...looking(...shown) } as const;
    const first = await askedBy(() => say("make it night", aside));
    assert.deepEqual([first.request?.pictures, first.request?.tool?.size], [1, "1024x640"]);
    await studio.press("pick2", key);
    const second = await askedBy(() => say("make it day", { ...aside, thread: `${thread}-beside` }));
    assert.deepEqual([second.request?.pictures, second.request?.tool?.size], [1, "640x1024"]);
  });

  test("where nobody can know whether there is one, words do, and the answer says so", async () => {
    begin();
    const why = "I could not look: an admin has not allowed it.";
    const inView = () => Promise.reject(new BotError("unseen", why));
    const { answer, request } = await askedBy(() => say("a red fox", { inView }));
    assert.deepEqual([request?.pictures, answer.last.phase], [0, "done"]);
    assert.ok(answer.last.notes.includes(why));
    const edit = await askedBy(() => say("make it night --action edit", { inView }));
    assert.equal(edit.request, undefined, "an edit of what nobody sees");
    assert.ok(edit.answer.last.text.startsWith(why));
  });

  test("somebody's photo that was drawn from and refused is gone on from in answer to the refusal", async () => {
    begin();
    await say("a castle");
    studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
    const failed = await say("make it night", looking(photo()));
    assert.equal(failed.last.phase, "failed");
    const more = { replyTo: failed.key, toBot: true, ...looking(photo()) };
    const { request } = await askedBy(() => say("make it dusk", more));
    assert.deepEqual([request?.pictures, request?.previous], [1, undefined]);
    assert.ok(failed.last.actions.includes("redo"));
    const again = await askedBy(() => studio.press("redo", failed.key));
    assert.deepEqual([again.request?.pictures, again.request?.previous], [1, undefined]);
  });
});

test("who restarts the bot while it draws from somebody's photo gets that one", async (t) => {
  const first = await createStudio();
  t.after(() => first.close());
  const { standin, store } = first;
  await first.say("a castle");
  const held = first.hold();
  const { key, ...reply } = first.adapter.reply();
  void first.say("make it night", looking(photo()), { key, ...reply });
  await until(() => first.adapter.views(key).some(({ images }) => images.length > 0), "a sketch");
  await first.bot.drain(0);
  const [open] = await first.ledger.open();
  assert.ok(open?.turn);
  const { responseIds: _, ...unsent } = open.turn; // as if it had stopped a moment earlier
  await first.ledger.note(unsent);
  held.release();
  const count = first.asked().length;
  const second = await createStudio({ standin, store });
  t.after(() => second.bot.drain(0));
  await second.bot.resume();
  await until(() => second.adapter.views(key).at(-1)?.phase === "done", "the picture");
  const [request] = second.asked().slice(count);
  assert.equal(request?.previous_response_id, undefined);
  assert.equal(JSON.stringify(request?.input).match(/"input_image"/g)?.length, 1);
});
