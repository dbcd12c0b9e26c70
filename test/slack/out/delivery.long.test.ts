import assert from "node:assert/strict";
import { test } from "node:test";
import { BotError } from "../../../src/seam/errors.ts";
import { showWhile } from "../../../src/seam/held.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { askedOf } from "../../rig/core.ts";
import { until } from "../../rig/until.ts";
import { createClient } from "../../simulators/slack-client.ts";
import { startLife } from "../life.ts";
import { done, image, type SlackServer, startSlack, view } from "../server.ts";

/** An answer that is being drawn. */
async function drawing(server: SlackServer) {
  const { simulator, channel, ada, nextPrompt } = server;
  const asked = await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const working = { status: "Drawing", actions: ["cancel"] } as const;
  const key = await reply.show(view("working", working));
  await reply.show(view("working", { ...working, images: [await image("#100", "sketch.png")] }));
  await until(() => server.answers()[0]?.images.length === 1, "a sketch");
  return { asked, reply, key };
}

/** Shows it as the core does among several processes: as soon as that is done the turn is over, and nobody's. */
async function showToTheEnd(reply: Reply, last: View): Promise<void> {
  let isOver = false;
  const now = () => {
    if (isOver) throw new BotError("stopped", "It is over.");
  };
  try {
    await showWhile(now, () => reply.show(last), { after() {} });
  } finally {
    isOver = true;
  }
}

test("Slack fails from the middle of a turn through several tries of the core: the picture comes when it is back", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, posts } = life;
  const tries = Promise.withResolvers<void>();
  let waits = 0;
  const timing = { retryMs: [5, 5], showMs: 400 };
  await life.begin({
    timing,
    wait: async () => {
      waits += 1;
      if (waits === 3) tries.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  const held = standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
  await simulator.say(channel, ada, "a fox", { mention: true });
  await until(() => posts()[0]?.images.length === 1, "a sketch");
  const outage = simulator.fault({ kind: "status", status: 503, times: 1e9 });
  held.release();
  await tries.promise;
  assert.equal(posts()[0]?.images.length, 1, "the sketch stands");
  outage.cancel();
  await life.finished(posts);
  await life.noLitter();
  assert.equal(posts().length, 1);
  assert.equal(askedOf(standin).length, 1);
});

test("the last view shown again changes the same message, and leaves no second file", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, litter } = server;
  const { reply, key } = await drawing(server);
  const source = {
    name: "a-fox.svg",
    mediaType: "image/svg+xml",
    bytes: Buffer.from("<svg/>"),
    alt: "A fox",
  };
  const last = await done({ files: [source] });
  const lost = simulator.fault({ method: "chat.update", kind: "drop", when: "after", times: 4 });
  await assert.rejects(reply.show(last), { code: "unreachable" });
  assert.equal(lost.struck, 4);
  const copy = { ...last, images: last.images.map((one) => ({ ...one, bytes: new Uint8Array(one.bytes) })) };
  assert.equal(await reply.show(copy), key);
  assert.equal(answers().length, 1);
  assert.equal(answers()[0]?.images[0]?.broken, false);
  await until(() => litter().length === 2, "the sketch to go, and nothing else");
  assert.deepEqual(simulator.litter(), []);
});

