import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiscordOptions } from "../../../adapters/discord/index.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const minute = 60_000;
const idOf = (key: MessageKey) => key.split(":")[2] ?? "";
const isUnreachable = (error: unknown) => error instanceof BotError && error.code === "unreachable";
const quick: Partial<DiscordOptions> = { wait: async () => {} };

const drawing = async (shade: number) =>
  view("working", { status: `Drawing, sketch ${shade}`, images: [await image(shade)], actions: ["cancel"] });

async function mention({ simulator, channel, ada, nextPrompt }: DiscordServer, where = channel) {
  await simulator.say(where, ada, `<@${simulator.bot.id}> a fox`);
  return nextPrompt();
}

/** What the core would note of a reply, and what it would go on with after a restart. */
function noted({ adapter }: DiscordServer, key: MessageKey, venue: unknown) {
  return adapter.reopen(key, JSON.parse(JSON.stringify(venue)));
}

test("Discord down for ten tries from the middle of a turn: each is refused, and then the picture is there", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator, channel, adapter, start } = server;
  const { reply } = await mention(server);
  const key = await reply.show(await drawing(1));
  const down = simulator.fault({ kind: "status", status: 503, times: 1_000_000 });
  const last = await done();
  await reply.show(await drawing(2));
  for (let tries = 0; tries < 5; tries += 1) await assert.rejects(reply.show(last), isUnreachable);
  await adapter.stop();
  down.cancel();
  await start();
  const downAgain = simulator.fault({ kind: "status", status: 503, times: 1_000_000 });
  const again = noted(server, key, reply.venue);
  for (let tries = 0; tries < 5; tries += 1) await assert.rejects(again.show(last), isUnreachable);
  downAgain.cancel();
  assert.equal(await again.show(last), key);
  const [seen, ...more] = simulator.messages(channel).filter(({ author }) => author.bot);
  assert.deepEqual(more, []);
  assert.equal(seen?.files[0]?.name, "a-fox.png");
});

test("what is told without a picture is told when Discord is back, too", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator } = server;
  const { reply } = await mention(server);
  const key = await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const down = simulator.fault({ kind: "status", status: 503, times: 1_000_000 });
  const failed = view("failed", { text: "OpenAI did not draw that." });
  await assert.rejects(reply.show(failed), isUnreachable);
  down.cancel();
  await reply.show(failed);
  assert.match(simulator.message(idOf(key))?.text ?? "", /OpenAI did not draw that/);
});

test("a request that Discord does not let us answer is taken up again, and nothing of it is told before", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator, ada, adapter, next } = server;
  const dm = simulator.dm(ada);
  const down = simulator.fault({
    ...{ kind: "status", status: 503, method: "POST", times: 1_000_000 },
    path: new RegExp(`^/channels/${dm.id}/messages$`),
  });
  const said = await simulator.say(dm, ada, "a fox");
  const { reply } = await next();
  await assert.rejects(reply.show(view("working", { status: "Getting ready" })), isUnreachable);
  down.cancel();
  await assert.rejects(reply.show(view("failed", { text: "Discord could not be reached." })), isUnreachable);
  void adapter.replay({ key: `discord:message:${said.id}`, body: toBody(server, said.id) });
  const again = await next();
  assert.equal(again.turn.kind, "prompt");
  await again.reply.show(await done());
  assert.equal(simulator.messages(dm).filter(({ author }) => author.bot).length, 1);
});

/** A message as Discord sends it. */
function toBody({ simulator, ada }: DiscordServer, id: string) {
  const { channelId, content = "" } = simulator.message(id) ?? {};
  const author = { id: ada.id, username: ada.name, global_name: ada.name, discriminator: "0", avatar: null };
  const lists = { mentions: [], mention_roles: [], attachments: [], embeds: [] };
  return { id, channel_id: channelId, content, type: 0, author, ...lists };
}

