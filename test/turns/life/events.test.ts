import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import { openAlone } from "../../../src/fleet/fleet.ts";
import type { Lanes } from "../../../src/fleet/lanes.ts";
import { type Hold, keyOf, type Ledger, takenOver } from "../../../src/fleet/ledger.ts";
import type { Adapter } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { checkHeld } from "../../../src/seam/held.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { EventKey, MessageKey, PlatformEvent, Prompt } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { noMeter } from "../../../src/seam/watch/meter.ts";
import type { OpenTurn } from "../../../src/store/open-turn.ts";
import { openStore } from "../../../src/store/store.ts";
import { createArrivals } from "../../../src/turns/life/arrivals.ts";
import { createClicks } from "../../../src/turns/life/clicks.ts";
import { createEvents } from "../../../src/turns/life/events.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { refusedOnce } from "../../rig/refused-once.ts";
import { ada, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

const turn: OpenTurn = {
  ...{ message: "m:1", adapter: "paper", thread: "t:1", user: { id: "u:ada", name: "Ada" }, text: "a fox" },
  ...{ options: {}, notes: [], mustDraw: false, attachments: 0, acceptedAt: 0 },
};

const event: PlatformEvent = { key: "paper:event:1", body: { text: "a fox" } };

/** Answers an event as an adapter does, in that message. */
function answer(
  to: typeof studio,
  { key, body }: PlatformEvent,
  message: MessageKey,
  more: Partial<Prompt> = {},
  known: Partial<Reply> = {},
) {
  const { text } = body as { text: string };
  const reply = { ...to.adapter.reopen(message), ...known };
  return to.adapter.handle()(
    {
      ...{ kind: "prompt", event: key, thread: "paper:thread", user: { id: "u:ada", name: "Ada" }, text },
      ...{ place: { channel: "paper:room" }, options: {}, attachments: [], addressed: true, ...more },
    },
    reply,
  );
}

/** Events over a ledger by themselves, which nothing else of the studio hears of. */
function openEvents(
  ledger: Ledger,
  { now = Date.now, ...more }: { stopped: AbortSignal; now?: () => number },
  wait?: (ms: number) => Promise<unknown>,
) {
  const lanes = { expect: async () => {}, unexpect: () => {} };
  const parts = { lanes, clicks: createClicks(studio.store), arrivals: createArrivals(true) };
  return createEvents(ledger, parts, { ...more, now, log: createLog("silent") }, wait);
}

/** Another process on the same store, which goes on with what this one has left. */
async function restart(replay: (next: typeof studio, event: PlatformEvent) => Promise<void>) {
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  next.adapter.replay = (given) => replay(next, given);
  await next.bot.resume();
  return next;
}

describe("an event", () => {
  test("that comes twice is one turn, also after it is over and after a restart", async () => {
    const seeTo = await studio.core.note(event);
    assert.ok(seeTo);
    assert.equal(await studio.core.note(event), undefined);
    await seeTo(() => answer(studio, event, "paper:1"));
    assert.equal(studio.adapter.views("paper:1").at(-1)?.phase, "done");
    assert.equal(await studio.core.note(event), undefined);
    assert.deepEqual(await studio.ledger.open(), []);
    const next = await restart(async () => assert.fail("it is over"));
    assert.equal(await next.core.note(event), undefined);
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
  });

  test("whose process was killed before there was a turn is seen to by the next, once", async () => {
    const seeTo = await studio.core.note(event);
    assert.ok(seeTo);
    void seeTo(() => new Promise(() => {}));
    let replays = 0;
    const next = await restart((to, given) => {
      replays += 1;
      assert.deepEqual(given, event);
      return answer(to, given, "paper:1");
    });
    await until(() => next.adapter.views("paper:1").at(-1)?.phase === "done", "the picture");
    await until(async () => (await next.ledger.open()).length === 0, "the ledger to forget it");
    assert.equal(replays, 1);
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
  });

  test("is taken on as of when it was noted, however long it takes to begin with", async () => {
    let clock = 1_000_000;
    const next = await createStudio({ standin: studio.standin, store: studio.store, now: () => clock });
    const held = next.hold();
    const seeTo = (await next.core.note(event)) ?? assert.fail();
    clock += 5000;
    const drawn = seeTo(() => answer(next, event, "paper:1"));
    await until(() => next.bot.control.now().turns.length === 1, "it to be drawn");
    assert.equal(next.bot.control.now().turns[0]?.acceptedAt, 1_000_000);
    held.release();
    await drawn;
    await next.bot.drain(0);
  });

  test("that is answered while the process ends is over", async () => {
    const stop = new AbortController();
    const ledger = await createLedger(studio.store);
    const events = openEvents(ledger, { stopped: stop.signal });
    await (await events.note(studio.adapter)(event))?.(async () => stop.abort());
    assert.equal(ledger.size, 0);
    const late = new AbortController();
    const other = openEvents(ledger, { stopped: late.signal });
    await (await other.note(studio.adapter)({ key: "paper:event:2", body: 1 }))?.(async () => {
      late.abort();
      throw new Error("it was cut off");
    });
    assert.equal(ledger.size, 1, "what was cut off comes back");
  });

  test("is acknowledged before what has been goes on", async () => {
    const other: PlatformEvent = { key: "paper:event:2", body: { text: "a cat" } };
    const [first, second] = await Promise.all([studio.core.note(event), studio.core.note(other)]);
    const over = first?.(() => answer(studio, event, "paper:1"));
    for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(studio.adapter.views("paper:1"), [], "the other is still to be acknowledged");
    await Promise.all([over, second?.(() => answer(studio, other, "paper:2"))]);
    for (const message of ["paper:1", "paper:2"] as const) {
      assert.equal(studio.adapter.views(message).at(-1)?.phase, "done");
    }
  });

  test("that its platform waits for no more goes after all that is still to be acknowledged", async () => {
    const other: PlatformEvent = { key: "paper:event:2", body: { text: "a cat" } };
    const [first, second] = await Promise.all([studio.core.note(event), studio.core.note(other)]);
    let begun = 0;
    const work = async () => {
      begun += 1;
    };
    const over = [first?.(work, { isAcknowledged: true })];
    for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(begun, 0, "the other is still to be acknowledged");
    over.push(second?.(work, { isAcknowledged: true }));
    await Promise.all(over);
    assert.equal(begun, 2);
  });

  test("is begun with at once where there are several processes: another would overtake it", async () => {
    const { store } = studio;
    const log = createLog("silent");
    const alone = await openAlone({ store, atOnce: 4, log });
    const fleet = { ...alone, ledger: { ...alone.ledger, isShared: true } };
    const one = await createStudio({ standin: studio.standin, store, fleet });
    const other: PlatformEvent = { key: "paper:event:2", body: { text: "a cat" } };
    const [first, second] = await Promise.all([one.core.note(event), one.core.note(other)]);
    const over = first?.(() => answer(one, event, "paper:1"));
    for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.notDeepEqual(one.adapter.views("paper:1"), []);
    await Promise.all([over, second?.(() => answer(one, other, "paper:2"))]);
    await one.bot.drain(0);
  });

  test("is drawn though it is not certain whose it is when it is first to be shown", async () => {
    const { store } = studio;
    const alone = await openAlone({ store, atOnce: 4, log: createLog("silent") });
    let doubts: number | undefined;
    function isHeld() {
      if (!doubts) return true;
      doubts -= 1;
      return false;
    }
    const ledger: Ledger = {
      ...alone.ledger,
      async note(noted) {
        await alone.ledger.note(noted);
        doubts ??= 2; // at the first view, and when it is begun with
      },
      hold: () => ({ lost: new AbortController().signal, isHeld, isOver: () => false }),
    };
    const one = await createStudio({ standin: studio.standin, store, fleet: { ...alone, ledger } });
    const seeTo = await one.core.note(event);
    const message = "paper:1";
    await seeTo?.(() => answer(one, event, message, {}, { message }));
    assert.equal(one.adapter.views(message).at(-1)?.phase, "done");
    await one.bot.drain(0);
  });

  test("is neither let in nor drawn where another has taken it over by the time it is noted", async () => {
    const { store } = studio;
    const alone = await openAlone({ store, atOnce: 4, log: createLog("silent") });
    const taken = new AbortController();
    const ledger: Ledger = {
      ...alone.ledger,
      async note(noted) {
        await alone.ledger.note(noted);
        taken.abort(takenOver());
      },
      hold: () => ({ lost: taken.signal, isHeld: () => !taken.signal.aborted, isOver: () => false }),
    };
    let letIn = 0;
    const lanes: Lanes = {
      ...alone.lanes,
      async enter(...given) {
        const leave = await alone.lanes.enter(...given);
        letIn += 1;
        return leave;
      },
    };
    const one = await createStudio({ standin: studio.standin, store, fleet: { ...alone, ledger, lanes } });
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
    test(`whose first view was refused says so where several share the ledger, and it is over by then: ${what}`, async () => {
      const { store } = studio;
      const alone = await openAlone({ store, atOnce: 4, log: createLog("silent") });
      const over = new Set<EventKey>();
      const ledger: Ledger = {
        ...alone.ledger,
        async forget(given) {
          await alone.ledger.forget(given);
          over.add(keyOf(given));
        },
        hold: (key) => ({
          lost: new AbortController().signal,
          isHeld: () => !over.has(key),
          isOver: () => over.has(key),
        }),
      };
      const one = await createStudio({ standin: studio.standin, store, fleet: { ...alone, ledger } });
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

  test("that came after the start is not seen to by the resuming as well", async () => {
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    next.adapter.replay = async () => assert.fail("it is being seen to");
    const seeTo = await next.core.note(event);
    const going = Promise.withResolvers<void>();
    const over = seeTo?.(async () => {
      await going.promise;
      await answer(next, event, "paper:1");
    });
    await next.bot.resume();
    going.resolve();
    await over;
    assert.equal(next.adapter.views("paper:1").at(-1)?.phase, "done");
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
  });

  test("that is about a setting comes again where it was in doubt as that was to be answered", async () => {
    const alone = await openAlone({ store: studio.store, atOnce: 4, log: createLog("silent") });
    let doubts = 0;
    const isHeld = () => doubts !== 1;
    const hold = () => ({ lost: new AbortController().signal, isHeld, isOver: () => false });
    const ledger: Ledger = { ...alone.ledger, hold };
    const parts = { standin: studio.standin, store: studio.store, fleet: { ...alone, ledger } };
    const one = await createStudio(parts);
    const { user, place } = { user: turn.user, place: { channel: "paper:room" as const } };
    const ask = () =>
      one.adapter.handle()(
        { kind: "setting", user, place, wish: { name: "help" } },
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

  test("goes before what comes after the restart", async () => {
    const seeTo = await studio.core.note(event);
    void seeTo?.(() => new Promise(() => {}));
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    const order: string[] = [];
    next.adapter.replay = async (given) => {
      await answer(next, given, "paper:1").then(() => order.push("before"));
    };
    const after = next.say("a cat").then(() => order.push("after"));
    await next.bot.resume();
    await after;
    await until(() => order.length === 2, "both");
    assert.deepEqual(order, ["before", "after"]);
    await next.bot.drain(0);
  });

  describe("that another process may have", () => {
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
      const events = openEvents(ledger, of, async (waitMs) => {
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

  describe("that the platform failed", () => {
    const failing = () => Promise.reject(new Error("503"));

    /** A life in which the clock is advanced by waiting; `fails` says how each try to see to it again goes. */
    async function createLife(fails: (tries: number, now: number) => Error | undefined) {
      const ledger = await createLedger(studio.store);
      const waits: number[] = [];
      let ms = 0;
      const of = { stopped: new AbortController().signal, now: () => ms };
      const events = openEvents(ledger, of, async (waitMs) => {
        waits.push(waitMs);
        ms += waitMs;
      });
      let tries = 0;
      const adapter: Adapter = {
        ...studio.adapter,
        async replay() {
          tries += 1;
          const failure = fails(tries, ms);
          if (failure) throw failure;
        },
      };
      const seeTo = async (given: PlatformEvent, work = failing) =>
        (await events.note(adapter)(given))?.(work);
      return { ledger, waits, seeTo, events, adapter, tries: () => tries, now: () => ms };
    }

    test("is tried again until it is there, for hours", async () => {
      const backMs = 5 * 3600 * 1000;
      const life = await createLife((_, now) => (now < backMs ? new Error("503") : undefined));
      await life.seeTo(event);
      assert.deepEqual(life.waits.slice(0, 4), [1000, 5000, 15_000, 30_000]);
      assert.ok(life.now() >= backMs && life.now() < backMs + 3600_000, `${life.now()} ms`);
      assert.equal(life.ledger.size, 0);
    });

    test("is given up at last, also by a process that only goes on with it", async () => {
      const life = await createLife(() => new BotError("unreachable", "Discord could not be reached."));
      await life.seeTo(event);
      assert.ok(life.tries() < 200, `${life.tries()} tries`);
      assert.equal(life.ledger.waits(event.key), false);
      const before = life.tries();
      const old = { key: "paper:event:2", adapter: "paper", at: 0, body: 1 } as const;
      await life.ledger.take(old, "paper");
      await life.events.replay(life.adapter, old);
      await until(() => life.ledger.size === 0, "the ledger to forget it");
      assert.equal(life.tries() - before, 1);
    });

    test("is not tried again when it has become a turn", async () => {
      const life = await createLife(() => undefined);
      await life.seeTo(event, async () => {
        await life.ledger.note({ ...turn, event: event.key });
        throw new Error("503");
      });
      assert.deepEqual([life.tries(), life.ledger.size], [0, 1]);
    });

    test("is tried a few times where the mistake is ours", async () => {
      const life = await createLife(() => new BotError("internal", "Something went wrong on my side."));
      await life.seeTo(event);
      assert.equal(life.tries(), 5);
      assert.equal(life.ledger.size, 0);
    });
  });

  test("whose refusal could not be shown comes again, and its words are not remembered twice", async () => {
    const down = { ...studio.adapter.reply(), show: () => Promise.reject(new Error("503")) };
    let handled: unknown;
    const seeTo = await studio.core.note(event);
    void seeTo?.(async () => {
      const turn = {
        kind: "prompt",
        event: event.key,
        thread: studio.thread,
        text: "",
        addressed: true,
      } as const;
      const user = { id: "u:ada", name: "Ada" };
      const place = { channel: "paper:room" } as const;
      await studio.adapter
        .handle()({ ...turn, user, place, options: {}, attachments: [] }, down)
        .catch((error: unknown) => {
          handled = error;
          throw error;
        });
    });
    await until(() => handled !== undefined, "the refusal");
    assert.equal((await studio.ledger.open()).length, 1);
  });

  test("of which a failing store does not say whether it is for the bot comes again, in silence", async () => {
    const { key: before } = await studio.say("a fox", { thread: "paper:thread" });
    const fragile = createFragileStore(studio.store);
    const other = await createStudio({ standin: studio.standin, store: fragile.store });
    fragile.failWhen((table, call) => table !== "event" && table !== "events" && call === "get");
    const failed: unknown[] = [];
    other.adapter.replay = async (given) => {
      fragile.failWhen(() => false);
      await answer(other, given, "paper:2", { addressed: false });
    };
    const night = { ...event, body: { text: "make it night" } };
    const seeTo = await other.core.note(night);
    await seeTo?.(() =>
      answer(other, night, "paper:2", { addressed: false }).catch((error: unknown) => {
        failed.push(error);
        throw error;
      }),
    );
    assert.equal(failed.length, 1);
    const views = other.adapter.views("paper:2");
    assert.deepEqual([views.at(-1)?.phase, views.filter(({ phase }) => phase === "failed")], ["done", []]);
    assert.equal(views.at(-1)?.parent, before);
    await other.bot.drain(0);
  });

  test("is the same when it is the second of a double click", async () => {
    const of = "m:1 vary u:ada";
    const note = (number: number, at: number, what = of) =>
      studio.core.note({ key: `paper:press:${number}`, body: number, click: { of: what, at } });
    assert.ok(await note(1, 10_000));
    assert.equal(await note(2, 11_500), undefined);
    assert.ok(await note(3, 11_500, "m:2 vary u:ada"));
    assert.ok(await note(4, 12_500), "two seconds later it is meant");
    assert.equal(await note(5, 9000), undefined, "what is heard of late was clicked again meanwhile");
  });

  test("is not the second of a click that is said again after a restart", async () => {
    const of = "m:1 vary u:ada";
    const before = await createStudio({ standin: studio.standin, store: studio.store });
    const first = { key: "paper:press:1", body: 1, click: { of, at: 10_000 } } as const;
    assert.ok(await before.core.note(first));
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    assert.equal(await next.core.note(first), undefined);
    assert.ok(await next.core.note({ key: "paper:press:2", body: 2, click: { of, at: 15_000 } }));
  });

  test("is not the second of a click that could not be noted", async () => {
    const broken = createFragileStore(await openStore("memory:"));
    broken.failWhen((table, call) => table === "event" && call === "set");
    const other = await createStudio({ standin: studio.standin, store: broken.store });
    const press = (number: number, at: number) =>
      other.core.note({ key: `paper:press:${number}`, body: number, click: { of: "m:1 vary u:ada", at } });
    await assert.rejects(press(1, 10_000), { code: "storage" });
    broken.failWhen(() => false);
    await until(async () => (await press(2, 11_000)) !== undefined, "it to be a click");
  });

  test("that cannot be noted is not taken", async () => {
    const store = await openStore("memory:");
    const broken = createFragileStore(store);
    broken.failWhen((table, call) => table === "event" && call === "set");
    const other = await createStudio({ standin: studio.standin, store: broken.store });
    await assert.rejects(other.core.note(event));
    assert.deepEqual(await other.ledger.open(), []);
    await other.bot.drain(0);
  });
});

describe("while the process ends", () => {
  test("what comes is noted and shown as waiting, and drawn by the next one", async () => {
    studio.hold();
    const first = studio.adapter.reply();
    void studio.say("a fox", {}, first);
    await until(() => studio.adapter.views(first.key).some(({ images }) => images.length > 0), "a sketch");
    const drained = studio.bot.drain(500);
    const late = studio.adapter.reply();
    const over = studio.say("a cat", { thread: "paper:other" }, late);
    await until(() => studio.adapter.views(late.key).at(-1)?.phase === "queued", "the line");
    assert.match(studio.adapter.views(late.key).at(-1)?.status ?? "", /restarted.*by itself/);
    await Promise.all([drained, over]);
    assert.ok(!studio.adapter.views(late.key).some(({ phase }) => phase === "failed"));
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(late.key).at(-1)?.phase === "done", "the second picture");
    await until(() => next.adapter.views(first.key).at(-1)?.phase === "done", "the first picture");
    assert.equal(studio.asked().length, 2);
    await next.bot.drain(0);
  });

  test("what another has taken over meanwhile does not end it before what it draws is shown", async () => {
    const { store } = studio;
    const alone = await openAlone({ store, atOnce: 4, log: createLog("silent") });
    const [noting, written] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
    const taken = new AbortController();
    const ledger: Ledger = {
      ...alone.ledger,
      async note(noted) {
        if (keyOf(noted) !== event.key) return alone.ledger.note(noted);
        noting.resolve();
        return written.promise;
      },
      hold: (key) => ({
        lost: key === event.key ? taken.signal : new AbortController().signal,
        isHeld: () => key !== event.key || !taken.signal.aborted,
        isOver: () => false,
      }),
    };
    const refused: string[] = [];
    const meter = { ...noMeter, refused: (_: string, code: string) => void refused.push(code) };
    const one = await createStudio({ standin: studio.standin, store, fleet: { ...alone, ledger }, meter });
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

  test("what is noted as its platform has been stopped already is left to the next one", async () => {
    const stopped = async () => Promise.reject(new BotError("stopped", "Slack is not connected."));
    const seeTo = await studio.core.note(event);
    await seeTo?.(() => answer(studio, event, "paper:1", {}, { message: "paper:1", show: stopped }));
    assert.deepEqual(
      (await studio.ledger.open()).map(({ key, turn: found }) => [key, found?.text]),
      [[event.key, "a fox"]],
    );
    assert.equal(studio.asked().length, 0);
    const next = await restart(async () => assert.fail("it is a turn"));
    await until(() => next.adapter.views("paper:1").at(-1)?.phase === "done", "the picture");
    await next.bot.drain(0);
  });
});

describe("a picture that is shown", () => {
  /** The next process shows nothing but the picture, and asks for nothing. */
  async function showsItAgain(key: MessageKey) {
    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(async () => (await next.ledger.open()).length === 0, "the ledger to forget it");
    for (const view of next.adapter.views(key)) assert.equal(view.phase, "done", JSON.stringify(view.status));
    assert.equal(studio.asked().length, 1);
    await next.bot.drain(0);
    return next;
  }

  test("is not gone back from where the disk was too full to note that it was drawn", async () => {
    const { store } = studio;
    const full = createFragileStore(store);
    let isFull = false;
    full.failWhen((_, call, value) => {
      isFull ||= call === "set" && JSON.stringify(value).includes('"drawn"');
      return isFull;
    });
    const first = await createStudio({ standin: studio.standin, store: full.store });
    const { key, last } = await first.say("a fox");
    assert.equal(last.phase, "done");
    const ending = await createStudio({ standin: studio.standin, store });
    const drained = ending.bot.drain(0);
    await ending.bot.resume();
    await drained;
    assert.deepEqual(ending.adapter.views(key), [], "nor by a process that is told to end while it starts");
    await showsItAgain(key);
    await first.bot.drain(0);
  });

  test("is never gone back from: killed before the ledger forgot it, the next process shows the same", async () => {
    const dying = createFragileStore(studio.store);
    let isDead = false;
    dying.failWhen((table, call, value) => {
      isDead ||= table === "event" && call === "set" && (value as { over?: true }).over === true;
      return isDead;
    });
    const first = await createStudio({ standin: studio.standin, store: dying.store });
    const { key, last } = await first.say("a fox");
    assert.equal(last.phase, "done");
    const next = await showsItAgain(key);
    assert.equal((await next.core.accounts.of("u:ada")).pictures, 1, "it is counted once");
    assert.equal((await next.core.accounts.of("paper:room")).pictures, 1);
    await first.bot.drain(0);
  });
});