test("an edit whose answer got lost does not come over the last view", async (t) => {
  const server = await startSlack(t, { timing: { settleMs: 1500 } });
  const { simulator, answers } = server;
  const { reply } = await drawing(server);
  simulator.fault({ method: "chat.update", kind: "drop", when: "before" });
  await reply.show(view("working", { status: "Late", actions: ["cancel"] }));
  await showToTheEnd(reply, await done());
  const [seen] = answers();
  assert.ok(seen);
  // Slack had it after all, and carries it out now.
  const { channel, ts } = seen;
  await createClient(simulator).chat.update({ channel, ts, text: "Late", blocks: [] });
  assert.equal(answers()[0]?.text, "Late");
  await until(() => answers()[0]?.text !== "Late", "the picture to be there again");
  assert.ok(answers()[0]?.buttons.some(({ actionId }) => actionId === "a:redo"));
  assert.equal(answers()[0]?.images[0]?.broken, false);
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("asked to slow down, a sketch is left out and the picture waits its time; no sketch comes after it", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const { reply } = await drawing(server);
  simulator.fault({ method: "chat.update", kind: "rate limit", retryAfterMs: 1000, times: 3 });
  const sketch = await image("#300", "sketch.png");
  await reply.show(view("working", { status: "Sketch 2", images: [sketch], actions: ["cancel"] }));
  await reply.show(await done());
  await reply.show(view("working", { status: "Sketch 3", images: [sketch], actions: ["cancel"] }));
  assert.match(answers()[0]?.text ?? "", /a fox/);
  assert.doesNotMatch(answers()[0]?.text ?? "", /Sketch/);
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("a sketch that Slack did not take away goes with the last view", async (t) => {
  const server = await startSlack(t);
  const { simulator } = server;
  const { reply } = await drawing(server);
  const refused = simulator.fault({
    method: "files.delete",
    kind: "error",
    error: "internal_error",
    times: 3,
  });
  const sketch = await image("#300", "sketch.png");
  await reply.show(view("working", { status: "Sketch 2", images: [sketch], actions: ["cancel"] }));
  await until(() => refused.struck === 3, "the first sketch to be given up");
  await showToTheEnd(reply, await done());
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("a file whose upload seemed to fail, and that could not be taken away then, goes with the last view", async (t) => {
  const server = await startSlack(t);
  const { simulator } = server;
  const { reply } = await drawing(server);
  const lost = simulator.fault({ method: "files.completeUploadExternal", kind: "drop", when: "after" });
  const kept = simulator.fault({ method: "files.delete", kind: "drop", when: "before" });
  const sketch = await image("#300", "sketch.png");
  await reply.show(view("working", { status: "Sketch 2", images: [sketch], actions: ["cancel"] }));
  await until(() => lost.struck === 1 && kept.struck === 1, "a file that nobody knows of");
  await showToTheEnd(reply, await done());
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("a sketch of an edit whose answer got lost is taken away before the process ends", async (t) => {
  const server = await startSlack(t, { timing: { settleMs: 60_000 } });
  const { simulator, adapter } = server;
  const { reply } = await drawing(server);
  const lost = simulator.fault({ method: "chat.update", kind: "drop", when: "before", times: 2 });
  const sketch = await image("#300", "sketch.png");
  await reply.show(view("working", { status: "Sketch 2", images: [sketch], actions: ["cancel"] }));
  await until(() => lost.struck === 2, "the edit with the sketch to be lost");
  await showToTheEnd(reply, await done());
  assert.equal(simulator.litter().length, 2, "both sketches may be shown yet");
  await adapter.stop();
  assert.deepEqual(simulator.litter(), []);
});

test("a sketch that came for an answer which another process shows by now is taken away", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const { reply } = await drawing(server);
  const shown = () => answers()[0]?.images.map(({ fileId }) => fileId);
  const before = shown();
  const sketch = await image("#300", "sketch.png");
  let isLost = false;
  const check = () => {
    isLost ||= simulator.litter().length > 0;
    if (isLost) throw new BotError("stopped", "Another process goes on with it.");
  };
  await showWhile(check, () => reply.show(view("working", { status: "Sketch 2", images: [sketch] })));
  await until(() => isLost, "the sketch to be there");
  await until(() => simulator.litter().length === 0, "it to be gone");
  assert.deepEqual(shown(), before, "what is shown stays");
  assert.equal(answers()[0]?.images[0]?.broken, false);
});

for (const [what, bar] of [
  ["the channel is archived", ({ simulator, channel }: SlackServer) => simulator.archive(channel)],
  ["the bot is taken out of it", ({ simulator, channel }: SlackServer) => simulator.kick(channel)],
] as const) {
  test(`${what} in mid-turn: the picture comes directly, with its buttons`, async (t) => {
    const server = await startSlack(t);
    const { simulator, channel, ada, adapter, core, nextPress, answers } = server;
    const { reply, key } = await drawing(server);
    bar(server);
    assert.equal(await reply.show(await done()), key, "by its old name");
    const dm = simulator.dm(ada);
    const [moved, ...more] = answers(dm);
    assert.ok(moved);
    assert.deepEqual(more, []);
    assert.equal(moved.images[0]?.broken, false);
    assert.match(moved.text, new RegExp(`You asked for this in <#${channel.id}>`));
    assert.equal((await adapter.recall(key)).length, 1);
    await adapter.stop();
    await adapter.start(core);
    assert.equal((await adapter.recall(key)).length, 1, "after a restart, too");
    simulator.press(moved, "a:vary", ada);
    const { turn, reply: varied } = await nextPress();
    assert.equal(turn.message, key);
    await varied.show(await done());
    assert.equal(answers(dm).length, 2);
    await adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada", gone: true }));
    assert.equal(simulator.message(moved), undefined);
    const stale = answers().flatMap(({ images }) => images.filter(({ broken }) => broken));
    assert.deepEqual(stale, [], "what is shown stays");
  });
}

test("what the bot left behind where it was taken out says where the answer is, once it is back", async (t) => {
  const server = await startSlack(t, { timing: { retryMs: Array<number>(100).fill(50) } });
  const { simulator, channel, ada, answers } = server;
  const { reply } = await drawing(server);
  simulator.kick(channel);
  await showToTheEnd(reply, await done());
  assert.equal(answers(simulator.dm(ada)).length, 1);
  const [old] = answers();
  assert.ok(
    old?.buttons.some(({ text }) => text === "Cancel"),
    "it could not be changed",
  );
  simulator.invite(channel);
  await until(() => /answer is in our direct messages/.test(answers()[0]?.text ?? ""), "the old message");
  assert.deepEqual(answers()[0]?.buttons, []);
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("what the bot left behind is remembered over a restart", async (t) => {
  const server = await startSlack(t, { timing: { retryMs: Array<number>(100).fill(50) } });
  const { simulator, channel, adapter, core, answers } = server;
  const { reply } = await drawing(server);
  simulator.kick(channel);
  await reply.show(await done());
  await adapter.stop();
  simulator.invite(channel);
  await adapter.start(core);
  await until(() => /answer is in our direct messages/.test(answers()[0]?.text ?? ""), "the old message");
  await until(() => simulator.litter().length === 0, "nothing to be left");
});

test("what was posted without our having heard of it, and barred before it was found, does not go on looking alive", async (t) => {
  const server = await startSlack(t, { timing: { retryMs: Array<number>(100).fill(50) } });
  const { simulator, channel, ada, answers, nextPrompt } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  simulator.fault({ kind: "drop", when: "after", method: "chat.postMessage" });
  const down = simulator.fault({ kind: "status", status: 503, times: Infinity });
  const working = view("working", { status: "Getting ready", actions: ["cancel"] });
  await assert.rejects(reply.show(working), /could not be reached/);
  down.cancel();
  assert.equal(answers().length, 1);
  simulator.kick(channel);
  await assert.rejects(showToTheEnd(reply, working), /not in that channel/);
  simulator.invite(channel);
  await until(() => /may no longer answer here/.test(answers()[0]?.text ?? ""), "it to say so");
  assert.deepEqual(answers()[0]?.buttons, []);

  await simulator.say(channel, ada, "an owl", { mention: true });
  const second = await nextPrompt();
  simulator.fault({ kind: "drop", when: "after", method: "chat.postMessage" });
  const out = simulator.fault({ kind: "error", error: "not_in_channel", times: Infinity });
  await assert.rejects(showToTheEnd(second.reply, working), /not in that channel/);
  assert.equal(answers().length, 2);
  out.cancel();
  await until(() => /may no longer answer here/.test(answers()[1]?.text ?? ""), "the other to say so, too");
});

test("a message that may not be changed any more is followed by another, and says so where it can", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, litter } = server;
  const { reply, asked } = await drawing(server);
  simulator.fault({ method: "chat.update", kind: "error", error: "cant_update_message" });
  await reply.show(await done());
  const [old, moved, ...more] = answers();
  assert.deepEqual(more, []);
  assert.match(old?.text ?? "", /the answer is in the one below/);
  assert.deepEqual([old?.buttons, old?.images], [[], []]);
  assert.equal(moved?.threadTs, asked.ts);
  assert.equal(moved?.images[0]?.broken, false);
  await until(() => litter().length === 1, "the sketch to go");
});

test("a message that a person deletes is not posted again, and leaves nothing", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const { reply } = await drawing(server);
  const [seen] = answers();
  assert.ok(seen);
  simulator.deleteMessage(seen);
  await reply.show(await done());
  assert.deepEqual(answers(), []);
  await until(() => simulator.litter().length === 0, "its files to go");
});

test("a workspace that takes smaller files only gets a smaller one", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const { reply } = await drawing(server);
  const too = { method: "files.getUploadURLExternal", kind: "error", error: "file_upload_size_restricted" };
  const order = simulator.fault({ ...too, kind: "error" });
  await reply.show(await done());
  assert.equal(order.struck, 1);
  assert.equal(answers()[0]?.images[0]?.broken, false);
});

test("a private answer is finished after a restart, by the address that is noted", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, whispers } = life;
  const first = await life.begin();
  const held = standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
  simulator.slash(channel, ada, "/draw", "a fox --private");
  await held.struck;
  await first.end();
  held.release();
  simulator.kick(channel); // by no other way
  await life.begin();
  await life.finished(whispers);
  assert.equal(whispers().length, 1, "in the place of what it said before");
  await life.noLitter();
});

test("files that were sent are read again after a restart, and asked for only where Slack has them no more", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, posts } = life;
  const bytes = (await image("#0a0")).bytes;
  const file = (name: string) => ({ name, bytes, readyAfterMs: 0 });
  const download = simulator.fault({ method: "download", kind: "drop", when: "before", times: 1e9 });
  const first = await life.begin();
  const said = await simulator.say(channel, ada, "make it night", { mention: true, files: [file("a.png")] });
  await until(() => download.struck > 0, "the file to be fetched");
  first.kill();
  download.cancel();
  const second = await life.begin();
  await life.finished(posts);
  assert.match(JSON.stringify(askedOf(standin)[0]?.input), /input_image/);
  assert.equal(posts()[0]?.threadTs, said.ts);

  const again = simulator.fault({ method: "download", kind: "drop", when: "before", times: 1e9 });
  const lost = await simulator.say(channel, ada, "make it red", { mention: true, files: [file("b.png")] });
  await until(() => again.struck > 0, "the file to be fetched");
  second.kill();
  again.cancel();
  for (const { id } of lost.message.files) simulator.deleteFile(id);
  await life.begin();
  await until(
    () => /no longer kept by Slack. Send it again/.test(posts().at(-1)?.text ?? ""),
    "that to be said",
  );
});
