import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { WireAnswer, WireMessage } from "../adapters/web/wire/messages.ts";
import { createFolder, startDrawbridge } from "./rig/process.ts";
import { until } from "./rig/until.ts";

async function start(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const dataDir = env.DATA_DIR ?? (await createFolder(t));
  const bot = startDrawbridge(t, { DATA_DIR: dataDir, STANDIN_PACE_MS: "600", ...env });
  return { ...bot, dataDir };
}

async function draw(url: string, thread: string, text: string): Promise<void> {
  const form = new FormData();
  form.set("text", text);
  const response = await fetch(`${url}/api/threads/${thread}/prompts`, { method: "POST", body: form });
  assert.equal(response.status, 202);
}

async function answers(url: string, thread: string): Promise<readonly WireAnswer[]> {
  const response = await fetch(`${url}/api/threads/${thread}`);
  if (response.status === 404) return [];
  const { messages } = (await response.json()) as { messages: WireMessage[] };
  return messages.filter((message) => message.kind === "answer");
}

test("with no environment at all it says what it is, where, who draws, and what to set", async (t) => {
  const bot = await start(t);
  const url = await bot.url();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(bot.output(), /Painter\s+offline stand-in: placeholder pictures/);
  assert.match(bot.output(), /Store\s+sqlite:/);
  assert.match(bot.output(), /Adapters\s+web/);
  assert.match(bot.output(), /OPENAI_API_KEY=/);
  assert.match(bot.output(), /DISCORD_TOKEN=/);
  assert.match(bot.output(), /SLACK_BOT_TOKEN=/);
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.equal((await fetch(url)).status, 200);
});

test("a port that is taken gets a clear message", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const address = other.address();
  assert.ok(address && typeof address === "object");
  const bot = await start(t, { PORT: String(address.port) });
  assert.equal(await bot.ended(), 1);
  assert.match(bot.output(), /Port \d+ is taken\. Set PORT to another/);
  assert.doesNotMatch(bot.output(), /\n\s+at /, "no stack trace");
});

test("settings that cannot be are named, all of them", async (t) => {
  const bot = await start(t, { PORT: "eighty", STORE_URL: "mysql://x", HOST: "0.0.0.0" });
  assert.equal(await bot.ended(), 1);
  for (const name of ["PORT", "STORE_URL"]) assert.ok(bot.output().includes(`${name}: `), name);
});

test("a public address demands a password", async (t) => {
  const bot = await start(t, { HOST: "0.0.0.0" });
  assert.equal(await bot.ended(), 1);
  assert.match(bot.output(), /set PLAYGROUND_PASSWORD/);
});

test("an address from outside opens the pages for painting, and the playground only with a password", async (t) => {
  const PUBLIC_URL = "https://draw.example.com";
  const open = await start(t, { PUBLIC_URL });
  assert.equal(await open.ended(), 1);
  assert.match(open.output(), /PUBLIC_URL: opens the playground to the world: set PLAYGROUND_PASSWORD/);
  const bot = await start(t, { PUBLIC_URL, PLAYGROUND: "off" });
  await until(() => /From outside\s+https:\/\/draw\.example\.com/.test(bot.output()), "the banner");
  const [, url = ""] = /Painting\s+(http\S+)/.exec(bot.output()) ?? [];
  assert.equal((await fetch(url)).status, 404, "there is no playground");
  const page = await fetch(`${url}/area/made-up`);
  assert.match(await page.text(), /Edit area…/);
  assert.equal(page.status, 410);
});

test("a file of prices that cannot be used is said to be one, with what to change", async (t) => {
  const dataDir = await createFolder(t);
  const file = join(dataDir, "prices.json");
  await writeFile(file, JSON.stringify({ of: "2026-12-01", image: { "gpt-image-2": { output: -1 } } }));
  const bot = await start(t, { DATA_DIR: dataDir, PRICES_FILE: file });
  assert.equal(await bot.ended(), 1);
  assert.match(bot.output(), /image\.gpt-image-2\.output/);
  assert.doesNotMatch(bot.output(), /\n\s+at /, "no stack trace");
  const missing = await start(t, { PRICES_FILE: join(dataDir, "none.json") });
  assert.equal(await missing.ended(), 1);
  assert.match(missing.output(), /PRICES_FILE: .*none\.json cannot be read/);
});