test("permission gone in mid-turn: the picture goes to the one who asked, with a line where it was", async (t) => {
  const server = await startDiscord(t, { ...quick, threads: "off" });
  const { simulator, guild, ada, adapter, nextPress, nextPrompt } = server;
  for (const gone of ["ATTACH_FILES", "VIEW_CHANNEL"] as const) {
    const where = simulator.addChannel(guild);
    const { reply } = await mention(server, where);
    const key = await reply.show(await drawing(1));
    simulator.permit(where, simulator.bot, { deny: [gone] });
    if (gone === "ATTACH_FILES") simulator.permit(where, simulator.bot, { deny: ["SEND_MESSAGES"] });
    const last = await done();
    assert.equal(await reply.show(last), key);
    const dm = simulator.dm(ada);
    const sent = simulator.messages(dm).at(-1);
    assert.equal(sent?.files[0]?.name, "a-fox.png", gone);
    const old = simulator.message(idOf(key));
    if (gone === "ATTACH_FILES") {
      assert.match(old?.text ?? "", /sent it to the one who asked/);
      assert.deepEqual([old?.files.length, old?.buttons.length], [0, 0]);
    }
    const count = simulator.messages(dm).length;
    await noted(server, key, reply.venue).show(last);
    assert.equal(simulator.messages(dm).length, count, "a second time it is found there");

    simulator.press(sent?.id ?? "", sent?.buttons.find(({ label }) => label === "Vary")?.customId ?? "", ada);
    const { turn } = await nextPress();
    assert.deepEqual(
      [turn.action, turn.message],
      ["vary", key],
      "its buttons mean the picture the core knows",
    );
    assert.equal((await adapter.recall(key))[0]?.name, "a-fox.png");
    await simulator.say(dm, ada, "make it night", { replyTo: sent?.id ?? "" });
    assert.equal((await nextPrompt()).turn.replyTo, key);
  }
});

test("a thread that was locked: to the one who asked; who takes no messages from us is waited for", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator, channel, ada, said } = server;
  for (const takes of [true, false]) {
    const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
    const { reply } = await mention(server, thread);
    const key = await reply.show(await drawing(1));
    simulator.changeChannel(thread, { archived: true, locked: true });
    ada.acceptsDms = takes;
    const last = await done();
    if (takes) {
      await reply.show(last);
      assert.equal(simulator.messages(simulator.dm(ada)).at(-1)?.files.length, 1);
      continue;
    }
    await assert.rejects(reply.show(last), isUnreachable);
    assert.equal(said("discord.answer.kept").length, 1);
    simulator.changeChannel(thread, { archived: false, locked: false });
    assert.equal(await reply.show(last), key);
    assert.equal(simulator.message(idOf(key))?.files[0]?.name, "a-fox.png");
  }
});

test("an answer that only its interaction can change is finished by that after a restart", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator, adapter, start, nextPrompt, nextPress } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  simulator.join(server.guild, eve);
  const abroad = simulator.conversation([eve, server.ada]);
  for (const where of [abroad, server.channel]) {
    const isPrivate = where === server.channel;
    const doing = await simulator.slash(where, eve, "draw", {
      prompt: "a fox",
      private: isPrivate,
      spoiler: true,
    });
    const { reply } = await nextPrompt();
    assert.equal(reply.message, `discord:${where.id}:${doing.message?.id}`, "known before it is shown");
    const key = await reply.show(await drawing(1));
    const { venue } = reply;
    await adapter.stop();
    await start();
    const again = noted(server, key, venue);
    await again.show(await drawing(2));
    assert.deepEqual(doing.message?.files[0]?.bytes, await png(2));
    assert.equal(await again.show(await done()), key);
    assert.equal(doing.message?.files[0]?.name, "picture.png", "hidden as before");
    assert.equal(doing.message?.files[0]?.spoiler, true);
    assert.equal(doing.message?.ephemeralTo, isPrivate ? eve.id : undefined);

    simulator.press(doing.message?.id ?? "", "a:details:s", eve);
    const pressed = await nextPress();
    await pressed.reply.show(view("done", { text: "512x512", audience: "asker" }));
  }
});

