import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { WireMessage } from "../../../adapters/web/wire/messages.ts";
import type { Attend, Core } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { showWhile } from "../../../src/seam/held.ts";
import type { PlatformEvent, Press, Prompt } from "../../../src/seam/turn.ts";
import { createFolder, png, startPlayground, view } from "../playground.ts";

const signal = AbortSignal.timeout(60_000);

/** Notes like the core: each event once, and over when its work is. */
function createNotes() {
  const noted = new Map<string, PlatformEvent>();
  const over = new Set<string>();
  const note: Core["note"] = async (event) => {
    if (noted.has(event.key)) return undefined;
    noted.set(event.key, JSON.parse(JSON.stringify(event)));
    return async (work) => {
      await work();
      over.add(event.key);
    };
  };
  return { noted, over, note };
}

const idsOf = (messages: readonly WireMessage[]) => messages.map(({ id }) => id);

test("a prompt is noted before it is stored, under the page's id", async (t) => {
  const notes = createNotes();
  let atNote: unknown;
  const thread = randomUUID();
  const playground = await startPlayground(
    t,
    {},
    {
      note: async (event) => {
        atNote = await playground.json("/api/threads");
        return notes.note(event);
      },
    },
  );
  const id = randomUUID();
  const response = await playground.post(`/api/threads/${thread}/prompts`, { id, text: "a fox" });
  assert.equal(response.status, 202);
  assert.deepEqual(await response.json(), { ask: id });
  assert.deepEqual(atNote, [], "nothing is stored before it is noted");
  assert.deepEqual(
    [...notes.noted.values()].map((event) => [event.key, event.thread]),
    [[`web:ask:${id}`, `web:${thread}`]],
  );
  const { turn } = await playground.next();
  assert.equal((turn as Prompt).event, `web:ask:${id}`);
  assert.deepEqual(idsOf((await playground.thread(thread)).messages), [id]);
  assert.deepEqual([...notes.over], [`web:ask:${id}`]);
});

test("sent twice, at once or later, it is one ask and one turn, and answered alike", async (t) => {
  const notes = createNotes();
  const playground = await startPlayground(t, {}, notes);
  const [id, thread] = [randomUUID(), randomUUID()];
  const send = async () => {
    const attachment = new File([await png(7)], "fox.png", { type: "image/png" });
    const response = await playground.post(`/api/threads/${thread}/prompts`, {
      id,
      text: "a fox",
      attachment,
    });
    return [response.status, await response.json()];
  };
  const answers = [...(await Promise.all([send(), send()])), await send()];
  for (const answer of answers) assert.deepEqual(answer, [202, { ask: id }]);
  await playground.next();
  assert.equal(playground.taken.length, 0);
  assert.deepEqual(idsOf((await playground.thread(thread)).messages), [id]);
  assert.equal(notes.noted.size, 1);
});

test("what was noted and never stored is taken on when it is sent again, and what it was before is over", async (t) => {
  const notes = createNotes();
  const [id, thread] = [randomUUID(), randomUUID()];
  const before: PlatformEvent = { key: `web:ask:${id}`, body: { ask: id, toBot: false, files: [] } };
  await notes.note(before);
  const playground = await startPlayground(t, {}, notes);
  await playground.adapter.replay(before);
  assert.equal((await playground.post(`/api/threads/${thread}/prompts`, { id, text: "a fox" })).status, 202);
  const { turn } = await playground.next();
  const [, again] = [...notes.noted.values()];
  assert.ok(again && again.key !== before.key);
  assert.equal((turn as Prompt).event, again.key);
  await playground.adapter.replay(before);
  assert.equal(playground.taken.length, 0, "it is another's by now");
  await playground.adapter.replay(again);
  assert.equal((await playground.next()).turn.kind, "prompt", "and this one is its own");
});

