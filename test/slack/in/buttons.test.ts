import assert from "node:assert/strict";
import { test } from "node:test";
import { noCore, noStyles } from "../../rig/no-core.ts";
import { flat } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

/** A finished picture under a mention. */
async function draw({ simulator, channel, ada, nextPrompt }: SlackServer, where = channel) {
  const asked = await simulator.say(where, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(await done());
  return { asked, key, ref: { channel: where.id, ts: key.split(":")[2] ?? "" } };
}

for (const over of ["socket", "http"] as const) {
  test(`/draw with words: acknowledged, answered in the channel, in a thread of its own: ${over}`, async (t) => {
    const server = await startSlack(t, { over });
    const { simulator, channel, ada, mo, nextPrompt, answers, placeOf } = server;
    const doing = simulator.slash(channel, ada, "/draw", "a fox --size wide");
    assert.equal((await doing.acknowledged()).ok, true);
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.text, "a fox --size wide");
    assert.equal(turn.mustDraw, true);
    assert.deepEqual(turn.place, placeOf(channel));
    const [started] = answers();
    assert.equal(turn.thread, `slack:${channel.id}:${started?.ts}`);
    assert.match(started?.text ?? "", /ada: a fox --size wide/);
    const key = await reply.show(await done());
    assert.equal(key, `slack:${channel.id}:${started?.ts}`);
    assert.equal(answers().length, 1);
    assert.match(answers()[0]?.text ?? "", /ada: a fox/);

    await simulator.say(channel, mo, "make it night", { threadTs: started?.ts ?? "" });
    const reply2 = await nextPrompt();
    assert.equal(reply2.turn.thread, turn.thread, "a plain reply goes on from it");
    assert.equal(reply2.turn.addressed, false);
  });

  test(`a form over ${over}: /draw alone asks for words, options, pictures and a mask`, async (t) => {
    const { simulator, channel, ada, nextPrompt, answers } = await startSlack(t, { over });
    const doing = simulator.slash(channel, ada, "/draw");
    const form = await simulator.waitFor(() => doing.view);
    assert.equal(form.title, "Draw");
    const [photo, mask] = [await flat("#040"), await flat("#fff")];
    const sent = await simulator.submitView(form, {
      prompt: "a lamp in the corner",
      "option:size": "1536x1024",
      "option:count": "2",
      pictures: [{ name: "room.png", bytes: photo }],
      mask: [{ name: "mask.png", bytes: mask }],
    });
    assert.equal((await sent.acknowledged()).ok, true);
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.text, "a lamp in the corner");
    assert.deepEqual(turn.options, { size: "1536x1024", count: "2" });
    assert.deepEqual(
      turn.attachments.map(({ name, role }) => [name, role]),
      [
        ["room.png", undefined],
        ["mask.png", "mask"],
      ],
    );
    assert.deepEqual(Buffer.from((await turn.attachments[1]?.read(signal)) ?? []), mask);
    await reply.show(await done());
    assert.equal(answers().length, 1);
    await assert.rejects(simulator.submitView(form, { prompt: "again" }), /not before anybody/);
  });
}

test("/draw help, and /draw where the bot is not", async (t) => {
  const { simulator, channel, ada, taken } = await startSlack(t);
  const help = simulator.slash(channel, ada, "/draw", "help");
  const told = await simulator.waitFor(() => help.messages[0]);
  assert.match(told.text, /Mention \*@drawbridge\* in/);
  assert.equal(told.ephemeralTo, ada.id);
  const secret = simulator.addChannel({ name: "secret", kind: "private", bot: false });
  const away = simulator.slash(secret, ada, "/draw", "a fox");
  const invite = await simulator.waitFor(() => away.messages[0]);
  assert.match(invite.text, /\/invite @drawbridge/);
  assert.deepEqual(taken, []);
});

