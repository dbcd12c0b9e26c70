import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import type { Lanes } from "../../../src/fleet/lanes.ts";
import { type Hold, keyOf, type Ledger, takenOver } from "../../../src/fleet/ledger.ts";
import type { Adapter } from "../../../src/seam/adapter.ts";
import { checkHeld } from "../../../src/seam/held.ts";
import type { EventKey, MessageKey } from "../../../src/seam/turn.ts";
import { noMeter } from "../../../src/seam/watch/meter.ts";
import { refusedOnce } from "../../rig/refused-once.ts";
import { ada, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";
import { answer, event, openEvents, openOver, turn } from "./event.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

describe("an event of one of several processes", () => {
  test("is drawn though it is not certain whose it is when it is first to be shown", async () => {
    let doubts: number | undefined;
    function isHeld() {
      if (!doubts) return true;
      doubts -= 1;
      return false;
    }
    const { one } = await openOver(studio, ({ ledger }) => ({
      ledger: {
        async note(noted) {
          await ledger.note(noted);
          doubts ??= 2; // at the first view, and when it is begun with
        },
        hold: () => ({ lost: new AbortController().signal, isHeld, isOver: () => false }),
      },
    }));
    const seeTo = await one.core.note(event);
    const message = "paper:1";
    await seeTo?.(() => answer(one, event, message, {}, { message }));
    assert.equal(one.adapter.views(message).at(-1)?.phase, "done");
    await one.bot.drain(0);
  });

  test("is neither let in nor drawn where another has taken it over by the time it is noted", async () => {
    const taken = new AbortController();
    let letIn = 0;
    const { alone, one } = await openOver(studio, ({ ledger, lanes }) => ({
      ledger: {
        async note(noted) {
          await ledger.note(noted);
          taken.abort(takenOver());
        },
        hold: () => ({ lost: taken.signal, isHeld: () => !taken.signal.aborted, isOver: () => false }),
      },
      lanes: {
        ...lanes,
        async enter(...given: Parameters<Lanes["enter"]>) {
          const leave = await lanes.enter(...given);
          letIn += 1;
          return leave;
        },
      },
    }));
    const seeTo = await one.core.note(event);
    await seeTo?.(() => answer(one, event, "paper:1"));
    assert.deepEqual([letIn, studio.asked().length], [0, 0]);
    assert.deepEqual(
      (await alone.ledger.open()).map(({ key, turn: found }) => [key, found?.text]),
      [[event.key, "a fox"]],
      "the other goes on with it",
    );
    const phases = one.adapter.views("paper:1").map(({ phase }) => phase);
    assert.deepEqual(phases, ["working"], "what it was seen taken by");
    await one.bot.drain(0);
  });

  for (const isPress of [false, true]) {
    const what = isPress ? "a press" : "words";
    test(`whose first view was refused says so, and it is over by then: ${what}`, async () => {
      const over = new Set<EventKey>();
      const { alone, one } = await openOver(studio, ({ ledger }) => ({
        ledger: {
          async forget(given) {
            await ledger.forget(given);
            over.add(keyOf(given));
          },
          hold: (key) => ({
            lost: new AbortController().signal,
            isHeld: () => !over.has(key),
            isOver: () => over.has(key),
          }),
        },
      }));
      const { key: picture } = await one.say("a cat");
      const message: MessageKey = "paper:1";
      const { show } = one.adapter.reopen(message);
      const reply = { ...one.adapter.reopen(message), message, show: refusedOnce(show) };
      const { thread } = one;
      const vary = { kind: "press", event: event.key, thread, user: ada, place, action: "vary" } as const;
      const seeTo = await one.core.note(event);
      await seeTo?.(() =>
        isPress
          ? one.adapter.handle()({ ...vary, message: picture }, reply)
          : answer(one, event, message, {}, reply),
      );
      const shown = one.adapter.views(message).map(({ phase, text }) => [phase, /may not answer/.test(text)]);
      assert.deepEqual(shown, [["failed", true]]);
      assert.deepEqual([(await alone.ledger.open()).length, studio.asked().length], [0, 1]);
      await one.bot.drain(0);
    });
  }

  test("that is about a setting comes again where it was in doubt as that was to be answered", async () => {
    let doubts = 0;
    const isHeld = () => doubts !== 1;
    const hold = () => ({ lost: new AbortController().signal, isHeld, isOver: () => false });
    const { one } = await openOver(studio, () => ({ ledger: { hold } }));
    const ask = () =>
      one.adapter.handle()(
        { kind: "setting", user: turn.user, place: { channel: "paper:room" }, wish: { name: "help" } },
        {
          ...one.adapter.reopen("paper:1"),
          async show(view) {
            doubts += 1;
            checkHeld();
            return one.adapter.reopen("paper:1").show(view);
          },
        },
      );
    one.adapter.replay = ask;
    const seeTo = await one.core.note(event);
    const seen = seeTo?.(ask);
    await until(() => doubts === 1, "the doubt");
    doubts = 2;
    await seen;
    assert.equal(one.adapter.views("paper:1").length, 1);
    await one.bot.drain(0);
  });

  test("that another has taken over does not end the process before what that draws is shown", async () => {
    const [noting, written] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
    const taken = new AbortController();
    const refused: string[] = [];
    const meter = { ...noMeter, refused: (_: string, code: string) => void refused.push(code) };
    const changed = {
      hold: (key: EventKey) => ({
        lost: key === event.key ? taken.signal : new AbortController().signal,
        isHeld: () => key !== event.key || !taken.signal.aborted,
        isOver: () => false,
      }),
    };
    const { one } = await openOver(
      studio,
      ({ ledger }) => ({
        ledger: {
          ...changed,
          async note(noted) {
            if (keyOf(noted) !== event.key) return ledger.note(noted);
            noting.resolve();
            return written.promise;
          },
        },
      }),
      { meter },
    );
    const held = one.hold();
    const reply = one.adapter.reply();
    const drawn = one.say("a cat", { thread: "paper:other" }, reply);
    await until(() => one.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    const seeTo = await one.core.note(event);
    const seen = seeTo?.(() => answer(one, event, "paper:1"));
    await noting.promise;
    const drained = one.bot.drain(5000);
    taken.abort(takenOver());
    written.reject(takenOver());
    await seen;
    held.release();
    await Promise.all([drained, drawn]);
    assert.equal(one.adapter.views(reply.key).at(-1)?.phase, "done");
    assert.deepEqual(refused, [], "it has come to something elsewhere");
  });
});

describe("an event that another process may have", () => {
  /** What an adapter posts by itself while it sees to an event, with such a hold, and at which ms; what is waited. */
  async function createPosting(hold: (now: () => number) => Partial<Hold>) {
    const alone = await createLedger(studio.store);
    const [posted, waits]: [{ readonly words: string; readonly atMs: number }[], number[]] = [[], []];
    let ms = 0;
    const held = { lost: new AbortController().signal, isHeld: () => true, isOver: () => false };
    const ledger: Ledger = { ...alone, hold: () => ({ ...held, ...hold(() => ms) }) };
    const post = async (words: string) => {
      checkHeld();
      posted.push({ words, atMs: ms });
    };
    const adapter: Adapter = { ...studio.adapter, replay: () => post("again") };
    const of = { stopped: new AbortController().signal, now: () => ms };
    const events = openEvents(studio.store, ledger, of, async (waitMs) => {
      waits.push(waitMs);
      ms += waitMs;
    });
    const seeTo = async (work: (post: (words: string) => Promise<void>) => Promise<void>) =>
      (await events.note(adapter)(event))?.(() => work(post));
    return { alone, posted, waits, seeTo };
  }

  test("is tried again until it is certain that none has", async () => {
    const certainMs = 120_000;
    const { alone, posted, waits, seeTo } = await createPosting((now) => ({
      isHeld: () => now() >= certainMs,
    }));
    await seeTo((post) => post("first"));
    assert.deepEqual(
      posted.map(({ words }) => words),
      ["first"],
      "as if it had never been in doubt",
    );
    const lateMs = (posted[0]?.atMs ?? 0) - certainMs;
    assert.ok(lateMs >= 0 && lateMs < 1000, `${lateMs} ms after that`);
    assert.ok(waits.length > 5, "more often than what is our own mistake");
    assert.equal(alone.size, 0);
  });

  test("is tried again where that came in doubt while it was seen to, and posts nothing meanwhile", async () => {
    let isInDoubt = false;
    const { alone, posted, waits, seeTo } = await createPosting((now) => ({
      isHeld: () => !isInDoubt || now() > 0,
    }));
    await seeTo(async (post) => {
      isInDoubt = true;
      await post("first");
    });
    assert.deepEqual(posted, [{ words: "again", atMs: 250 }]);
    assert.deepEqual([waits.length, alone.size], [1, 0]);
  });

  test("posts nothing any more once one has, which sees to it", async () => {
    const taken = new AbortController();
    const { alone, posted, waits, seeTo } = await createPosting(() => ({
      lost: taken.signal,
      isHeld: () => !taken.signal.aborted,
    }));
    await seeTo(async (post) => {
      await post("before");
      taken.abort(takenOver());
      await post("after");
    });
    assert.deepEqual(
      posted.map(({ words }) => words),
      ["before"],
    );
    assert.deepEqual([waits, alone.waits(event.key)], [[], true]);
  });

  test("posts what is left to be said when it is over, since none can have it", async () => {
    let isOver = false;
    const { alone, posted, waits, seeTo } = await createPosting(() => ({
      isHeld: () => !isOver,
      isOver: () => isOver,
    }));
    await seeTo(async (post) => {
      await alone.over(event.key);
      isOver = true;
      await post("after");
    });
    assert.deepEqual(
      posted.map(({ words }) => words),
      ["after"],
    );
    assert.deepEqual(waits, []);
  });
});
