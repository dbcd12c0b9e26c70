import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { BotError } from "../../../src/seam/errors.ts";
import type { User } from "../../../src/seam/turn.ts";
import { type DiscordServer, done, startDiscord, view } from "../server.ts";

const minute = 60_000;
const suppressEmbeds = 1 << 2;
const link = "[Paint over what should change](https://bot.example/area/secret) The link is for you alone.";

type Channel = DiscordServer["channel"];
type Person = DiscordServer["ada"];

const toUser = ({ id, name }: Person): User => ({ id: `discord:${id}`, name });

/** A finished picture by /draw, and a press of its button “Edit area…”, answered as the core answers it. */
async function drawAndPress(
  { simulator, nextPrompt, nextPress }: DiscordServer,
  channel: Channel,
  person: Person,
  options: Record<string, boolean> = {},
) {
  const doing = await simulator.slash(channel, person, "draw", { prompt: "a fox", ...options });
  const { reply } = await nextPrompt();
  const actions = ["edit", "area", "redo"] as const;
  const key = await reply.show(await done({ actions }));
  const pressed = simulator.press(doing.message?.id ?? "", options.spoiler ? "a:area:s" : "a:area", person);
  const press = await nextPress();
  await press.reply.show(view("done", { text: link, audience: "asker" }));
  return { id: doing.message?.id ?? "", key, pressed, press: press.turn };
}

/** A bot that somebody has taken along into a server it is no member of. */
async function abroad(t: TestContext, now?: () => number) {
  const server = await startDiscord(t, { threads: "auto", ...(now && { now }) });
  const { simulator } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const mel = simulator.addUser({ name: "mel" });
  const guild = simulator.addGuild({ joined: false });
  for (const person of [eve, mel]) simulator.join(guild, person);
  return { server, simulator, eve, mel, channel: simulator.addChannel(guild) };
}

const isUnknown = (error: unknown) =>
  error instanceof BotError &&
  error.code === "unknown_message" &&
  /press its button again/.test(error.message);

test("the way to the page is told to the one who pressed alone, and Discord does not look at it", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, mo } = server;
  const { id, key, pressed, press } = await drawAndPress(server, channel, mo);
  assert.equal(press.action, "area");
  assert.equal(press.message, key);
  assert.equal(press.input, undefined);
  assert.equal((await pressed.acknowledged()).kind, "defer update");
  const [line, ...more] = pressed.followUps;
  assert.deepEqual(more, []);
  assert.equal(line?.text, link);
  assert.equal(line?.ephemeralTo, mo.id);
  assert.ok((line?.flags ?? 0) & suppressEmbeds);
  assert.ok(simulator.messages(channel, server.ada).every(({ text }) => !text.includes("secret")));
  assert.equal(simulator.message(id)?.edits, 0);
});

test("what was sent from the page is answered below the picture, by the bot itself", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, guild, adapter } = server;
  const { id, key } = await drawAndPress(server, channel, server.ada, { spoiler: true });
  const below = await adapter.below(key, toUser(server.ada));
  const [answer] = simulator.messages(channel, server.mo).slice(1);
  assert.equal(answer?.replyTo, id);
  assert.equal(below.thread, `discord:${answer?.id}`);
  assert.deepEqual(below.place, {
    channel: `discord:channel:${channel.id}`,
    community: `discord:guild:${guild.id}`,
  });
  const shown = await below.reply.show(await done());
  assert.equal(shown, `discord:${channel.id}:${answer?.id}`);
  const finished = simulator.message(answer?.id ?? "");
  assert.equal(finished?.files[0]?.name, "picture.png");
  assert.equal(finished?.files[0]?.spoiler, true, "as hidden as the picture it was made from");
  assert.equal(simulator.messages(channel).filter(({ ephemeralTo }) => !ephemeralTo).length, 2);

  const again = await adapter.below(key, toUser(server.ada));
  assert.notEqual(again.thread, below.thread, "a second area of the same picture is an answer of its own");
});

test("with threads it goes on in the one below the picture", async (t) => {
  const server = await startDiscord(t, { threads: "auto" });
  const { simulator, channel, adapter } = server;
  const { id, key } = await drawAndPress(server, channel, server.ada);
  const below = await adapter.below(key, toUser(server.ada));
  assert.equal(below.thread, `discord:${id}`);
  assert.equal(below.place.channel, `discord:channel:${channel.id}`, "the channel the thread stands in");
  const shown = await below.reply.show(await done());
  const thread = simulator.channel(id);
  assert.equal(thread.name, `the words of ${id}`);
  assert.equal(shown, `discord:${id}:${simulator.messages(thread)[0]?.id}`);

  const within = await adapter.below(shown, toUser(server.ada));
  assert.equal(within.thread, `discord:${id}`, "and stays there");
  assert.equal(within.place.channel, `discord:channel:${channel.id}`);
  await within.reply.show(await done());
  assert.equal(simulator.messages(thread)[1]?.replyTo, simulator.messages(thread)[0]?.id);
});

