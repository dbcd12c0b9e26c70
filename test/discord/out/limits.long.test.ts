import assert from "node:assert/strict";
import { test } from "node:test";
import { createFiles } from "../../../adapters/discord/wire/attachments.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const minute = 60_000;
const MB = 1024 * 1024;
const png2 = await png(2);

async function slash({ simulator, channel, ada, nextPrompt }: DiscordServer) {
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  return { doing, reply };
}

const isUnreachable = (error: unknown) => error instanceof BotError && error.code === "unreachable";

const drawing = async (shade: number) =>
  view("working", { status: `Drawing, sketch ${shade}`, images: [await image(shade)], actions: ["cancel"] });

test("a turn longer than the interaction's 15 minutes goes on as the bot's own message", async (t) => {
  for (const knows of [true, false]) {
    let ahead = 0;
    const server = await startDiscord(t, { now: () => Date.now() + (knows ? ahead : 0) });
    const { simulator, channel } = server;
    const { doing, reply } = await slash(server);
    const key = await reply.show(await drawing(1));
    ahead = 16 * minute;
    simulator.advance(ahead);
    await reply.show(await drawing(2));
    assert.deepEqual(doing.message?.files[0]?.bytes, await png(2));
    assert.equal(await reply.show(await done()), key);
    assert.equal(doing.message?.files[0]?.name, "a-fox.png");
    assert.equal(simulator.messages(channel).length, 1);
  }
});