for (const [what, attend] of [
  ["before it is stored", (work) => showWhile(() => assert.fail("it is another's"), work).catch(() => {})],
  ["before that is begun", async () => {}],
] satisfies [string, Attend][]) {
  test(`what another process has seen to by then is not stored, and is to be sent again: ${what}`, async (t) => {
    const notes = createNotes();
    let attends: Attend | undefined = attend;
    const playground = await startPlayground(
      t,
      {},
      {
        async note(event) {
          const own = await notes.note(event);
          return attends ?? own;
        },
      },
    );
    const path = `/api/threads/${randomUUID()}/prompts`;
    const form = { id: randomUUID(), text: "a fox", attachment: new File([await png(7)], "fox.png") };
    assert.ok((await playground.post(path, form)).status >= 500);
    assert.deepEqual(await playground.json("/api/threads"), []);
    assert.deepEqual(playground.taken, []);
    attends = undefined;
    assert.equal((await playground.post(path, form)).status, 202);
    assert.deepEqual(((await playground.next()).turn as Prompt).attachments.length, 1);
  });
}

test("what cannot be noted is refused in words, and leaves nothing", async (t) => {
  let isFull = true;
  const notes = createNotes();
  const playground = await startPlayground(
    t,
    {},
    {
      note: async (event) => {
        if (isFull) throw new BotError("storage", "There is no room. Make some, then try again.");
        return notes.note(event);
      },
    },
  );
  const path = `/api/threads/${randomUUID()}/prompts`;
  const form = { id: randomUUID(), text: "a fox", attachment: new File([await png(7)], "fox.png") };
  const refused = await playground.post(path, form);
  assert.equal(refused.status, 500);
  assert.match(await refused.text(), /Make some, then try again/);
  assert.deepEqual(await playground.json("/api/threads"), []);
  isFull = false;
  assert.equal((await playground.post(path, form)).status, 202);
  await playground.next();
});

test("an ask without an answer goes on after a restart, with its pictures and its question", async (t) => {
  const notes = createNotes();
  const dataDir = await createFolder(t);
  const before = await startPlayground(t, { dataDir }, notes);
  const thread = randomUUID();
  await before.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const key = await (await before.next()).reply.show(await view("done", { shade: 1 }));
  const shown = key.slice("web:".length);
  const [one, mask] = [await png(7), await png(8)];
  const form = {
    text: "in snow",
    options: JSON.stringify({ quality: "low" }),
    replyTo: shown,
    attachment: [new File([one], "fox.png"), new File(["words"], "notes.txt", { type: "text/plain" })],
    mask: new File([mask], "mask.png"),
  };
  await before.post(`/api/threads/${thread}/prompts`, form);
  const first = (await before.next()).turn as Prompt;
  await before.post(`/api/messages/${shown}/press`, { action: "edit", text: "more of it" });
  const pressed = (await before.next()).turn as Press;
  await before.adapter.stop();

  const after = await startPlayground(t, { dataDir }, notes);
  const [, asked, edited] = [...notes.noted.values()];
  assert.ok(asked && edited);
  await after.adapter.replay(asked);
  const { turn, reply } = await after.next();
  assert.equal(turn.kind, "prompt");
  const { attachments, ...rest } = turn as Prompt;
  const { attachments: sent, ...wanted } = first;
  assert.deepEqual(rest, wanted);
  assert.deepEqual(
    attachments.map(({ read: _, ...claims }) => claims),
    sent.map(({ read: _, ...claims }) => claims),
  );
  assert.deepEqual(Buffer.from((await attachments[0]?.read(signal)) ?? []), one);
  assert.equal(Buffer.from((await attachments[1]?.read(signal)) ?? []).toString(), "words");
  assert.deepEqual(Buffer.from((await attachments[2]?.read(signal)) ?? []), mask);
  for (const { source, read: _, ...claims } of sent) {
    if (source?.kind !== "platform") continue;
    const again = after.adapter.toAttachment({ ...claims, file: source.file });
    assert.ok((await again.read(signal)).length > 0);
  }

  await reply.show(await view("done", { shade: 2 }));
  await after.adapter.replay(asked);
  assert.equal(after.taken.length, 0, "an answered ask is over");
  await after.adapter.replay(edited);
  const again = await after.next();
  assert.deepEqual({ ...(again.turn as Press), input: undefined }, { ...pressed, input: undefined });
  assert.equal((again.turn as Press).input?.text, "more of it");
  assert.equal((await after.thread(thread)).messages.length, 5, "no question is asked twice");
});

