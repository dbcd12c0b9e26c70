import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attend, Note } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { PlatformEvent } from "../../../src/seam/turn.ts";
import { done, image, startDiscord, view } from "../server.ts";

/** A ledger that knows what it was told, as the core's does, and when. */
function createNotes(at: () => number = () => 0) {
  const events: (PlatformEvent & { readonly at: number })[] = [];
  const clicks = new Set<string>();
  const note: Note = async (event) => {
    if (event.click && clicks.has(event.click.of)) return undefined;
    if (event.click) clicks.add(event.click.of);
    if (events.some(({ key }) => key === event.key)) return undefined;
    events.push({ ...event, body: JSON.parse(JSON.stringify(event.body)), at: at() });
    const attend: Attend = (work) => work();
    return attend;
  };
  return { events, note };
}

const acknowledgements = ({ requests }: { readonly requests: readonly { readonly path: string }[] }) =>
  requests.filter(({ path }) => /callback$|\/messages$/.test(path)).length;

test("everything is noted under Discord's own name for it, before it is acknowledged", async (t) => {
  let sent = () => 0;
  const notes = createNotes(() => sent());
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, next } = server;
  sent = () => acknowledgements(simulator);
  const keys: string[] = [];
  const took = async (key: string) => {
    const { turn, reply } = await next();
    assert.equal(turn.kind === "setting" ? undefined : turn.event, turn.kind === "setting" ? undefined : key);
    keys.push(key);
    return reply.show(await done());
  };
  const before: number[] = [];
  const mark = () => before.push(acknowledgements(simulator));

  mark();
  const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const picture = (await took(`discord:message:${said.id}`)).split(":")[2] ?? "";
  mark();
  const drawn = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  await took(`discord:interaction:${drawn.interaction.id}`);
  mark();
  const set = await simulator.slash(channel, ada, "style list");
  await took(`discord:interaction:${set.interaction.id}`);
  mark();
  const described = simulator.messageCommand("Describe", picture, ada);
  await took(`discord:interaction:${described.interaction.id}`);
  mark();
  const varied = simulator.press(picture, "a:vary", ada);
  await took(`discord:interaction:${varied.interaction.id}`);
  const form = simulator.press(picture, "a:edit", ada);
  await form.acknowledged();
  mark();
  const edited = await simulator.submit(form, { prompt: "make it night" });
  await took(`discord:interaction:${edited.interaction.id}`);
  assert.deepEqual(
    notes.events.map(({ key }) => key),
    keys,
  );
  assert.deepEqual(
    notes.events.map(({ at }) => at),
    before,
  );
});

test("what is drawn where a conversation goes on is noted for that, and nothing else is", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note }, threads: "auto" });
  const { simulator, channel, ada, next } = server;
  const took = async () => (await next()).reply.show(await done());
  const threads = () => notes.events.splice(0).map(({ thread }) => thread);
  const askIn = async (where: typeof channel) => {
    await simulator.say(where, ada, `<@${simulator.bot.id}> a fox`);
    const picture = (await took()).split(":")[2] ?? "";
    await simulator.slash(where, ada, "draw", { prompt: "a fox" });
    await took();
    simulator.messageCommand("Describe", picture, ada);
    await took();
    simulator.press(picture, "a:vary", ada);
    await took();
    const form = simulator.press(picture, "a:edit", ada);
    await form.acknowledged();
    await simulator.submit(form, { prompt: "make it night" });
    await took();
    await simulator.say(where, ada, "in snow", { replyTo: picture });
    await took();
    const open = threads();
    await simulator.slash(where, ada, "draw", { prompt: "a fox", private: true });
    await took();
    await simulator.slash(where, ada, "style list");
    await took();
    assert.deepEqual(threads(), [undefined, undefined]);
    return { picture, open };
  };
  const direct = simulator.dm(ada);
  const alone = await askIn(direct);
  assert.deepEqual(alone.open, Array(6).fill(`discord:${direct.id}`));
  const { picture, open } = await askIn(channel);
  const below = `discord:${picture}`;
  assert.deepEqual(open, [undefined, undefined, undefined, below, below, below]);
});

