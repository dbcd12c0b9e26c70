import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSpool } from "../../../src/pictures/spool.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { View } from "../../../src/seam/view.ts";
import { createAccounts } from "../../../src/store/accounts.ts";
import type { OpenTurn } from "../../../src/store/open-turn.ts";
import type { Store } from "../../../src/store/store.ts";
import { createFolder } from "../../rig/process.ts";
import { ada, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

/** That store, to a process that dies, or whose call fails, when it is about to write this. */
function failing(isLast: (table: string, value: unknown) => boolean, fail: () => Promise<never>): Store {
  const { store } = studio;
  return {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return { ...table, set: (...given) => (isLast(name, given[1]) ? fail() : table.set(...given)) };
    },
  };
}

/** That store, where to read an account takes longer than to read anything else. */
function slowAccounts(): Store {
  const { store } = studio;
  return {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        ...table,
        async get(key) {
          for (let turns = 0; name === "account" && turns < 50; turns += 1) await setImmediate();
          return table.get(key);
        },
      };
    },
  };
}

const forever = () => new Promise<never>(() => {});
const isOver = (table: string, value: unknown) =>
  table === "event" && (value as { over?: true }).over === true;

/** The next process, which goes on with what is left. */
async function restart() {
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  await next.bot.resume();
  return next;
}

/** A reply that shows all but the last view. */
function unreachable() {
  const reply = studio.adapter.reply();
  const isLast = ({ phase }: View) => phase === "done" || phase === "failed" || phase === "cancelled";
  const show = async (view: View) => {
    if (isLast(view)) throw new Error("503");
    return reply.show(view);
  };
  return { ...reply, message: reply.key, show };
}

test("a failure that was shown, and that the ledger could not forget, is not drawn again", async () => {
  const full = failing(isOver, () => Promise.reject(new Error("full")));
  const first = await createStudio({ standin: studio.standin, store: full });
  studio.standin.fault({ kind: "refuse", stage: "output" });
  const { key, last } = await first.say("a fox");
  assert.equal(last.phase, "failed");
  await first.bot.drain(0);
  const next = await restart();
  await until(() => next.ledger.size === 0, "the ledger to forget it");
  assert.deepEqual(
    next.adapter.views(key).map(({ phase, text }) => [phase, text]),
    [[last.phase, last.text]],
  );
  assert.equal(studio.asked().length, 1);
  await next.bot.drain(0);
});

test("a picture that was shown, and that the ledger could not forget, is not paid for again", async (t) => {
  const spool = await createSpool(await createFolder(t));
  const more = { standin: studio.standin, spool, defaults: { store: false, background: false } };
  const full = failing(isOver, () => Promise.reject(new Error("full")));
  const first = await createStudio({ ...more, store: full });
  const { key, last } = await first.say("a fox");
  assert.equal(last.phase, "done");
  await first.bot.drain(0);
  const next = await createStudio({ ...more, store: studio.store });
  await next.bot.resume();
  await until(() => next.ledger.size === 0, "the ledger to forget it");
  assert.deepEqual(
    next.adapter.views(key).map(({ phase, images }) => [phase, images.length]),
    [["done", 1]],
  );
  assert.equal(studio.asked().length, 1);
  await next.bot.drain(0);
});

test("what waits in a thread goes on from what was drawn before it, though a crash kept that from the history", async () => {
  const killed = failing((table) => table === "generation", forever);
  const first = await createStudio({ standin: studio.standin, store: killed });
  const reply = first.adapter.reply();
  // It is drawn, and not over, for as long as it is not shown.
  const unshown = new Promise<MessageKey>(() => {});
  const held = {
    ...reply,
    show: (view: View) => (view.phase === "done" ? unshown : reply.show(view)),
  };
  void first.say("a fox", {}, held);
  await until(async () => (await first.ledger.open()).some(({ turn }) => turn?.drawn), "the picture");
  const waiting: OpenTurn = {
    ...{ message: "paper:second", adapter: "paper", thread: studio.thread, place, user: ada, text: "a hat" },
    ...{ options: {}, notes: [], mustDraw: false, attachments: 0, acceptedAt: Date.now() + 1 },
  };
  await first.ledger.note(waiting);
  const next = await createStudio({ standin: studio.standin, store: slowAccounts() });
  await next.bot.resume();
  await until(() => next.adapter.views("paper:second").at(-1)?.phase === "done", "the second picture");
  assert.equal((await next.history.find("paper:second"))?.parent, reply.key);
  await next.bot.drain(0);
});

