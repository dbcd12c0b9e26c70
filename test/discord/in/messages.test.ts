import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reply } from "../../../src/seam/view.ts";
import { until } from "../../rig/until.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const withContent = { simulator: { portal: { messageContent: true } } } as const;

/** What is in the channel from the bot, oldest first. */
function answers({ simulator, channel }: DiscordServer, where = channel) {
  return simulator.messages(where).filter(({ author }) => author.bot);
}

/** A finished picture under a mention. */
async function draw(server: DiscordServer, words = "a fox"): Promise<{ id: string; reply: Reply }> {
  const { simulator, channel, ada } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> ${words}`);
  const { reply } = await server.nextPrompt();
  const key = await reply.show(await done());
  return { id: key.split(":")[2] ?? "", reply };
}

test("a mention is answered in its channel, in one message that changes", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  const photo = await png(5);
  const asked = await simulator.say(channel, ada, `<@${simulator.bot.id}> make it night --size wide`, {
    files: [{ name: "photo.png", bytes: photo }],
  });
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "make it night --size wide");
  assert.equal(turn.addressed, true);
  assert.equal(turn.replyTo, undefined);
  assert.deepEqual(Buffer.from((await turn.attachments[0]?.read(signal)) ?? []), photo);
  const [started] = answers(server);
  assert.equal(started?.replyTo, asked.id);
  assert.equal(turn.thread, `discord:${started?.id}`);

  await reply.show(view("working", { status: "Getting ready", actions: ["cancel"] }));
  await reply.show(view("working", { status: "Drawing", images: [await image(1)], actions: ["cancel"] }));
  assert.equal(await reply.show(await done()), `discord:${channel.id}:${started?.id}`);
  const [seen, ...more] = answers(server);
  assert.deepEqual(more, []);
  assert.equal(seen?.files[0]?.name, "a-fox.png");
  assert.deepEqual(seen?.pings, []);
});

test("a prompt made of mentions and emoji becomes words, and calls nobody", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const text = `<@${simulator.bot.id}> <@${mo.id}> riding <a:horse:123456789012345678> with @everyone in <#${channel.id}>`;
  await simulator.say(channel, ada, text);
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "@mo riding :horse: with @everyone in #channel");
  const base = await done();
  const prompt = `<@${mo.id}> @everyone **bold**`;
  await reply.show({
    ...base,
    text: `Here, <@${mo.id}> and @everyone`,
    notes: [`<@${mo.id}> @here`],
    ...(base.details && { details: { ...base.details, prompt } }),
  });
  const [seen] = answers(server);
  assert.deepEqual(seen?.pings, []);
  assert.match(seen?.text ?? "", /\\\*\\\*bold\\\*\\\*/);
  for (const { body, path } of simulator.requests.filter(({ method }) => method !== "GET")) {
    if (!/messages/.test(path)) continue;
    assert.deepEqual((body as { allowed_mentions?: unknown }).allowed_mentions, { parse: [] }, path);
  }
});

test("a mention without words, a bot's message and one that is for others", async (t) => {
  const { simulator, channel, ada, nextPrompt, taken } = await startDiscord(t, withContent);
  await simulator.say(channel, ada, "hello everyone");
  await simulator.say(channel, ada, `@everyone look`);
  await simulator.say(channel, simulator.bot, `<@${simulator.bot.id}> I speak to myself`);
  await simulator.say(channel, ada, `<@${simulator.bot.id}>`);
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "");
  assert.equal(turn.addressed, true);
  assert.deepEqual(taken, []);
});

test("a direct message needs no mention, and goes on where it was", async (t) => {
  const server = await startDiscord(t);
  const { simulator, ada, nextPrompt } = server;
  const dm = simulator.dm(ada);
  await simulator.say(dm, ada, "a fox");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.thread, `discord:${dm.id}`);
  const ruledBy = `discord:guild:${server.guild.id}`;
  assert.deepEqual(turn.place, { channel: `discord:channel:${dm.id}`, kind: "direct", ruledBy });
  assert.equal(turn.text, "a fox");
  assert.equal(turn.user.moderator, undefined);
  await reply.show(await done());
  const [seen] = answers(server, dm);
  assert.equal(seen?.files.length, 1);
  await simulator.say(dm, ada, "now in rain");
  assert.equal((await nextPrompt()).turn.thread, `discord:${dm.id}`);
});

