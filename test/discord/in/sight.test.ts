import assert from "node:assert/strict";
import { test } from "node:test";
import { BotError, type ErrorCode } from "../../../src/seam/errors.ts";
import type { Attachment, MessageKey, Prompt } from "../../../src/seam/turn.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const withContent = { simulator: { portal: { messageContent: true } } } as const;

type Channel = DiscordServer["channel"];

/** What is in view of a turn, by name and bytes. */
async function seen({ inView }: Prompt): Promise<readonly (readonly [string, Buffer])[]> {
  return read((await inView?.(signal)) ?? []);
}

async function read(attachments: readonly Attachment[]) {
  return Promise.all(
    attachments.map(async (one) => [one.name, Buffer.from(await one.read(signal))] as const),
  );
}

/** Somebody names the bot, with nothing attached. */
async function mention(
  { simulator, mo, nextPrompt }: DiscordServer,
  where: Channel,
  words = "make it night",
) {
  await simulator.say(where, mo, `<@${simulator.bot.id}> ${words}`);
  return nextPrompt();
}

async function refused(turn: Prompt, words: RegExp, code: ErrorCode = "bad_attachment"): Promise<void> {
  await assert.rejects(
    turn.inView?.(signal) ?? Promise.resolve(),
    (error) => error instanceof BotError && error.code === code && words.test(error.message),
  );
}

test("below a post of a forum or a media channel, its pictures are in view", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, ada } = server;
  for (const type of ["forum", "media"] as const) {
    const forum = simulator.addChannel(guild, { name: type, type });
    const photo = await png(7);
    const post = await simulator.post(forum, ada, {
      name: "My garden",
      text: "what do you think?",
      files: [{ name: "garden.png", bytes: photo }],
    });
    const { turn } = await mention(server, post);
    assert.deepEqual(await seen(turn), [["garden.png", photo]], type);
    assert.equal(turn.thread, `discord:${post.id}`);
    assert.deepEqual(turn.place.channel, `discord:channel:${forum.id}`);
    const words = await simulator.post(forum, ada, { name: "Ideas", text: "a castle" });
    assert.deepEqual(await seen((await mention(server, words)).turn), [], "a post without a picture");
  }
});

test("in a thread on somebody's picture, that picture is in view", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, mo } = server;
  const photo = await png(7);
  const from = await simulator.say(channel, ada, "my garden", {
    files: [{ name: "garden.jfif", bytes: photo }],
  });
  await simulator.say(channel, ada, "another", { files: [{ name: "later.png", bytes: await png(1) }] });
  const opened = simulator.addThread(channel, {
    name: "garden",
    ownerId: ada.id,
    from: messageAt(server, from.id),
  });
  await simulator.say(opened, ada, "nice, is it not?");
  const { turn } = await mention(server, opened);
  assert.deepEqual(await seen(turn), [["garden.jfif", photo]], "an untyped file: its bytes decide");
  assert.equal(turn.replyTo, undefined);

  await simulator.say(opened, mo, "and mine", { files: [{ name: "mine.png", bytes: await png(9) }] });
  assert.deepEqual(
    await seen((await mention(server, opened)).turn),
    [["mine.png", await png(9)]],
    "the newest",
  );
  const talk = simulator.addThread(channel, { name: "talk", ownerId: ada.id });
  assert.deepEqual(await seen((await mention(server, talk)).turn), [], "a thread that hangs on no message");
});

/** The world's own message, for a thread to hang on. */
function messageAt({ simulator, channel }: DiscordServer, id: string) {
  const found = simulator.channel(channel.id).messages.get(id);
  if (!found) throw new Error("there is no such message");
  return found;
}