test("where the bot is no member, a long turn is shown by the next press", async (t) => {
  const server = await startDiscord(t);
  const { simulator, nextPrompt, nextPress, said } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  eve.acceptsDms = false;
  const elsewhere = simulator.addGuild({ joined: false });
  simulator.join(elsewhere, eve);
  const channel = simulator.addChannel(elsewhere);
  const doing = await simulator.slash(channel, eve, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  const key = await reply.show(await drawing(1));
  simulator.advance(16 * minute);
  const last = await done();
  await assert.rejects(reply.show(last), isUnreachable, "the core is to bring it again");
  assert.equal(said("discord.answer.kept").length, 1);
  assert.equal(doing.message?.files[0]?.name, "sketch-1-1.png");

  simulator.press(doing.message?.id ?? "", "a:cancel", eve);
  assert.equal((await nextPress()).turn.message, key);
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
  assert.equal(doing.message?.buttons[0]?.label, "Edit…");
  const { edits } = doing.message ?? {};
  assert.equal(await reply.show(last), key, "then it finds it shown");
  assert.equal(doing.message?.edits, edits);
});

test("what only the asker sees, and nobody can change any more, is sent to them, once", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  await simulator.slash(channel, ada, "draw", { prompt: "a fox", private: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(await drawing(1));
  simulator.advance(16 * minute);
  assert.equal(await reply.show(await done()), key);
  assert.equal(await reply.show(await done()), key);
  const sent = simulator.messages(simulator.dm(ada));
  assert.deepEqual(
    sent.map(({ files }) => files.map(({ name }) => name)),
    [["a-fox.png"]],
  );
  assert.equal(simulator.messages(channel).filter(({ ephemeralTo }) => !ephemeralTo).length, 0);
});

test("before the last token runs out, the message offers a button that brings the next", async (t) => {
  let ahead = 0;
  const server = await startDiscord(t, { now: () => Date.now() + ahead });
  const { simulator, nextPrompt } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const where = simulator.conversation([eve, server.ada]);
  const doing = await simulator.slash(where, eve, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  ahead = 14 * minute - 60;
  await reply.show(await drawing(1));
  await simulator.waitFor(() => doing.message?.buttons[0]?.label === "Show");
  assert.match(doing.message?.text ?? "", /Press Show to see how far it is/);
  ahead = 16 * minute;
  simulator.advance(16 * minute);
  await reply.show(await drawing(2));
  assert.deepEqual(doing.message?.files[0]?.bytes, await png(1), "nothing can be changed now");

  simulator.press(doing.message?.id ?? "", "show", eve);
  await simulator.waitFor(() => doing.message?.files[0]?.bytes.equals(png2));
  await reply.show(await done());
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
  simulator.press(doing.message?.id ?? "", "a:details", eve);
  assert.equal((await server.nextPress()).turn.action, "details");
});

test("installed for a person, it answers in other servers and in conversations among people", async (t) => {
  const server = await startDiscord(t, { threads: "always" });
  const { simulator, ada, nextPrompt, nextPress } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const elsewhere = simulator.addGuild({ joined: false });
  simulator.join(elsewhere, eve);
  for (const where of [simulator.addChannel(elsewhere), simulator.conversation([eve, ada])]) {
    const doing = await simulator.slash(where, eve, "draw", { prompt: "a fox" });
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.user.moderator, undefined);
    await reply.show(view("queued", { status: "Next in line", actions: ["cancel"] }));
    for (let sketch = 1; sketch <= 8; sketch += 1) await reply.show(await drawing(sketch));
    const key = await reply.show(await done());
    assert.equal(doing.message?.files[0]?.name, "a-fox.png");
    assert.equal(doing.followUps.length, 0);

    const pressed = simulator.press(doing.message?.id ?? "", "a:vary", eve);
    const press = await nextPress();
    assert.equal(press.turn.message, key);
    await press.reply.show(await done());
    assert.equal(pressed.message?.files.length, 1);
    const [recalled] = await server.adapter.recall(press.turn.message);
    assert.deepEqual(
      Buffer.from((await recalled?.read(signal)) ?? []),
      await png(200),
      "from the press itself",
    );
  }
  assert.deepEqual(
    simulator.requests.filter(({ path, method }) => method !== "GET" && /^\/channels/.test(path)),
    [],
    "answered through interactions alone",
  );
});

test("a person who deletes such a picture sees it go", async (t) => {
  const server = await startDiscord(t);
  const { simulator, nextPrompt, nextPress, adapter } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const where = simulator.conversation([eve, server.ada]);
  const doing = await simulator.slash(where, eve, "draw", { prompt: "a fox" });
  await (await nextPrompt()).reply.show(await done());
  simulator.press(doing.message?.id ?? "", "a:delete", eve);
  const { turn } = await nextPress();
  await adapter.reopen(turn.message).show(view("cancelled", { status: "Deleted by eve" }));
  assert.equal(doing.message?.files.length, 0);
  assert.match(doing.message?.text ?? "", /Deleted by eve/);
});

test("a file may be as large as this place allows", async (t) => {
  const server = await startDiscord(t, {
    beforeStart: (simulator) => void simulator.addGuild({ name: "Boosted", premiumTier: 2 }),
  });
  const { simulator, nextPrompt, ada } = server;
  assert.equal((await slash(server)).reply.limits.bytes, 20 * MB);
  const guild = simulator.addGuild({ premiumTier: 2 });
  simulator.join(guild, ada);
  const channel = simulator.addChannel(guild);
  await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  assert.equal((await nextPrompt()).reply.limits.bytes, 50 * MB);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  assert.equal(reply.limits.bytes, 50 * MB);
  assert.deepEqual(reply.limits.mediaTypes, ["image/png", "image/jpeg", "image/webp", "image/gif"]);
  assert.equal(reply.limits.images, 10);
  await simulator.say(server.channel, ada, `<@${simulator.bot.id}> a fox`);
  assert.equal((await nextPrompt()).reply.limits.bytes, 20 * MB);
});

test("what Discord says of an interaction wins, and what the asker alone may upload is not the bot's", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const nitro = simulator.addUser({ name: "nitro", uploadBytes: 500 * MB });
  simulator.join(server.guild, nitro);
  await simulator.slash(channel, nitro, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  assert.equal(reply.limits.bytes, 500 * MB);
  const key = await reply.show(await done());
  simulator.press(key.split(":")[2] ?? "", "a:vary", nitro);
  assert.equal((await nextPress()).reply.limits.bytes, 20 * MB, "the bot posts it in the thread");

  const guild = simulator.addGuild({ fileBytes: 8 * MB });
  simulator.join(guild, ada);
  const strict = simulator.addChannel(guild);
  await simulator.slash(strict, ada, "draw", { prompt: "a fox" });
  const inStrict = await nextPrompt();
  assert.equal(inStrict.reply.limits.bytes, 8 * MB);
  const first = await inStrict.reply.show(await done());
  simulator.press(first.split(":")[2] ?? "", "a:vary", ada);
  assert.equal((await nextPress()).reply.limits.bytes, 8 * MB, "in a thread, too");
});

test("a picture that Discord finds too large all the same is saved smaller, and says so", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await slash(server);
  await reply.show(await drawing(1));
  server.simulator.fault({
    kind: "status",
    status: 400,
    body: { code: 40005, message: "Request entity too large" },
    method: "PATCH",
  });
  await reply.show(await done());
  assert.equal(doing.message?.files.length, 1);
  assert.match(doing.message?.text ?? "", /smaller files only/);
});

test("while Discord says to wait, sketches are dropped and the final picture arrives", async (t) => {
  for (const scope of ["user", "shared", "global"] as const) {
    const server = await startDiscord(t);
    const { simulator } = server;
    const { doing, reply } = await slash(server);
    await reply.show(view("working", { status: "Getting ready", actions: ["cancel"] }));
    simulator.fault({ kind: "rate limit", retryAfterMs: 700, scope, method: "PATCH", times: 2 });
    const before = performance.now();
    await reply.show(await drawing(1));
    assert.ok(performance.now() - before < 500, "a sketch does not wait");
    await reply.show(await done());
    assert.equal(doing.message?.files[0]?.name, "a-fox.png");
    assert.equal(doing.message?.attached.length, 1);
    assert.ok(performance.now() - before > 700, "the last view does");
    assert.equal(simulator.limited, 2);
  }
});

test("a gallery that Discord does not understand is posted in a message of its own", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPress } = server;
  const { doing, reply } = await slash(server);
  const key = await reply.show(await drawing(1));
  const error = { code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message: "not found" };
  const body = {
    code: 50035,
    message: "Invalid Form Body",
    errors: { components: { 0: { items: { 0: { media: { url: { _errors: [error] } } } } } } },
  };
  simulator.fault({ kind: "status", status: 400, body, method: "PATCH", times: 2 });
  assert.equal(await reply.show(await done()), key);
  const moved = simulator.messages(channel).at(-1);
  assert.equal(moved?.files[0]?.name, "a-fox.png");
  assert.equal(moved?.replyTo, doing.message?.id);
  simulator.press(moved?.id ?? "", moved?.buttons[1]?.customId ?? "", ada);
  assert.equal((await nextPress()).turn.message, key);
});

