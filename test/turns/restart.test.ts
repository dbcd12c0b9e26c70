import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { BotError } from "../../src/seam/errors.ts";
import type { MessageKey, Prompt } from "../../src/seam/turn.ts";
import type { Reply, View } from "../../src/seam/view.ts";
import { createStandin } from "../../src/standin/index.ts";
import { createFragileStore } from "../rig/fragile-store.ts";
import { createFolder } from "../rig/process.ts";
import { createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

/** Asks for a fox, and waits until a sketch of it is shown. Nothing more comes by the connection that brought it. */
async function begin(more: Partial<Prompt> = {}) {
  studio.hold();
  const reply = studio.adapter.reply();
  const answered = studio.say("a fox", more, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  return { key: reply.key, answered };
}

describe("a restart", () => {
  test("does not wait for ever on a platform that hangs", async () => {
    const hangs = { ...studio.adapter.reply(), show: () => new Promise<never>(() => {}) };
    void studio.say("a fox", {}, hangs);
    await studio.bot.drain(0);
  });

  test("says each note once", async () => {
    const reply = await begin({ options: { background: "transparent", format: "jpeg" } });
    await studio.bot.drain(0);
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    const notes = next.adapter.views(reply.key).at(-1)?.notes ?? [];
    assert.equal(notes.length, new Set(notes).size, JSON.stringify(notes));
    await next.bot.drain(0);
  });

  test("counts how long was waited from before it", async () => {
    const reply = await begin();
    await studio.bot.drain(0);
    const [left] = await studio.ledger.open();
    const turn = left?.turn ?? assert.fail("nothing is left");
    assert.ok(turn.begunAt);
    await studio.ledger.note({ ...turn, begunAt: turn.begunAt - 24_000 });
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    assert.ok((next.adapter.views(reply.key).at(-1)?.details?.elapsedMs ?? 0) >= 24_000);
    await next.bot.drain(0);
  });

  test("does not draw on where the bot may no longer be used, and says so", async () => {
    const reply = await begin();
    await studio.bot.drain(0);
    const access = { channels: ["paper:attic"], direct: true, carried: true } as const;
    const next = await createStudio({ standin: studio.standin, store: studio.store, access });
    const before = next.asked().length;
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "failed", "what became of it");
    assert.match(next.adapter.views(reply.key).at(-1)?.text ?? "", /I may no longer be used there/);
    assert.equal(next.asked().length, before);
    assert.deepEqual(await next.ledger.open(), []);
    await next.bot.drain(0);
  });

  test("finds noted whatever was seen taken, where the message is known before it is shown", async () => {
    const plain = studio.adapter.reply();
    const noted: string[][] = [];
    const known = {
      ...plain,
      message: plain.key,
      async show(view: View) {
        noted.push((await studio.ledger.open()).flatMap(({ turn }) => turn?.message ?? []));
        return plain.show(view);
      },
    };
    await studio.say("a fox", {}, known);
    assert.ok(noted[0]?.includes(plain.key), "before the first view is shown");
    assert.deepEqual(await studio.ledger.open(), []);

    const full = { ...known, show: () => Promise.reject(new BotError("storage", "The disk is full.")) };
    const before = studio.asked().length;
    await studio.say("a fox", {}, full).catch(() => {});
    assert.deepEqual(await studio.ledger.open(), [], "what cannot be shown is not drawn after a restart");
    assert.equal(studio.asked().length, before);
  });

  test("in the moment a turn is accepted finishes it afterwards", async () => {
    const shown = Promise.withResolvers<void>();
    const posted = Promise.withResolvers<void>();
    const plain = studio.adapter.reply();
    const slow: Reply & { key: MessageKey } = {
      ...plain,
      async show(view) {
        posted.resolve();
        await shown.promise;
        return plain.show(view);
      },
    };
    const answered = studio.say("a fox", {}, slow);
    await posted.promise;
    const drained = studio.bot.drain(0);
    shown.resolve();
    await Promise.all([drained, answered]);
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(plain.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
  });

  test("while the first view of what is noted is on its way finishes it afterwards, shown or not", async () => {
    const cut = Promise.withResolvers<never>();
    const posted = Promise.withResolvers<void>();
    const plain = studio.adapter.reply();
    const known = {
      ...plain,
      message: plain.key,
      show() {
        posted.resolve();
        return cut.promise;
      },
    };
    const answered = studio.say("a fox", {}, known);
    await posted.promise;
    await studio.bot.drain(0);
    cut.reject(new Error("the connection was closed"));
    await answered;
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(plain.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
  });

  test("goes on with a response that a full disk did not take the id of, once it does", async () => {
    const full = createFragileStore(studio.store);
    let isFull = true;
    full.failWhen(
      (_, call, value) => isFull && call === "set" && /"responseIds"/.test(JSON.stringify(value)),
    );
    const first = await createStudio({ standin: studio.standin, store: full.store });
    first.hold();
    const reply = first.adapter.reply();
    const answered = first.say("a fox", {}, reply);
    await until(() => first.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    isFull = false;
    await Promise.all([first.bot.drain(0), answered]);
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1, "it is drawn once");
    await next.bot.drain(0);
  });

  test("waits, with what it has drawn and could not note, until the store takes it", async () => {
    const full = createFragileStore(studio.store);
    let isFull = true;
    let refused = 0;
    full.failWhen((_, call, value) => {
      const fails = isFull && call === "set" && /"(responseIds|drawn)"/.test(JSON.stringify(value));
      if (fails) refused += 1;
      return fails;
    });
    const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
    const first = await createStudio({ standin: studio.standin, store: full.store, wait });
    const reply = first.adapter.reply();
    const away = {
      ...reply,
      show: async (view: View) => {
        if (view.phase === "done") throw new BotError("unreachable", "The platform is away.");
        return reply.show(view);
      },
    };
    const answered = first.say("a fox", {}, away);
    await until(() => studio.asked().length === 1, "it to be drawn");
    const drained = first.bot.drain(5000);
    await until(() => refused > 5, "it to be tried");
    isFull = false;
    await Promise.all([drained, answered]);
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1, "it is drawn once");
    await next.bot.drain(0);
  });

  test("waits until the store takes in that a turn is over", async () => {
    const full = createFragileStore(studio.store);
    let isFull = true;
    let refused = 0;
    full.failWhen((_, call, value) => {
      const fails = isFull && call === "set" && /"over":true/.test(JSON.stringify(value));
      if (fails) refused += 1;
      return fails;
    });
    const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
    const first = await createStudio({ standin: studio.standin, store: full.store, wait });
    const { last } = await first.say("a fox");
    assert.equal(last.phase, "done", last.text);
    const drained = first.bot.drain(60_000);
    await until(() => refused > 5, "it to be tried");
    isFull = false;
    await drained;
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    assert.deepEqual(await next.ledger.open(), []);
    await next.bot.drain(0);
  });

  test("without the adapter of a turn leaves the turn for when it is back", async () => {
    await begin();
    const [entry] = await studio.ledger.open();
    assert.ok(entry?.turn);
    await studio.bot.drain(0);
    await studio.ledger.note({ ...entry.turn, adapter: "gone" });
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    assert.equal((await next.ledger.open()).length, 1);
    assert.equal((await next.say("a cat", { thread: "paper:other" })).last.phase, "done");
    await next.bot.drain(0);
  });

  test("of OpenAI in the middle of a picture is waited out", async (t) => {
    const dir = await createFolder(t);
    await studio.close();
    const standin = await createStandin({ dir, paceMs: 200 });
    const port = Number(new URL(standin.url).port);
    studio = await createStudio({ standin: { ...standin, close: async () => {} } });
    const { key, answered } = await begin();
    await standin.close();
    const again = await createStandin({ dir, paceMs: 200, port });
    t.after(() => again.close());
    const { last } = await answered;
    assert.equal(last.phase, "done", last.text);
    assert.equal(last.images.length, 1);
    assert.equal(key, last.head);
  });
});

describe("a turn that people see taken before it can be noted", () => {
  /** A studio whose store does not take so many first notes of a turn; and the waits between its tries, in ms. */
  async function withStore(failures: number) {
    const { store, failWhen } = createFragileStore(studio.store);
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    const next = await createStudio({ standin: studio.standin, store, wait });
    const picture = await next.say("a fox");
    let left = failures;
    const isNote = (value: unknown) => (value as { turn?: unknown } | undefined)?.turn !== undefined;
    failWhen((table, call, value) => {
      if (table !== "event" || call !== "set" || !isNote(value) || left === 0) return false;
      left -= 1;
      return true;
    });
    return { next, picture, waits };
  }

  test("waits for the store", async () => {
    const { next, picture, waits } = await withStore(2);
    const { last } = await next.press("vary", picture.key);
    assert.equal(last.phase, "done", last.text);
    assert.equal(waits.length, 2);
    assert.deepEqual(await next.ledger.open(), []);
    await next.bot.drain(0);
  });

  test("says in its message that nothing came of it, where the store stays away", async () => {
    const { next, picture } = await withStore(100);
    const before = next.asked().length;
    const { views, last } = await next.press("vary", picture.key);
    assert.equal(views[0]?.phase, "working");
    assert.equal(last.phase, "failed");
    assert.equal(last.audience, undefined, "a whisper would leave the message at its first view");
    assert.match(last.text, /My memory failed/);
    assert.equal(next.asked().length, before);
    await next.bot.drain(0);
  });
});
