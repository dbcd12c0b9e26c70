import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { WireAnswer } from "../../../../adapters/web/wire/messages.ts";
import type { Core } from "../../../../src/seam/core.ts";
import { BotError } from "../../../../src/seam/errors.ts";
import type { PlatformEvent, Prompt } from "../../../../src/seam/turn.ts";
import { until } from "../../../rig/until.ts";
import { createFolder, png, raw, startPlayground, view } from "../../playground.ts";
import { createGround, type Ground, keptIn } from "./processes.ts";

/** A process of the fleet: the real adapter, with a core that only writes down what it is given. */
async function join(t: TestContext, { shared }: Ground, options: Parameters<typeof startPlayground>[1] = {}) {
  return startPlayground(t, { dataDir: await createFolder(t), ...options }, { shared: shared() });
}

test("what is asked at one process is watched at another, drawn by a third, and read by all", async (t) => {
  const ground = await createGround(t);
  const [one, other, third] = [await join(t, ground), await join(t, ground), await join(t, ground)];
  const events = await other.events();
  const [id, thread] = [randomUUID(), randomUUID()];
  assert.equal((await one.post(`/api/threads/${thread}/prompts`, { id, text: "a fox" })).status, 202);
  assert.equal((await events.of("thread")).thread.title, "a fox");
  assert.deepEqual((await events.of("message")).message, (await third.thread(thread)).messages[0]);

  const { reply } = await one.next();
  await reply.show(await view("working", { status: "Drawing, sketch 1 of 3", shade: 1 }));
  const sketched = (await events.of("message")).message as WireAnswer;
  assert.equal(sketched.view.status, "Drawing, sketch 1 of 3");
  const src = sketched.view.images[0]?.src ?? "";
  for (const process of [one, other, third]) {
    assert.equal((await process.get(src)).status, 200, "the sketch is there, whoever is asked");
    const shown = (await process.thread(thread)).messages.at(-1) as WireAnswer;
    assert.deepEqual(shown.view.images[0]?.src, src);
  }

  // Another takes over where the first one is gone.
  const reopened = third.adapter.reopen(reply.message ?? "web:nothing");
  await reopened.show(await view("done", { shade: 2 }));
  const done = (await events.of("message")).message as WireAnswer;
  assert.equal(done.view.phase, "done");
  const picture = await one.get(done.view.images[0]?.src ?? "");
  assert.deepEqual([picture.status, picture.headers.get("content-type")], [200, "image/png"]);
  // The first one was stopped in mid-air, and knows nothing of that.
  await reply.show(await view("working", { shade: 3 }));
  assert.equal(((await other.thread(thread)).messages.at(-1) as WireAnswer).view.phase, "done");
});

/** A process that has taken an ask, of which the server has lost what it had written last. */
async function loseAsk(t: TestContext, ground: Ground) {
  const process = await join(t, ground);
  const [id, thread] = [randomUUID(), randomUUID()];
  await process.post(`/api/threads/${randomUUID()}/prompts`, { id: randomUUID(), text: "a hare" });
  await process.next();
  const table = ground.store.table("shared:web", z.unknown());
  const before = await keptIn(ground.store);
  assert.equal((await process.post(`/api/threads/${thread}/prompts`, { id, text: "a fox" })).status, 202);
  const { turn } = await process.next();
  for (const key of (await keptIn(ground.store)).keys()) {
    const value = before.get(key);
    if (value === undefined) await table.delete(key);
    else await table.set(key, JSON.parse(value));
  }
  return { process, thread, id, key: (turn as Prompt).event ?? "web:none" };
}

test("what a server has lost of one that ends then is put back", async (t) => {
  const ground = await createGround(t);
  const { process, thread } = await loseAsk(t, ground);
  const other = await join(t, ground);
  assert.equal((await other.get(`/api/threads/${thread}`)).status, 404);
  await process.adapter.stop();
  assert.equal((await other.thread(thread)).messages.length, 1);
});

test("an ask that is gone on with while a server has lost it is waited for", async (t) => {
  const ground = await createGround(t);
  const { process, key, id } = await loseAsk(t, ground);
  const other = await join(t, ground);
  const body = { ask: id, toBot: false, files: [] };
  const replayed = other.adapter.replay({ key, body });
  await sleep(100); // it has looked in vain
  await process.get("/api/threads");
  const { turn } = await other.next();
  assert.equal((turn as Prompt).text, "a fox");
  await replayed;
});

test("an ask that the server has stored, and the answer was lost, is drawn once, and the page is told that it failed", async (t) => {
  const ground = await createGround(t);
  let isLost = false;
  const shared = () => {
    const own = ground.shared();
    const transact: typeof own.transact = async (work) => {
      let isEntry = false;
      const done = await own.transact((within) =>
        work({
          ...within,
          async set(key, value) {
            isEntry ||= key.startsWith("entry:");
            await within.set(key, value);
          },
        }),
      );
      if (!isLost || !isEntry) return done;
      isLost = false;
      throw new BotError("storage", "My memory does not answer.");
    };
    return { ...own, transact };
  };
  const seen: PlatformEvent[] = [];
  const note: Core["note"] = async (event) => {
    isLost = true;
    return (work) => work().catch(() => void seen.push(event)); // as the core does: it comes again
  };
  const dataDir = await createFolder(t);
  const process = await startPlayground(t, { dataDir }, { shared: shared(), note });
  const [id, thread] = [randomUUID(), randomUUID()];
  const form = { id, text: "a fox", attachment: new File([await png(7)], "fox.png") };
  assert.equal((await process.post(`/api/threads/${thread}/prompts`, form)).status, 500);
  await until(() => seen.length === 1, "it to come again");
  await process.adapter.replay(seen[0] ?? assert.fail());
  const { turn } = await process.next();
  const [picture] = (turn as Prompt).attachments;
  assert.ok((await picture?.read(AbortSignal.timeout(10_000)))?.byteLength, "with what was attached");
  assert.equal((await process.post(`/api/threads/${thread}/prompts`, form)).status, 202);
  assert.deepEqual(process.taken, []);
});