test("the newest picture counts, whoever posted it: after the bot's own none is in view", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada } = server;
  const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  await simulator.say(thread, ada, "a photo of mine", { files: [{ name: "mine.png", bytes: await png(3) }] });
  assert.deepEqual(await read((await server.nextPrompt()).turn.attachments), [["mine.png", await png(3)]]);
  const first = await mention(server, thread);
  assert.deepEqual(await seen(first.turn), [["mine.png", await png(3)]]);
  await first.reply.show(view("failed", { text: "Say what to do with the picture." }));
  assert.equal((await seen((await mention(server, thread)).turn)).length, 1, "a question is no picture");

  const drawing = await mention(server, thread);
  await drawing.reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  assert.deepEqual(await seen((await mention(server, thread)).turn), [], "one that is being drawn counts");
  await drawing.reply.show(
    view("failed", { text: "OpenAI is gone", images: [await image(1)], actions: ["redo", "rephrase"] }),
  );
  assert.equal((await seen((await mention(server, thread)).turn)).length, 1, "one that failed does not");

  const drawn = await mention(server, thread);
  await drawn.reply.show(await done());
  assert.deepEqual(await seen((await mention(server, thread)).turn), [], "the core goes on from its own");
  await simulator.say(thread, ada, "look", { files: [{ name: "new.png", bytes: await png(4) }] });
  await server.nextPrompt();
  const [photo] = await seen((await mention(server, thread)).turn);
  assert.equal(photo?.[0], "new.png");
});

test("in view is what people see: previews, other apps' pictures, galleries, stickers, forwards; no films and texts", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, guild, ada } = server;
  const app = simulator.addUser({ name: "giphy", bot: true });
  simulator.join(guild, app);
  await simulator.addOutside("https://example.com/fox.png", await png(11));
  await simulator.addOutside("https://example.org/picture?id=1", await png(12));
  const outside = { media: { url: "https://example.org/picture?id=1" } };
  const shows: Readonly<Record<string, (where: Channel) => Promise<unknown>>> = {
    "a link that Discord opened": async (where) => {
      const said = await simulator.say(where, ada, "https://example.com/fox");
      const thumbnail = { url: "https://example.com/fox.png" };
      simulator.unfurl(said, [{ type: "article", url: "https://example.com/fox", thumbnail }]);
    },
    "an app's embed": (where) =>
      simulator.say(where, app, "", {
        embeds: [{ type: "rich", image: { url: "https://example.com/fox.png" } }],
      }),
    "an app's gallery": (where) =>
      simulator.say(where, app, "", {
        components: [{ type: 17, components: [{ type: 12, items: [outside] }] }],
      }),
    "a forward": async (where) => {
      const source = await simulator.say(channel, ada, "look", {
        files: [{ name: "p.png", bytes: await png(13) }],
      });
      simulator.forward(source, where, ada);
    },
    "a file of a wrong type": async (where) =>
      simulator.say(where, ada, "", {
        files: [{ name: "photo.jpg_large", contentType: "application/octet-stream", bytes: await png(14) }],
      }),
  };
  const shades = [11, 11, 12, 13, 14];
  for (const [index, [what, show]] of Object.entries(shows).entries()) {
    const thread = simulator.addThread(channel, { name: what, ownerId: ada.id });
    await show(thread);
    await simulator.say(thread, ada, "", {
      files: [
        { name: "clip.mp4", bytes: Buffer.from("film") },
        { name: "message.txt", bytes: Buffer.from("words") },
        { name: "song", contentType: "audio/ogg", bytes: Buffer.from("song") },
      ],
    });
    const inView = await seen((await mention(server, thread)).turn);
    assert.deepEqual(
      inView.map(([, bytes]) => bytes),
      [await png(shades[index])],
      what,
    );
  }
  const thread = simulator.addThread(channel, { name: "sticker", ownerId: ada.id });
  await simulator.say(thread, ada, "", {
    stickers: [{ id: "123456789012345678", name: "Fox", format_type: 1 }],
  });
  const { turn } = await mention(server, thread);
  assert.equal((await turn.inView?.(signal))?.[0]?.name, "Fox.png");
  await simulator.say(thread, ada, "", {
    stickers: [{ id: "123456789012345679", name: "Wave", format_type: 3 }],
  });
  const [drawnByDiscord] = (await (await mention(server, thread)).turn.inView?.(signal)) ?? [];
  await assert.rejects(
    drawnByDiscord?.read(signal) ?? Promise.resolve(),
    /“Wave” is a sticker that only Discord's own apps can draw\. Attach a screenshot/,
  );
});

