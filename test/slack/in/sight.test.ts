import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageKey, Prompt } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { flat } from "../../rig/pictures.ts";
import { done, image, type SlackServer, startSlack, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const giphy = "https://media.example/giphy.gif";

/** What the core is given to look at, by name; for what it reads by itself, by address. */
async function inView({ inView: look }: Prompt): Promise<readonly string[]> {
  return ((await look?.(signal)) ?? []).map(({ name }) => name);
}

/** Somebody mentions the bot in a thread. */
async function mention({ simulator, channel, ada, nextPrompt }: SlackServer, threadTs: string) {
  await simulator.say(channel, ada, "make it night", { threadTs, mention: true });
  return nextPrompt();
}

const file = async (name: string, colour = "#090") => ({ name, bytes: await flat(colour) });

test("a mention below somebody's picture has that picture in view, until there is a newer one", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo } = server;
  const garden = await file("garden.png");
  const root = await simulator.say(channel, mo, "my garden", { files: [garden] });
  const first = await mention(server, root.ts);
  assert.deepEqual(first.turn.attachments, []);
  assert.equal(first.turn.replyTo, undefined);
  const [seen] = (await first.turn.inView?.(signal)) ?? [];
  assert.deepEqual(Buffer.from((await seen?.read(signal)) ?? []), garden.bytes);

  await simulator.say(channel, mo, "and my house", {
    threadTs: root.ts,
    files: [await file("house.png"), await file("door.png")],
  });
  await simulator.say(channel, mo, "nice, is it?", { threadTs: root.ts });
  await server.nextPrompt();
  await server.nextPrompt();
  const second = await mention(server, root.ts);
  assert.deepEqual(await inView(second.turn), ["house.png", "door.png"], "the newest, all of them");

  await second.reply.show(view("working", { status: "Drawing" }));
  const third = await mention(server, root.ts);
  assert.deepEqual(await inView(third.turn), [], "one of the bot's is to come");
  await second.reply.show(await done());
  await third.reply.show(
    view("failed", { text: "OpenAI failed.", images: [await image()], actions: ["redo"] }),
  );
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), [], "the bot's is the newest");

  await simulator.say(channel, ada, "mine", { threadTs: root.ts, files: [await file("mine.png")] });
  await server.nextPrompt();
  await simulator.say(channel, ada, "make it night", { threadTs: root.ts });
  assert.deepEqual(await inView((await server.nextPrompt()).turn), ["mine.png"], "without a mention, too");
});

test("a sketch of a drawing that failed is nothing to go on from, and hides no picture", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, mo } = server;
  const root = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  const { reply } = await mention(server, root.ts);
  const failed = view("failed", { text: "OpenAI failed.", images: [await image()], actions: ["redo"] });
  await reply.show(failed);
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), ["garden.png"]);
});

test("an edit of a photo that was undone leaves the photo in view, until the next picture and after that is deleted", async (t) => {
  let back: MessageKey | null | undefined;
  const server = await startSlack(t, { backTo: async () => back });
  const { simulator, channel, mo, adapter } = server;
  const root = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  const draw = async (reply: Reply) => {
    const message = await reply.show(view("working", { status: "Drawing" }));
    await reply.show(await done({ head: message }));
    back = undefined;
    return message;
  };
  const undo = (head: MessageKey | null) => {
    back = head;
  };
  const look = async () => {
    const { turn, reply } = await mention(server, root.ts);
    return { seen: await inView(turn), reply };
  };
  const first = await draw((await look()).reply);
  assert.deepEqual((await look()).seen, []);
  undo(null);
  const next = await look();
  assert.deepEqual(next.seen, ["garden.png"]);
  await next.reply.show(view("working", { status: "Drawing" }));
  assert.deepEqual((await look()).seen, [], "one is to come");
  const second = await draw(next.reply);
  assert.deepEqual((await look()).seen, [], "it is there");
  await adapter.reopen(second).show(view("cancelled", { status: "Deleted by ada", gone: true, head: null }));
  undo(null);
  assert.deepEqual((await look()).seen, ["garden.png"], "the first one is still undone");

  await draw((await look()).reply);
  undo(first);
  assert.deepEqual((await look()).seen, [], "the thread goes on from the first one");
  await simulator.say(channel, mo, "and mine", { threadTs: root.ts, files: [await file("mine.png")] });
  await server.nextPrompt();
  await draw((await look()).reply);
  undo(first);
  assert.deepEqual((await look()).seen, ["mine.png"], "which is no longer the newest");
});