test("where a server's filter minds the words, the picture comes alone; where it minds the picture, that is said", async (t) => {
  const server = await startDiscord(t);
  const body = { code: 200000, message: "Message was blocked by automatic moderation" };
  const fault = { kind: "status", status: 400, body, method: "PATCH" } as const;
  const first = await slash(server);
  server.simulator.fault(fault);
  await first.reply.show(await done());
  assert.equal(first.doing.message?.files[0]?.name, "picture.png");
  assert.equal(first.doing.message?.files[0]?.alt, "A picture");
  assert.doesNotMatch(first.doing.message?.text ?? "", /fox/);
  assert.equal(first.doing.message?.buttons.length, 6);
  const second = await slash(server);
  server.simulator.fault({ ...fault, times: 2 });
  await second.reply.show(await done());
  assert.equal(second.doing.message?.files.length, 0);
  assert.match(second.doing.message?.text ?? "", /did not let me show this picture here/);
});

test("a server that fails and a connection that is cut cost no finished picture", async (t) => {
  const server = await startDiscord(t);
  const { simulator, said } = server;
  const { doing, reply } = await slash(server);
  simulator.fault({ kind: "status", status: 503, method: "PATCH", times: 1 });
  await reply.show(await drawing(1));
  simulator.fault({ kind: "status", status: 502, method: "PATCH", times: 5 });
  simulator.fault({ kind: "drop", when: "before", method: "PATCH" });
  await reply.show(await done());
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
  assert.ok(said("discord.answer.again").length > 0);
});

test("in a message older than an hour few sketches are seen, and the finished picture none the less", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  const key = await reply.show(await drawing(1));
  simulator.advance(61 * minute);
  simulator.limitRate("old edits", { limit: 2, windowMs: 500 });
  for (const shade of [2, 3, 4]) await reply.show(await drawing(shade));
  assert.match(simulator.message(key.split(":")[2] ?? "")?.text ?? "", /sketch 3/);
  assert.equal(simulator.requests.at(-1)?.code, 30046);
  assert.equal(await reply.show(await done()), key);
  const shown = simulator.messages(channel).filter(({ author }) => author.bot);
  assert.deepEqual(
    shown.map(({ files }) => files.map(({ name }) => name)),
    [["a-fox.png"]],
    "in its own message",
  );
});