test("what waits to be shown while a hundred others are counted is counted once", async () => {
  const reply = unreachable();
  void studio.say("a fox", {}, reply);
  await until(() => studio.lines.some((line) => line.includes("answer.waits")), "the first try");
  const book = createAccounts(studio.store);
  const others = Array.from({ length: 100 }, (_, index): MessageKey => `paper:${index}`);
  for (const message of others) {
    await book.mark(ada.id, message);
  }
  await studio.history.moveHead(studio.thread, "paper:99");
  await studio.bot.drain(0);
  const next = await restart();
  await until(() => next.ledger.size === 0, "the ledger to forget it");
  assert.equal(next.adapter.views(reply.key).at(-1)?.phase, "done");
  assert.equal((await next.core.accounts.of(ada.id)).pictures, 1);
  assert.equal((await next.core.accounts.of(place.channel)).pictures, 1);
  assert.equal(await next.history.head(studio.thread), "paper:99", "the head stays where it has moved to");
  await next.bot.drain(0);
});

test("what was cancelled and cannot be shown holds up no stop, and is shown after the next start", async () => {
  studio.hold();
  const reply = unreachable();
  const answered = studio.say("a fox", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  await studio.press("cancel", reply.key);
  await until(() => studio.lines.some((line) => line.includes("answer.waits")), "the first try");
  await Promise.all([studio.bot.drain(3_600_000), answered]);
  const next = await restart();
  await until(() => next.ledger.size === 0, "the ledger to forget it");
  assert.equal(next.adapter.views(reply.key).at(-1)?.phase, "cancelled");
  await next.bot.drain(0);
});

test("the next words of a person are heard when those before are noted, and not before", async () => {
  const noted = Promise.withResolvers<void>();
  const { store } = studio;
  const slow: Store = {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        ...table,
        async set(...given) {
          const { turn } = (name === "event" ? given[1] : {}) as { turn?: { text: string } };
          if (turn?.text === "a fox") await noted.promise;
          await table.set(...given);
        },
      };
    },
  };
  const first = await createStudio({ standin: studio.standin, store: slow });
  const replies = [first.adapter.reply(), first.adapter.reply()] as const;
  const before = first.say("a fox", {}, replies[0]);
  const after = first.say("a hat", {}, replies[1]);
  await until(() => first.adapter.views(replies[0].key).length > 0, "the first to be seen taken");
  assert.deepEqual(first.adapter.views(replies[1].key), []);
  noted.resolve();
  await Promise.all([before, after]);
  assert.equal((await first.history.find(replies[1].key))?.parent, replies[0].key);
  await first.bot.drain(0);
});

test("a picture that waits to be shown is not held in memory", async (t) => {
  const spool = await createSpool(await createFolder(t));
  const other = await createStudio({ standin: studio.standin, store: studio.store, spool });
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const drawn: WeakRef<Uint8Array>[] = [];
  const plain = other.adapter.reply();
  const reply = {
    ...plain,
    async show(view: View) {
      if (view.phase !== "done") return plain.show(view);
      drawn.push(...view.images.map(({ bytes }) => new WeakRef(bytes)));
      throw new Error("503");
    },
  };
  void other.say("a fox", {}, reply);
  await until(() => other.lines.some((line) => line.includes("answer.waits")), "the first try");
  await until(() => {
    collect();
    return drawn.every((bytes) => bytes.deref() === undefined);
  }, "the picture to be let go of");
  await other.bot.drain(0);
});
