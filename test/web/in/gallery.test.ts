import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { WireAnswer, WireGallery, WireThread } from "../../../adapters/web/wire/messages.ts";
import type { Press } from "../../../src/seam/turn.ts";
import { type Playground, png, startPlayground, view } from "../playground.ts";
import { unzip } from "../unzip.ts";

/** Asks for a picture and has it drawn; another `shade`, another picture. */
async function draw(playground: Playground, thread: string, prompt: string, shade: number) {
  await playground.post(`/api/threads/${thread}/prompts`, { text: prompt });
  const { reply } = await playground.next();
  const details = {
    ...{ prompt, revisedPrompt: `${prompt}, finely drawn`, options: [], elapsedMs: 1200, painter: "Nobody" },
    ...{ tokens: { input: 10, output: 20 }, cost: { usd: 0.042, pricesOf: "2026-01-01" } },
  };
  const key = await reply.show(await view("done", { shade, details }));
  const id = key.slice("web:".length);
  const { messages } = await playground.thread(thread);
  const answer = messages.find((message) => message.id === id) as WireAnswer;
  return { key, id, answer, src: answer.view.images[0]?.src ?? "" };
}

const prompts = async (playground: Playground, query: string) =>
  (await playground.json<WireGallery>(`/api/gallery${query}`)).pictures.map(({ prompt }) => prompt);