test("thirty people at once are all acknowledged, whatever the core is busy with", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada } = server;
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      simulator.slash(channel, ada, "draw", { prompt: `fox ${index}` }),
    ),
  );
  for (const doing of all) {
    const { kind, tookMs } = await doing.acknowledged();
    assert.equal(kind, "defer");
    assert.ok(tookMs < 3000);
  }
});

test("an acknowledgement whose answer gets lost still counts; one that comes too late becomes a message", async (t) => {
  const server = await startDiscord(t, { simulator: { ackMs: 300 } });
  const { simulator, channel, ada, nextPrompt } = server;
  simulator.fault({ kind: "drop", when: "after", method: "POST", path: /callback$/ });
  const lost = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const first = await nextPrompt();
  await first.reply.show(await done());
  assert.equal(lost.message?.files.length, 1);

  simulator.fault({ kind: "slow", ms: 400, method: "POST", path: /callback$/ });
  const late = await simulator.slash(channel, ada, "draw", { prompt: "an owl" });
  await assert.rejects(late.acknowledged());
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "an owl");
  const key = await reply.show(await done());
  assert.equal(simulator.message(key.split(":")[2] ?? "")?.files.length, 1);
});

test("a deleted channel or answer ends the showing, not the process", async (t) => {
  const server = await startDiscord(t);
  const { simulator, guild, ada, nextPrompt, nextPress, said } = server;
  const channel = simulator.addChannel(guild);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  const key = await reply.show(await drawing(1));
  simulator.removeChannel(channel);
  assert.equal(await reply.show(await drawing(2)), key);
  const { turn } = await nextPress();
  assert.deepEqual([turn.action, turn.message], ["cancel", key], "nobody waits for it any more");
  assert.equal(await reply.show(await done()), key);
  assert.equal(said("discord.answer.unwanted").length, 1);
});

test("in a thread that was archived meanwhile the finished picture is posted anew", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  await simulator.say(thread, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  const key = await reply.show(await drawing(1));
  simulator.changeChannel(thread, { archived: true });
  assert.equal(await reply.show(await done()), key);
  const last = simulator.messages(thread).at(-1);
  assert.equal(last?.files[0]?.name, "a-fox.png");
  assert.notEqual(last?.id, key.split(":")[2]);
  simulator.press(last?.id ?? "", last?.buttons.find(({ label }) => label === "Vary")?.customId ?? "", ada);
  assert.equal((await nextPress()).turn.message, key, "its buttons mean the picture the core knows");
});