test("in a direct message the newest picture is in view, and where Slack does not tell nothing is", async (t) => {
  let back: MessageKey | null | undefined;
  const { simulator, ada, nextPrompt } = await startSlack(t, { backTo: async () => back });
  const dm = simulator.dm(ada);
  const say = async (text: string, ...files: Awaited<ReturnType<typeof file>>[]) => {
    await simulator.say(dm, ada, text, { files });
    return nextPrompt();
  };
  assert.deepEqual(await inView((await say("a fox")).turn), []);
  await say("", await file("garden.png"));
  assert.deepEqual(await inView((await say("make it night")).turn), ["garden.png"]);
  const { reply } = await say("make it dusk");
  await reply.show(await done());
  assert.deepEqual(await inView((await say("add snow")).turn), [], "the bot's is the newest");
  back = null;
  const again = await say("add snow");
  assert.deepEqual(await inView(again.turn), ["garden.png"], "it was undone");
  await simulator.say(dm, ada, "too late", { files: [await file("late.png")] });
  await nextPrompt();
  assert.deepEqual(await inView(again.turn), ["garden.png"]);
  simulator.fault({ method: "conversations.history", kind: "error", error: "internal_error", times: 9 });
  assert.deepEqual(await inView((await say("add snow")).turn), []);
});

test("nothing is in view where nobody showed anything, and at the top of a channel", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const root = await simulator.say(channel, mo, "hello");
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), []);
  await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  await simulator.say(channel, ada, "a fox", { mention: true });
  assert.equal((await nextPrompt()).turn.inView, undefined);
  await simulator.say(channel, ada, "after this", { threadTs: root.ts, mention: true });
  await simulator.say(channel, mo, "too late", { threadTs: root.ts, files: [await file("late.png")] });
  const { turn } = await nextPrompt();
  assert.deepEqual(await inView(turn), [], "what comes below it is not above it");
});

test("blocks of another app, previews and pictures of addresses are in view, for the core to fetch", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, mo } = server;
  const below = async (ts: string) => inView((await mention(server, ts)).turn);
  const gif = simulator.sayAsBot(channel, "", {
    name: "giphy",
    blocks: [{ type: "image", image_url: giphy, alt_text: "a cat" }],
  });
  assert.deepEqual(await below(gif.ts), [giphy]);

  const link = await simulator.say(channel, mo, "look: https://news.example/cats");
  simulator.unfurl(link, [{ from_url: "https://news.example/cats", image_url: "https://news.example/cat" }]);
  assert.deepEqual(await below(link.ts), ["https://news.example/cat"]);

  const small = await simulator.say(channel, mo, "look: https://shop.example/hat");
  simulator.unfurl(small, [
    { from_url: "https://shop.example/hat", thumb_url: "https://shop.example/hat.jpg" },
  ]);
  assert.deepEqual(await below(small.ts), ["https://shop.example/hat.jpg"]);

  const old = simulator.sayAsBot(channel, "deployed", {
    legacy: true,
    attachments: [{ blocks: [{ type: "image", image_url: giphy, alt_text: "a cat" }] }],
  });
  assert.deepEqual(await below(old.ts), [giphy]);
});

test("a file counts whatever it is taken for; a film, a song and a text are no pictures", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const untold = { mimetype: "application/octet-stream", filetype: "binary" };
  const root = await simulator.say(channel, mo, "a few", {
    files: [
      { ...(await file("IMG_1.jfif")), claims: untold },
      { ...(await file("scan")), claims: { mimetype: "", filetype: "" } },
      { ...(await file("clip.mp4")), claims: { mimetype: "video/mp4", filetype: "mp4" } },
      { ...(await file("new.mov")), claims: { mimetype: "", filetype: "" } },
      { ...(await file("song.mp3")), claims: { mimetype: "audio/mpeg", filetype: "mp3" } },
      { name: "words.txt", bytes: Buffer.from("a long text"), snippet: true },
    ],
  });
  const { turn } = await mention(server, root.ts);
  assert.deepEqual(await inView(turn), ["IMG_1.jfif", "scan"]);
  simulator.deleteFile(root.message.files[0]?.id ?? "");
  assert.deepEqual(
    await inView((await mention(server, root.ts)).turn),
    ["scan"],
    "nobody sees that one any more",
  );

  const snippet = { name: "message.txt", bytes: Buffer.from("a long text"), snippet: true } as const;
  await simulator.say(channel, ada, "", { mention: true, files: [snippet] });
  const [words] = (await nextPrompt()).turn.attachments;
  assert.equal(words?.mediaType, "text/plain", "what somebody sends goes along, whatever it is");
  assert.equal(Buffer.from((await words?.read(signal)) ?? []).toString(), "a long text");
});

