import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { png, startPlayground, view } from "../playground.ts";

const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

test("forgetting the one person there is leaves the words that ask for it, and nothing else", async (t) => {
  const playground = await startPlayground(t);
  const { adapter, dataDir, post, next, json } = playground;
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const photo = new File([await png(3)], "photo.png", { type: "image/png" });
  const mask = new File([await png(4)], "mask.png", { type: "image/png" });
  await post(`/api/threads/${first}/prompts`, { text: "a red fox", attachment: photo, mask });
  await (await next()).reply.show(await view("done", { shade: 1, actions: ["redo"] }));
  await post(`/api/threads/${second}/prompts`, { text: "a blue fox" });
  await (await next()).reply.show(await view("done", { shade: 2, actions: ["redo"] }));
  await playground.get(`/api/threads/${second}`, { method: "DELETE" });
  await post(`/api/threads/${third}/prompts`, { text: "a grey fox" });
  await (await next()).reply.show(await view("done", { shade: 5, actions: ["redo"] }));
  await post(`/api/threads/${third}/prompts`, { text: "forget me" });
  const asked = await next();
  await asked.reply.show(await view("done", { text: "1 answer", audience: "asker", actions: ["forget"] }));
  assert.equal(filesIn(join(dataDir, "pictures")).length, 5);

  const page = await playground.events();
  assert.equal(await adapter.forget?.("discord:somebody"), 0, "nobody else is there");
  assert.equal(await adapter.forget?.("web:playground"), 2);
  while (await page.next().catch(() => undefined)); // it is cut off, and loads anew
  assert.deepEqual(await json("/api/threads"), [], "a thread of such words alone is not listed");
  const { messages, thread } = await playground.thread(third);
  assert.deepEqual([thread.title, thread.head], ["forget me", null]);
  assert.deepEqual(
    messages.map((one) => (one.kind === "ask" ? one.text : one.view.text)),
    ["forget me", "1 answer"],
  );
  assert.deepEqual(filesIn(join(dataDir, "pictures")), []);
  assert.deepEqual(filesIn(join(dataDir, "thumbnails")), []);
  assert.deepEqual(filesIn(join(dataDir, "uploads")), []);
  assert.deepEqual(await json("/api/deleted"), []);
  assert.deepEqual(await json("/api/search?q=fox"), []);

  const [, answer] = messages;
  assert.ok(answer);
  await post(`/api/messages/${answer.id}/press`, { action: "forget" });
  const pressed = await next();
  assert.equal(pressed.turn.kind === "press" && pressed.turn.action, "forget");
  await pressed.reply.show(await view("done", { text: "I have forgotten you.", audience: "asker" }));
  const after = (await playground.thread(third)).messages.at(-1);
  assert.equal(
    after?.kind === "answer" && after.view.text,
    "I have forgotten you.",
    "it can be read for longer",
  );
});

test("a thread in which nothing was said for too long goes with its pictures", async (t) => {
  let now = Date.UTC(2026, 10, 1);
  const first = await startPlayground(t, { now: () => now });
  const [old, young] = [randomUUID(), randomUUID()];
  for (const [id, shade] of [
    [old, 1],
    [young, 2],
  ] as const) {
    await first.post(`/api/threads/${id}/prompts`, { text: "a red fox" });
    await (await first.next()).reply.show(await view("done", { shade, actions: ["redo"] }));
    now += 24 * 3600 * 1000;
  }
  await first.adapter.stop();
  const keepMs = 36 * 3600 * 1000;
  const second = await startPlayground(t, { now: () => now, dataDir: first.dataDir, keepMs });
  const threads = await second.json<readonly { id: string }[]>("/api/threads");
  assert.deepEqual(
    threads.map(({ id }) => id),
    [young],
  );
  assert.equal(filesIn(join(first.dataDir, "pictures")).length, 1);
});
