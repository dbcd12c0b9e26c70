import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { createWebAdapter } from "../../adapters/web/index.ts";
import { toDiskError } from "../../adapters/web/live/disk.ts";
import type {
  About,
  WireAnswer,
  WireAsk,
  WireMessage,
  WireThread,
} from "../../adapters/web/wire/messages.ts";
import { promptLimit } from "../../src/openai/engine.ts";
import { actions } from "../../src/seam/actions.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { MessageKey, Press, Prompt } from "../../src/seam/turn.ts";
import { noCore } from "../rig/no-core.ts";
import { createFolder, type Playground, png, startPlayground, view } from "./playground.ts";

const signal = AbortSignal.timeout(60_000);

async function prompt(playground: Playground, thread: string, form: Parameters<Playground["post"]>[1]) {
  const response = await playground.post(`/api/threads/${thread}/prompts`, form);
  assert.equal(response.status, 202, await response.clone().text());
  const { ask } = (await response.json()) as { ask: string };
  const { turn, reply } = await playground.next();
  return { ask, turn: turn as Prompt, reply };
}

function isAsk(message: WireMessage | undefined): asserts message is WireAsk {
  assert.equal(message?.kind, "ask");
}

function isAnswer(message: WireMessage | undefined): asserts message is WireAnswer {
  assert.equal(message?.kind, "answer");
}

test("a prompt with files becomes a turn whose attachments can be read", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const [one, mask] = [await png(1, 30, 20), await png(2)];
  const { ask, turn } = await prompt(playground, thread, {
    text: "a fox\r\nin snow --size wide",
    options: JSON.stringify({ quality: "high", partials: 2 }),
    attachment: [
      new File([one], "fox.jpeg", { type: "image/jpeg" }),
      new File(["not a picture"], "notes.txt", { type: "text/plain" }),
    ],
    mask: new File([mask], "mask.png", { type: "image/png" }),
  });
  assert.equal(turn.kind, "prompt");
  assert.equal(turn.thread, `web:${thread}`);
  assert.deepEqual(turn.user, { id: "web:playground", name: "You", moderator: true, admin: true });
  assert.equal(turn.text, "a fox\nin snow --size wide");
  assert.deepEqual(turn.options, { quality: "high", partials: 2 });
  assert.equal(turn.addressed, true);
  assert.deepEqual(turn.place, { channel: "web:channel", community: "web:community" });
  assert.equal(turn.replyTo, undefined);
  assert.deepEqual(
    turn.attachments.map(({ name, mediaType, size, role }) => ({ name, mediaType, size, role })),
    [
      { name: "fox.jpeg", mediaType: "image/png", size: one.length, role: undefined },
      { name: "notes.txt", mediaType: "text/plain", size: 13, role: undefined },
      { name: "mask.png", mediaType: "image/png", size: mask.length, role: "mask" },
    ],
  );
  const read = await Promise.all(turn.attachments.map((attachment) => attachment.read(signal)));
  assert.deepEqual(
    read.map((bytes) => Buffer.from(bytes)),
    [one, Buffer.from("not a picture"), mask],
  );

  const { thread: shown, messages } = await playground.thread(thread);
  assert.equal(shown.title, "a fox in snow");
  assert.equal(shown.head, null);
  const [message] = messages;
  isAsk(message);
  assert.equal(message.id, ask);
  assert.deepEqual(
    message.pictures.map(({ name, width, height, role }) => ({ name, width, height, role })),
    [
      { name: "fox.jpeg", width: 30, height: 20, role: undefined },
      { name: "mask.png", width: 8, height: 6, role: "mask" },
    ],
  );
  const picture = await playground.get(message.pictures[0]?.src ?? "");
  assert.deepEqual(Buffer.from(await picture.arrayBuffer()), one);
});