test("a file that nothing is said of hides no picture above it", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, mo, nextPrompt } = server;
  const notes = {
    ...{ name: "notes", bytes: Buffer.from("what to buy") },
    claims: { mimetype: "", filetype: "" },
  };
  const root = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  await simulator.say(channel, mo, "my notes", { threadTs: root.ts, files: [notes] });
  await nextPrompt();
  const first = await mention(server, root.ts);
  assert.deepEqual(await inView(first.turn), ["garden.png"]);

  await first.reply.show(await done());
  await simulator.say(channel, mo, "more notes", { threadTs: root.ts, files: [notes] });
  await nextPrompt();
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), [], "the bot's is above it");

  const other = await simulator.say(channel, mo, "hello");
  for (const name of ["older", "scan"]) {
    const said = await simulator.say(channel, mo, "", { threadTs: other.ts, files: [{ ...notes, name }] });
    await said.delivered();
  }
  await nextPrompt();
  assert.deepEqual(await inView((await mention(server, other.ts)).turn), ["scan"], "nothing else is there");
});

test("what is forwarded counts: somebody's file, an app's block, the bot's own picture", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const dm = simulator.dm(ada);
  const photo = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  const gif = simulator.sayAsBot(channel, "", {
    blocks: [{ type: "image", image_url: giphy, alt_text: "a cat" }],
  });
  await simulator.say(channel, ada, "a fox", { mention: true });
  const key = await (await nextPrompt()).reply.show(await done());
  const ours = { channel: channel.id, ts: key.split(":")[2] ?? "" };
  await simulator.say(dm, ada, "make it night", { forwards: [photo, gif, ours] });
  const { attachments } = (await nextPrompt()).turn;
  assert.deepEqual(
    attachments.map(({ name }) => name),
    ["garden.png", giphy, "A red fox in the snow"],
  );
  const { bytes } = await image("#fff");
  assert.deepEqual(Buffer.from((await attachments[2]?.read(signal)) ?? []), Buffer.from(bytes));
  const root = await simulator.say(channel, mo, "", { forwards: [photo] });
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), ["garden.png"]);
});

test("a thread that Slack does not show is said, with what to do, and nothing is drawn blindly", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, mo, said } = server;
  const root = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  const refused = async (message: RegExp) => {
    const { turn } = await mention(server, root.ts);
    await assert.rejects(turn.inView?.(signal) ?? Promise.resolve(), { code: "bad_attachment", message });
  };
  const fault = { method: "conversations.replies", kind: "error" } as const;
  simulator.fault({ ...fault, error: "not_in_channel" });
  await refused(/Type \/invite @drawbridge here/);
  simulator.fault({ method: "conversations.replies", kind: "status", status: 503 });
  await refused(/did not show them to me in time. Say it again/);
  simulator.revoke("channels:history"); // from here on a mention is all that Slack tells
  for (let time = 0; time < 2; time += 1) {
    await refused(/not granted me channels:history. An admin has to add that scope .* and reinstall the app/);
  }
  assert.equal(said("slack.scopes.missing").length, 1, "the log says it once");
});

test("another company's file is looked up before it counts", async (t) => {
  const server = await startSlack(t);
  const { simulator, ada, nextPrompt } = server;
  const team = simulator.addTeam("Partners");
  const pat = simulator.addUser({ name: "pat", team });
  const shared = simulator.addChannel({ name: "partners", shared: true });
  simulator.join(shared, pat);
  const root = await simulator.say(shared, pat, "ours", { files: [await file("logo.png")] });
  const plan = { ...(await file("plan.pdf")), claims: { mimetype: "application/pdf", filetype: "pdf" } };
  await simulator.say(shared, pat, "and the plan", { threadTs: root.ts, files: [plan] });
  await nextPrompt();
  await simulator.say(shared, ada, "make it night", { threadTs: root.ts, mention: true });
  assert.deepEqual(await inView((await nextPrompt()).turn), ["logo.png"]);
});

test("the newest picture of a thread that Slack tells in pages", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, mo } = server;
  const root = await simulator.say(channel, mo, "my garden", { files: [await file("garden.png")] });
  for (let reply = 0; reply < 1005; reply += 1)
    simulator.sayAsBot(channel, `number ${reply}`, { threadTs: root.ts });
  await simulator.say(channel, mo, "my house", { threadTs: root.ts, files: [await file("house.png")] });
  await server.nextPrompt();
  assert.deepEqual(await inView((await mention(server, root.ts)).turn), ["house.png"]);
});
