import assert from "node:assert/strict";
import { test } from "node:test";
import { flat } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { done, image, type SlackServer, startSlack, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

/** A finished picture under a mention. */
async function draw({ simulator, channel, ada, nextPrompt }: SlackServer, words = "a fox") {
  const asked = await simulator.say(channel, ada, words, { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(await done());
  return { asked, key, ts: key.split(":")[2] ?? "" };
}

for (const over of ["socket", "http"] as const) {
  test(`a mention is answered in its thread, once, in one message that changes: ${over}`, async (t) => {
    const server = await startSlack(t, { over });
    const { simulator, channel, ada, nextPrompt, answers, taken } = server;
    const photo = await flat("#050");
    const asked = await simulator.say(channel, ada, "make it night --size wide", {
      mention: true,
      files: [{ name: "photo.png", bytes: photo }],
    });
    await asked.delivered();
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.text, "make it night --size wide");
    assert.equal(turn.addressed, true);
    assert.equal(turn.replyTo, undefined);
    assert.equal(turn.thread, `slack:${channel.id}:${asked.ts}`);
    assert.deepEqual(turn.user, { id: `slack:${ada.id}`, name: "ada", roles: [] });
    assert.deepEqual(Buffer.from((await turn.attachments[0]?.read(signal)) ?? []), photo);

    await reply.show(view("queued", { status: "Next in line", actions: ["cancel"] }));
    await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
    const key = await reply.show(await done());
    const [seen, ...more] = answers();
    assert.deepEqual(more, []);
    assert.equal(key, `slack:${channel.id}:${seen?.ts}`);
    assert.equal(seen?.threadTs, asked.ts);
    assert.equal(seen?.images[0]?.alt, "A red fox in the snow");
    assert.equal(asked.events.length, 2, "Slack tells of a mention twice");
    assert.deepEqual(taken, []);
  });

  test(`an event that comes again draws nothing: ${over}`, async (t) => {
    const { simulator, channel, ada, nextPrompt, taken } = await startSlack(t, { over });
    const asked = await simulator.say(channel, ada, "a fox", { mention: true });
    await nextPrompt();
    for (const event of asked.events) await simulator.redeliver(event).done;
    const next = await simulator.say(channel, ada, "an owl", { mention: true });
    await next.delivered();
    assert.equal((await nextPrompt()).turn.text, "an owl");
    assert.deepEqual(taken, []);
  });
}

test("words made of mentions, channels and markup become words, and call nobody", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, answers } = server;
  await simulator.say(
    channel,
    ada,
    `<@${mo.id}> riding in <#${channel.id}|pictures> with <!channel> &amp; <https://example.com|friends>`,
    { mention: true },
  );
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "@someone riding in #pictures with @channel & friends (https://example.com)");
  const base = await done();
  const evil = `<!channel> <!here> <@${mo.id}> @everyone <!subteam^S1> & <b>`;
  await reply.show({
    ...base,
    text: `**Here** ${evil} [a](https://example.com) [b](javascript:alert)`,
    notes: [evil],
    images: base.images.map((one) => ({ ...one, alt: evil })),
    ...(base.details && { details: { ...base.details, prompt: evil, painter: evil } }),
  });
  const [seen] = answers();
  assert.deepEqual(seen?.pings, []);
  assert.match(seen?.text ?? "", /\*Here\* &lt;!channel&gt;/);
  assert.match(seen?.text ?? "", /<https:\/\/example\.com\|a> \[b\]\(javascript:alert\)/);
  assert.doesNotMatch(seen?.fallback ?? "", /<!/);
});

test("what is not for the bot", async (t) => {
  const { simulator, channel, ada, mo, nextPrompt, taken, answers } = await startSlack(t);
  const talk = await simulator.say(channel, ada, "hello everyone");
  simulator.sayAsBot(channel, `<@${simulator.bot.id}> I am a bot`);
  simulator.editMessage(talk, "hello all");
  simulator.deleteMessage(talk);
  const own = await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  await reply.show(await done());
  await simulator.say(channel, ada, `<@${mo.id}> look at this`, { threadTs: own.ts });
  await simulator.say(channel, mo, "make it night", { threadTs: own.ts });
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "make it night");
  assert.equal(turn.addressed, false, "the core answers when it knows the thread");
  assert.equal(turn.toBot, undefined);
  assert.equal(turn.thread, `slack:${channel.id}:${own.ts}`);
  assert.equal(turn.user.moderator, true);
  assert.deepEqual(taken, []);
  assert.equal(answers().length, 1);
});