test("what a reply shows reaches the open pages and the stored thread", async (t) => {
  const playground = await startPlayground(t);
  const events = await playground.events();
  const thread = randomUUID();
  const { ask, reply } = await prompt(playground, thread, { text: "a fox" });
  assert.equal((await events.of("thread")).thread.id, thread);
  assert.equal((await events.of("message")).message.id, ask);

  const key = await reply.show(await view("queued", { status: "Second in line", actions: ["cancel"] }));
  const id = key.slice("web:".length);
  const { message: queued } = await events.of("message");
  isAnswer(queued);
  assert.equal(queued.id, id);
  assert.equal(queued.ask, ask);
  assert.equal(queued.view.status, "Second in line");
  assert.deepEqual(queued.view.actions[0], {
    name: "cancel",
    label: "Cancel",
    hint: "Stop drawing this picture",
    style: "plain",
  });

  assert.equal(await reply.show(await view("working", { shade: 1 })), key);
  const { message: working } = await events.of("message");
  isAnswer(working);
  const sketch = working.view.images[0]?.src ?? "";
  const served = await playground.get(sketch);
  assert.equal(served.status, 200);
  assert.equal(served.headers.get("cache-control"), "no-store");
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), await png(1));
  const loaded = (await playground.thread(thread)).messages[1];
  isAnswer(loaded);
  assert.equal(loaded.view.images[0]?.src, sketch, "a page that loads now sees the sketch too");

  await reply.show(await view("working", { shade: 1, status: "Almost" }));
  const { message: same } = await events.of("message");
  isAnswer(same);
  assert.equal(same.view.images[0]?.src, sketch, "the same sketch keeps its address");

  const details = { prompt: "a fox", options: [], elapsedMs: 5, painter: "Nobody" };
  await reply.show(
    await view("done", { shade: 2, text: "Here.", actions: ["edit", "redo"], head: key, details }),
  );
  const { message: done } = await events.of("message");
  isAnswer(done);
  assert.equal(done.createdAt, queued.createdAt);
  const { thread: listed } = await events.of("thread");
  assert.equal(listed.head, id);
  assert.equal(listed.cover, done.view.images[0]?.src);
  assert.deepEqual(done.view.details, details);
  const late = await playground.get(sketch);
  assert.equal(late.status, 200, "a page that was told of the sketch a moment ago can still load it");
  const final = await playground.get(done.view.images[0]?.src ?? "");
  assert.match(final.headers.get("cache-control") ?? "", /private.*immutable/);
  assert.equal(final.headers.get("content-security-policy"), "sandbox; default-src 'none'");
  assert.equal(final.headers.get("x-content-type-options"), "nosniff");
  assert.deepEqual(Buffer.from(await final.arrayBuffer()), await png(2));
  assert.deepEqual((await playground.thread(thread)).messages[1], done);
});

test("everything is there after a restart, but for the sketch", async (t) => {
  const dataDir = join(await createFolder(t), "data");
  const before = await startPlayground(t, { dataDir });
  const thread = randomUUID();
  const first = await prompt(before, thread, { text: "a fox" });
  const key = await first.reply.show(await view("done", { shade: 1, text: "Here." }));
  await first.reply.show(await view("done", { shade: 1, text: "Here.", head: key }));
  const second = await prompt(before, thread, { text: "in snow", replyTo: key.slice(4) });
  assert.equal(second.turn.replyTo, key);
  const unfinished = await second.reply.show(await view("working", { shade: 9, status: "Drawing" }));
  const { messages, thread: shown } = await before.thread(thread);
  const events = await before.events();
  await before.adapter.stop();
  await before.adapter.stop();
  assert.equal(await events.next(), undefined, "stopping ends the streams");
  await assert.rejects(second.reply.show(await view("done")), { code: "stopped" });

  await writeFile(join(dataDir, "pictures", "left-over.draft"), "half");
  const after = await startPlayground(t, { dataDir });
  const now = await after.thread(thread);
  assert.deepEqual(now.thread, shown);
  assert.deepEqual(now.messages.slice(0, 3), messages.slice(0, 3));
  const [, , , answer] = now.messages;
  isAnswer(answer);
  assert.equal(answer.view.status, "Drawing");
  assert.deepEqual(answer.view.images, []);
  assert.equal((await readdir(join(dataDir, "pictures"))).length, 1);
  assert.notEqual((await after.events()).boot, events.boot);

  const [attachment, ...rest] = await after.adapter.recall(key);
  assert.equal(rest.length, 0);
  assert.deepEqual(Buffer.from((await attachment?.read(signal)) ?? []), await png(1));
  assert.equal(attachment?.name, "a-fox.png");
  assert.equal(attachment.size, (await png(1)).length);
  assert.deepEqual(await after.adapter.recall(`web:${randomUUID()}`), []);

  const reply = after.adapter.reopen(unfinished);
  assert.equal(await reply.show(await view("done", { shade: 2 })), unfinished);
  const finished = (await after.thread(thread)).messages[3];
  isAnswer(finished);
  assert.equal(finished.view.phase, "done");
  assert.equal(finished.view.images.length, 1);
  assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
});