test("what was undone no longer counts: the picture before it is in view again", async (t) => {
  let back: MessageKey | null | undefined;
  const server = await startDiscord(t, { ...withContent, core: { backTo: async () => back } });
  const { simulator, channel, ada, nextPrompt } = server;
  const thread = simulator.addThread(channel, { name: "garden", ownerId: ada.id });
  for (const where of [thread, simulator.dm(ada)]) {
    const ask = async () => {
      await simulator.say(where, ada, `<@${simulator.bot.id}> make it night`);
      const { turn, reply } = await nextPrompt();
      return { names: (await seen(turn)).map(([name]) => name), reply };
    };
    back = undefined;
    const undo = (head: MessageKey | null) => {
      back = head;
    };
    const draw = async () => {
      const { names, reply } = await ask();
      const key = await reply.show(await done());
      back = undefined;
      return { names, key };
    };
    await simulator.say(where, ada, "", { files: [{ name: "garden.png", bytes: await png(7) }] });
    if (where !== thread) await nextPrompt();
    const first = await draw();
    assert.deepEqual(first.names, ["garden.png"]);
    const second = await draw();
    assert.deepEqual(second.names, []);
    undo(first.key);
    assert.deepEqual((await ask()).names, [], "back to the bot's own");
    undo(null);
    assert.deepEqual((await ask()).names, ["garden.png"], "back to the photo");
    const third = await draw();
    assert.deepEqual(third.names, ["garden.png"]);
    assert.deepEqual((await ask()).names, [], "the next picture counts");
    undo(null);
    const { names, reply } = await ask();
    assert.deepEqual(names, ["garden.png"]);
    await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
    assert.deepEqual((await ask()).names, [], "and so does one that is being drawn");
  }
});

test("a file of which nothing says what it is gives way to a picture above it", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada } = server;
  const notes = { name: "notes", contentType: "application/octet-stream", bytes: Buffer.from("milk, eggs") };
  const photo = { name: "photo.png", bytes: await png(3) };
  const names = async (where: Channel) =>
    (await seen((await mention(server, where)).turn)).map(([name]) => name);

  const thread = simulator.addThread(channel, { name: "list", ownerId: ada.id });
  await simulator.say(thread, ada, "", { files: [notes] });
  assert.deepEqual(await names(thread), ["notes"], "its bytes decide, where there is nothing else");
  await simulator.say(thread, ada, "", { files: [photo] });
  await simulator.say(thread, ada, "", { files: [notes] });
  assert.deepEqual(await names(thread), ["photo.png"], "a photo above");
  await simulator.say(thread, ada, "", { files: [notes, { ...photo, name: "beside.png" }] });
  assert.deepEqual(await names(thread), ["beside.png"], "a photo beside it");
  await (await mention(server, thread)).reply.show(await done());
  await simulator.say(thread, ada, "", { files: [notes] });
  assert.deepEqual(await names(thread), [], "the bot's own above");
  await (await mention(server, thread)).reply.show(view("done", { text: "A fox.", actions: ["delete"] }));
  await simulator.say(thread, ada, "", { files: [notes] });
  assert.deepEqual(await names(thread), [], "the bot's own above its words");
  const talk = simulator.addThread(channel, { name: "talk", ownerId: ada.id });
  await (await mention(server, talk)).reply.show(view("done", { text: "A fox.", actions: ["delete"] }));
  await simulator.say(talk, ada, "", { files: [notes] });
  assert.deepEqual(await names(talk), ["notes"], "words are no picture");

  const from = await simulator.say(channel, ada, "my garden", { files: [photo] });
  const below = simulator.addThread(channel, {
    name: "garden",
    ownerId: ada.id,
    from: messageAt(server, from.id),
  });
  await simulator.say(below, ada, "", { files: [notes] });
  assert.deepEqual(await names(below), ["photo.png"], "what the thread hangs on");

  simulator.permit(channel, "everyone", { deny: ["READ_MESSAGE_HISTORY"] });
  await simulator.say(below, ada, "", { files: [photo] });
  await simulator.say(below, ada, "", { files: [notes] });
  assert.deepEqual(await names(below), ["photo.png"], "as it saw them come");
});

