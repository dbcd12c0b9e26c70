import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Prompt, User } from "../../src/seam/turn.ts";
import type { Reply } from "../../src/seam/view.ts";
import { StoreAway } from "../../src/store/store-away.ts";
import { askedOf } from "../rig/core.ts";
import { refusedOnce } from "../rig/refused-once.ts";
import { createPostgres, createRedis } from "../rig/servers.ts";
import { createSeveral } from "../rig/several.ts";
import { ada, bob, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

/** The tests of one server share what it keeps. */
const newThread = () => `paper:${randomUUID()}` as const;

const ann: User = { id: "u:ann", name: "Ann", moderator: true, admin: true };

const kinds = { redis: await createRedis(), postgres: await createPostgres() };

for (const kind of ["redis", "postgres"] as const) {
  const server = kinds[kind];
  const skip = server ? false : `${kind} is not installed here`;

  describe(`several bots on ${kind}`, { skip }, () => {
    before(() => server?.start());
    after(() => server?.remove());

    test("each see what the others have in hand, and what was asked for where somebody opens it", async (t) => {
      const { bots } = await createSeveral(t, server ?? assert.fail(), 2, { concurrency: 1 });
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const held = one.hold();
      const reply = one.adapter.reply();
      const drawn = one.say("a fox at night", { thread: newThread() }, reply);
      const there = () => two.bot.control.now().turns;
      await until(() => there().some(({ phase }) => phase === "drawing"), "it to be seen");
      assert.deepEqual(
        there().map(({ message, user, phase }) => [message, user, phase]),
        [[reply.key, { id: ada.id, name: ada.name }, "drawing"]],
      );
      assert.equal(await two.bot.control.promptOf(reply.key), "a fox at night");
      held.release();
      await drawn;
      await until(() => there().length === 0, "it to be over");
      assert.equal(await two.bot.control.promptOf(reply.key), undefined);
    });

    test("cancel what another draws: for who asked, a moderator and an admin, and for nobody else", async (t) => {
      const { bots } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const presses = [
        (message: `${string}:${string}`) => two.press("cancel", message, undefined, ada),
        (message: `${string}:${string}`) =>
          two.press("cancel", message, undefined, { ...bob, moderator: true }),
        (message: `${string}:${string}`) => two.bot.control.cancel(message),
      ];
      for (const press of presses) {
        const held = one.hold();
        const reply = one.adapter.reply();
        const drawn = one.say("a fox", { thread: newThread() }, reply);
        await until(
          () =>
            two.bot.control
              .now()
              .turns.some(({ message, phase }) => message === reply.key && phase === "drawing"),
          "it to be seen",
        );
        const refused = await two.press("cancel", reply.key, undefined, bob);
        assert.match(refused.last.text, /Only the one who asked/);
        await press(reply.key);
        const { last } = await drawn;
        assert.equal(last.phase, "cancelled");
        held.release();
      }
    });

    test("draw where there is room what waits where all are at work, once", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 3, { concurrency: 1 });
      const [one, two, three] = [
        bots[0] ?? assert.fail(),
        bots[1] ?? assert.fail(),
        bots[2] ?? assert.fail(),
      ];
      const phaseAt = ({ adapter }: typeof one, key: `${string}:${string}`) =>
        adapter.views(key).at(-1)?.phase;
      const held = one.hold();
      const drawing = one.say("a fox", { thread: newThread() });
      await until(() => askedOf(standin).length === 1, "it to be drawn");
      const replies = [1, 2, 3, 4].map(() => one.adapter.reply());
      const thread = newThread();
      const waiting = replies.map((reply, index) =>
        one.say(`hen ${index}`, { thread: index < 2 ? thread : newThread(), user: bob }, reply),
      );
      const shownAt = () =>
        replies.map(({ key }) => [one, two, three].findIndex((bot) => phaseAt(bot, key) === "done"));
      await until(
        () => shownAt().every((at) => at >= 0),
        async () => `them to be drawn: ${shownAt()}`,
      );
      assert.ok(
        shownAt().every((at) => at > 0),
        "the first is at work",
      );
      await Promise.all(waiting);
      held.release();
      assert.equal((await drawing).last.phase, "done");
      assert.equal(askedOf(standin).length, 5);
      assert.ok(replies.every(({ key }) => one.adapter.views(key).every(({ phase }) => phase !== "failed")));
    });

    test("go on at once with what one is asked that is about to end, and in the order of its thread", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const held = one.hold();
      const drawing = one.say("a fox", { thread: newThread() });
      await until(() => askedOf(standin).length === 1, "it to be drawn");
      const ending = one.bot.drain(20_000);
      const [first, second] = [one.adapter.reply(), two.adapter.reply()];
      const thread = newThread();
      const asked = one.say("a hen", { thread }, first);
      await until(() => two.adapter.views(first.key).length > 0, "the other to go on with it");
      const later = two.say("make it red", { thread }, second);
      await Promise.all([asked, later]);
      assert.equal(two.adapter.views(first.key).at(-1)?.phase, "done");
      assert.equal(two.adapter.views(second.key).at(-1)?.parent, first.key);
      held.release();
      assert.equal((await drawing).last.phase, "done", "what is under way is finished where it was begun");
      await ending;
    });

    test("draw what was noted first in a thread first, though who noted it has not begun when another has the next", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const thread = newThread();
      const ask = async (bot: typeof one, text: string) => {
        const key = newThread();
        const reply = bot.adapter.reply();
        const seeTo = (await bot.core.note({ key, thread, body: text })) ?? assert.fail();
        return { reply, seeTo, work: () => bot.say(text, { thread, event: key }, reply) };
      };
      const phase = ({ adapter }: typeof one, { reply }: Awaited<ReturnType<typeof ask>>) =>
        adapter.views(reply.key).at(-1)?.phase;
      const [nothing, first] = [await ask(one, "help"), await ask(one, "a hen")];
      const second = await ask(two, "make it red");
      const drawn = second.seeTo(async () => void (await second.work()));
      await until(() => phase(two, second) === "queued", "it to wait");
      await nothing.seeTo(async () => {});
      assert.deepEqual([askedOf(standin).length, phase(two, second)], [0, "queued"]);
      await first.seeTo(async () => void (await first.work()));
      await drawn;
      assert.equal(two.adapter.views(second.reply.key).at(-1)?.parent, first.reply.key);
      assert.deepEqual([phase(one, first), phase(two, second)], ["done", "done"]);
    });

    test("draw what is noted, though the store was away for a moment when it was first to be shown", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 1);
      const one = bots[0] ?? assert.fail();
      const [key, message, thread] = [newThread(), newThread(), newThread()];
      const seeTo = await one.core.note({ key, body: null });
      const reply = one.adapter.reopen(message);
      let shows = 0;
      const show: Reply["show"] = async (view) => {
        shows += 1;
        if (shows === 1) throw new StoreAway("there was no answer within 2000 ms");
        return reply.show(view);
      };
      const prompt: Prompt = {
        ...{ kind: "prompt", event: key, thread, user: ada, place, text: "a fox", options: {} },
        ...{ attachments: [], addressed: true },
      };
      await seeTo?.(() => one.adapter.handle()(prompt, { ...reply, message, show }));
      assert.equal(one.adapter.views(message).at(-1)?.phase, "done");
      assert.equal(askedOf(standin).length, 1);
    });

    test("cancel what waits in another's line", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 2, { concurrency: 1 });
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const held = [one.hold(), two.hold()];
      const drawing = [one, two].map((bot) => bot.say("a fox", { thread: newThread(), user: bob }));
      await until(() => askedOf(standin).length === 2, "both to be at work");
      const replies = [one.adapter.reply(), one.adapter.reply()];
      const waiting = replies.map((reply) => one.say("a hen", { thread: newThread() }, reply));
      await until(() => two.bot.control.now().turns.length === 4, "them to be seen");
      await two.press("cancel", replies[0]?.key ?? assert.fail());
      assert.equal((await waiting[0])?.last.phase, "cancelled");
      for (const stall of held) stall.release();
      await Promise.all([...drawing, waiting[1]]);
      await until(() => askedOf(standin).length === 3, "the other to be drawn");
    });

    test("cancel all that is on its way for one who is forgotten, wherever that is", async (t) => {
      const { bots } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const cyd: User = { id: `u:${randomUUID()}`, name: "Cyd" };
      const held = one.hold();
      const drawn = one.say("a fox", { thread: newThread(), user: cyd });
      await until(
        () => two.bot.control.now().turns.some(({ phase }) => phase === "drawing"),
        "it to be seen",
      );
      const wish = async (sure: boolean) => {
        const reply = two.adapter.reply();
        const setting = { kind: "setting", user: cyd, place, wish: { name: "forgetMe", sure } } as const;
        await two.adapter.handle()(setting, reply);
        return two.adapter.views(reply.key).at(-1)?.text ?? "";
      };
      await wish(false);
      assert.match(await wish(true), /1 picture in the making, cancelled/);
      assert.equal((await drawn).last.phase, "cancelled");
      held.release();
      const asksAgain = async () => (await one.say("a hen", { thread: newThread(), user: cyd })).last.phase;
      await until(async () => (await asksAgain()) === "done", "it to be drawn for them again");
    });

    test("keep to one slow mode, and let a moderator decide once, whichever of them hears of it", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one, two] = [bots[0] ?? assert.fail(), bots[1] ?? assert.fail()];
      const here = { ...place, community: newThread() };
      const set = (words: string) => one.say(words, { thread: newThread(), user: ann, place: here });
      await set("settings slow-mode 3600");
      const asked = Array.from({ length: 6 }, (_, index) =>
        (index % 2 === 0 ? one : two).say("a fox", { thread: newThread(), place: here }),
      );
      const phases = (await Promise.all(asked)).map(({ last }) => last.phase);
      assert.equal(phases.filter((phase) => phase === "done").length, 1, phases.join());

      await set("settings approval-qualities high");
      const { key, last } = await one.say("an owl --quality high", {
        thread: newThread(),
        user: bob,
        place: here,
      });
      assert.deepEqual(last.actions, ["approve", "decline", "cancel"]);
      const before = askedOf(standin).length;
      const decided = await Promise.all(
        [one, two, one, two].map((bot) => bot.press("approve", key, undefined, ann)),
      );
      const said = decided.map((shown) => shown.last.text);
      assert.equal(said.filter((text) => text.startsWith("Approved")).length, 1, said.join("\n"));
      assert.equal(askedOf(standin).length, before + 1);
    });

    test("say that nothing is drawn where the first view was refused: by then nobody has it", async (t) => {
      const { bots, standin } = await createSeveral(t, server ?? assert.fail(), 2);
      const [one] = bots;
      assert.ok(one);
      const reply = one.adapter.reply();
      const refused = { ...reply, message: reply.key, show: refusedOnce(reply.show) };
      const event = { key: `paper:${randomUUID()}`, body: null } as const;
      const seeTo = await one.core.note(event);
      await seeTo?.(async () => {
        await one.say("a fox", { event: event.key, thread: newThread() }, refused);
      });
      const shown = one.adapter
        .views(reply.key)
        .map(({ phase, text }) => [phase, /may not answer/.test(text)]);
      assert.deepEqual(shown, [["failed", true]]);
      assert.deepEqual([(await one.ledger.open()).length, askedOf(standin).length], [0, 0]);
    });

    test("keep to a budget among them", async (t) => {
      const { bots } = await createSeveral(t, server ?? assert.fail(), 2, {
        budget: { person: { picturesDay: 3 } },
      });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => {
          const bot = bots[index % 2] ?? assert.fail();
          return bot.say("a fox", { thread: newThread(), user: { id: "u:thrifty", name: "Thrifty" } });
        }),
      );
      const drawn = answers.filter(({ last }) => last.images.length > 0);
      assert.equal(drawn.length, 3, "as many as the budget has room for, wherever they were asked");
    });
  });
}