test("what cannot be read is said; a link that has run out is asked for anew", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  const photo = await png(3);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> winter`, {
    files: [{ name: "garden.png", bytes: photo }],
  });
  const said = await nextPrompt();
  simulator.advance(26 * 60 * minute);
  assert.deepEqual(Buffer.from((await said.turn.attachments[0]?.read(signal)) ?? []), photo);

  const posted = await simulator.say(channel, ada, `<@${simulator.bot.id}> spring`, {
    files: [{ name: "gone.png", bytes: photo }],
  });
  const gone = await nextPrompt();
  simulator.deleteMessage(posted);
  simulator.advance(26 * 60 * minute);
  await assert.rejects(
    gone.turn.attachments[0]?.read(signal) ?? Promise.resolve(),
    (error) =>
      error instanceof BotError &&
      error.code === "bad_attachment" &&
      /“gone.png” is no longer kept/.test(error.message),
  );
});

test("25 MB are read, a webm is handed on as what it is, and more than 50 MB are not", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, nextPrompt } = server;
  const nitro = simulator.addUser({ name: "nitro", uploadBytes: 500 * MB });
  simulator.join(server.guild, nitro);
  await simulator.slash(channel, nitro, "draw", {
    prompt: "x",
    image: { name: "large.png", bytes: Buffer.alloc(25 * MB) },
    image2: {
      ...{ name: "film.webm", bytes: Buffer.from("\x1aE\xdf\xa3", "latin1"), contentType: "video/webm" },
      unfiltered: true,
    },
    image3: { name: "huge.png", bytes: Buffer.alloc(51 * MB) },
  });
  const { turn } = await nextPrompt();
  const [large, film, huge] = turn.attachments;
  assert.equal((await large?.read(signal))?.length, 25 * MB);
  assert.equal(film?.mediaType, "video/webm");
  await assert.rejects(
    huge?.read(signal) ?? Promise.resolve(),
    (error) =>
      error instanceof BotError && error.code === "bad_attachment" && /more than 50 MB/.test(error.message),
  );
});

test("nothing is read from hosts that are not Discord's", async () => {
  const other = "http://127.0.0.1:4000";
  const { toAttachment } = createFiles(other, () => Promise.reject(new Error("nothing is fetched")));
  for (const url of [
    "http://127.0.0.1:4001/a.png",
    "https://127.0.0.1:4000/a.png",
    "https://cdn.discordapp.com:8443/a.png",
    "https://cdn.discordapp.com.evil.example/a.png",
    "https://cdn.discordapp.com@evil.example/a.png",
    "http://127.0.0.1:9/a.png",
    "https://example.com/a.png",
    "http://cdn.discordapp.com/a.png",
    "x",
  ]) {
    await assert.rejects(
      toAttachment({ name: "a.png", mediaType: "image/png", size: 1, url }).read(signal),
      (error) => error instanceof BotError && /not kept by Discord itself/.test(error.message),
    );
  }
});

test("a command that no longer exists is answered with what to do", async (t) => {
  const { simulator, channel, ada } = await startDiscord(t);
  await fetch(`${simulator.api}/v10/applications/${simulator.applicationId}/commands`, {
    method: "POST",
    headers: { authorization: `Bot ${simulator.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: "imagine",
      description: "An older version's",
      type: 1,
      integration_types: [0, 1],
      contexts: [0, 1, 2],
    }),
  });
  const doing = await simulator.slash(channel, ada, "imagine", {});
  const first = await doing.acknowledged();
  assert.deepEqual([first.kind, first.ephemeral], ["reply", true]);
  assert.match(doing.message?.text ?? "", /Type \/draw/);
});

test("after a restart, where the bot is no member, the next press shows what was finished", async (t) => {
  const server = await startDiscord(t);
  const { simulator, adapter, start, nextPrompt, nextPress } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const doing = await simulator.slash(simulator.conversation([eve, server.ada]), eve, "draw", {
    prompt: "a fox",
  });
  const key = await (await nextPrompt()).reply.show(await drawing(1));
  await adapter.stop();
  await start();
  const again = adapter.reopen(key);
  await assert.rejects(again.show(await done()), isUnreachable);
  simulator.press(doing.message?.id ?? "", "a:cancel", eve);
  await nextPress();
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
  assert.equal(await again.show(await done()), key);
});

test("after a restart a hidden picture stays hidden where the bot cannot look what it was", async (t) => {
  const server = await startDiscord(t);
  const { simulator, adapter, start, nextPrompt, nextPress, ada } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const doing = await simulator.slash(simulator.conversation([eve, ada]), eve, "draw", {
    prompt: "a fox",
    spoiler: true,
  });
  const key = await (await nextPrompt()).reply.show(await drawing(1));
  await adapter.stop();
  await start();
  await assert.rejects(adapter.reopen(key).show(await done()), isUnreachable);
  simulator.press(doing.message?.id ?? "", "a:cancel:s", eve);
  await nextPress();
  assert.equal(doing.message?.files[0]?.name, "picture.png");
  assert.equal(doing.message?.files[0]?.spoiler, true);
});

test("after a restart an answer is taken up in its own message", async (t) => {
  const server = await startDiscord(t);
  const { simulator, adapter, start } = server;
  const { doing, reply } = await slash(server);
  const key: MessageKey = await reply.show(await drawing(1));
  await adapter.stop();
  await start();
  const again = adapter.reopen(key);
  await again.show(await drawing(2));
  assert.equal(await again.show(await done()), key);
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
  assert.equal(simulator.messages(server.channel).length, 1);
});