test("an answer for one person's eyes, its buttons, and its end", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, nextPrompt, nextPress, answers, whispers, adapter, litter } = server;
  simulator.slash(channel, ada, "/draw", "a surprise --private --size wide");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "a surprise --size wide");
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  for (let step = 0; step < 10; step += 1) await reply.show(view("working", { status: `Step ${step}` }));
  const key = await reply.show(await done());
  assert.deepEqual(answers(), []);
  const [seen] = whispers().slice(-1);
  assert.equal(seen?.images.length, 1);
  assert.equal(simulator.requests.filter(({ method }) => method === "response_url").length, 2);

  assert.ok(seen);
  simulator.press(seen, "a:vary", ada);
  const varied = await nextPress();
  assert.equal(varied.turn.message, key, "Slack has no name for it, we have");
  await varied.reply.show(view("working", { status: "Drawing" }));
  await varied.reply.show(await done());
  assert.deepEqual(answers(), [], "it stays between the two");
  assert.equal(simulator.message(seen)?.images.length, 1, "the picture pressed on stays");

  simulator.press(seen, "a:edit", ada);
  const form = await simulator.waitFor(() => simulator.modal(ada));
  await simulator.submitView(form, { prompt: "with a bow" });
  const edit = await nextPress();
  assert.equal(edit.turn.message, key);
  await edit.reply.show(view("working"));
  assert.deepEqual(answers(), []);

  simulator.press(seen, "a:delete", ada);
  await nextPress();
  await adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada", gone: true }));
  assert.equal(simulator.message(seen), undefined);
  await until(() => litter().length === 1, "the deleted picture's file to go, and the other to stay");
});

test("a button that draws answers in the thread; the others tell the one who pressed", async (t) => {
  const server = await startSlack(t);
  const { simulator, mo, nextPress, answers, whispers, channel, placeOf } = server;
  const { asked, key, ref } = await draw(server);
  const doing = simulator.press(ref, "a:vary", mo);
  assert.equal((await doing.acknowledged()).ok, true);
  const vary = await nextPress();
  assert.deepEqual(
    { ...vary.turn },
    {
      kind: "press",
      event: vary.turn.event,
      thread: `slack:${channel.id}:${asked.ts}`,
      user: { id: `slack:${mo.id}`, name: "mo", moderator: true, admin: true, roles: [] },
      place: placeOf(channel),
      action: "vary",
      message: key,
    },
  );
  assert.match(
    vary.turn.event ?? "",
    new RegExp(`^slack:press:${doing.triggerId}:`),
    "Slack's own name for it",
  );
  await vary.reply.show(view("working", { status: "Drawing" }));
  assert.equal(answers().at(-1)?.threadTs, asked.ts);
  assert.match(answers().at(-1)?.text ?? "", /mo: Vary/);

  simulator.press(ref, "a:undo", mo);
  const undo = await nextPress();
  await undo.reply.show(view("done", { text: "Back to the beginning.", audience: "asker", head: null }));
  assert.match(whispers(channel, mo).at(-1)?.text ?? "", /Back to the beginning/);
  assert.equal(answers().length, 2);
});

test("what Slack sends again counts once", async (t) => {
  const server = await startSlack(t, { over: "http" });
  const { simulator, channel, ada, nextPress, nextPrompt, taken } = server;
  const { ref } = await draw(server);
  const pressed = simulator.press(ref, "a:vary", ada);
  await nextPress();
  await simulator.http.forge(pressed.sent.payload, {});
  const typed = simulator.slash(channel, ada, "/draw", "an owl");
  await nextPrompt();
  await simulator.http.forge(typed.sent.payload, {});
  const chosen = simulator.messageShortcut("edit_picture", ref, ada);
  const sent = await simulator.submitView(await simulator.waitFor(() => chosen.view), { prompt: "in snow" });
  await nextPress();
  await simulator.http.forge(sent.sent.payload, {});
  simulator.press(ref, "a:redo", ada);
  assert.equal((await nextPress()).turn.action, "redo");
  assert.deepEqual(taken, []);
});

test("the form to change the words begins with them, soon or late", async (t) => {
  const words = Promise.withResolvers<string>();
  const server = await startSlack(t, { promptOf: () => words.promise });
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(view("failed", { text: "Refused.", actions: ["rephrase"] }));
  const ref = { channel: channel.id, ts: key.split(":")[2] ?? "" };
  simulator.press(ref, "a:rephrase", ada);
  const empty = await simulator.waitFor(() => simulator.modal(ada));
  assert.equal(empty.title, "Edit the prompt");
  assert.doesNotMatch(JSON.stringify(empty.blocks), /initial_value/);
  words.resolve("a fox in snow");
  await until(() => /a fox in snow/.test(JSON.stringify(simulator.modal(ada)?.blocks)), "the words");
  await simulator.submitView(empty);
  const { turn } = await nextPress();
  assert.equal(turn.action, "rephrase");
  assert.equal(turn.message, key);
  assert.equal(turn.input?.text, "a fox in snow");

  simulator.press(ref, "a:rephrase", ada);
  const full = await simulator.waitFor(() => simulator.modal(ada));
  assert.match(JSON.stringify(full.blocks), /a fox in snow/);
});