test("who names the bot in an edit is heard, and once however often it is edited", async (t) => {
  const { simulator, channel, ada, nextPrompt, taken } = await startSlack(t);
  const said = await simulator.say(channel, ada, "a fox");
  const edit = async (words: string) => {
    const events = simulator.editMessage(said, `<@${simulator.bot.id}> ${words}`);
    await Promise.all(events.map(({ done }) => done));
    return events.length;
  };
  assert.equal(await edit("a fox"), 2, "Slack tells of the edit and of the mention");
  assert.equal((await nextPrompt()).turn.text, "a fox");
  await edit("a red fox");
  assert.deepEqual(taken, []);
});

test("a reply that is shown in the channel, too, is one request", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, nextPrompt, taken } = server;
  const { asked } = await draw(server);
  const said = await simulator.say(channel, ada, "make it night", { threadTs: asked.ts, broadcast: true });
  await said.delivered();
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "make it night");
  assert.equal(turn.thread, `slack:${channel.id}:${asked.ts}`);
  for (const event of said.events) await simulator.redeliver(event).done;
  await draw(server, "the next");
  assert.deepEqual(taken, []);
});

test("a direct message needs no mention, and is one conversation", async (t) => {
  const { simulator, ada, nextPrompt, answers } = await startSlack(t);
  const dm = simulator.dm(ada);
  await simulator.say(dm, ada, "a fox");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.thread, `slack:${dm.id}`);
  assert.equal(turn.addressed, true);
  const key = await reply.show(await done());
  assert.equal(answers(dm)[0]?.threadTs, undefined);
  await simulator.say(dm, ada, "now in rain");
  const second = await nextPrompt();
  assert.equal(second.turn.thread, `slack:${dm.id}`);
  assert.equal(second.turn.replyTo, undefined);

  const ts = key.split(":")[2] ?? "";
  await simulator.say(dm, ada, "with a hat", { threadTs: ts });
  const branch = await nextPrompt();
  assert.equal(branch.turn.thread, `slack:${dm.id}:${ts}`);
  assert.equal(branch.turn.replyTo, key, "a thread below a picture begins with it");
  await branch.reply.show(await done());
  await simulator.say(dm, ada, "and a scarf", { threadTs: ts });
  assert.equal((await nextPrompt()).turn.replyTo, undefined, "from then on it has a head of its own");
});

test("a deleted request takes its picture back, and so does a deleted answer", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const asked = await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.deleteMessage(asked);
  const { turn } = await nextPress();
  assert.equal(turn.action, "cancel");
  assert.equal(turn.message, key);
  assert.equal(turn.user.moderator, true, "whoever may delete it may cancel it");

  await simulator.say(channel, ada, "a hare", { mention: true });
  const second = await nextPrompt();
  const answer = await second.reply.show(view("working", { status: "Drawing" }));
  simulator.deleteMessage({ channel: channel.id, ts: answer.split(":")[2] ?? "" });
  assert.equal((await nextPress()).turn.message, answer);
  await second.reply.show(view("cancelled", { status: "Cancelled" }));

  const finished = await draw(server, "an owl");
  simulator.deleteMessage(finished.asked);
  await draw(server, "the end");
  assert.deepEqual(server.taken, [], "what is finished is not cancelled");
});

test("of a finished answer that somebody deletes the core is told", async (t) => {
  const removed: string[] = [];
  const server = await startSlack(t, { removed: async (message) => void removed.push(message) });
  const { key } = await draw(server, "an owl");
  server.simulator.deleteMessage({ channel: server.channel.id, ts: key.split(":")[2] ?? "" });
  await until(() => removed.includes(key), "the core to be told");
  assert.deepEqual(server.taken, []);
});

