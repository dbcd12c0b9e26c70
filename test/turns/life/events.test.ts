import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import { openAlone } from "../../../src/fleet/fleet.ts";
import type { Adapter } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { MessageKey, PlatformEvent } from "../../../src/seam/turn.ts";
import { openStore } from "../../../src/store/store.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { createStudio } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";
import { answer, event, openEvents, turn } from "./event.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

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
    const events = openEvents(studio.store, ledger, { stopped: stop.signal });
    await (await events.note(studio.adapter)(event))?.(async () => stop.abort());
    assert.equal(ledger.size, 0);
    const late = new AbortController();
    const other = openEvents(studio.store, ledger, { stopped: late.signal });
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

  describe("that the platform failed", () => {
    const failing = () => Promise.reject(new Error("503"));

    /** A life in which the clock is advanced by waiting; `fails` says how each try to see to it again goes. */
    async function createLife(fails: (tries: number, now: number) => Error | undefined) {
      const ledger = await createLedger(studio.store);
      const waits: number[] = [];
      let ms = 0;
      const of = { stopped: new AbortController().signal, now: () => ms };
      const events = openEvents(studio.store, ledger, of, async (waitMs) => {
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
