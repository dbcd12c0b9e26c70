import assert from "node:assert/strict";
import { test } from "node:test";
import { done, image, startDiscord, view } from "../server.ts";

const withContent = { simulator: { portal: { messageContent: true } }, threads: "auto" } as const;

test("a reply to words of the bot's is an ordinary request, and opens no thread", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t, withContent);
  const said = {
    "a question": view("failed", { text: "Say what to do with the picture." }),
    "a refusal": view("failed", { text: "OpenAI did not draw that.", actions: ["rephrase"] }),
    help: view("done", { text: "Say what to draw." }),
    "an answer in words": view("done", { text: "It is a fox.", actions: ["redo", "rephrase", "delete"] }),
  };
  for (const where of [channel, simulator.dm(ada)]) {
    for (const [what, shown] of Object.entries(said)) {
      await simulator.say(where, ada, `<@${simulator.bot.id}> hello`);
      const key = await (await nextPrompt()).reply.show(shown);
      const id = key.split(":")[2] ?? "";
      const asked = await simulator.say(where, ada, "make it night", { replyTo: id });
      const { turn, reply } = await nextPrompt();
      assert.deepEqual([turn.replyTo, turn.toBot, turn.addressed], [key, true, true], what);
      const answer = await reply.show(await done());
      assert.equal(simulator.message(id)?.threadId, undefined, what);
      const shownAt = simulator.message(answer.split(":")[2] ?? "");
      assert.deepEqual([shownAt?.channelId, shownAt?.replyTo], [where.id, asked.id], what);
    }
  }
  assert.deepEqual(
    simulator.requests.filter(({ path }) => /threads$/.test(path)),
    [],
  );
});

test("a reply to a picture of the bot's goes on below it, in a thread", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t, withContent);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await nextPrompt()).reply.show(await done());
  const id = key.split(":")[2] ?? "";
  await simulator.say(channel, ada, "make it night", { replyTo: id });
  const { turn } = await nextPrompt();
  assert.deepEqual([turn.replyTo, turn.toBot, turn.thread], [key, true, `discord:${id}`]);
  assert.equal(simulator.message(id)?.threadId, id);
});

test("a reply to an answer that was moved means the answer the core knows", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t, { ...withContent, threads: "off" });
  const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  await simulator.say(thread, ada, "a fox");
  const { reply } = await nextPrompt();
  const key = await reply.show(view("working", { images: [await image(1)], actions: ["cancel"] }));
  simulator.changeChannel(thread, { archived: true });
  await reply.show(await done());
  const moved = simulator.messages(thread).at(-1);
  assert.notEqual(moved?.id, key.split(":")[2]);
  await simulator.say(thread, ada, "make it night", { replyTo: moved?.id ?? "" });
  assert.equal((await nextPrompt()).turn.replyTo, key);
});

test("a thread on an answer that was moved has its picture in view: the core knows it by another message", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t, { ...withContent, threads: "off" });
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const body = { code: 30046, message: "Maximum number of edits to messages older than 1 hour reached" };
  simulator.fault({ kind: "status", status: 400, body, method: "PATCH", times: 1 });
  await reply.show(await done());
  const moved = simulator.messages(channel).at(-1);
  const from = channel.messages.get(moved?.id ?? "");
  const thread = simulator.addThread(channel, { name: "fox", ownerId: ada.id, ...(from && { from }) });
  await simulator.say(thread, ada, `<@${simulator.bot.id}> make it night`);
  const inView = await (await nextPrompt()).turn.inView?.(AbortSignal.timeout(30_000));
  assert.deepEqual(
    inView?.map(({ name }) => name),
    ["a-fox.png"],
  );
});