test("an event that is being seen to is not seen to twice by a replay", async (t) => {
  const notes = createNotes();
  const held = Promise.withResolvers<void>();
  let handled = 0;
  const handle = () => {
    handled += 1;
    return held.promise;
  };
  const playground = await startPlayground(t, {}, { ...notes, handle });
  await playground.post(`/api/threads/${randomUUID()}/prompts`, { text: "a fox" });
  const [event] = notes.noted.values();
  assert.ok(event);
  const replayed = playground.adapter.replay(event);
  held.resolve();
  await replayed;
  assert.equal(handled, 1);
});

test("a double click on a button that draws is one turn", async (t) => {
  let clock = 1000;
  const playground = await startPlayground(t, { now: () => clock }, createNotes());
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const key = await (await playground.next()).reply.show(await view("done", { shade: 1 }));
  const path = `/api/messages/${key.slice("web:".length)}/press`;
  const click = () => playground.post(path, { action: "redo", id: randomUUID() });
  for (const { status } of await Promise.all([click(), click()])) assert.equal(status, 202);
  clock += 1999;
  await click();
  await playground.next();
  assert.equal(playground.taken.length, 0);
  clock += 1;
  await click();
  assert.equal(((await playground.next()).turn as Press).action, "redo", "later it is meant");
  clock -= 3600_000;
  await click();
  assert.equal(((await playground.next()).turn as Press).action, "redo", "also where the clock was set back");
});

test("a button that draws nothing is pressed once, however often the press is sent, and survives a restart", async (t) => {
  const notes = createNotes();
  const playground = await startPlayground(t, {}, notes);
  await playground.post(`/api/threads/${randomUUID()}/prompts`, { text: "a fox" });
  const key = await (await playground.next()).reply.show(await view("done", { shade: 1 }));
  const path = `/api/messages/${key.slice("web:".length)}/press`;
  const id = randomUUID();
  for (let times = 0; times < 3; times += 1) {
    assert.equal((await playground.post(path, { action: "delete", id })).status, 202);
  }
  const { turn } = await playground.next();
  assert.equal(playground.taken.length, 0);
  assert.equal((turn as Press).event, `web:press:${id}`);
  const event = notes.noted.get(`web:press:${id}`);
  assert.ok(event);
  await playground.adapter.replay(event);
  assert.deepEqual((await playground.next()).turn, turn);
});

test("an id that is none is refused", async (t) => {
  const playground = await startPlayground(t);
  for (const id of ["1", "x".repeat(36), "aaaaaaaa-aaaa-8aaa-aaaa-aaaaaaaaaaaa"]) {
    const response = await playground.post(`/api/threads/${randomUUID()}/prompts`, { id, text: "a fox" });
    assert.equal(response.status, 400, id);
  }
});

test("what is shown is not taken back: not by a late sketch, nor by a failure", async (t) => {
  const playground = await startPlayground(t);
  const events = await playground.events();
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const { reply } = await playground.next();
  await reply.show(await view("working", { shade: 1 }));
  const key = await reply.show(await view("done", { shade: 2, text: "Here." }));
  const shown = (await playground.thread(thread)).messages;

  const resumed = playground.adapter.reopen(key);
  assert.equal(await resumed.show(await view("queued")), key);
  assert.equal(await reply.show(await view("working", { shade: 3 })), key);
  assert.equal(await resumed.show(await view("failed", { text: "No." })), key);
  assert.deepEqual((await playground.thread(thread)).messages, shown);
  await resumed.show(await view("done", { shade: 2, text: "Here." }));
  assert.deepEqual((await playground.thread(thread)).messages, shown, "shown again it is the same");
  await resumed.show({ ...(await view("cancelled", { status: "Deleted by You" })), gone: true });
  const told: string[] = [];
  while (told.at(-1) !== "cancelled") {
    const { message } = await events.of("message");
    if (message.kind === "answer") told.push(message.view.phase);
  }
  assert.deepEqual(told, ["working", "done", "done", "cancelled"]);
});