test("a reply that calls the bot branches from the picture it answers", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, mo, nextPrompt } = server;
  const { id } = await draw(server);
  await simulator.say(channel, mo, "make it night", { replyTo: id });
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "make it night");
  assert.equal(turn.replyTo, `discord:${channel.id}:${id}`);
  assert.equal(turn.user.moderator, true);
  assert.equal(turn.user.admin, undefined);
  const roles = [server.guild.id, ...(server.guild.members.get(mo.id)?.roles ?? [])];
  assert.deepEqual(
    turn.user.roles,
    roles.map((id) => `discord:role:${id}`),
  );
  const recalled = await server.adapter.recall(turn.replyTo ?? "discord:0");
  assert.deepEqual(Buffer.from((await recalled[0]?.read(signal)) ?? []), await png(200));
});

test("a reply that calls nobody: with the intent it is a turn, without it the person is told why not", async (t) => {
  const server = await startDiscord(t, withContent);
  const { id } = await draw(server);
  await server.simulator.say(server.channel, server.mo, "make it night", { replyTo: id, ping: false });
  assert.equal((await server.nextPrompt()).turn.text, "make it night");

  const blind = await startDiscord(t);
  const shown = await draw(blind);
  const asked = await blind.simulator.say(blind.channel, blind.mo, "make it night", {
    replyTo: shown.id,
    ping: false,
  });
  const hint = await blind.simulator.waitFor(() =>
    answers(blind).find(({ replyTo }) => replyTo === asked.id),
  );
  assert.match(hint.text, /Discord hides your words from me unless you mention me/);
  assert.deepEqual(blind.taken, []);
  await blind.simulator.say(blind.channel, blind.mo, "hello?", { replyTo: shown.id, ping: false });
  await draw(blind, "the next");
  assert.equal(
    answers(blind).filter(({ text }) => /hides your words/.test(text)).length,
    1,
    "said once a channel",
  );
});

test("a reply to somebody's picture that names the bot uses that picture", async (t) => {
  const { simulator, channel, ada, mo, nextPrompt } = await startDiscord(t, withContent);
  const photo = await png(9);
  const posted = await simulator.say(channel, ada, "my garden", {
    files: [{ name: "garden.png", bytes: photo }],
  });
  await simulator.say(channel, mo, `<@${simulator.bot.id}> in winter`, { replyTo: posted });
  const { turn } = await nextPrompt();
  assert.equal(turn.replyTo, undefined);
  assert.deepEqual(Buffer.from((await turn.attachments[0]?.read(signal)) ?? []), photo);
});