test("a form that Slack no longer takes is excused", async (t) => {
  const server = await startSlack(t, { simulator: { triggerMs: 0 } });
  const { simulator, channel, ada, whispers } = server;
  simulator.slash(channel, ada, "/draw");
  const told = await simulator.waitFor(() => whispers()[0]);
  assert.match(told.text, /too little time to open the form/);
});

test("shortcuts on anybody's picture: edit it, use it, describe it", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, nextPress, answers, adapter } = server;
  const photo = await flat("#765");
  const posted = await simulator.say(channel, mo, "my garden", {
    files: [{ name: "garden.png", bytes: photo }],
  });
  const key = `slack:${channel.id}:${posted.ts}` as const;

  const edit = simulator.messageShortcut("edit_picture", posted, ada);
  assert.equal((await edit.acknowledged()).ok, true);
  const form = await simulator.waitFor(() => edit.view);
  await simulator.submitView(form, { prompt: "in winter" });
  const pressed = await nextPress();
  assert.equal(pressed.turn.action, "edit");
  assert.equal(pressed.turn.message, key);
  assert.equal(pressed.turn.thread, key);
  const [recalled] = await adapter.recall(key);
  assert.deepEqual(Buffer.from((await recalled?.read(signal)) ?? []), photo);
  await pressed.reply.show(view("working"));
  assert.equal(answers()[0]?.threadTs, posted.ts);
  assert.match(answers()[0]?.text ?? "", /ada: in winter/);

  const use = simulator.messageShortcut("use_as_reference", posted, ada);
  await simulator.submitView(await simulator.waitFor(() => use.view), { prompt: "as a stamp" });
  const used = await nextPress();
  assert.equal(used.turn.action, "reference");
  assert.equal(used.turn.message, key, "the core reads its pictures");
  assert.equal(used.turn.input?.text, "as a stamp");

  simulator.messageShortcut("describe_picture", posted, ada);
  const described = await nextPrompt();
  assert.match(described.turn.text, /Describe this picture/);
  assert.deepEqual(described.turn.options, { action: "answer" }, "nothing can be drawn");
  assert.equal(described.turn.attachments.length, 1);

  const words = await simulator.say(channel, mo, "no picture here");
  const none = simulator.messageShortcut("describe_picture", words, ada);
  assert.match((await simulator.waitFor(() => none.messages[0])).text, /I see no picture/);
});

test("the shortcut to draw asks where to", async (t) => {
  const { simulator, channel, ada, nextPrompt, answers } = await startSlack(t);
  const doing = simulator.globalShortcut("draw", ada);
  const form = await simulator.waitFor(() => doing.view);
  await simulator.submitView(form, { prompt: "a boat", where: channel.id });
  const { turn } = await nextPrompt();
  assert.equal(turn.thread, `slack:${channel.id}:${answers()[0]?.ts}`);
});

test("everything is acknowledged while the core is busy, whatever it is", async (t) => {
  const server = await startSlack(t, { simulator: { ackMs: 1000 } });
  const { simulator, channel, ada, adapter } = server;
  const { ref } = await draw(server);
  const hanging = new Promise<never>(() => {});
  await adapter.stop();
  await adapter.start(
    noCore(() => hanging, {
      promptOf: () => hanging,
      accounts: { of: () => hanging, setDefaults: () => hanging },
      styles: { ...noStyles, list: () => hanging },
    }),
  );
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  await said.delivered();
  const acks = await Promise.all([
    simulator.slash(channel, ada, "/draw", "a fox").acknowledged(),
    simulator.slash(channel, ada, "/draw").acknowledged(),
    simulator.press(ref, "a:vary", ada).acknowledged(),
    simulator.press(ref, "a:edit", ada).acknowledged(),
    simulator.messageShortcut("edit_picture", ref, ada).acknowledged(),
    simulator.globalShortcut("draw", ada).acknowledged(),
  ]);
  assert.deepEqual(
    acks.map(({ ok }) => ok),
    acks.map(() => true),
  );
  assert.ok(simulator.deliveries.every(({ acks }) => acks.length === 1));
});