test("an answer that was never shown before a restart is shown after it, below its question", async (t) => {
  const before = await startPlayground(t);
  const thread = randomUUID();
  const { ask, reply } = await prompt(before, thread, { text: "a fox" });
  assert.ok(reply.message, "known before the first show");
  await before.adapter.stop();
  const after = await startPlayground(t, { dataDir: before.dataDir });
  await after.adapter.reopen(reply.message).show(await view("done", { text: "Here it is." }));
  const [question, answer] = (await after.thread(thread)).messages;
  assert.equal(question?.id, ask);
  isAnswer(answer);
  assert.equal(answer.ask, ask);
  assert.equal(`web:${answer.id}`, reply.message);
});

test("buttons: those that draw are asked and answered, the others only say a line", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const { reply } = await prompt(playground, thread, { text: "a fox" });
  const key = await reply.show(await view("done", { shade: 1 }));
  const id = key.slice(4);
  const path = `/api/messages/${id}/press`;

  assert.equal((await playground.post(path, { action: "edit", text: "more snow" })).status, 202);
  const edit = await playground.next();
  const press = edit.turn as Press;
  assert.equal(press.kind, "press");
  assert.equal(press.action, "edit");
  assert.equal(press.message, key);
  assert.equal(press.thread, `web:${thread}`);
  assert.deepEqual(press.place, edit.turn.place);
  assert.equal(press.input?.text, "more snow");
  const edited = await edit.reply.show(await view("done", { shade: 2, parent: key, head: `web:${id}` }));
  const { messages } = await playground.thread(thread);
  const [, , ask, answer] = messages;
  isAsk(ask);
  isAnswer(answer);
  assert.deepEqual([ask.action, ask.replyTo, ask.text], ["edit", id, "more snow"]);
  assert.deepEqual([answer.ask, answer.view.parent], [ask.id, id]);

  const events = await playground.events();
  assert.equal((await playground.post(path, { action: "undo" })).status, 202);
  const undo = await playground.next();
  assert.equal((undo.turn as Press).input, undefined);
  await undo.reply.show(await view("working", { status: "A moment" }));
  await undo.reply.show(await view("done", { text: "Back to the start.", head: null, audience: "asker" }));
  const moved = await events.of("thread");
  assert.equal(moved.thread.head, null);
  const notice = await events.of("notice");
  const { offer, ...line } = notice;
  assert.deepEqual(line, { type: "notice", thread, text: "Back to the start.", failed: false });
  assert.deepEqual([offer?.message, offer?.action.name, offer?.action.label], [id, "forward", "Redo"]);
  assert.equal(moved.thread.undone, true);
  await playground.post(path, { action: "forward" });
  const forward = await playground.next();
  await forward.reply.show(await view("done", { text: "Forward again.", head: key, audience: "asker" }));
  assert.deepEqual(await events.of("thread").then(({ thread }) => [thread.head, thread.undone]), [
    id,
    undefined,
  ]);
  assert.deepEqual((await events.of("notice")).offer, undefined);

  await playground.post(path, { action: "delete" });
  const gone = await playground.next();
  await playground.adapter
    .reopen((gone.turn as Press).message)
    .show(await view("done", { text: "Deleted.", head: edited }));
  await gone.reply.show(await view("failed", { text: "No." }));
  assert.equal((await events.of("notice")).failed, true);
  const after = await playground.thread(thread);
  assert.equal(after.messages.length, messages.length);
  const tombstone = after.messages[1];
  isAnswer(tombstone);
  assert.deepEqual([tombstone.view.text, tombstone.view.images], ["Deleted.", []]);
  assert.equal(
    (await readdir(join(playground.dataDir, "pictures"))).length,
    1,
    "its picture is off the disk",
  );
  assert.equal(after.thread.head, edited.slice(4));

  assert.equal((await playground.post(path, { action: "restore" })).status, 410);
  for (const action of Object.keys(actions).filter((name) => name !== "restore")) {
    assert.equal((await playground.post(path, { action, text: "again" })).status, 202);
    await (await playground.next()).reply.show(await view("done", { text: "Said." }));
  }
  const asked = (await playground.thread(thread)).messages.slice(messages.length);
  assert.deepEqual(
    asked.flatMap((message) => (message.kind === "ask" ? [message.action] : [])),
    ["edit", "vary", "redo", "reference", "rephrase"],
  );

  assert.equal((await playground.post(path, { action: "explode" })).status, 400);
  assert.equal((await playground.post(path)).status, 400);
  assert.equal(
    (await playground.post(`/api/messages/${randomUUID()}/press`, { action: "redo" })).status,
    404,
  );
});

