import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openDatabase } from "../../../adapters/web/live/database.ts";
import type { About, WireGallery } from "../../../adapters/web/wire/messages.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createFolder, startPlayground, view } from "../playground.ts";

test("a damaged chat is set aside with its pictures, and a new one begun: so say the page and the log", async (t) => {
  const dataDir = await createFolder(t);
  await mkdir(join(dataDir, "pictures"));
  const picture = join("pictures", `${"a".repeat(64)}.png`);
  await writeFile(join(dataDir, picture), "a picture");
  await writeFile(join(dataDir, "playground.db"), "no database at all ".repeat(100));
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const playground = await startPlayground(t, { dataDir, log });

  const names = await readdir(dataDir);
  const aside = names.find((name) => /^playground\.db\.damaged-\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(name));
  assert.ok(aside !== undefined, names.join());
  assert.match(await readFile(join(dataDir, aside), "utf8"), /^no database at all/);
  const ending = aside.slice("playground.db".length);
  assert.equal(await readFile(join(dataDir, picture.replace("/", `${ending}/`)), "utf8"), "a picture");
  const about = await playground.json<About>("/api/about");
  assert.ok(about.lost?.includes(aside), String(about.lost));
  assert.equal(lines.filter((line) => line.includes('"chat.damaged"') && line.includes(aside)).length, 1);

  const thread = randomUUID();
  assert.equal((await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" })).status, 202);
  await playground.adapter.stop();
  const again = await startPlayground(t, { dataDir });
  assert.equal((await again.json<About>("/api/about")).lost, undefined);
  assert.equal((await again.thread(thread)).messages.length, 1);
});

test("a file that is about to be let go is waited for", async (t) => {
  const folder = await createFolder(t);
  const first = await openDatabase(folder);
  const second = openDatabase(folder);
  // By then the second has found it locked: opening is tried at once.
  first.prepare("INSERT INTO settings (name, value) VALUES (?, ?)").run("one", "1");
  first.close();
  const open = await second;
  assert.equal(open.prepare("SELECT value FROM settings").get()?.value, "1");
  open.close();
});

const foxDetails = { prompt: "a fox", options: [], elapsedMs: 1, painter: "Nobody" } as const;

test("a file of an older version is brought up to date, with all that is in it; one of a newer is left alone", async (t) => {
  const dataDir = await createFolder(t);
  const thread = randomUUID();
  const before = await startPlayground(t, { dataDir });
  await before.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  await (await before.next()).reply.show(await view("done", { shade: 1, details: foxDetails }));
  await before.adapter.stop();
  // As it was before there were sessions, and a gallery.
  const old = new DatabaseSync(join(dataDir, "playground.db"));
  old.exec("DROP TABLE sessions; DROP TABLE browsers; PRAGMA user_version = 1");
  old.exec("DROP TABLE found; DROP TABLE favourites; DROP TABLE trash; DROP TABLE links");
  old.exec("ALTER TABLE threads DROP COLUMN undone; ALTER TABLE threads DROP COLUMN deletedAt");
  old.exec("INSERT INTO settings VALUES ('secret', 'by which cookies were signed')");
  old.close();

  const after = await startPlayground(t, { dataDir });
  assert.equal((await after.thread(thread)).messages.length, 2);
  assert.equal((await after.json<WireGallery>("/api/gallery?q=FOX")).pictures.length, 1, "it is found, too");
  await after.adapter.stop();
  const password = "a long password";
  const shut = await startPlayground(t, { dataDir, password });
  const body = new URLSearchParams({ password });
  assert.equal((await shut.get("/login", { method: "POST", body })).status, 303);
  await shut.adapter.stop();

  const newer = new DatabaseSync(join(dataDir, "playground.db"));
  assert.equal(newer.prepare("SELECT count(*) AS n FROM settings WHERE name = 'secret'").get()?.n, 0);
  newer.exec("PRAGMA user_version = 1000");
  newer.close();
  await assert.rejects(startPlayground(t, { dataDir }), { code: "storage", message: /of a newer version/ });
});

test("a full disk is said in words, and what cannot be written is not half written", async (t) => {
  const database = await openDatabase(await createFolder(t));
  t.after(() => database.close());
  const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
  database.prepare(`PRAGMA max_page_count = ${pages}`).get();
  const write = () =>
    database.atomically(() => {
      const insert = database.prepare("INSERT INTO settings (name, value) VALUES (?, ?)");
      for (const name of ["one", "two"]) insert.run(name, "x".repeat(100_000));
    });
  await assert.rejects(write, { code: "storage", message: /no room left on the disk/ });
  assert.equal(database.prepare("SELECT count(*) AS n FROM settings").get()?.n, 0);
  database.prepare("PRAGMA max_page_count = 100000").get();
  await write();
  assert.equal(database.prepare("SELECT count(*) AS n FROM settings").get()?.n, 2);
});

test("a view that cannot be stored is refused for as long as that lasts, and said once", async (t) => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const playground = await startPlayground(t, { log });
  const events = await playground.events();
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const { reply } = await playground.next();
  const pictures = join(playground.dataDir, "pictures");
  await rm(pictures, { recursive: true });
  const done = await view("done", { shade: 1 });
  for (let tries = 0; tries < 3; tries += 1) await assert.rejects(reply.show(done), { code: "storage" });
  await mkdir(pictures);
  await reply.show(done);
  const told: unknown[] = [];
  for (let event = await events.next(); event; event = await events.next()) {
    if (event.type === "notice") told.push([event.text, event.failed]);
    if (event.type === "message" && event.message.kind === "answer") break;
  }
  assert.deepEqual(told, [
    [`The playground cannot store in ${pictures}. See that the folder can be written to.`, true],
  ]);
  assert.equal(lines.filter((line) => line.includes('"chat.failed"')).length, 1);
  assert.equal(lines.filter((line) => line.includes('"chat.stores"')).length, 1);
});