test("the assistant: suggestions, a title, a status line that is renewed and goes away", async (t) => {
  const { simulator, ada, nextPrompt, answers } = await startSlack(t);
  const { channel: pane, threadTs } = simulator.startAssistant(ada);
  const of = (kind: RegExp) => simulator.requests.filter(({ method }) => kind.test(method));
  await until(() => of(/setSuggestedPrompts/).length === 1, "suggestions");
  await simulator.say(pane, ada, "a fox in snow --size wide", { threadTs });
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.thread, `slack:${pane.id}:${threadTs}`);
  assert.equal(turn.addressed, true);
  await until(() => of(/setTitle/).length === 1, "a title");
  assert.match(JSON.stringify(of(/setTitle/)[0]), /a fox in snow"/);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  await until(() => /at work: drawing/.test(JSON.stringify(simulator.statuses.log)), "a status");
  await reply.show(await done());
  await until(() => of(/setStatus/).length === 2, "the status to be taken away");
  assert.equal(answers(pane).at(-1)?.threadTs, threadTs);
  await simulator.say(pane, ada, "with a hat", { threadTs });
  await nextPrompt();
  assert.equal(of(/setTitle/).length, 1, "the title stays");
});

test("App Home: how to use it, who draws, my usage, my defaults", async (t) => {
  const { simulator, ada, nextPrompt, kept } = await startSlack(t);
  kept.set(`slack:${ada.id}`, {
    defaults: { size: "1536x864" },
    pictures: 12,
    usd: 0.481,
    since: Date.UTC(2026, 10, 3),
  });
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  assert.match(home.text, /placeholders/);
  assert.match(home.text, /\/draw a red fox/);
  assert.match(home.text, /--quality/);
  assert.match(home.text, /12 pictures since 3 November 2026, about \$0\.48/);
  assert.match(home.text, /Size 1536x864/);

  simulator.press(home, "defaults", ada);
  const form = await simulator.waitFor(() => simulator.modal(ada));
  await simulator.submitView(form, { "option:quality": "high", "option:count": "2" });
  await until(() => kept.get(`slack:${ada.id}`)?.defaults.quality === "high", "the defaults to be kept");
  assert.deepEqual(kept.get(`slack:${ada.id}`)?.defaults, { size: "1536x864", quality: "high", count: "2" });
  await until(() => /Quality high/.test(simulator.home(ada)?.text ?? ""), "them to be shown");
  simulator.press(simulator.home(ada) ?? home, "reset", ada);
  await until(() => /None: the model decides/.test(simulator.home(ada)?.text ?? ""), "them to be gone");

  simulator.press(simulator.home(ada) ?? home, "draw", ada);
  const draw = await simulator.waitFor(() => simulator.modal(ada));
  await simulator.submitView(draw, { prompt: "a boat" });
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "a boat");
  assert.equal(turn.thread, `slack:${simulator.dm(ada).id}`, "no channel was chosen");
  await reply.show(await done());
});

test("files: from another company's channel, kept outside Slack, not ready, out of reach", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, nextPrompt, nextPress, adapter } = server;
  const photo = await flat("#123");
  const shared = simulator.addChannel({ name: "partners", shared: true });
  await simulator.say(shared, ada, "look", { mention: true, files: [{ name: "photo.png", bytes: photo }] });
  const connect = await nextPrompt();
  assert.deepEqual(Buffer.from((await connect.turn.attachments[0]?.read(signal)) ?? []), photo);

  const hidden = simulator.addChannel({ name: "secret", kind: "private", bot: false });
  const away = await simulator.say(hidden, ada, "mine", { files: [{ name: "mine.png", bytes: photo }] });
  const doing = simulator.messageShortcut("use_as_reference", away, ada);
  const form = await simulator.waitFor(() => doing.view);
  await simulator.submitView(form, { prompt: "draw it" });
  const { turn, reply } = await nextPress();
  await assert.rejects(reply.show(view("working")), /Type \/invite @drawbridge there first/);
  await reply.show(view("failed", { text: "Type /invite @drawbridge" }));
  const told = await simulator.waitFor(() => doing.messages[0]);
  assert.match(told.text, /\/invite @drawbridge/);
  const [mine] = await adapter.recall(turn.message);
  await assert.rejects(mine?.read(signal) ?? Promise.resolve(), {
    code: "bad_attachment",
    message: /“mine.png” is in a channel I am not in/,
  });

  const { key } = await draw(server);
  const recalled = await adapter.recall(key as `slack:${string}`);
  assert.deepEqual(
    Buffer.from((await recalled[0]?.read(signal)) ?? []),
    Buffer.from((await image("#fff")).bytes),
  );
  assert.deepEqual(await adapter.recall(`slack:${channel.id}:1.000001`), []);
});
