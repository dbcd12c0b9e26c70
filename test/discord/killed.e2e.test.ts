import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Channel } from "../simulators/discord/world.ts";
import { type Killable, startKillable } from "./killed.ts";

const minute = 60_000;
const away = { "at once": 0, "when Discord has forgotten what was posted once": 10 * minute };

/** Waits until an order has struck so often. */
function struck({ simulator }: Killable, order: { readonly struck: number }, times = 1) {
  return simulator.waitFor(() => order.struck >= times, { what: "the request that is held" });
}

for (const [when, ms] of Object.entries(away)) {
  test(`killed while it takes a request, and back ${when}: one picture for each, and nothing else`, async (t: TestContext) => {
    const stage = await startKillable(t, { DISCORD_THREADS: "auto" });
    const { simulator, guild, ada } = stage;
    const place = (name: string) => simulator.addChannel(guild, { name });
    const mention = (words: string) => `<@${simulator.bot.id}> ${words}`;
    const held = (method: string, path: string | RegExp, at: "before" | "after") =>
      simulator.fault({ kind: "hold", when: at, method, path: new RegExp(path) });
    const posts = ({ id }: Channel) => `^/channels/${id}/messages$`;
    const ended: Channel[] = [];
    let orders: ReturnType<typeof held>[] = [];

    // A picture to press the buttons of, and to reply to.
    const gallery = place("gallery");
    await simulator.say(gallery, ada, mention("a fox in snow"));
    const first = await stage.onlyPicture(gallery);

    for (const at of ["before", "after"] as const) {
      const commands = place(`command-${at}`);
      const order = held("POST", /callback$/, at);
      await simulator.slash(commands, ada, "draw", { prompt: `a fox in ${at}command` });
      await struck(stage, order);
      const mentions = place(`mention-${at}`);
      orders.push(held("POST", posts(mentions), at));
      await simulator.say(mentions, ada, mention(`a fox in ${at}mention`));
      const eve = simulator.addUser({ name: `eve-${at}` });
      simulator.join(guild, eve);
      const dm = simulator.dm(eve);
      orders.push(held("POST", posts(dm), at));
      await simulator.say(dm, eve, `a fox in ${at}dm`);
      orders.push(order);
      ended.push(commands, mentions, dm);
    }
    // The answer to a reply is in a thread, where nothing says what it answers.
    const opened = held("POST", `^/channels/${first.id}/messages$`, "after");
    await simulator.say(gallery, ada, "a fox in rain", { replyTo: first.id });
    orders.push(opened);
    // So is the answer to a button.
    const beside = place("beside");
    await simulator.say(beside, ada, mention("a fox in ice"));
    const second = await stage.onlyPicture(beside);
    orders.push(held("POST", `^/channels/${second.id}/messages$`, "after"));
    simulator.press(second.id, "a:vary", ada);
    for (const order of orders) await struck(stage, order);
    await stage.kill();
    orders = [];
    simulator.advance(ms);
    await stage.start();
    for (const where of ended) await stage.onlyPicture(where);
    const threads = [simulator.channel(first.id), simulator.channel(second.id)];
    for (const thread of threads) await stage.onlyPicture(thread);
    await stage.quiet();
    for (const where of [...ended, ...threads]) await stage.onlyPicture(where);
    const lines = stage.ours(gallery).filter(({ text }) => text.includes("I go on in"));
    assert.equal(lines.length, 1);
    assert.equal(stage.ours(gallery).length, 2, "the picture and that line");
    const told = stage.ours(beside).filter(({ ephemeralTo }) => ephemeralTo);
    assert.equal(stage.ours(beside).length - told.length, 1);
    assert.equal(new Set(stage.drawn()).size, stage.drawn().length, "nothing is drawn twice");
  });
}