test("an ask that is sent to two processes is one", async (t) => {
  const ground = await createGround(t);
  const [one, other] = [await join(t, ground), await join(t, ground)];
  const [id, thread] = [randomUUID(), randomUUID()];
  const sent = await Promise.all(
    [one, other, one].map(async (process) => {
      const response = await process.post(`/api/threads/${thread}/prompts`, { id, text: "a fox" });
      return [response.status, await response.json()];
    }),
  );
  assert.deepEqual(sent, Array(3).fill([202, { ask: id }]));
  assert.equal((await one.thread(thread)).messages.length, 1);
  assert.equal(one.taken.length + other.taken.length, 1, "one sees to it");
});

test("a double click that comes to two processes is one turn", async (t) => {
  const ground = await createGround(t);
  const [one, other] = [await join(t, ground), await join(t, ground)];
  await one.post(`/api/threads/${randomUUID()}/prompts`, { text: "a fox" });
  const key = await (await one.next()).reply.show(await view("done", { shade: 1 }));
  const path = `/api/messages/${key.slice("web:".length)}/press`;
  const click = ({ post }: typeof one) => post(path, { action: "redo", id: randomUUID() });
  for (const { status } of await Promise.all([click(one), click(other)])) assert.equal(status, 202);
  assert.equal(one.taken.length + other.taken.length, 1);
});

test("who signs in at one process is known to another, and signs out of both", async (t) => {
  const ground = await createGround(t);
  const password = "a long password";
  const [one, other] = [await join(t, ground, { password }), await join(t, ground, { password })];
  const body = new URLSearchParams({ password });
  const answer = await one.get("/login", { method: "POST", body });
  assert.equal(answer.status, 303);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const ask = async (url: string, path: string, method = "GET") =>
    (await raw(url, { path, method, headers: { cookie, "sec-fetch-site": "same-origin" } })).status;
  assert.equal(await ask(other.url, "/page/main.bundle.css"), 200, "the first that a page asks for");
  assert.equal(await ask(other.url, "/api/about"), 200);
  const stream = await one.get("/api/events", { headers: { cookie, "sec-fetch-site": "same-origin" } });
  assert.equal(stream.status, 200);
  assert.equal(await ask(other.url, "/logout", "POST"), 303);
  await assert.rejects(stream.text(), "what is being told by another is cut off");
  assert.equal(await ask(one.url, "/api/about"), 401);
});

test("who tries passwords waits, whichever process is asked", async (t) => {
  const ground = await createGround(t);
  const password = "a long password";
  const [one, other] = [await join(t, ground, { password }), await join(t, ground, { password })];
  const statuses: number[] = [];
  for (const process of [one, other, one, other]) {
    const body = new URLSearchParams({ password: "a guess" });
    statuses.push((await process.get("/login", { method: "POST", body })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429]);
});

test("a link that is made at one process is open at another, until a third ends it", async (t) => {
  const ground = await createGround(t);
  const options = { sharedLinks: true };
  const [one, other] = [await join(t, ground, options), await join(t, ground, options)];
  const thread = randomUUID();
  await one.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  await (await one.next()).reply.show(await view("done", { shade: 1 }));
  const answer = (await other.thread(thread)).messages.at(-1);
  const made = await other.get(`/api/links/${answer?.id}/0`, { method: "POST" });
  const { path } = (await made.json()) as { path: string };
  assert.equal((await one.get(`${path}/picture`)).status, 200);
  assert.equal((await one.get(`/api/links/${answer?.id}/0`, { method: "DELETE" })).status, 204);
  assert.equal((await other.get(`${path}/picture`)).status, 404);
});

test("a thread that is deleted, renamed or brought back at one process is so at another's open page", async (t) => {
  const ground = await createGround(t);
  const [one, other] = [await join(t, ground), await join(t, ground)];
  const thread = randomUUID();
  await one.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  await (await one.next()).reply.show(await view("done", { shade: 1 }));
  const events = await one.events();
  const patch = { method: "PATCH", body: JSON.stringify({ title: "Foxes" }) };
  assert.equal((await other.get(`/api/threads/${thread}`, patch)).status, 200);
  assert.equal((await events.of("thread")).thread.title, "Foxes");
  assert.equal((await other.get(`/api/threads/${thread}`, { method: "DELETE" })).status, 204);
  assert.equal((await events.of("threadGone")).id, thread);
  assert.equal((await other.get(`/api/threads/${thread}/restore`, { method: "POST" })).status, 200);
  assert.equal((await events.of("thread")).thread.id, thread);
});

test("pages load anew where their process has missed what others said, and are told of what follows", async (t) => {
  const ground = await createGround(t);
  const missed: (() => void)[] = [];
  const shared = ground.shared();
  const bus = {
    ...shared.bus,
    onMissed(hear: () => void) {
      missed.push(hear);
      return () => {};
    },
  };
  const one = await startPlayground(t, { dataDir: await createFolder(t) }, { shared: { ...shared, bus } });
  const before = await one.events();
  for (const hear of missed) hear();
  await assert.rejects(async () => assert.equal(await before.next(), undefined, "it goes on"), {
    message: /terminated/,
  });
  const after = await one.events();
  await one.post(`/api/threads/${randomUUID()}/prompts`, { text: "a fox" });
  assert.equal((await after.of("thread")).thread.title, "a fox");
});
