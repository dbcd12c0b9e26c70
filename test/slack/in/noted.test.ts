import assert from "node:assert/strict";
import { test } from "node:test";
import { takenOver } from "../../../src/fleet/ledger.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { PlatformEvent } from "../../../src/seam/turn.ts";
import { askedOf } from "../../rig/core.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { startLife } from "../life.ts";
import { done, startSlack, view } from "../server.ts";

/** A server whose core cannot note anything until it is told to; events come again at once. */
async function startForgetful(t: Parameters<typeof startSlack>[0], over: "socket" | "http") {
  const server = await startSlack(t, { over, simulator: { retryMs: [0, 60_000, 300_000], ackMs: 400 } });
  const noted: PlatformEvent[] = [];
  let isFull = true;
  await server.adapter.stop();
  await server.adapter.start({
    ...server.core,
    async note(event) {
      if (isFull) throw new BotError("storage", "My memory does not answer. Try again in a minute.");
      if (noted.some(({ key }) => key === event.key)) return undefined;
      noted.push(event);
      return (work) => work().catch(() => {});
    },
  });
  return {
    ...server,
    noted,
    mend: () => {
      isFull = false;
    },
  };
}

for (const over of ["socket", "http"] as const) {
  test(`what cannot be noted is not acknowledged, and comes again: ${over}`, async (t) => {
    const { simulator, channel, ada, nextPrompt, taken, noted, mend } = await startForgetful(t, over);
    const said = await simulator.say(channel, ada, "a fox", { mention: true });
    await until(() => said.events.every(({ acks }) => acks.length === 2), "two refusals of each");
    assert.ok(said.events.every(({ acks }) => acks.every(({ ok }) => !ok)));
    assert.deepEqual(taken, [], "nothing has happened");
    mend();
    simulator.advance(60_000);
    await said.delivered();
    const { turn } = await nextPrompt();
    assert.equal(turn.event, `slack:message:${channel.id}:${said.ts}`);
    assert.deepEqual([noted.length, taken], [1, []], "both events are one");
    assert.ok(said.events.every(({ acks }) => acks.at(-1)?.ok));
  });
}

test("a command that cannot be noted is told so", async (t) => {
  const { simulator, channel, ada, taken } = await startForgetful(t, "socket");
  const typed = simulator.slash(channel, ada, "/draw", "a fox");
  await typed.acknowledged();
  assert.match(typed.messages[0]?.text ?? "", /My memory does not answer/);
  assert.deepEqual(taken, []);
});

test("an interaction that cannot be noted leaves the form open, and whispers to who pressed", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, core, nextPrompt, answers, whispers, taken } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  await (await nextPrompt()).reply.show(await done());
  const [seen] = answers();
  assert.ok(seen);
  simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => simulator.modal(ada));
  await adapter.stop();
  await adapter.start({
    ...core,
    note: () => Promise.reject(new BotError("storage", "My memory does not answer.")),
  });
  const sent = await simulator.submitView(form, { prompt: "an owl" });
  await sent.acknowledged();
  assert.match(JSON.stringify(simulator.modal(ada)), /My memory does not answer/, "below its field");
  simulator.press(seen, "a:vary", ada);
  await until(() => /My memory/.test(whispers().at(-1)?.text ?? ""), "a word to who pressed");
  simulator.messageShortcut("describe_picture", seen, ada);
  await until(() => whispers().length === 2, "a word to who chose the shortcut");
  assert.deepEqual(taken, []);
});

test("what is drawn where a conversation goes on is noted for that, and nothing else is", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, core, nextPrompt, nextPress, answers } = server;
  const noted: PlatformEvent[] = [];
  await adapter.stop();
  await adapter.start({
    ...core,
    note(event) {
      if (!noted.some(({ key }) => key === event.key)) noted.push(event); // a mention comes by two names
      return core.note(event);
    },
  });
  const took = async (next: typeof nextPrompt | typeof nextPress = nextPrompt) =>
    (await next()).reply.show(await done());
  const threads = () => noted.splice(0).map(({ key, thread }) => [key.split(":")[1], thread]);
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  await took();
  const [seen] = answers();
  assert.ok(seen);
  await simulator.say(channel, ada, "make it night", { threadTs: said.ts, mention: true });
  await took();
  simulator.press(seen, "a:vary", ada);
  await took(nextPress);
  simulator.messageShortcut("describe_picture", seen, ada);
  await took();
  simulator.press(seen, "a:edit", ada);
  await simulator.submitView(await simulator.waitFor(() => simulator.modal(ada)), { prompt: "in snow" });
  await took(nextPress);
  const thread = `slack:${channel.id}:${said.ts}`;
  assert.deepEqual(threads(), [
    ...["message", "message", "press", "shortcut"].map((kind) => [kind, thread]),
    ["press", undefined],
    ["form", thread],
  ]);
  const direct = simulator.dm(ada);
  await simulator.say(direct, ada, "an owl");
  await took();
  await simulator.slash(direct, ada, "/draw", "an owl").acknowledged();
  await took();
  await simulator.slash(channel, ada, "/draw", "an owl").acknowledged();
  await took();
  assert.deepEqual(threads(), [
    ["message", `slack:${direct.id}`],
    ["command", `slack:${direct.id}`],
    ["command", undefined],
  ]);
});