test("what comes again is one: by the gateway, edited, and after a restart", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, adapter, start, next, taken } = server;
  const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  await (await next()).reply.show(await done());
  simulator.gateway.redeliver("MESSAGE_CREATE");
  const command = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  await (await next()).reply.show(await done());
  simulator.gateway.redeliver("INTERACTION_CREATE");
  simulator.editMessage(said, `<@${simulator.bot.id}> a fox at night`);
  await adapter.stop();
  await start();
  simulator.editMessage(said, `<@${simulator.bot.id}> a fox in rain`);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> the end`);
  const { turn } = await next();
  assert.equal(turn.kind === "prompt" && turn.text, "the end");
  assert.deepEqual(taken, []);
  assert.equal(command.followUps.length, 0);
});

test("the second half of a double click changes nothing, and Discord does not say that it failed", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, mo, next, taken } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const id = (await (await next()).reply.show(await done())).split(":")[2] ?? "";
  const one = simulator.press(id, "a:vary", ada);
  const two = simulator.press(id, "a:vary", ada);
  assert.equal((await one.acknowledged()).kind, "defer");
  assert.equal((await two.acknowledged()).kind, "defer update");
  simulator.press(id, "a:vary", mo);
  const both = [await next(), await next()].map(({ turn }) => turn.user.name);
  assert.deepEqual(both.toSorted(), ["ada", "mo"]);
  assert.deepEqual(taken, []);
});

test("what cannot be noted is not begun, and that is said; in time where the store hangs", async (t) => {
  for (const how of ["fails", "hangs"] as const) {
    const attended: string[] = [];
    const late = Promise.withResolvers<Attend>();
    const note: Note = async ({ key }) => {
      if (how === "fails") throw new BotError("storage", "My memory does not answer. Try again in a minute.");
      await late.promise;
      return async () => void attended.push(key);
    };
    const { simulator, channel, ada, taken } = await startDiscord(t, { core: { note } });
    const command = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
    const { kind, ephemeral } = await command.acknowledged();
    assert.deepEqual([kind, ephemeral], ["reply", true], how);
    assert.match(command.message?.text ?? "", /Try again in a minute/);
    assert.deepEqual(taken, []);
    if (how === "hangs") {
      late.resolve(async () => {});
      await simulator.waitFor(() => attended.length === 1);
      assert.deepEqual(taken, [], "what was given up is over");
      continue;
    }
    const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
    const told = await simulator.waitFor(() =>
      simulator.messages(channel).find(({ replyTo }) => replyTo === said.id),
    );
    assert.match(told.text, /My memory does not answer/);
  }
});

test("a message that the store does not take at once is taken on all the same, also where nobody is mentioned", async (t) => {
  const tries = new Map<string, number>();
  const note: Note = async ({ key }) => {
    const before = tries.get(key) ?? 0;
    tries.set(key, before + 1);
    if (before < 2) throw new BotError("storage", "My memory does not answer.");
    return (work) => work();
  };
  const waits: number[] = [];
  const wait = async (ms: number) => waits.push(ms);
  const { simulator, channel, ada, next } = await startDiscord(t, { core: { note }, wait });
  const direct = simulator.dm(ada);
  for (const [where, text] of [
    [channel, `<@${simulator.bot.id}> a fox`],
    [direct, "make it night"],
  ] as const) {
    const said = await simulator.say(where, ada, text);
    const { turn } = await next();
    assert.equal(turn.kind === "prompt" && turn.event, `discord:message:${said.id}`);
    assert.equal(tries.get(`discord:message:${said.id}`), 3);
  }
  const told = [channel, direct].flatMap((where) => simulator.messages(where));
  assert.ok(!told.some(({ text }) => /My memory/.test(text)));
  assert.deepEqual(waits, [1000, 1000, 1000, 1000]);
});

test("a message that cannot be noted for a mistake of ours is not tried again", async (t) => {
  let tries = 0;
  const note: Note = async () => {
    tries += 1;
    throw new TypeError("a mistake");
  };
  const wait = async () => {};
  const { simulator, channel, ada } = await startDiscord(t, { core: { note }, wait });
  const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  await simulator.waitFor(() => simulator.messages(channel).find(({ replyTo }) => replyTo === said.id));
  assert.equal(tries, 1);
});

test("a button that draws nothing works also while the store does not", async (t) => {
  let works = true;
  const note: Note = async () => {
    if (!works) throw new BotError("storage", "My memory does not answer.");
    return (work) => work();
  };
  const { simulator, channel, ada, next } = await startDiscord(t, { core: { note } });
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await next()).reply.show(
    view("working", { images: [await image(1)], actions: ["cancel"] }),
  );
  works = false;
  simulator.press(key.split(":")[2] ?? "", "a:cancel", ada);
  const { turn } = await next();
  assert.deepEqual([turn.kind, turn.kind === "press" && turn.action], ["press", "cancel"]);
});

test("seen to again: an acknowledged press goes on, one that Discord gave up on does not, nor what is unreadable", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, adapter, next, taken, said } = server;
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const first = await next();
  const [event] = notes.events;
  assert.ok(event);
  const over = adapter.replay(event);
  const again = await next();
  await over;
  assert.equal(again.reply.message, first.reply.message, "the same message");
  await again.reply.show(await done());
  assert.equal(doing.message?.files.length, 1);

  const late = { ...(event.body as object), id: `${BigInt(doing.interaction.id) + 1n}`, token: "unknown" };
  await adapter.replay({ key: `discord:interaction:${late.id}`, body: late });
  for (const body of [undefined, null, {}, "x", { id: "1" }]) {
    await adapter.replay({ key: `discord:message:1`, body });
    await adapter.replay({ key: `discord:interaction:1`, body });
    await adapter.replay({ key: `discord:other:1`, body });
  }
  assert.deepEqual(taken, []);
  assert.equal(said("discord.replay.unreadable").length, 15);
  assert.equal(simulator.messages(channel).length, 1);
});

test("a command that was answered by a message, since it could not be acknowledged, is answered there again", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, adapter, next } = server;
  simulator.fault({ kind: "drop", when: "before", method: "POST", path: /callback$/ });
  simulator.fault({ kind: "drop", when: "after", method: "POST", path: /messages$/ });
  await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  await assert.rejects((await next()).reply.show(view("working", { status: "Getting ready" })));
  const [event] = notes.events;
  assert.ok(event);
  const over = adapter.replay(event);
  await (await next()).reply.show(await done());
  await over;
  const [seen, ...more] = simulator.messages(channel);
  assert.deepEqual(more, []);
  assert.equal(seen?.files.length, 1);
});

test("a message that was deleted while nobody listened is not seen to again, and what was begun of it goes", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note }, threads: "auto" });
  const { simulator, channel, ada, adapter, start, next, taken } = server;
  const shown = await drawn(server);
  for (const replyTo of [undefined, shown]) {
    const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`, {
      ...(replyTo && { replyTo }),
    });
    const { reply } = await next();
    const key = await reply.show(view("working", { status: "Getting ready" }));
    const [, channelId = "", messageId = ""] = key.split(":");
    await adapter.stop();
    simulator.deleteMessage(said);
    await start();
    const event = notes.events.at(-1);
    assert.ok(event);
    await adapter.replay(event);
    assert.equal(simulator.message(messageId), undefined);
    assert.deepEqual(taken, []);
    assert.equal(channelId === channel.id, replyTo === undefined, "the other is in a thread");
  }
});