test("a forwarded picture, and ten pictures at once", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t);
  const files = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => ({ name: `p${index}.png`, bytes: await png(index) })),
  );
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a collage`, { files });
  const { turn } = await nextPrompt();
  assert.deepEqual(
    turn.attachments.map(({ name }) => name),
    files.map(({ name }) => name),
  );
  const dm = simulator.dm(ada);
  const source = await simulator.say(channel, ada, "look", { files: files.slice(0, 1) });
  simulator.forward(source, dm, ada);
  const forwarded = await nextPrompt();
  assert.equal(forwarded.turn.attachments[0]?.name, "p0.png");
});

test("in a thread the bot opened, every message is a turn; in others, those that name it", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, nextPrompt, nextPress, nextSetting } = server;
  const ours = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  await simulator.say(ours, ada, "make it night");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.addressed, false, "the core answers when it knows the thread");
  assert.equal(turn.thread, `discord:${ours.id}`);
  const place = { channel: `discord:channel:${channel.id}`, community: `discord:guild:${channel.guild?.id}` };
  assert.deepEqual(turn.place, place, "a thread's is that of the channel it stands in");
  await reply.show(await done());
  const [answer] = answers(server, ours);
  simulator.press(answer?.id ?? "", "a:vary", ada);
  assert.deepEqual((await nextPress()).turn.place, place);
  await simulator.slash(ours, ada, "defaults show");
  assert.deepEqual((await nextSetting()).turn.place, place);

  const theirs = simulator.addThread(channel, { name: "talk", ownerId: ada.id });
  await simulator.say(theirs, ada, "nice weather");
  await simulator.say(theirs, ada, `<@${simulator.bot.id}> a sun`);
  const named = await nextPrompt();
  assert.equal(named.turn.text, "a sun");
  assert.equal(named.turn.addressed, true);
  assert.equal(named.turn.thread, `discord:${theirs.id}`);
});

test("who may manage the server may change what holds for all of it", async (t) => {
  const { simulator, channel, guild, nextPrompt } = await startDiscord(t);
  const eve = simulator.addUser({ name: "eve" });
  simulator.join(guild, eve, { permissions: ["MANAGE_GUILD"] });
  await simulator.say(channel, eve, `<@${simulator.bot.id}> a fox`);
  assert.equal((await nextPrompt()).turn.user.admin, true);
  await simulator.slash(channel, eve, "draw", { prompt: "a fox" });
  assert.equal((await nextPrompt()).turn.user.admin, true);
});

test("what people say to each other in the bot's thread is theirs", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, mo, nextPrompt, taken } = server;
  const ours = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  const first = await simulator.say(ours, ada, "make it night");
  assert.equal((await nextPrompt()).turn.text, "make it night");
  await simulator.say(ours, mo, "I liked the day", { replyTo: first });
  await simulator.say(ours, mo, `<@${ada.id}> don't you?`);
  await simulator.say(ours, ada, "add a moon");
  assert.equal((await nextPrompt()).turn.text, "add a moon");
  assert.deepEqual(taken, []);
});

test("an edited message is not asked again; a deleted one takes its picture back", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const asked = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fxo`);
  const { reply } = await nextPrompt();
  const key = await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.editMessage(asked, `<@${simulator.bot.id}> a fox`);
  simulator.deleteMessage(asked);
  const { turn } = await nextPress();
  assert.equal(turn.action, "cancel");
  assert.equal(turn.message, key);
  assert.equal(turn.user.moderator, true, "whoever may delete it may cancel it");

  const again = await simulator.say(channel, ada, `<@${simulator.bot.id}> a hare`);
  const second = await nextPrompt();
  const answer = await second.reply.show(view("working", { status: "Drawing" }));
  simulator.deleteMessage(answer.split(":")[2] ?? "");
  assert.equal((await nextPress()).turn.message, answer, "so does a deleted answer");
  await second.reply.show(view("cancelled", { status: "Cancelled" }));

  await simulator.say(channel, ada, `<@${simulator.bot.id}> an owl`);
  const third = await nextPrompt();
  await third.reply.show(await done());
  simulator.deleteMessage(again);
  await draw(server, "the end");
  assert.deepEqual(server.taken, [], "what is finished is not cancelled");
});

test("threads: always opens one on the finished picture, named from the words", async (t) => {
  const server = await startDiscord(t, { threads: "always" });
  const { simulator, channel, ada, nextPrompt } = server;
  const { id } = await draw(server, "a fox in deep snow --size wide");
  const seen = simulator.message(id);
  assert.equal(seen?.threadId, id);
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "an owl" });
  const slashed = await nextPrompt();
  await slashed.reply.show(await done());
  assert.equal(simulator.message(doing.message?.id ?? "")?.threadId, doing.message?.id);
  const opened = simulator.requests.filter(({ path }) => /threads$/.test(path));
  assert.deepEqual(
    opened.map(({ body }) => (body as { name: string }).name),
    ["a fox in deep snow", "an owl"],
  );
});

test("threads: auto opens one when somebody goes on from a picture, and answers there", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, mo, nextPrompt, nextPress } = server;
  const { id } = await draw(server);
  assert.equal(simulator.message(id)?.threadId, undefined);
  const asked = await simulator.say(channel, mo, "make it night", { replyTo: id });
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.thread, `discord:${id}`, "the thread has the picture's id, and its head");
  const key = await reply.show(await done());
  assert.equal(key.split(":")[1], id);
  const pointer = answers(server).find(({ replyTo }) => replyTo === asked.id);
  assert.match(pointer?.text ?? "", new RegExp(`I go on in <#${id}>`));

  const doing = simulator.press(id, "a:vary", mo);
  assert.equal((await doing.acknowledged()).ephemeral, true);
  const press = await nextPress();
  assert.equal(press.turn.thread, `discord:${id}`);
  assert.equal((await press.reply.show(await done())).split(":")[1], id);
  assert.match(doing.message?.text ?? "", /I go on in/);
});