test("its button brings the picture also after a restart, and the core finds it shown", async (t) => {
  let ahead = 0;
  const server = await startDiscord(t, { ...quick, now: () => Date.now() + ahead });
  const { simulator, adapter, start, nextPrompt } = server;
  const eve = simulator.addUser({ name: "eve", installed: true });
  const where = simulator.conversation([eve, server.ada]);
  const doing = await simulator.slash(where, eve, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  const { venue } = reply;
  ahead = 14 * minute - 60;
  const key = await reply.show(await drawing(1));
  await simulator.waitFor(() => doing.message?.buttons[0]?.label === "Show");
  await adapter.stop();
  ahead = 16 * minute;
  simulator.advance(16 * minute);
  await start();
  const early = simulator.press(doing.message?.id ?? "", "show", eve);
  await simulator.waitFor(() => early.followUps[0]);
  const again = noted(server, key, venue);
  const last = await done();
  assert.equal(await again.show(last), key, "by the press that came before it was ready");
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
});

test("what another version noted of a message is no reason not to go on with it", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator, adapter } = server;
  const { reply } = await mention(server);
  const key = await reply.show(await drawing(1));
  for (const venue of [undefined, null, { channel: "1" }, "x"]) {
    await adapter.reopen(key, venue).show(await done());
    assert.equal(simulator.message(idOf(key))?.files[0]?.name, "a-fox.png");
  }
});

test("a picture that Discord finds too large however small it is made is said to be that", async (t) => {
  const server = await startDiscord(t, quick);
  const { simulator } = server;
  const { reply } = await mention(server);
  const key = await reply.show(await drawing(1));
  const body = { code: 40005, message: "Request entity too large" };
  const large = simulator.fault({
    ...{ kind: "status", status: 413, body, method: "PATCH", says: /MediaGallery|"type":12/, times: 100 },
  });
  await reply.show(await done());
  large.cancel();
  assert.match(simulator.message(idOf(key))?.text ?? "", /did not let me show this picture here/);
});

test("a sketch that is told to wait is dropped, and one that comes late is put back behind the picture", async (t) => {
  const server = await startDiscord(t, { sketchMs: 400 });
  const { simulator, channel } = server;
  const first = await mention(server);
  await first.reply.show(view("working", { status: "Getting ready" }));
  simulator.fault({ kind: "rate limit", retryAfterMs: 300, scope: "user", method: "PATCH" });
  await first.reply.show(await drawing(1));
  await first.reply.show(await done());
  const edits = simulator.requests.filter(({ method, status }) => method === "PATCH" && status === 200);
  assert.doesNotMatch(JSON.stringify(edits.at(-1)?.body), /sketch-/, "nothing comes behind it");

  const second = await mention(server);
  await second.reply.show(view("working", { status: "Getting ready" }));
  const late = simulator.fault({ kind: "slow", ms: 700, method: "PATCH", says: /sketch-/ });
  await second.reply.show(await drawing(1));
  const key = await second.reply.show(await done());
  assert.equal(late.struck, 1);
  assert.equal(simulator.message(idOf(key))?.files[0]?.name, "a-fox.png");
  const order = simulator.requests
    .filter(({ method, status, path }) => method === "PATCH" && status === 200 && path.includes(idOf(key)))
    .map(({ body }) => (/sketch-/.test(JSON.stringify(body)) ? "sketch" : "other"));
  assert.equal(order.filter((what) => what === "sketch").length, 1, "it did come");
  assert.equal(server.said("discord.answer.overtaken").length, 1);
  await second.reply.show(await drawing(2));
  assert.equal(simulator.message(idOf(key))?.files[0]?.name, "a-fox.png", "no sketch behind it");
  assert.equal(simulator.messages(channel).filter(({ author }) => author.bot).length, 2);
});