test("a picture can be used again, and stays as long as one message shows it", async (t) => {
  const playground = await startPlayground(t);
  const [one, two] = [randomUUID(), randomUUID()];
  const { reply } = await prompt(playground, one, { text: "a fox" });
  await reply.show(await view("done", { shade: 1 }));
  const files = await readdir(join(playground.dataDir, "pictures"));
  assert.equal(files.length, 1);
  const again = await prompt(playground, two, { text: "as a cat", reuse: files });
  assert.deepEqual(Buffer.from((await again.turn.attachments[0]?.read(signal)) ?? []), await png(1));

  const events = await playground.events();
  assert.equal((await playground.get(`/api/threads/${one}`, { method: "DELETE" })).status, 204);
  assert.deepEqual(await events.of("threadGone"), { type: "threadGone", id: one });
  assert.equal((await playground.get(`/api/threads/${one}`)).status, 404);
  assert.deepEqual(await readdir(join(playground.dataDir, "pictures")), files);
  await playground.get(`/api/threads/${two}`, { method: "DELETE" });
  assert.equal((await playground.get(`/pictures/${files[0]}`)).status, 404, "nobody sees it any more");
  const { dataDir } = playground;
  assert.deepEqual(await readdir(join(dataDir, "pictures")), files, "it can be brought back for a while");
  await playground.adapter.stop();
  const later = await startPlayground(t, { dataDir, now: () => Date.now() + 61 * 60_000 });
  assert.deepEqual(await readdir(join(dataDir, "pictures")), []);
  assert.deepEqual(await later.json("/api/threads"), []);
  await assert.rejects(async () => again.turn.attachments[0]?.read(signal), { code: "bad_attachment" });
});