test("killed while it draws and while it shows: what was drawn is shown once, and is not drawn again", async (t) => {
  const stage = await startKillable(t, { DISCORD_THREADS: "always" });
  const { simulator, guild, ada, standin } = stage;
  const mention = (words: string) => `<@${simulator.bot.id}> ${words}`;
  const shown = simulator.addChannel(guild, { name: "shown" });
  const moved = simulator.addChannel(guild, { name: "moved" });
  const drawing = simulator.addChannel(guild, { name: "drawing" });
  const command = simulator.addChannel(guild, { name: "command" });

  // The last view is there, and nobody has heard of it.
  const last = simulator.fault({
    ...{ kind: "hold", when: "after", method: "PATCH", says: /a:redo/ },
    path: new RegExp(`^/channels/${shown.id}/`),
  });
  await simulator.say(shown, ada, mention("a fox in shown"));
  const lastCommand = simulator.fault({
    ...{ kind: "hold", when: "after", method: "PATCH", says: /a:redo/ },
    path: /^\/webhooks/,
  });
  await simulator.slash(command, ada, "draw", { prompt: "a fox in command" });
  // It had to go into a message of its own, and nobody has heard of that.
  const body = { code: 30046, message: "Maximum number of edits to messages older than 1 hour reached" };
  simulator.fault({
    ...{ kind: "status", status: 400, body, method: "PATCH", says: /a:redo/, times: 2 },
    path: new RegExp(`^/channels/${moved.id}/`),
  });
  const beside = simulator.fault({
    ...{ kind: "hold", when: "after", method: "POST", says: /a:redo/ },
    path: new RegExp(`^/channels/${moved.id}/messages$`),
  });
  await simulator.say(moved, ada, mention("a fox in moved"));
  for (const order of [last, lastCommand, beside]) await struck(stage, order);
  // Only its interaction can change it, and had no time to.
  const eve = simulator.addUser({ name: "eve", installed: true });
  const abroad = simulator.conversation([eve, ada]);
  const unsent = simulator.fault({
    ...{ kind: "hold", when: "before", method: "PATCH", says: /a:redo/ },
    path: /^\/webhooks/,
  });
  await simulator.slash(abroad, eve, "draw", { prompt: "a fox in abroad" });
  await struck(stage, unsent);

  const stalled = standin.fault({
    kind: "stall",
    after: "response.image_generation_call.partial_image",
  });
  await simulator.say(drawing, ada, mention("a fox in drawing"));
  await simulator.waitFor(() => stage.ours(drawing).some(({ files }) => files.length > 0));
  await stage.kill();
  stalled.release();
  simulator.advance(10 * minute);
  await stage.start();
  const all = [shown, command, drawing, abroad];
  for (const where of all) await stage.onlyPicture(where);
  await stage.quiet();
  for (const where of all) {
    const picture = await stage.onlyPicture(where);
    assert.equal(picture.threadId, where === abroad ? undefined : picture.id, "with its thread");
  }
  const [old, standIn, ...more] = stage.ours(moved);
  assert.deepEqual(more, []);
  assert.deepEqual([old?.files.length, old?.buttons.length], [0, 0]);
  assert.match(old?.text ?? "", new RegExp(`is in one of its own: .*/${standIn?.id}$`));
  assert.equal(standIn?.files.length, 1);
  assert.equal(stage.drawn().length, 5, "each was drawn once");
});

test("Discord down from the middle of a turn, and killed meanwhile: the picture is there when both are back", async (t) => {
  const stage = await startKillable(t);
  const { simulator, guild, ada, standin } = stage;
  const where = simulator.addChannel(guild, { name: "down" });
  const stalled = standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
  await simulator.say(where, ada, `<@${simulator.bot.id}> a fox in fog`);
  await simulator.waitFor(() => stage.ours(where).some(({ files }) => files.length > 0));
  const down = simulator.fault({
    ...{ kind: "status", status: 503, times: 1_000_000 },
    path: /^\/(?:channels|webhooks)/,
  });
  stalled.release();
  await simulator.waitFor(() => stage.output().includes("answer.waits"), { what: "the core to wait" });
  await stage.kill();
  await stage.start();
  await simulator.waitFor(() => stage.output().includes("answer.waits"), { what: "the core to wait" });
  down.cancel();
  await stage.onlyPicture(where);
  await stage.quiet();
  await stage.onlyPicture(where);
  assert.equal(stage.drawn().length, 1);
});