test("a /draw in a thread sees what is in view; in a channel nothing is", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, channel, ada, nextPrompt } = server;
  const forum = simulator.addChannel(guild, { name: "garden", type: "forum" });
  const post = await simulator.post(forum, ada, {
    name: "My garden",
    files: [{ name: "garden.png", bytes: await png(7) }],
  });
  const doing = await simulator.slash(post, ada, "draw", { prompt: "make it night" });
  await doing.acknowledged();
  assert.deepEqual(await seen((await nextPrompt()).turn), [["garden.png", await png(7)]]);

  await simulator.say(channel, ada, "mine", { files: [{ name: "mine.png", bytes: await png(8) }] });
  assert.equal((await mention(server, channel)).turn.inView, undefined, "a channel is no conversation");
  await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  assert.deepEqual(await seen((await nextPrompt()).turn), []);
});

test("without the right to look back, it says so, unless it saw the picture come", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada } = server;
  const from = await simulator.say(channel, ada, "my garden", {
    files: [{ name: "garden.png", bytes: await png(7) }],
  });
  simulator.permit(channel, "everyone", { deny: ["READ_MESSAGE_HISTORY"] });
  const thread = simulator.addThread(channel, {
    name: "g",
    ownerId: ada.id,
    from: messageAt(server, from.id),
  });
  const { turn } = await mention(server, thread);
  await refused(
    turn,
    /may not read what was said before in <#\d+>.*Attach the picture.*Read Message History/,
  );
  await simulator.slash(thread, ada, "draw", { prompt: "a castle" });
  assert.deepEqual(await seen((await server.nextPrompt()).turn), [], "a command draws from words alone");

  await simulator.say(thread, ada, "here", { files: [{ name: "here.png", bytes: await png(8) }] });
  const next = await mention(server, thread);
  assert.deepEqual(await seen(next.turn), [["here.png", await png(8)]]);
  await next.reply.show(await done());
  assert.deepEqual(await seen((await mention(server, thread)).turn), [], "and its own");
});

test("what Discord hides, forbids or is late with is said", async (t) => {
  const blind = await startDiscord(t);
  const from = await blind.simulator.say(blind.channel, blind.ada, "my garden", {
    files: [{ name: "garden.png", bytes: await png(7) }],
  });
  const spec = { name: "g", ownerId: blind.ada.id, from: messageAt(blind, from.id) };
  const thread = blind.simulator.addThread(blind.channel, spec);
  const why = /Discord hides from me what this thread hangs on.*Message Content Intent.*Edit this picture/;
  await refused((await mention(blind, thread)).turn, why, "unseen");
  await blind.simulator.slash(thread, blind.ada, "draw", { prompt: "a castle" });
  await refused((await blind.nextPrompt()).turn, why, "unseen");

  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada } = server;
  const talk = simulator.addThread(channel, { name: "talk", ownerId: ada.id });
  const slow = await mention(server, talk);
  simulator.fault({ kind: "slow", ms: 2500, method: "GET", path: /messages$/, times: 1 });
  await refused(slow.turn, /did not show me in time/);
  const body = { code: 50001, message: "Missing Access" };
  simulator.fault({ kind: "status", status: 403, body, method: "GET", path: /messages$/, times: 1 });
  await refused((await mention(server, talk)).turn, /may not read what was said before/);

  const ours = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  for (const where of [ours, simulator.dm(server.mo)]) {
    simulator.fault({ kind: "status", status: 403, body, method: "GET", path: /messages$/, times: 1 });
    assert.deepEqual(await seen((await mention(server, where)).turn), [], "where all came to the core");
  }
});