test("a thread that is deleted while it draws stays deleted, and its turn is cancelled", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const { reply } = await prompt(playground, thread, { text: "a fox" });
  const late = await prompt(playground, thread, { text: "a cat" });
  const key = await reply.show(await view("working", { shade: 1 }));
  assert.equal((await playground.get(`/api/threads/${thread}`, { method: "DELETE" })).status, 204);
  const { turn: cancel, reply: quiet } = await playground.next();
  assert.deepEqual(
    [cancel.kind, (cancel as Press).action, (cancel as Press).message],
    ["press", "cancel", key],
  );
  await quiet.show(await view("done", { text: "Cancelled." }));
  assert.equal(await reply.show(await view("working", { shade: 2 })), key);
  assert.equal(await reply.show(await view("done", { shade: 3, head: key })), key);
  await late.reply.show(await view("done", { shade: 4 }));
  await playground.adapter.reopen(key as MessageKey).show(await view("cancelled"));
  assert.equal((await playground.get(`/api/threads/${thread}`)).status, 404);
  assert.deepEqual(await readdir(join(playground.dataDir, "pictures")), []);
});

test("a thread's title comes from its first words, until somebody gives it another", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const path = `/api/threads/${thread}`;
  const title = async () => (await playground.thread(thread)).thread.title;
  await prompt(playground, thread, { attachment: new File([await png()], "a.png") });
  assert.equal(await title(), "Untitled");
  const words = "a very long description of a fox that runs through deep snow under a red moon";
  await prompt(playground, thread, { text: words });
  assert.equal(await title(), "a very long description of a fox that runs through deep…");
  const headers = { "content-type": "application/json" };
  const rename = (body: string) => playground.get(path, { method: "PATCH", headers, body });
  assert.equal((await rename(JSON.stringify({ title: " Fox " }))).status, 200);
  await prompt(playground, thread, { text: "another" });
  assert.equal(await title(), "Fox");
  for (const wrong of [
    "{",
    "{}",
    '{"title":""}',
    '{"title":7}',
    JSON.stringify({ title: "x".repeat(201) }),
  ]) {
    assert.equal((await rename(wrong)).status, 400, wrong);
  }
});

test("about, and the newest thread first", async (t) => {
  let clock = 1000;
  const playground = await startPlayground(t, { now: () => clock++ });
  const about = await playground.json<About>("/api/about");
  assert.equal(about.version, "1.2.3");
  assert.deepEqual(about.painter, { name: "Nobody", standIn: true });
  assert.deepEqual(about.limits, { attachments: 16, bytes: 50 * 1024 * 1024, text: 32_000 });
  assert.equal(about.signedIn, false);
  assert.ok(about.options.some(({ name }) => name === "size"));
  const [one, two] = [randomUUID(), randomUUID()];
  const { reply } = await prompt(playground, one, { text: "one" });
  const other = await prompt(playground, two, { text: "two" });
  for (const each of [reply, other.reply]) await each.show(await view("working"));
  const ids = async () => (await playground.json<WireThread[]>("/api/threads")).map(({ id }) => id);
  assert.deepEqual(await ids(), [two, one]);
  await reply.show(await view("done"));
  assert.deepEqual(await ids(), [one, two]);
});

test("what stands in the way of a start is said with its remedy", async (t) => {
  const playground = await startPlayground(t);
  const { port } = new URL(playground.url);
  const other = await createFolder(t);
  const options = {
    host: "127.0.0.1",
    version: "1",
    painter: { name: "Nobody", standIn: true },
    log: pino({ level: "silent" }),
  };
  const start = (fields: { port: number; dataDir: string }) =>
    createWebAdapter({ ...options, ...fields }).start(noCore());
  await assert.rejects(start({ port: Number(port), dataDir: other }), {
    message: `Port ${port} is taken. Set PORT to another, e.g. PORT=${Number(port) + 1} npm start.`,
  });
  await assert.rejects(start({ port: 0, dataDir: playground.dataDir }), {
    code: "storage",
    message: /Another Drawbridge uses/,
  });
  await writeFile(join(other, "file"), "no folder");
  await assert.rejects(start({ port: 0, dataDir: join(other, "file", "x") }), { code: "storage" });
  assert.throws(
    () => createWebAdapter({ ...options, host: "0.0.0.0", port: 0, dataDir: other }),
    (error) => error instanceof BotError && /PLAYGROUND_PASSWORD/.test(error.message),
  );
});

