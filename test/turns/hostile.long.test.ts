import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import type { ActionName } from "../../src/seam/actions.ts";
import type { MessageKey } from "../../src/seam/turn.ts";
import type { Reply, View } from "../../src/seam/view.ts";
import { openStore } from "../../src/store/store.ts";
import { createFragileStore } from "../rig/fragile-store.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

type Studio = Awaited<ReturnType<typeof createStudio>>;

let studio: Studio;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

/** Asks for a picture and waits until a sketch of it is shown; nothing more comes before `release`. */
async function begin(text: string) {
  const { release } = studio.hold();
  const reply = studio.adapter.reply();
  const answered = studio.say(text, {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  return { key: reply.key, answered, release };
}

/** Presses a button that answers elsewhere than in a message of its own. */
async function press(action: ActionName, message: MessageKey, user = ada): Promise<void> {
  await studio.adapter.handle()(
    { kind: "press", thread: studio.thread, user, place, action, message },
    studio.adapter.reply(),
  );
}

const last = (key: MessageKey) => studio.adapter.views(key).at(-1);

describe("two people at one message", () => {
  test("both press redo: both get a picture from the same start", async () => {
    const first = await studio.say("a garden");
    const second = await studio.say("make it night");
    const both = await Promise.all([
      studio.press("redo", second.key),
      studio.press("redo", second.key, undefined, bob),
    ]);
    for (const { last } of both) {
      assert.equal(last.phase, "done", last.text);
      assert.equal(last.parent, first.key);
    }
  });

  test("both press cancel: one cancels, the other is told, and the picture is cancelled once", async () => {
    const { key, answered } = await begin("a garden");
    const mod = { ...bob, moderator: true };
    await Promise.all([press("cancel", key), press("cancel", key, mod)]);
    assert.equal((await answered).last.phase, "cancelled");
    assert.equal(studio.adapter.views(key).filter(({ phase }) => phase === "cancelled").length, 1);
    assert.match((await studio.press("cancel", key)).last.text, /over already/);
  });

  test("both press delete: it is gone, and nobody sees an error", async () => {
    const { key } = await studio.say("a garden");
    const mod = { ...bob, moderator: true };
    await Promise.all([press("delete", key), press("delete", key, mod)]);
    assert.equal(last(key)?.status?.startsWith("Deleted by"), true);
    assert.equal((await studio.history.find(key))?.outcome, "deleted");
  });

  test("one picks while the other deletes: it stays deleted", async () => {
    const several = await studio.say("a kite", { options: { count: 2 } });
    await Promise.all([press("delete", several.key), press("pick2", several.key)]);
    assert.equal((await studio.history.find(several.key))?.outcome, "deleted");
  });

  test("one deletes while a child is being drawn: the child is drawn, and undo goes past what is gone", async () => {
    const root = await studio.say("a garden");
    const parent = await studio.say("make it night");
    const { key, answered, release } = await begin("make it winter");
    await press("delete", parent.key);
    release();
    assert.equal((await answered).last.phase, "done");
    assert.equal(await studio.history.head(studio.thread), key);
    const undone = await studio.press("undo", key);
    assert.equal(undone.last.head, root.key);
  });

  test("one replies to a picture that is still being drawn: it goes on from the finished one", async () => {
    const { key, answered, release } = await begin("a garden");
    const asked = studio.say("make it night", { replyTo: key, user: bob });
    release();
    const [child] = await Promise.all([asked, answered]);
    assert.equal(child.last.phase, "done", child.last.text);
    assert.equal(child.last.parent, key);
  });
});

describe("presses that make little sense", () => {
  test("undo at the root starts afresh, and again", async () => {
    const first = await studio.say("a garden");
    for (let time = 0; time < 2; time += 1) {
      const { last } = await studio.press("undo", first.key);
      assert.equal(last.head, null);
      assert.match(last.text, /Back to the beginning/);
    }
    const next = await studio.say("make it night");
    assert.equal(next.last.parent, undefined);
  });

  test("redo of a redo of a redo runs from the same start", async () => {
    const first = await studio.say("a garden");
    let shown = await studio.say("make it night");
    for (let time = 0; time < 3; time += 1) shown = await studio.press("redo", shown.key);
    assert.equal(shown.last.parent, first.key);
    assert.equal(shown.last.details?.prompt, "make it night");
  });

  test("pick, then delete: the thread goes on from the picture before", async () => {
    const first = await studio.say("a garden");
    const several = await studio.say("a kite", { options: { count: 2 } });
    await studio.press("pick2", several.key);
    await press("delete", several.key);
    assert.equal(await studio.history.head(studio.thread), first.key);
    const picked = await studio.press("pick1", several.key);
    assert.equal(picked.last.phase, "failed");
    assert.match(picked.last.text, /no longer know this picture/);
  });

  test("delete of one whose parent is deleted goes back to what is left", async () => {
    const root = await studio.say("a garden");
    const parent = await studio.say("make it night");
    const child = await studio.say("make it winter");
    await press("delete", parent.key);
    await press("delete", child.key);
    assert.equal(await studio.history.head(studio.thread), root.key);
  });

  for (const action of ["vary", "redo", "undo", "delete", "details", "pick1", "rephrase"] as const) {
    test(`${action} under a message that nobody knows says what to do`, async () => {
      const { last } = await studio.press(action, "paper:nobody", {
        text: "x",
        options: {},
        attachments: [],
      });
      assert.equal(last.phase, "failed");
      assert.equal(last.audience, "asker");
      assert.match(last.text, /no longer know this picture\. Attach it/);
    });
  }

  test("cancel after the end says that it is over, and under a message that nobody knows what will be", async () => {
    const { key } = await studio.say("a garden");
    assert.match((await studio.press("cancel", key)).last.text, /over already/);
    assert.match((await studio.press("cancel", "paper:nobody")).last.text, /Nothing is being drawn there/);
  });

  test("edit under a message that nobody knows and that shows nothing says what to do", async () => {
    const { last } = await studio.press("edit", "paper:nobody", { text: "x", options: {}, attachments: [] });
    assert.equal(last.phase, "failed");
    assert.match(last.text, /cannot find a picture in the message/);
  });

  test("cancel while waiting in line frees the place, and it can be run again", async () => {
    const { answered, release } = await begin("a garden");
    const second = studio.adapter.reply();
    const left = studio.say("a second one", {}, second);
    await until(() => studio.adapter.views(second.key).some(({ phase }) => phase === "queued"), "its place");
    await press("cancel", second.key);
    const { last } = await left;
    release();
    assert.equal(last.phase, "cancelled");
    assert.deepEqual(last.actions, ["redo", "rephrase"]);
    await answered;
    assert.equal((await studio.press("redo", second.key)).last.phase, "done");
  });
});

describe("strange words", () => {
  const cases: readonly [string, string][] = [
    ["NUL", "a fox\0 in snow"],
    ["half a character", "a fox \ud83e in snow"],
    ["32,000 characters of emoji", "🦊".repeat(16_000)],
    ["emoji that lie across every limit", `x${"🦊".repeat(2000)}`],
    ["marks that turn the text around", "\u202ea fox\u202c \u2067in snow\u2069"],
    ["a thousand lines", "a fox\n".repeat(1000)],
    ["one long word", "x".repeat(32_000)],
  ];
  for (const [what, text] of cases) {
    test(`${what}: is drawn, shown and found again`, async () => {
      const { last, key } = await studio.say(text);
      assert.equal(last.phase, "done", last.text);
      const [image] = last.images;
      assert.ok(image);
      assert.ok(image.alt.isWellFormed(), "the alt text is whole");
      assert.match(image.name, /^[a-z0-9-]{1,60}\.png$/);
      assert.equal((await studio.press("redo", key)).last.phase, "done");
    });
  }
});

describe("many pictures", () => {
  test("four at once from three references and a mask", async () => {
    const mask = await sharp({ create: { width: 64, height: 64, channels: 4, background: "#fff" } })
      .composite([
        { input: Buffer.alloc(16 * 16 * 4), raw: { width: 16, height: 16, channels: 4 }, blend: "source" },
      ])
      .png()
      .toBuffer();
    const files = await Promise.all(
      ["#f00", "#0f0", "#00f"].map(async (colour) => attachment(await flat(colour))),
    );
    const { last } = await studio.say("put these together", {
      attachments: [...files, attachment(mask, { role: "mask" })],
      options: { count: 4 },
    });
    assert.equal(last.phase, "done", last.text);
    assert.equal(last.images.length, 4);
    assert.deepEqual(last.actions.slice(0, 4), ["pick1", "pick2", "pick3", "pick4"]);
    const uploads = studio.standin.requests.filter(({ path }) => path === "/v1/files");
    assert.equal(uploads.length, 4, "each file is stored once, whatever the count");
  });

  test("more than a message holds: who asked is told how many are missing", async () => {
    const { last } = await studio.say(
      "a kite",
      { options: { count: 3 } },
      studio.adapter.reply({ images: 2 }),
    );
    assert.equal(last.images.length, 2);
    assert.deepEqual(last.actions.slice(0, 3), ["pick1", "pick2", "edit"]);
    assert.ok(
      last.notes.some((note) => /3 pictures .*2/.test(note)),
      JSON.stringify(last.notes),
    );
  });
});

describe("a reply that cannot be shown", () => {
  function failing(when: (view: View, nth: number) => boolean): Reply & { readonly key: MessageKey } {
    const reply = studio.adapter.reply();
    let nth = 0;
    return {
      ...reply,
      async show(view) {
        nth += 1;
        if (when(view, nth)) throw new Error("the platform refuses");
        return reply.show(view);
      },
    };
  }

  test("the first time: nothing is asked of OpenAI, and nothing is left open", async () => {
    await studio.say(
      "a fox",
      {},
      failing((_, nth) => nth === 1),
    );
    assert.equal(studio.asked().length, 0);
    assert.deepEqual(await studio.ledger.open(), []);
  });

  test("in the middle: the picture is shown at the end", async () => {
    const reply = failing(({ phase }, nth) => phase === "working" && nth > 1);
    const { last } = await studio.say("a fox", {}, reply);
    assert.equal(last.phase, "done");
  });

  test("the last time: one more try, since it was paid for", async () => {
    let refused = 0;
    const reply = failing(({ phase }) => phase === "done" && ++refused === 1);
    const { last } = await studio.say("a fox", {}, reply);
    assert.equal(last.phase, "done");
    assert.equal(last.images.length, 1);
  });

  test("for long: the next one in the thread is drawn meanwhile, and it is shown when it can be", async () => {
    let isDown = true;
    const reply = failing((_, nth) => isDown && nth > 1);
    const answered = studio.say("a fox", {}, reply);
    await until(() => studio.lines.some((line) => line.includes("answer.waits")), "the first try");
    assert.equal((await studio.say("a cat")).last.phase, "done");
    assert.equal((await studio.ledger.open()).length, 1, "what is not shown is not forgotten");
    isDown = false;
    const { last } = await answered;
    assert.equal(last.phase, "done");
    assert.equal(last.images[0]?.bytes.byteLength !== 0, true);
    assert.deepEqual(await studio.ledger.open(), []);
  });

  test("before the process ends: the next one shows it, and draws nothing", async () => {
    const reply = failing((_, nth) => nth > 1);
    void studio.say("a fox", {}, reply);
    await until(() => studio.lines.some((line) => line.includes("answer.waits")), "the first try");
    await studio.bot.drain(0);
    const asked = studio.asked().length;
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    const views = next.adapter.views(reply.key);
    assert.equal(views.length, 1, "nothing is shown before what was about to be shown");
    assert.equal(views[0]?.images.length, 1);
    assert.equal(studio.asked().length, asked);
    await until(async () => (await next.ledger.open()).length === 0, "the ledger to forget it");
    assert.equal((await next.core.accounts.of("u:ada")).pictures, 1, "it is counted once");
    await next.bot.drain(0);
  });
});

describe("a store that fails", () => {
  async function fragile() {
    const { store, failWhen } = createFragileStore(await openStore("memory:"));
    await studio.close();
    studio = await createStudio({ store, wait: async () => {} });
    return failWhen;
  }

  test("before anything is asked: the person is told, and nothing is spent", async () => {
    const failWhen = await fragile();
    failWhen((table, call) => table === "event" && call === "set");
    const { last } = await studio.say("a fox");
    assert.equal(last.phase, "failed");
    assert.match(last.text, /My memory failed/);
    assert.equal(studio.asked().length, 0);
  });

  test("once the drawing has begun: the picture is shown all the same", async () => {
    const failWhen = await fragile();
    failWhen((table, call, value) => {
      return table === "event" && call === "set" && JSON.stringify(value).includes("responseIds");
    });
    const { last } = await studio.say("a fox");
    assert.equal(last.phase, "done", last.text);
    assert.equal(last.images.length, 1);
  });

  test("at the end: the picture is shown, and it says what cannot be done with it", async () => {
    const failWhen = await fragile();
    failWhen((table, call) => table === "generation" && call === "set");
    const { last } = await studio.say("a fox");
    assert.equal(last.phase, "done");
    assert.equal(last.images.length, 1);
    assert.match(last.notes.join(), /My memory failed/);
  });

  test("while the account is kept: the picture is shown, with all its buttons", async () => {
    const failWhen = await fragile();
    failWhen((table, call) => table === "account" && call === "set");
    const { last } = await studio.say("a fox");
    assert.equal(last.images.length, 1);
    assert.ok(last.actions.includes("edit"), JSON.stringify(last.notes));
  });

  test("for ever: nobody who said something to others is bothered", async () => {
    const failWhen = await fragile();
    failWhen(() => true);
    const { views } = await studio.say("see you at eight", { addressed: false });
    assert.equal(views.length, 0);
  });

  test("and is back: the thread goes on", async () => {
    const failWhen = await fragile();
    await studio.say("a fox");
    failWhen(() => true);
    assert.equal((await studio.say("make it night")).last.phase, "failed");
    failWhen(() => false);
    assert.equal((await studio.say("make it night")).last.phase, "done");
  });
});

describe("a platform that fails", () => {
  test("to give back a picture that OpenAI forgot: the person learns what to do", async () => {
    const first = await studio.say("a castle");
    const found = await studio.history.find(first.key);
    await fetch(`${studio.standin.url}/responses/${found?.pictures[0]?.responseId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer any" },
    });
    studio.adapter.recall = async () => {
      throw new Error("503");
    };
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "failed");
    assert.match(last.text, /Attach the picture/);
  });

  test("to ever hand over a file: cancel ends it, and the next turn is drawn", async () => {
    const stuck = { ...attachment(new Uint8Array(1)), read: () => new Promise<never>(() => {}) };
    const reply = studio.adapter.reply();
    const answered = studio.say("a fox", { attachments: [stuck] }, reply);
    await until(
      () => studio.adapter.views(reply.key).some(({ status }) => status?.includes("Looking")),
      "a look",
    );
    await press("cancel", reply.key);
    assert.equal((await answered).last.phase, "cancelled");
    assert.equal((await studio.say("a cat")).last.phase, "done");
  });
});

describe("a platform that never answers", () => {
  test("about a picture it shows: cancel ends the turn, and the next one is drawn", async () => {
    studio.adapter.recall = () => new Promise(() => {});
    const reply = studio.adapter.reply();
    const answered = studio.say("make it night", { replyTo: "paper:foreign" }, reply);
    await until(() => studio.adapter.views(reply.key).length > 1, "the start");
    await press("cancel", reply.key);
    assert.equal((await answered).last.phase, "cancelled");
    assert.equal((await studio.say("a cat")).last.phase, "done");
  });
});
