import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { createBus } from "../../../src/fleet/embedded/bus.ts";
import { takenOver } from "../../../src/fleet/ledger.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { showWhile } from "../../../src/seam/held.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createSharedMap } from "../../../src/seam/shared-map.ts";
import { until } from "../../rig/until.ts";
import { done, image, view } from "../server.ts";
import { startSlackFleet } from "./fleet.ts";

test("a thread that one process knows the bot to have no part in is not foreign any more when another is asked there", async (t) => {
  const { simulator, ada, mo, channel, turnTo, answered } = await startSlackFleet(t, {
    count: 2,
    over: "http",
  });
  turnTo(0);
  const { ts: threadTs } = await simulator.say(channel, ada, "good morning");
  await simulator.say(channel, mo, "how are you", { threadTs });
  await answered("how are you"); // of which the core makes nothing
  turnTo(1);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`, { threadTs });
  const { reply } = await answered("a fox");
  await reply.show(view("failed", { text: "I could not draw that." }));
  turnTo(0);
  await simulator.say(channel, mo, "a bear instead", { threadTs });
  assert.equal((await answered("a bear instead")).by, 0);
});

test("what the bot asked by one process is answered to another", async (t) => {
  const { simulator, ada, channel, turnTo, answered } = await startSlackFleet(t, { count: 2, over: "http" });
  turnTo(0);
  const { ts: threadTs } = await simulator.say(channel, ada, `<@${simulator.bot.id}> draw it`);
  const first = await answered("draw it");
  const message = await first.reply.show(view("failed", { text: "Draw what?" }));
  turnTo(1);
  await simulator.say(channel, ada, "a fox", { threadTs });
  const { by, turn } = await answered("a fox");
  assert.equal(by, 1);
  assert.ok(turn.kind === "prompt" && turn.addressed && turn.replyTo === message, JSON.stringify(turn));
});

test("a request that is deleted is cancelled by whoever draws it, whichever process hears of that", async (t) => {
  const { simulator, turnTo, say, answered } = await startSlackFleet(t, { count: 2, over: "http" });
  turnTo(0);
  const asked = await say("a fox");
  const { reply } = await answered("a fox");
  const message = await reply.show(view("working", { status: "Drawing" }));
  turnTo(1);
  simulator.deleteMessage(asked);
  const { by, turn } = await answered("press");
  assert.equal(by, 0);
  assert.ok(turn.kind === "press" && turn.action === "cancel" && turn.message === message);
});

test("of a finished answer that is deleted the core is told, also by the process that had begun it before another took it over", async (t) => {
  const { simulator, bots, channel, turnTo, say, answered, heard, removed } = await startSlackFleet(t, {
    count: 2,
    over: "http",
  });
  turnTo(0);
  const asked = await say("a fox");
  const { reply } = await answered("a fox");
  let isTaken = false;
  const check = () => {
    if (isTaken) throw takenOver();
  };
  const message = await showWhile(check, () => reply.show(view("working", { status: "Drawing" })));
  isTaken = true;
  await bots[1]?.adapter.reopen(message, JSON.parse(JSON.stringify(reply.venue))).show(await done());
  simulator.deleteMessage(asked);
  simulator.deleteMessage({ channel: channel.id, ts: message.split(":")[2] ?? "" });
  await until(() => removed.some((one) => one.message === message && one.by === 0), "the core to be told");
  assert.equal(heard.length, 1, "what is finished is not cancelled");
});

type Fleet = Awaited<ReturnType<typeof startSlackFleet>>;

/** Whether what is noted of an answer's files has that in it. */
async function isNoted({ keep }: Fleet, words: string): Promise<boolean> {
  for await (const keys of keep.keys("uploads:"))
    for (const key of keys) if (JSON.stringify(await keep.get(key)).includes(words)) return true;
  return false;
}

test("what one process shows a person alone, and another shows anew, leaves no file behind", async (t) => {
  for (const shownAnew of ["another picture", "the same", "no picture"]) {
    const fleet = await startSlackFleet(t, { count: 2, over: "http" });
    const { simulator, bots, ada, channel, answered, turnTo, events, heard } = fleet;
    turnTo(0);
    await simulator.slash(channel, ada, "/draw", "a fox --private");
    await (await answered("a fox")).reply.show(await done());
    const files = () => simulator.files(simulator.bot);
    const [first] = files();
    await until(() => isNoted(fleet, `"shown":{"${first?.id}"`), "it to be over");
    // The server has lost that it was over.
    const [event] = events;
    assert.ok(event);
    await bots[1]?.adapter.replay(event);
    const again = heard.find(({ by }) => by === 1);
    const other = { images: [await image("#0f0")] };
    if (shownAnew === "no picture")
      await again?.reply.show(view("failed", { text: "I could not draw that." }));
    else await again?.reply.show(await done(shownAnew === "the same" ? {} : other));
    const isIt = () => files().length === (shownAnew === "no picture" ? 0 : 1);
    await until(isIt, async () => `one file: ${files().map(({ id }) => id)}`);
    if (files().length > 0) assert.equal(files()[0]?.id === first?.id, shownAnew === "the same");
  }
});

test("what a person alone was shown for a press stays, where another answers that press once more", async (t) => {
  const fleet = await startSlackFleet(t, { count: 2, over: "http" });
  const { simulator, bots, ada, channel, answered, turnTo, events, heard } = fleet;
  const files = () => simulator.files(simulator.bot).map(({ id }) => id);
  const whispers = () => simulator.messages(channel).filter(({ ephemeralTo }) => ephemeralTo === ada.id);
  turnTo(0);
  await simulator.slash(channel, ada, "/draw", "a fox --private");
  await (await answered("a fox")).reply.show(await done());
  const [first] = whispers();
  assert.ok(first);
  simulator.press(first, "a:vary", ada);
  await (await answered("press")).reply.show(await done({ images: [await image("#0f0")] }));
  await until(() => whispers().length === 2, "a second message");
  const [, second] = files();
  await until(() => isNoted(fleet, `"shown":{"${second}"`), "it to be over");
  const event = events.at(-1);
  assert.ok(event);
  await bots[1]?.adapter.replay(event);
  await heard.find(({ by }) => by === 1)?.reply.show(await done({ images: [await image("#00f")] }));
  await until(() => whispers().length === 3, "a third message");
  await bots[1]?.adapter.stop();
  assert.ok(files().includes(second ?? ""), "a message shows it");
});

/** Two processes, of which the first begins to answer; then each can end that. */
async function begin(t: TestContext, ask: (fleet: Fleet) => unknown) {
  const fleet = await startSlackFleet(t, { count: 2, over: "http" });
  const { simulator, turnTo, answered, bots, events, heard } = fleet;
  turnTo(0);
  await ask(fleet);
  const { reply } = await answered("a fox");
  const ids = () => simulator.files(simulator.bot).map(({ id }) => id);
  return {
    ...{ fleet, reply, ids },
    /** Uploads its picture and hears then that the answer is another's. */
    async loseIt() {
      const before = ids();
      const lost = new BotError("stopped", "It is another's.");
      const check = () => {
        if (ids().some((id) => !before.includes(id))) throw lost;
      };
      await assert.rejects(
        showWhile(check, async () => reply.show(await done())),
        lost,
      );
    },
    /** The other ends it without a picture. */
    async endElsewhere() {
      const [event] = events;
      assert.ok(event);
      await bots[1]?.adapter.replay(event);
      const again = heard.find(({ by }) => by === 1)?.reply;
      await again?.show(view("failed", { text: "I could not draw that." }));
      await until(() => isNoted(fleet, '"shown":{}'), "that to be noted");
    },
  };
}

test("what a process has uploaded for an answer that another ends is gone then", async (t) => {
  const { loseIt, endElsewhere, ids } = await begin(t, ({ simulator, channel, ada }) =>
    simulator.slash(channel, ada, "/draw", "a fox --private"),
  );
  await loseIt();
  assert.equal(ids().length, 1);
  await endElsewhere();
  await until(() => ids().length === 0, "the file to be gone");
});

test("what a process uploads for an answer that another has ended is gone when the process ends", async (t) => {
  const { fleet, reply, loseIt, endElsewhere, ids } = await begin(t, ({ say }) => say("a fox"));
  await reply.show(view("working", { status: "Drawing", images: [await image("#333")] }));
  await until(() => ids().length === 1, "the sketch");
  assert.ok(await isNoted(fleet, '"digest":""'), "nobody finds it to show it: who made it may take it away");
  await endElsewhere();
  await until(() => ids().length === 0, "the sketch to be gone");
  await loseIt();
  assert.equal(ids().length, 1);
  await fleet.bots[0]?.adapter.stop();
  await until(() => ids().length === 0, "the file to be gone");
});

test("what one process left behind where the bot was taken out says where the answer is, by one that starts later", async (t) => {
  const { simulator, bots, ada, channel, say, answered, turnTo, join } = await startSlackFleet(t, {
    count: 2,
    over: "http",
  });
  turnTo(0);
  await say("a fox");
  const { reply } = await answered("a fox");
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const at = () => simulator.messages(channel).find(({ user }) => user === simulator.bot.id)?.text ?? "";
  simulator.kick(channel);
  await reply.show(await done());
  await bots[0]?.adapter.stop();
  assert.equal(simulator.messages(simulator.dm(ada)).length, 1);
  simulator.invite(channel);
  await join();
  await until(() => /answer is in our direct messages/.test(at()), "the old message");
});

test("what one process puts into a shared map the others have, until they miss what is said", async () => {
  const bus = createBus(createLog("silent"));
  const closing = new AbortController();
  const missed: (() => void)[] = [];
  const heard: string[] = [];
  const open = () =>
    createSharedMap<string, string>({
      ...{ most: 2, topic: "t", value: z.string(), closing: closing.signal },
      bus: {
        ...bus,
        onMissed: (hear) => {
          missed.push(hear);
          return () => {};
        },
      },
      onSet: (key, value) => void heard.push(`${key}=${value}`),
    });
  const [one, other] = [open(), open()];
  one.set("a", "1");
  await until(() => other.get("a") === "1", "the other to know it");
  assert.deepEqual(heard, ["a=1"], "who put it there knows that");
  other.delete("a");
  await until(() => !one.has("a"), "the one to forget it");
  one.set("b", "2");
  await until(() => other.has("b"), "the other to know it");
  await bus.tell("t", { by: "a later version", key: "b", set: [2] });
  await until(() => !one.has("b") && !other.has("b"), "what cannot be read to be forgotten");
  one.set("c", "3");
  await until(() => other.has("c"), "the other to know it");
  missed[1]?.();
  assert.deepEqual([one.size, other.size], [1, 0]);
});