test("a turn that did not come through the page is answered below its picture, as a question of its own", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const { turn, reply } = await prompt(playground, thread, { text: "a fox" });
  const key = await reply.show(await view("done", { shade: 1 }));

  const below = await playground.adapter.below(key, turn.user);
  assert.deepEqual([below.thread, below.place], [turn.thread, turn.place]);
  const answered = await below.reply.show(await view("done", { shade: 2, parent: key, head: key }));
  const [, , ask, answer] = (await playground.thread(thread)).messages;
  isAsk(ask);
  isAnswer(answer);
  assert.deepEqual([ask.replyTo, ask.action], [key.slice(4), "area"]);
  assert.deepEqual([answer.ask, `web:${answer.id}`], [ask.id, answered]);
  await assert.rejects(playground.adapter.below(`web:${randomUUID()}`, turn.user), {
    code: "unknown_message",
  });
});

test("a picture that cannot be stored says why, and nothing is asked", async (t) => {
  const playground = await startPlayground(t);
  await rm(join(playground.dataDir, "pictures"), { recursive: true });
  const response = await playground.post(`/api/threads/${randomUUID()}/prompts`, {
    text: "a fox",
    attachment: new File([await png(1)], "fox.png", { type: "image/png" }),
  });
  assert.equal(response.status, 500);
  assert.match(await response.text(), /cannot store in .*pictures\. See that the folder can be written to/);
  assert.deepEqual(await playground.json("/api/threads"), []);

  const full = toDiskError(Object.assign(new Error("write"), { code: "ENOSPC" }), "/data/pictures");
  assert.equal(full.code, "storage");
  assert.match(full.message, /no room left on the disk that holds \/data\/pictures\. Make some/);
});

test("the page is told the longest prompt that will be drawn, not a longer one", async (t) => {
  const playground = await startPlayground(t);
  const { limits } = await playground.json<About>("/api/about");
  assert.equal(limits.text, promptLimit);
});

test("which picture was picked is shown, and known after a reload", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const { reply } = await prompt(playground, thread, { text: "two foxes" });
  const [one, two] = [await view("done", { shade: 1 }), await view("done", { shade: 2 })];
  const key = await reply.show({
    ...one,
    images: [...one.images, ...two.images],
    actions: ["pick1", "pick2"],
  });
  const answer = key.slice("web:".length);
  const pickedNow = async () => {
    const message = (await playground.thread(thread)).messages.find(({ id }) => id === answer);
    isAnswer(message);
    return message.view.picked;
  };
  assert.equal(await pickedNow(), undefined);

  const events = await playground.events();
  await playground.post(`/api/messages/${answer}/press`, { action: "pick2" });
  const press = await playground.next();
  await press.reply.show({ ...(await view("done")), text: "Picture 2 it is.", head: key });
  const { message } = await events.of("message");
  isAnswer(message);
  assert.equal(message.view.picked, 1);
  assert.equal(message.view.images.length, 2);
  assert.equal(await pickedNow(), 1);

  await playground.post(`/api/messages/${answer}/press`, { action: "pick1" });
  const refused = await playground.next();
  await refused.reply.show({ ...(await view("failed")), text: "That is not yours to pick." });
  assert.equal(await pickedNow(), 1, "a pick that failed changes nothing");
});

test("a folder among the pictures, such as a mounted disk's own, does not keep it from starting", async (t) => {
  const dataDir = join(await createFolder(t), "data");
  await mkdir(join(dataDir, "pictures", "lost+found"), { recursive: true });
  const playground = await startPlayground(t, { dataDir });
  assert.deepEqual(await playground.json("/api/threads"), []);
});