test("threads: where none can be opened after all, the answer comes in the channel", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, mo, nextPrompt, nextPress } = server;
  const { id } = await draw(server);
  const body = { code: 50013, message: "Missing Permissions" };
  simulator.fault({ kind: "status", status: 403, body, path: /threads$/, times: 2 });
  const doing = simulator.press(id, "a:vary", mo);
  await doing.acknowledged();
  const { reply } = await nextPress();
  await reply.show(await done());
  assert.equal(doing.followUps[0]?.files.length, 1);
  assert.equal(doing.followUps[0]?.ephemeralTo, undefined);
  const asked = await simulator.say(channel, mo, "make it night", { replyTo: id });
  const said = await nextPrompt();
  await said.reply.show(await done());
  const answer = answers(server).find(({ replyTo }) => replyTo === asked.id);
  assert.equal(answer?.files.length, 1);
});

test("of a finished answer that somebody deletes the core is told", async (t) => {
  const removed: string[] = [];
  const core = { removed: async (message: string) => void removed.push(message) };
  const { simulator, channel, ada, nextPrompt, taken } = await startDiscord(t, { core });
  await simulator.say(channel, ada, `<@${simulator.bot.id}> an owl`);
  const { reply } = await nextPrompt();
  const key = await reply.show(await done());
  simulator.deleteMessage(key.split(":")[2] ?? "");
  await until(() => removed.includes(key), "the core to be told");
  assert.deepEqual(taken, []);
});

test("threads: one that is locked or deleted is left alone, and the answer comes in the channel", async (t) => {
  const server = await startDiscord(t, { threads: "always" });
  const { simulator, channel, mo, nextPrompt, nextPress } = server;
  for (const change of ["locked", "deleted"]) {
    const { id } = await draw(server, `a ${change} fox`);
    const thread = await simulator.waitFor(() => simulator.message(id)?.threadId);
    if (change === "locked") simulator.changeChannel(simulator.channel(thread), { locked: true });
    else simulator.removeChannel(simulator.channel(thread));
    const asked = await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: id });
    await (await nextPrompt()).reply.show(await done());
    const answer = answers(server).find(({ replyTo }) => replyTo === asked.id);
    assert.equal(answer?.files.length, 1, change);
    const doing = simulator.press(id, "a:vary", mo);
    await (await nextPress()).reply.show(await done());
    assert.equal(doing.followUps[0]?.files.length, 1, change);
  }
});

test("threads: one that is there is used, and no second one is asked for", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, mo, adapter, start, nextPrompt, nextPress } = server;
  const { id } = await draw(server);
  const goOn = async (what: string) => {
    await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: id });
    const said = await (await nextPrompt()).reply.show(await done());
    simulator.press(id, "a:vary", mo);
    const pressed = await (await nextPress()).reply.show(await done());
    assert.deepEqual([said.split(":")[1], pressed.split(":")[1]], [id, id], what);
  };
  await goOn("opened by the first, used by the second");
  await goOn("again");
  simulator.changeChannel(simulator.channel(id), { archived: true });
  await adapter.stop();
  await start();
  await goOn("archived, and not heard of after a restart");
  assert.equal(simulator.requests.filter(({ path }) => /threads$/.test(path)).length, 1);
  assert.deepEqual(
    simulator.requests
      .filter(({ status = 0 }) => status >= 400)
      .map(({ method, path }) => `${method} ${path}`),
    [],
  );
});