test("in a direct message it goes on in the conversation", async (t) => {
  const server = await startDiscord(t);
  const { simulator, adapter } = server;
  const direct = simulator.dm(server.ada);
  const { id, key } = await drawAndPress(server, direct, server.ada);
  const below = await adapter.below(key, toUser(server.ada));
  assert.equal(below.thread, `discord:${direct.id}`);
  assert.deepEqual(below.place, { channel: `discord:channel:${direct.id}`, kind: "direct" });
  await below.reply.show(await done());
  assert.equal(simulator.messages(direct).at(-1)?.replyTo, id);
});

test("where the bot is no member it goes by the press, as long as that is good", async (t) => {
  let ahead = 0;
  const { server, simulator, eve, mel, channel } = await abroad(t, () => Date.now() + ahead);
  const { key, pressed } = await drawAndPress(server, channel, eve);
  const below = await server.adapter.below(key, toUser(eve));
  await below.reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const shown = await below.reply.show(await done());
  const answer = pressed.followUps[1];
  assert.equal(below.thread, `discord:${answer?.id}`);
  assert.equal(shown, `discord:${channel.id}:${answer?.id}`);
  assert.equal(answer?.files[0]?.name, "a-fox.png");
  assert.equal(simulator.messages(channel, mel).length, 2, "for everyone who saw the picture");

  ahead = 15 * minute;
  simulator.advance(15 * minute);
  await assert.rejects(server.adapter.below(key, toUser(eve)), isUnknown);
});

test("a private picture's answer is private, or none", async (t) => {
  const server = await startDiscord(t, { threads: "always" });
  const { simulator, channel, adapter, mo } = server;
  const { key, pressed } = await drawAndPress(server, channel, server.ada, { private: true });
  const below = await adapter.below(key, toUser(server.ada));
  await below.reply.show(await done());
  const answer = pressed.followUps[1];
  assert.equal(answer?.ephemeralTo, server.ada.id);
  assert.equal(answer?.files.length, 1);
  assert.deepEqual(simulator.messages(channel, mo), []);

  await adapter.stop();
  await server.start();
  await assert.rejects(
    adapter.below(key, toUser(server.ada)),
    isUnknown,
    "the press is forgotten with the process",
  );
  assert.deepEqual(simulator.messages(channel, mo), []);
});

test("where the bot may not write it goes by the press", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, adapter } = server;
  const { key, pressed } = await drawAndPress(server, channel, server.ada);
  simulator.permit(channel, simulator.bot, { deny: ["SEND_MESSAGES"] });
  await (await adapter.below(key, toUser(server.ada))).reply.show(await done());
  assert.equal(pressed.followUps[1]?.files.length, 1);
});

test("a refusal told by the press takes back the sign that it was at work", async (t) => {
  const { server, simulator, eve, channel } = await abroad(t);
  const { id, key, pressed } = await drawAndPress(server, channel, eve);
  const below = await server.adapter.below(key, toUser(eve));
  await below.reply.show(view("failed", { text: "The picture is gone.", audience: "asker" }));
  assert.deepEqual(
    pressed.followUps.map(({ text, ephemeralTo }) => [text, ephemeralTo]),
    [
      [link, eve.id],
      ["The picture is gone.", eve.id],
    ],
  );
  assert.equal(simulator.message(id)?.files.length, 1, "not the picture itself");
});

test("what only the asker is to see is not told to another whose press brings the answer", async (t) => {
  const { server, simulator, eve, mel, channel } = await abroad(t);
  const { id, key, pressed } = await drawAndPress(server, channel, eve);
  const later = simulator.press(id, "a:area", mel);
  await server.nextPress();
  const below = await server.adapter.below(key, toUser(eve));
  await below.reply.show(view("failed", { text: "The picture is gone.", audience: "asker" }));
  assert.equal(pressed.followUps.length, 1);
  assert.deepEqual(
    later.followUps.map(({ text, ephemeralTo }) => [text, ephemeralTo]),
    [["The picture is gone.", undefined]],
    "in the open, rather than to the wrong one",
  );
});

test("no answer below what is gone, or is none of Discord's", async (t) => {
  const { simulator, channel, adapter, ada: person } = await startDiscord(t);
  const posted = await simulator.say(channel, person, "a garden");
  simulator.deleteMessage(posted);
  await assert.rejects(adapter.below(`discord:${channel.id}:${posted.id}`, toUser(person)), isUnknown);
  await assert.rejects(
    adapter.below("slack:T1:1", toUser(person)),
    (error) => error instanceof BotError && error.code === "unknown_message",
  );
});

test("while Discord does not answer, it says so, and nothing is lost", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, adapter } = server;
  const { key } = await drawAndPress(server, channel, server.ada);
  simulator.fault({ kind: "status", status: 503, method: "GET", path: /messages/, times: 4 });
  await assert.rejects(
    adapter.below(key, toUser(server.ada)),
    (error) => error instanceof BotError && error.code === "unreachable",
  );
  await (await adapter.below(key, toUser(server.ada))).reply.show(await done());
  assert.equal(simulator.messages(channel, server.mo).length, 2);
});