test("an admin's prices are what answers are priced by", async (t) => {
  const dataDir = await createFolder(t);
  const file = join(dataDir, "prices.json");
  const image = { "gpt-image-2.5-sunburst": { output: 3000 } };
  await writeFile(file, JSON.stringify({ of: "2026-12-01", image }));
  const bot = await start(t, { DATA_DIR: dataDir, PRICES_FILE: file, OPENAI_STORE: "false" });
  const url = await bot.url();
  const thread = randomUUID();
  await draw(url, thread, "a fox --quality low");
  const done = async () => (await answers(url, thread)).at(-1)?.view.phase === "done";
  await until(done, "the picture");
  const cost = (await answers(url, thread)).at(-1)?.view.details?.cost;
  assert.equal(cost?.pricesOf, "2026-12-01");
  assert.ok((cost?.usd ?? 0) > 0.5, `${cost?.usd}`);
});

test("SIGTERM ends it cleanly", async (t) => {
  const bot = await start(t);
  await bot.url();
  await bot.kill("SIGTERM");
  assert.equal(await bot.ended(), 0, bot.output());
});

test("kill -9 at any moment loses nothing and doubles nothing", async (t) => {
  const dataDir = await createFolder(t);
  const thread = randomUUID();
  const prompts = ["a boat", "a lamp", "a tree", "a cat"];
  // From just after the request to just after the picture: each kill falls into another part of the turn.
  const moments = [5, 120, 350, 640];
  for (const [index, prompt] of prompts.entries()) {
    const bot = await start(t, { DATA_DIR: dataDir });
    const url = await bot.url();
    await draw(url, thread, prompt);
    await new Promise((resolve) => setTimeout(resolve, moments[index] ?? 0));
    await bot.kill("SIGKILL");
  }
  const bot = await start(t, { DATA_DIR: dataDir });
  const url = await bot.url();
  const settled = async () => {
    const shown = await answers(url, thread);
    return shown.length > 0 && shown.every(({ view }) => view.phase !== "working" && view.phase !== "queued");
  };
  await until(
    settled,
    async () => `the turns to end; there is ${JSON.stringify(await answers(url, thread))}`,
  );
  const shown = await answers(url, thread);
  const asks = new Set(shown.map(({ ask }) => ask));
  assert.equal(asks.size, shown.length, "one answer to each ask");
  for (const { view } of shown) {
    assert.equal(view.phase, "done", view.text);
    for (const { src } of view.images) assert.equal((await fetch(url + src)).status, 200);
  }
  assert.ok(shown.length >= 3, `${shown.length} turns were accepted`);
  await draw(url, thread, "make it night");
  await until(
    async () => (await answers(url, thread)).length === shown.length + 1 && (await settled()),
    "an edit",
  );
  const last = (await answers(url, thread)).at(-1);
  assert.equal(last?.view.phase, "done", last?.view.text ?? "nothing");
  assert.ok(last?.view.parent, "it goes on from the picture before");
});

test("another store is picked by its scheme", async (t) => {
  const folder = await createFolder(t);
  const bot = await start(t, { STORE_URL: `sqlite:${join(folder, "elsewhere", "x.db")}` });
  await bot.url();
  assert.match(bot.output(), /elsewhere\/x\.db/);
});

test("a store that cannot be opened ends the start with a message", async (t) => {
  const STORE_URL = "redis://user:hunter22@127.0.0.1:1/0";
  const bot = await start(t, { STORE_URL, STORE_WAIT_SECONDS: "1" });
  assert.equal(await bot.ended(), 1);
  assert.match(
    bot.output(),
    /^My memory at redis:\S+ does not answer \(.*ECONNREFUSED.*\)\. I wait for it, 1 s at most\.$/m,
  );
  assert.match(bot.output(), /My memory \(redis\) does not answer/);
  assert.doesNotMatch(bot.output(), /hunter22/);
});

test("a data folder that cannot be had, or is damaged, ends the start with a message", async (t) => {
  const folder = await createFolder(t);
  await writeFile(join(folder, "file"), "x");
  await mkdir(join(folder, "damaged", "stand-in"), { recursive: true });
  await writeFile(join(folder, "damaged", "stand-in", "standin.sqlite"), "no database ".repeat(1000));
  for (const [name, message] of [
    ["file", /Set DATA_DIR to one that can be written to/],
    ["damaged", /stand-in cannot open its files in .*Move that folder away/],
  ] as const) {
    const bot = await start(t, { DATA_DIR: join(folder, name) });
    assert.equal(await bot.ended(), 1);
    assert.match(bot.output(), message);
    assert.doesNotMatch(bot.output(), /\n\s+at /, "no stack trace");
  }
});

test("what it keeps is its owner's alone, also in a folder that others may enter", async (t) => {
  const folder = await createFolder(t);
  await chmod(folder, 0o755);
  const bot = await start(t, { DATA_DIR: folder });
  await bot.url();
  const names = await readdir(folder, { recursive: true });
  assert.ok(names.length >= 4, names.join());
  for (const name of names) assert.equal((await stat(join(folder, name))).mode & 0o077, 0, name);
});