test("an event that comes by two sockets, by both of its names, again and after a restart is drawn once", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, posts } = life;
  const first = await life.begin();
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  assert.equal(said.events.length, 2);
  for (const event of said.events) await simulator.redeliver(event).done;
  await life.finished(posts);
  const edit = async (words: string) => {
    const events = simulator.editMessage(said, `<@${simulator.bot.id}> ${words}`);
    await Promise.all(events.map(({ done }) => done));
  };
  await edit("a red fox");
  await first.end();
  await life.begin();
  for (const event of said.events) await simulator.redeliver(event).done;
  await edit("a blue fox");
  await simulator.say(channel, ada, "an owl", { mention: true });
  await life.finished(() => posts().slice(1));
  assert.equal(posts().length, 2);
  assert.equal(askedOf(standin).length, 2);
});

test("a double click on a button that draws draws once", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, posts } = life;
  await life.begin();
  await simulator.say(channel, ada, "a fox", { mention: true });
  const done = await life.finished(posts);
  const clicks = [simulator.press(done, "a:vary", ada), simulator.press(done, "a:vary", ada)];
  for (const click of clicks) assert.equal((await click.acknowledged()).ok, true);
  await life.finished(() => posts().slice(1));
  assert.equal(askedOf(standin).length, 2);
  assert.equal(posts().length, 2);
});

test("a command that another process has by now begins no thread", async (t) => {
  const life = await startLife(t);
  const { simulator, channel, ada, posts } = life;
  const { ledger, end } = await life.begin();
  const taken = new AbortController();
  let asked = 0;
  ledger.hold = () => ({
    lost: taken.signal,
    isHeld() {
      asked += 1;
      if (asked > 1) taken.abort(takenOver()); // after it is begun with, and before anything is posted
      return asked === 1;
    },
    isOver: () => false,
  });
  await simulator.slash(channel, ada, "/draw", "a fox").acknowledged();
  await until(() => taken.signal.aborted, "it to be taken over");
  await end();
  assert.deepEqual(posts(), []);
});

test("what is noted is enough to see to it in another process, save what was done of it", async (t) => {
  const noted: PlatformEvent[] = [];
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, core, answers, nextPrompt } = server;
  await adapter.stop();
  await adapter.start({
    ...core,
    async note(event) {
      noted.push(event);
      return (work) => work().catch(() => {});
    },
  });
  simulator.slash(channel, ada, "/draw", "a fox");
  const first = await nextPrompt();
  const [event] = noted;
  assert.ok(event);
  assert.doesNotMatch(JSON.stringify(event), /legacy/, "Slack's own token is not kept");
  const other = JSON.parse(JSON.stringify(event)) as PlatformEvent;
  await adapter.stop();
  await adapter.start(noCore(core.handle));
  await adapter.replay(other);
  const second = await nextPrompt();
  assert.deepEqual(
    [second.turn.event, second.turn.thread, second.turn.text, second.reply.message],
    [event.key, first.turn.thread, "a fox", first.reply.message],
  );
  await second.reply.show(view("working", { status: "Drawing" }));
  assert.equal(answers().length, 1, "the message that was posted is found");
  await adapter.replay({ key: "slack:command:1", body: { kind: "of another version" } });
});

test("a message that was deleted while nobody listened is not seen to again, and what was begun of it goes", async (t) => {
  const noted: PlatformEvent[] = [];
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, core, answers, nextPrompt, taken } = server;
  const begin = () =>
    adapter.start({
      ...core,
      async note(event) {
        if (noted.some(({ key }) => key === event.key)) return undefined;
        noted.push(JSON.parse(JSON.stringify(event)));
        return (work) => work().catch(() => {});
      },
    });
  await adapter.stop();
  await begin();
  const root = await simulator.say(channel, ada, "a fox", { mention: true });
  await (await nextPrompt()).reply.show(await done());
  for (const threadTs of [undefined, root.ts]) {
    noted.length = 0;
    const before = answers().length;
    const said = await simulator.say(channel, ada, "an owl", {
      mention: true,
      ...(threadTs && { threadTs }),
    });
    const { reply } = await nextPrompt();
    const key = await reply.show(view("working", { status: "Getting ready" }));
    const venue: unknown = JSON.parse(JSON.stringify(reply.venue));
    await adapter.stop();
    simulator.deleteMessage(said);
    await begin();
    adapter.reopen(key, venue);
    const { turn } = await server.nextPress();
    assert.deepEqual([turn.action, turn.message], ["cancel", key]);
    const [event] = noted;
    assert.ok(event);
    await adapter.replay(event);
    assert.equal(answers().length, before);
    assert.deepEqual(taken, []);
  }
});

test("an answer that was begun is found again, though the machine's clock is half an hour ahead of Slack's", async (t) => {
  const events: PlatformEvent[] = [];
  const server = await startSlack(t, { beforeStart: ({ advance }) => advance(-1800_000) });
  const { simulator, channel, ada, adapter, core, nextPrompt, answers } = server;
  const noting: typeof core = {
    ...core,
    async note(event) {
      if (events.some(({ key }) => key === event.key)) return undefined;
      events.push(event);
      return (work) => work().catch(() => {});
    },
  };
  await adapter.stop();
  await adapter.start(noting);
  await simulator.say(channel, ada, "a fox", { mention: true });
  await (await nextPrompt()).reply.show(view("working", { status: "Drawing" }));
  await adapter.stop();
  await adapter.start(noting);
  const [event] = events;
  assert.ok(event);
  const replayed = adapter.replay(event);
  await (await nextPrompt()).reply.show(await done());
  await replayed;
  assert.deepEqual(
    answers().map(({ images }) => images.length),
    [1],
    "the message that it was begun in",
  );
});