test("a reply uses what it answers, whatever that is: untyped, an app's, or no picture at all", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, channel, ada, mo, nextPrompt } = server;
  const app = simulator.addUser({ name: "giphy", bot: true });
  simulator.join(guild, app);
  await simulator.addOutside("https://example.com/fox.png", await png(11));
  const thumbnail = { url: "https://example.com/fox.png" };
  const linked = await simulator.say(channel, ada, "https://example.com/fox");
  simulator.unfurl(linked, [{ type: "article", thumbnail }]);
  const voice = simulator.addChannel(guild, { name: "Lounge", type: "voice" });
  const file = async (name: string, where = channel) =>
    simulator.say(where, ada, "", { files: [{ name, bytes: await png(3) }] });
  const cases = [
    [await file("garden.jfif"), channel, "garden.jfif", 3],
    [await file("garden", voice), voice, "garden", 3],
    [linked, channel, "fox.png", 11],
    [
      await simulator.say(channel, app, "", { embeds: [{ type: "rich", image: thumbnail }] }),
      channel,
      "fox.png",
      11,
    ],
    [await file("clip.mp4"), channel, "clip.mp4", 3],
  ] as const;
  for (const [answered, where, name, shade] of cases) {
    await simulator.say(where, mo, `<@${simulator.bot.id}> make it night`, { replyTo: answered });
    const { turn } = await nextPrompt();
    assert.deepEqual(await read(turn.attachments), [[name, await png(shade)]], name);
    assert.equal(turn.replyTo, undefined);
    assert.equal(turn.toBot, undefined);
  }
});

test("a picture that was answered is read again when its address has run out", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const answered = await simulator.say(channel, ada, "", {
    files: [{ name: "garden.jfif", bytes: await png(3) }],
  });
  await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: answered });
  const { turn } = await nextPrompt();
  const thread = simulator.addThread(channel, {
    name: "g",
    ownerId: ada.id,
    from: messageAt(server, answered.id),
  });
  const inView = await (await mention(server, thread)).turn.inView?.(signal);
  simulator.advance(26 * 60 * 60_000);
  assert.deepEqual(await read(turn.attachments), [["garden.jfif", await png(3)]]);
  assert.deepEqual(await read(inView ?? []), [["garden.jfif", await png(3)]]);
});

test("in a voice channel's chat it is named, answered and replied to", async (t) => {
  const server = await startDiscord(t, { ...withContent, threads: "auto" });
  const { simulator, guild, mo, nextPrompt } = server;
  const voice = simulator.addChannel(guild, { name: "Lounge", type: "voice" });
  const { reply } = await mention(server, voice, "a fox");
  const key = await reply.show(await done());
  await simulator.say(voice, mo, "make it night", { replyTo: key.split(":")[2] ?? "" });
  const { turn } = await nextPrompt();
  assert.equal(turn.replyTo, key);
  assert.match(turn.thread, /^discord:\d+$/);
});

test("a preview that Discord has at once comes along with its link", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, ada, nextPrompt } = server;
  const forum = simulator.addChannel(guild, { name: "f", type: "forum" });
  const post = await simulator.post(forum, ada, { name: "words" });
  await simulator.addOutside("https://media.example.com/cat.png", await png(5));
  const thumbnail = { url: "https://media.example.com/cat.png" };
  const words = `<@${simulator.bot.id}> make it night https://example.com/view/cat`;
  const said = await simulator.say(post, ada, words, {
    previews: [{ type: "gifv", url: "https://example.com/view/cat", thumbnail }],
  });
  assert.equal(said.embeds.length, 1);
  assert.deepEqual(await read((await nextPrompt()).turn.attachments), [["cat.png", await png(5)]]);
  await simulator.say(post, ada, `<@${simulator.bot.id}> make it night ${thumbnail.url}`, {
    previews: [{ type: "image", ...thumbnail, thumbnail }],
  });
  assert.deepEqual((await nextPrompt()).turn.attachments, [], "the core reads links to pictures itself");
});

test("a text file comes along, to be taken as words", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, nextPrompt } = server;
  const bytes = Buffer.from("a very long prompt");
  await simulator.say(channel, ada, `<@${simulator.bot.id}>`, { files: [{ name: "message.txt", bytes }] });
  const { turn } = await nextPrompt();
  assert.deepEqual(await read(turn.attachments), [["message.txt", bytes]]);
  assert.equal(turn.attachments[0]?.mediaType, "text/plain");
});