test("what was begun where the bot may no longer write goes, and the person is told", async (t) => {
  const notes = createNotes();
  const server = await startDiscord(t, { core: { note: notes.note } });
  const { simulator, channel, ada, adapter, next, taken } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await next()).reply.show(view("working", { status: "Getting ready" }));
  simulator.permit(channel, simulator.bot, { deny: ["SEND_MESSAGES"] });
  await simulator.say(channel, ada, `<@${simulator.bot.id}> an owl`);
  const told = () => simulator.messages(simulator.dm(ada)).map(({ text }) => text);
  await simulator.waitFor(() => told().length === 1); // by now it knows
  const [event] = notes.events;
  assert.ok(event);
  await adapter.replay(event);
  assert.equal(simulator.message(key.split(":")[2] ?? ""), undefined);
  assert.match(told()[1] ?? "", /I lack the permission Send Messages/);
  assert.ok(
    taken.every(({ turn }) => turn.kind === "press"),
    "nothing is asked for",
  );
});

test("an answer whose request was deleted while nobody listened is cancelled, in a thread, too", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, ada, adapter, start, next, nextPress, taken } = server;
  const shown = await drawn(server);
  for (const replyTo of [undefined, shown]) {
    const said = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`, {
      ...(replyTo && { replyTo }),
    });
    const { reply } = await next();
    const key = await reply.show(view("working", { status: "Getting ready" }));
    const venue: unknown = JSON.parse(JSON.stringify(reply.venue));
    await adapter.stop();
    await start();
    adapter.reopen(key, venue); // it is there: nothing comes of that
    await simulator.waitFor(() =>
      simulator.requests.some(({ path }) => path.endsWith(`/messages/${said.id}`)),
    );
    assert.deepEqual(taken, []);
    await adapter.stop();
    simulator.deleteMessage(said);
    await start();
    adapter.reopen(key, venue);
    const { turn } = await nextPress();
    assert.deepEqual([turn.action, turn.message], ["cancel", key]);
  }
});

/** A finished picture in the channel; its message's id. */
async function drawn({ simulator, channel, ada, next }: Awaited<ReturnType<typeof startDiscord>>) {
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await next()).reply.show(await done());
  return key.split(":")[2] ?? "";
}

test("what is said while it is being stopped is noted, as long as Discord sends it", async (t) => {
  const noted: string[] = [];
  const held = Promise.withResolvers<void>();
  const note: Note = async ({ key }) => {
    noted.push(key);
    if (noted.length === 1) await held.promise;
    return undefined;
  };
  const { simulator, ada, adapter } = await startDiscord(t, { core: { note } });
  const dm = simulator.dm(ada);
  const first = await simulator.say(dm, ada, "a fox");
  await simulator.waitFor(() => noted.length === 1);
  const stopped = adapter.stop();
  const second = await simulator.say(dm, ada, "a lamp");
  await simulator.waitFor(() => noted.length === 2);
  held.resolve();
  await stopped;
  assert.deepEqual(
    noted,
    [first, second].map(({ id }) => `discord:message:${id}`),
  );
});
