import assert from "node:assert/strict";
import { test } from "node:test";
import { flat } from "../../rig/pictures.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const question = view("failed", { text: "Say what to do with the picture, for example “make it night”." });

/** Somebody mentions the bot with a picture and no words, and is asked what for. */
async function askBack({ simulator, channel, ada, nextPrompt }: SlackServer) {
  const files = [{ name: "garden.png", bytes: await flat("#090") }];
  const asked = await simulator.say(channel, ada, "", { mention: true, files });
  const { reply } = await nextPrompt();
  return { root: asked.ts, key: await reply.show(question) };
}

for (const restarted of [false, true]) {
  test(`who was asked answers without a mention, once${restarted ? ", after a restart too" : ""}`, async (t) => {
    const server = await startSlack(t);
    const { simulator, channel, ada, mo, adapter, nextPrompt } = server;
    const { root, key } = await askBack(server);
    if (restarted) {
      await adapter.stop();
      await adapter.start(server.core);
    }
    await simulator.say(channel, mo, "what is this?", { threadTs: root });
    const other = await nextPrompt();
    assert.deepEqual([other.turn.addressed, other.turn.replyTo], [false, undefined], "that was not mo");

    await simulator.say(channel, ada, "make it night", { threadTs: root });
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.addressed, true);
    assert.deepEqual([turn.replyTo, turn.toBot], [key, true]);
    assert.equal(turn.thread, `slack:${channel.id}:${root}`);
    assert.equal(turn.text, "make it night");

    await simulator.say(channel, ada, "and put a moon in", { threadTs: root });
    const next = await nextPrompt();
    assert.deepEqual([next.turn.addressed, next.turn.replyTo], [true, undefined], "that was answered");

    await reply.show(await done());
    await simulator.say(channel, ada, "with stars", { threadTs: root });
    const last = await nextPrompt();
    assert.deepEqual(
      [last.turn.addressed, last.turn.replyTo],
      [false, undefined],
      "the core knows the thread",
    );
  });
}

test("words in a thread below the bot's own question or refusal answer it", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, nextPrompt } = server;
  simulator.slash(channel, ada, "/draw", "a kite --size 9");
  const { reply } = await nextPrompt();
  const key = await reply.show(view("failed", { text: "size takes square, wide, tall." }));
  const threadTs = key.split(":")[2] ?? "";
  await adapter.stop();
  await adapter.start(server.core);
  await simulator.say(channel, ada, "a kite --size wide", { threadTs });
  const { turn } = await nextPrompt();
  assert.equal(turn.thread, `slack:${channel.id}:${threadTs}`);
  assert.deepEqual([turn.addressed, turn.replyTo, turn.toBot], [true, key, true]);

  const dm = simulator.dm(ada);
  await simulator.say(dm, ada, "");
  const asked = await nextPrompt();
  const question = await asked.reply.show(view("failed", { text: "Say what to draw." }));
  await simulator.say(dm, ada, "a fox", { threadTs: question.split(":")[2] ?? "" });
  const answer = await nextPrompt();
  assert.deepEqual([answer.turn.replyTo, answer.turn.toBot], [question, true]);
});

test("help is said, not asked: what comes next in its thread is an ordinary request", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, whispers } = server;
  const asked = await simulator.say(channel, ada, "help", { mention: true });
  const { reply } = await nextPrompt();
  await reply.show(view("done", { text: "Say what to draw.", audience: "asker" }));
  assert.equal(whispers().length, 1);
  await simulator.say(channel, mo, "what does it say?", { threadTs: asked.ts });
  assert.equal((await nextPrompt()).turn.addressed, false);
  await simulator.say(channel, ada, "a fox", { threadTs: asked.ts });
  const { turn } = await nextPrompt();
  assert.deepEqual([turn.addressed, turn.replyTo], [true, undefined]);
});

test("talk in threads the bot has no part in costs one question to Slack, and one note", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, taken } = server;
  const root = await simulator.say(channel, mo, "lunch?");
  await simulator.say(channel, ada, "yes", { threadTs: root.ts });
  const { turn } = await nextPrompt();
  assert.deepEqual([turn.addressed, turn.replyTo], [false, undefined]);
  for (const words of ["at noon?", "yes"]) {
    await (await simulator.say(channel, ada, words, { threadTs: root.ts })).delivered();
  }
  await simulator.say(channel, ada, "a sandwich", { threadTs: root.ts, mention: true });
  const { turn: asked, reply } = await nextPrompt();
  assert.deepEqual([asked.text, taken], ["a sandwich", []], "nothing else was handed over");
  await reply.show(await done());
  await simulator.say(channel, mo, "with cheese", { threadTs: root.ts });
  assert.equal((await nextPrompt()).turn.text, "with cheese", "now it has a part in it");
  assert.equal(simulator.requests.filter(({ method }) => method === "conversations.replies").length, 1);
});

for (const restarted of [false, true]) {
  test(`who saw a drawing fail or cancelled it goes on${restarted ? ", after a restart" : ""}`, async (t) => {
    const server = await startSlack(t);
    const { simulator, channel, ada, adapter, nextPrompt } = server;
    for (const last of [
      view("failed", { text: "OpenAI failed.", actions: ["redo", "rephrase"] }),
      view("cancelled", { status: "Cancelled", actions: ["redo", "rephrase"] }),
    ]) {
      const asked = await simulator.say(channel, ada, "a fox", { mention: true });
      await (await nextPrompt()).reply.show(last);
      if (restarted) {
        await adapter.stop();
        await adapter.start(server.core);
      }
      await simulator.say(channel, ada, "a hare then", { threadTs: asked.ts });
      const { turn } = await nextPrompt();
      assert.deepEqual([turn.addressed, turn.replyTo], [true, undefined], last.phase);
    }
  });
}

test("what cannot be private is not drawn: a mention, a reply below the bot's, never talk among people", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, taken, answers, whispers } = server;
  for (const [nth, words] of ["a kite --private", "a kite —private", "a kite — private."].entries()) {
    await simulator.say(channel, ada, words, { mention: true });
    const word = await simulator.waitFor(() => whispers()[nth]);
    assert.match(word.text, /Nothing is drawn.*`\/draw … --private`/);
  }
  const asked = await simulator.say(channel, ada, "a fox", { mention: true });
  await (await nextPrompt()).reply.show(await done());
  await simulator.say(channel, ada, "make it night --private", { threadTs: asked.ts });
  const word = await simulator.waitFor(() => whispers()[3]);
  assert.equal(word.threadTs, asked.ts);
  const talk = await simulator.say(channel, mo, "how do I run it?");
  await simulator.say(channel, ada, "with --private", { threadTs: talk.ts });
  await simulator.say(channel, ada, "a villa – private garden", { mention: true });
  assert.equal((await nextPrompt()).turn.text, "a villa – private garden", "that is prose");

  await simulator.say(simulator.dm(ada), ada, "a kite --private");
  assert.equal((await nextPrompt()).turn.text, "a kite", "it is private there");
  assert.deepEqual(taken, []);
  assert.equal(whispers().length, 4);
  assert.equal(answers().length, 1);
});

test("who was told that it cannot be private says it anew without a mention", async (t) => {
  const { simulator, channel, ada, nextPrompt, whispers } = await startSlack(t);
  const { ts } = await simulator.say(channel, ada, "a kite —private", { mention: true });
  await simulator.waitFor(() => whispers()[0]);
  await simulator.say(channel, ada, "a kite", { threadTs: ts });
  const { turn } = await nextPrompt();
  assert.deepEqual([turn.text, turn.addressed], ["a kite", true]);
});