test("threads: one that was opened without our hearing of it is used", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, mo, nextPrompt } = server;
  const { id } = await draw(server);
  simulator.fault({ kind: "drop", when: "after", reset: true, method: "POST", path: /threads$/ });
  await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: id });
  assert.equal((await (await nextPrompt()).reply.show(await done())).split(":")[1], id);
  const asked = simulator.requests.filter(({ path }) => /threads$/.test(path));
  assert.deepEqual(
    asked.map(({ code }) => code),
    [undefined, 160004],
    "discord.js asks again, and Discord refuses a second one",
  );
});

test("threads: a message that had one which is deleted since gets no answer in it", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, mo, adapter, start, nextPrompt } = server;
  const { id } = await draw(server);
  const goOn = async () => {
    const asked = await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: id });
    await (await nextPrompt()).reply.show(await done());
    return answers(server).find(({ replyTo }) => replyTo === asked.id);
  };
  assert.match((await goOn())?.text ?? "", /I go on in/);
  await adapter.stop();
  simulator.removeChannel(simulator.channel(id));
  await start();
  assert.equal((await goOn())?.files.length, 1, "in the channel");
});

test("threads: a request that is deleted in the channel is taken back in the thread", async (t) => {
  const server = await startDiscord(t, { ...withContent, threads: "auto" });
  const { simulator, channel, mo, nextPrompt, nextPress } = server;
  const { id } = await draw(server);
  const asked = await simulator.say(channel, mo, "make it night", { replyTo: id });
  const { reply } = await nextPrompt();
  const key = await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.deleteMessage(asked);
  const { turn } = await nextPress();
  assert.equal(turn.action, "cancel");
  assert.equal(turn.message, key);
});

test("what is posted in a place where nothing answers it is posted once, though a connection is cut", async (t) => {
  const server = await startDiscord(t, { ...withContent, threads: "auto" });
  const { simulator, channel, mo, nextPrompt } = server;
  const { id } = await draw(server);
  simulator.fault({ kind: "drop", when: "after", reset: true, method: "POST", path: /messages$/, times: 1 });
  await simulator.say(channel, mo, "make it night", { replyTo: id });
  const { reply } = await nextPrompt();
  simulator.fault({ kind: "drop", when: "after", reset: true, method: "POST", path: /messages$/, times: 1 });
  await reply.show(await done());
  assert.equal(answers(server).filter(({ text }) => /I go on in/.test(text)).length, 1);
  assert.equal(answers(server, simulator.channel(id)).length, 1);
});

test("threads: what is missing for them is said below the picture", async (t) => {
  const server = await startDiscord(t, {
    threads: "always",
  });
  const { simulator, channel } = server;
  simulator.permit(channel, "everyone", { deny: ["CREATE_PUBLIC_THREADS"] });
  const { id } = await draw(server);
  assert.match(
    simulator.message(id)?.text ?? "",
    /I may not open a thread here\. An admin can allow me: Create Public Threads\./,
  );
});

test("where the bot may not answer, it says what it lacks by what is still possible", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, guild, ada, nextPrompt, said } = server;
  simulator.permit(channel, "everyone", { deny: ["ATTACH_FILES"] });
  const asked = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const told = await simulator.waitFor(() => answers(server).find(({ replyTo }) => replyTo === asked.id));
  assert.match(told.text, /I lack the permission Attach Files/);
  assert.match(told.text, /use \/draw, which works without/);
  assert.equal(said("discord.permissions.missing").length, 1);

  const quiet = simulator.addChannel(guild, { name: "quiet" });
  simulator.permit(quiet, "everyone", { deny: ["SEND_MESSAGES"] });
  simulator.permit(quiet, ada, { allow: ["SEND_MESSAGES"] });
  await simulator.say(quiet, ada, `<@${simulator.bot.id}> a fox`);
  const direct = await simulator.waitFor(() => simulator.messages(simulator.dm(ada))[0]);
  assert.match(direct.text, /I lack the permission Send Messages/);

  const doing = await simulator.slash(quiet, ada, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  await reply.show(await done());
  assert.equal(doing.message?.files.length, 1, "an interaction needs no permission");
});