test("the gallery has all pictures, the newest first, and finds them by words", async (t) => {
  const playground = await startPlayground(t);
  const [one, two] = [randomUUID(), randomUUID()];
  await draw(playground, one, "a red fox in snow", 1);
  await draw(playground, two, "Café at night", 2);
  await draw(playground, one, "make it 100 % darker_", 3);
  await playground.post(`/api/threads/${two}/prompts`, { text: "what is a fox?" });
  await (await playground.next()).reply.show(await view("done", { text: "An animal." }));
  await playground.post(`/api/threads/${two}/prompts`, { text: "another fox" });
  await (await playground.next()).reply.show(await view("working", { shade: 9 }));

  const find = (query: string) => prompts(playground, query);
  assert.deepEqual(await find(""), ["make it 100 % darker_", "Café at night", "a red fox in snow"]);
  assert.deepEqual(
    await find("?q=FOX+snow"),
    ["make it 100 % darker_", "a red fox in snow"],
    "or by their thread's title",
  );
  assert.deepEqual(await find("?q=cafe"), ["Café at night"], "without its accent");
  assert.deepEqual(await find("?q=finely+drawn+night"), ["Café at night"], "by the words it was drawn from");
  assert.deepEqual(await find(`?q=${encodeURIComponent("100 %")}`), ["make it 100 % darker_"]);
  assert.deepEqual(await find(`?q=${encodeURIComponent("' OR 1=1 --")}`), []);
  assert.deepEqual(await find(`?q=${"word+".repeat(200)}`), []);
  assert.equal((await playground.get("/api/gallery?after=x")).status, 400);

  const { pictures } = await playground.json<WireGallery>("/api/gallery?q=cafe");
  assert.deepEqual(
    [pictures[0]?.thread, pictures[0]?.at, pictures[0]?.title, pictures[0]?.picture.width],
    [two, 0, "Café at night", 8],
  );
  const threads = async (query: string) =>
    (await playground.json<WireThread[]>(`/api/search?q=${query}`)).map(({ id }) => id);
  assert.deepEqual(await threads("fox"), [two, one], "asked for, answered or drawn");
  assert.deepEqual(await threads("animal"), [two]);
  assert.deepEqual(await threads("snow+darker"), [one], "in different messages of one thread");
  assert.deepEqual(await threads("nothing+of+that"), []);

  await playground.get(`/api/threads/${one}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ title: "Ночь in ZÜRICH" }),
  });
  for (const word of ["ночь", "Zurich", "zürich"]) {
    const query = encodeURIComponent(word);
    assert.deepEqual(await threads(query), [one], word);
    assert.deepEqual(await find(`?q=${query}`), ["make it 100 % darker_", "a red fox in snow"], word);
  }
});

test("a gallery of many pictures is fetched in parts, none of them twice", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  for (let number = 0; number < 65; number += 1) await draw(playground, thread, `boat ${number}`, number % 3);
  const first = await playground.json<WireGallery>("/api/gallery?q=boat");
  const second = await playground.json<WireGallery>(`/api/gallery?q=boat&after=${first.next}`);
  assert.equal(second.next, undefined);
  const all = [...first.pictures, ...second.pictures].map(({ prompt }) => prompt);
  assert.deepEqual(
    all,
    Array.from({ length: 65 }, (_, at) => `boat ${64 - at}`),
  );
});

test("favourites are kept on the server, told to every page, and go with their picture", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const fox = await draw(playground, thread, "a fox", 1);
  await draw(playground, thread, "a cat", 2);
  const file = fox.src.split("/").at(-1);
  const events = await playground.events();
  assert.equal((await playground.get(`/api/favourites/${file}`, { method: "PUT" })).status, 204);
  assert.deepEqual(await events.of("favourite"), { type: "favourite", src: fox.src, isOne: true });
  assert.deepEqual(await prompts(playground, "?favourites=on"), ["a fox"]);
  const { dataDir } = playground;
  await playground.adapter.stop();

  const again = await startPlayground(t, { dataDir });
  assert.deepEqual(await again.json("/api/favourites"), [fox.src]);
  for (const name of ["none.png", "..%2Fplayground.db", `${"0".repeat(64)}.png`]) {
    assert.equal((await again.get(`/api/favourites/${name}`, { method: "PUT" })).status, 404, name);
  }
  await again.get(`/api/favourites/${file}`, { method: "DELETE" });
  assert.deepEqual(await again.json("/api/favourites"), []);
  const headers = { "sec-fetch-site": "cross-site" };
  assert.equal((await again.get(`/api/favourites/${file}`, { method: "PUT", headers })).status, 403);
  await again.get(`/api/favourites/${file}`, { method: "PUT" });
  await again.get(`/api/threads/${thread}`, { method: "DELETE" });
  await again.adapter.stop();
  const later = await startPlayground(t, { dataDir, now: afterAnHour });
  assert.deepEqual(await later.json("/api/favourites"), []);
});

test("what was asked before comes back, that of the thread first, each once", async (t) => {
  const playground = await startPlayground(t);
  const [one, two] = [randomUUID(), randomUUID()];
  for (const [thread, text] of [
    [one, "a fox"],
    [one, "a cat"],
    [two, "a dog"],
    [one, "a fox"],
  ] as const) {
    await playground.post(`/api/threads/${thread}/prompts`, { text });
    await playground.next();
  }
  const before = (thread: string) => playground.json<string[]>(`/api/prompts?thread=${thread}`);
  assert.deepEqual(await before(one), ["a fox", "a cat", "a dog"]);
  assert.deepEqual(await before(two), ["a dog", "a fox", "a cat"]);
  assert.deepEqual(await before(randomUUID()), ["a fox", "a dog", "a cat"]);
});

test("a thread that is drawing says so in the list, until it is over", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const drawing = async () => (await playground.json<WireThread[]>("/api/threads")).map((one) => one.drawing);
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const { reply } = await playground.next();
  const events = await playground.events();
  await reply.show(await view("queued"));
  assert.equal((await events.of("thread")).thread.drawing, true);
  assert.deepEqual(await drawing(), [true]);
  await reply.show(await view("done", { shade: 1 }));
  assert.equal((await events.of("thread")).thread.drawing, undefined);
  assert.deepEqual(await drawing(), [undefined]);
});

test("an archive holds every picture as it is, with who came from what, the words and the cost", async (t) => {
  const playground = await startPlayground(t);
  const [one, two] = [randomUUID(), randomUUID()];
  const attachment = new File([await png(7)], "../../evil.png", { type: "image/png" });
  await playground.post(`/api/threads/${one}/prompts`, {
    text: "../../../etc/passwd\n‮ CON: <b>",
    attachment,
  });
  await (await playground.next()).reply.show(await view("done", { shade: 1 }));
  const night = await draw(playground, one, "/rooted\\name|?*.exe", 2);
  await draw(playground, two, "день и ночь", 3);
  await playground.get(`/api/favourites/${night.src.split("/").at(-1)}`, { method: "PUT" });

  const response = await playground.get("/api/export");
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.match(
    response.headers.get("content-disposition") ?? "",
    /^attachment; filename="drawbridge-all-\d{4}-\d\d-\d\d\.zip"$/,
  );
  assert.equal(response.headers.get("cache-control"), "no-store");
  const files = unzip(Buffer.from(await response.arrayBuffer()));
  for (const name of files.keys()) {
    assert.match(name, /^(?:drawbridge\.json|\d{3}-[\p{L}\p{N}-]+\/\d{3}-[\p{L}\p{N}-]+\.png)$/u);
  }
  const list = JSON.parse(files.get("drawbridge.json")?.toString() ?? "");
  assert.equal(list.threads.length, 2);
  const [, asked] = list.threads.map(({ messages }: { messages: unknown[] }) => messages[0]);
  assert.equal(asked.prompt, "../../../etc/passwd\n‮ CON: <b>");
  assert.deepEqual(files.get(asked.files[0].path), await png(7));
  const answers = list.threads.flatMap(({ messages }: { messages: { kind: string }[] }) =>
    messages.filter(({ kind }) => kind === "answer"),
  );
  const drawn = answers.find(({ id }: { id: string }) => id === night.id);
  assert.deepEqual(files.get(drawn.files[0].path), await png(2));
  assert.deepEqual(
    [drawn.asked, drawn.cost.usd, drawn.tokens.output, drawn.files[0].favourite],
    [night.answer.ask, 0.042, 20, true],
  );

  const single = await playground.get(`/api/threads/${two}/export`);
  assert.match(single.headers.get("content-disposition") ?? "", /filename="drawbridge-[a-z0-9-]+\.zip"/);
  assert.equal([...unzip(Buffer.from(await single.arrayBuffer())).keys()].length, 2);
  assert.equal((await playground.get(`/api/threads/${randomUUID()}/export`)).status, 404);
  assert.equal((await playground.get("/api/threads/..%2f../export")).status, 404);
});

test("a deleted picture is back as it was, for an hour, and its bytes are gone after it", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const fox = await draw(playground, thread, "a fox", 1);
  const cat = await draw(playground, thread, "a cat", 2);
  const press = (action: string, id: string) => playground.post(`/api/messages/${id}/press`, { action });
  async function remove(id: string) {
    assert.equal((await press("delete", id)).status, 202);
    await playground.next();
    const gone = await view("cancelled", { status: "Deleted by You", gone: true });
    await playground.adapter.reopen(`web:${id}`).show(gone);
  }
  await remove(cat.id);
  assert.deepEqual(await prompts(playground, ""), ["a fox"]);
  assert.equal((await playground.get(cat.src)).status, 404);
  const [shown] = await playground.json<WireThread[]>("/api/threads");
  assert.equal(shown?.cover, fox.src, "the list shows another");
  const [, , , stone] = (await playground.thread(thread)).messages as WireAnswer[];
  assert.deepEqual([stone?.view.status, stone?.view.images], ["Deleted by You", []]);
  assert.ok((stone?.view.gone ?? 0) > Date.now());

  assert.equal((await press("restore", fox.id)).status, 410, "it is not deleted");
  assert.equal((await press("restore", cat.id)).status, 202);
  const { turn, reply } = await playground.next();
  assert.equal((turn as Press).action, "restore");
  const events = await playground.events();
  await reply.show(await view("done", { text: "It is back.", audience: "asker" }));
  assert.equal((await events.of("thread")).thread.cover, cat.src, "the list shows it again");
  const { messages } = await playground.thread(thread);
  assert.deepEqual(messages[3], cat.answer);
  assert.equal((await playground.get(cat.src)).status, 200);
  assert.deepEqual(await prompts(playground, ""), ["a cat", "a fox"]);

  await remove(cat.id);
  const { dataDir } = playground;
  await playground.adapter.stop();
  assert.equal((await readdir(join(dataDir, "pictures"))).length, 2);
  const later = await startPlayground(t, { dataDir, now: afterAnHour });
  assert.equal((await later.post(`/api/messages/${cat.id}/press`, { action: "restore" })).status, 410);
  assert.deepEqual(await readdir(join(dataDir, "pictures")), [fox.src.split("/").at(-1)]);
});

test("a deleted thread is brought back whole, what was being drawn in it as cancelled", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const fox = await draw(playground, thread, "a fox", 1);
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a cat" });
  const { reply } = await playground.next();
  await reply.show(await view("working", { status: "Drawing" }));
  await playground.get(`/api/threads/${thread}`, { method: "DELETE" });
  assert.equal(((await playground.next()).turn as Press).action, "cancel");
  await reply.show(await view("done", { shade: 2 }));
  assert.deepEqual(await prompts(playground, ""), []);
  assert.deepEqual(await playground.json("/api/search?q=fox"), []);

  const deleted = async () => (await playground.json<WireThread[]>("/api/deleted")).map(({ id }) => id);
  assert.deepEqual(await deleted(), [thread]);
  const events = await playground.events();
  const back = await playground.get(`/api/threads/${thread}/restore`, { method: "POST" });
  assert.equal(back.status, 200);
  assert.equal((await events.of("thread")).thread.id, thread);
  assert.deepEqual(await deleted(), []);
  const { messages } = await playground.thread(thread);
  assert.deepEqual(messages[1], fox.answer);
  assert.equal((messages[3] as WireAnswer).view.phase, "cancelled");
  assert.equal((await playground.get(fox.src)).status, 200);
  assert.equal(
    (await playground.get(`/api/threads/${randomUUID()}/restore`, { method: "POST" })).status,
    404,
  );

  await playground.get(`/api/threads/${thread}`, { method: "DELETE" });
  await draw(playground, thread, "a dog", 3);
  assert.equal(
    (await playground.thread(thread)).messages.length,
    2,
    "a new one of the same name begins anew",
  );
});

function afterAnHour(): number {
  return Date.now() + 61 * 60_000;
}