test("killed between a press or a form and its picture: one picture; killed twice, too", async (t) => {
  const stage = await startKillable(t);
  const { simulator, guild, ada } = stage;
  const where = simulator.addChannel(guild, { name: "buttons" });
  await simulator.say(where, ada, `<@${simulator.bot.id}> a fox in snow`);
  const first = await stage.onlyPicture(where);
  const form = simulator.press(first.id, "a:edit", ada);
  await form.acknowledged();
  const done = () =>
    stage.ours(where).filter(({ buttons }) => buttons.some(({ label }) => label === "Draw again"));
  for (const at of ["before", "after"] as const) {
    const hold = () => simulator.fault({ kind: "hold", when: at, method: "POST", path: /callback$/ });
    const pressed = hold();
    simulator.press(first.id, "a:vary", ada);
    await struck(stage, pressed);
    const sent = hold();
    if (at === "before") await simulator.submit(form, { prompt: "a fox in rain" });
    else simulator.press(first.id, "a:redo", ada);
    await struck(stage, sent);
    await stage.kill();
    const again = hold();
    await stage.start();
    await struck(stage, again);
    await stage.kill();
    await stage.start();
    const count = at === "before" ? 3 : 5;
    await simulator.waitFor(() => done().length === count, { what: `${count} pictures` });
    await stage.quiet();
    assert.equal(done().length, count);
    assert.equal(stage.ours(where).length, count, "and nothing else");
    assert.equal(simulator.message(first.id)?.edits, first.edits, "the first picture is untouched");
  }
});

test("killed after the acknowledgement and away for more than its quarter of an hour", async (t) => {
  const stage = await startKillable(t);
  const { simulator, guild, ada } = stage;
  const open = simulator.addChannel(guild, { name: "open" });
  const hidden = simulator.addChannel(guild, { name: "hidden" });
  const late = simulator.addChannel(guild, { name: "late" });
  for (const [where, at] of [
    [open, "after"],
    [hidden, "after"],
    [late, "before"],
  ] as const) {
    const order = simulator.fault({ kind: "hold", when: at, method: "POST", path: /callback$/ });
    await simulator.slash(where, ada, "draw", { prompt: "a fox in snow", private: where === hidden });
    await struck(stage, order);
  }
  await stage.kill();
  simulator.advance(16 * minute);
  await stage.start();
  await stage.onlyPicture(open);
  await stage.quiet();
  assert.deepEqual(stage.ours(late), [], "nobody has seen that taken");
  assert.equal(stage.ours(hidden).filter(({ ephemeralTo }) => !ephemeralTo).length, 0);
  assert.equal(stage.drawn().length, 1);
});

test("what was said while it was not there is answered once: in a thread, a direct message, a channel", async (t) => {
  const stage = await startKillable(t, { DISCORD_THREADS: "auto" });
  const { simulator, guild, ada } = stage;
  const mention = (words: string) => `<@${simulator.bot.id}> ${words}`;
  const channel = simulator.addChannel(guild, { name: "channel" });
  const dm = simulator.dm(ada);
  await simulator.say(channel, ada, mention("a fox in snow"));
  const first = await stage.onlyPicture(channel);
  await simulator.say(channel, ada, "a fox in rain", { replyTo: first.id });
  await simulator.waitFor(() => first.id && simulator.message(first.id)?.threadId, { what: "a thread" });
  const thread = simulator.channel(first.id);
  await stage.onlyPicture(thread);
  await simulator.say(dm, ada, "a fox in fog");
  await stage.onlyPicture(dm);
  await stage.quiet();
  const before = stage.drawn().length;

  await stage.kill();
  const spoken = await simulator.say(channel, ada, mention("a fox in ice"));
  await simulator.say(channel, ada, "a fox in silence");
  await simulator.say(thread, ada, "a fox in wind");
  await simulator.say(thread, ada, "a fox in dust");
  await simulator.say(dm, ada, "a fox in dew");
  simulator.editMessage(spoken, mention("a fox in ice"));
  const isDone = ({ buttons }: ReturnType<typeof stage.ours>[number]) =>
    buttons.some(({ label }) => label === "Draw again");
  const pictures = () => [channel, thread, dm].map((where) => stage.ours(where).filter(isDone).length);
  for (const _ of ["once", "and not again after another restart"]) {
    await stage.start();
    await simulator.waitFor(() => pictures().join() === "2,3,2", { what: "what was missed" });
    await stage.quiet();
    assert.deepEqual(pictures(), [2, 3, 2]);
    assert.deepEqual(stage.drawn().slice(before).toSorted(), [
      ...["a fox in dew", "a fox in dust", "a fox in ice", "a fox in wind"],
    ]);
    await stage.kill();
    simulator.editMessage(spoken, mention("a fox in ice, changed"));
  }
});
