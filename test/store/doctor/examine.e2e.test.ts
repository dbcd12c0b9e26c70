import assert from "node:assert/strict";
import { chown, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { createClient } from "@keyv/redis";
import { examineStore } from "../../../src/store/doctor/examine.ts";
import { openStore } from "../../../src/store/store.ts";
import { assertFound, assertWell } from "../../rig/findings.ts";
import { createFolder, startDrawbridge } from "../../rig/process.ts";
import { createPostgres, createRedis } from "../../rig/servers.ts";

const roomy = () => 50 * 1024 ** 3;

async function look(dataDir: string, storeUrl = `sqlite:${join(dataDir, "drawbridge.db")}`, freeIn = roomy) {
  return examineStore({ dataDir, storeUrl, freeIn });
}

test("a folder that is not there yet is well, and is not made by looking", async (t) => {
  const folder = await createFolder(t);
  const { findings, isTaken } = await look(join(folder, "data"));
  assertWell(findings);
  assertFound(findings, "store.folder", "ok", /can be made/);
  assert.equal(isTaken, false);
  assert.deepEqual(await readdir(folder), []);
  const { findings: measured } = await examineStore({ dataDir: folder, storeUrl: `sqlite:${folder}/x.db` });
  assertFound(measured, "store.disk", "ok", /(GB|MB) are free/);
});

test("a folder that is none is mended by another", async (t) => {
  const folder = await createFolder(t);
  await writeFile(join(folder, "file"), "x", { mode: 0o600 });
  const { findings } = await look(join(folder, "file", "data"));
  assertFound(findings, "store.folder", "error", /may not be written to/, /DATA_DIR/);
  assertWell((await look(folder)).findings);
});

test("a disk that is nearly full is told of", async (t) => {
  const folder = await createFolder(t);
  const free = (bytes: number) => look(folder, undefined, () => bytes);
  assertFound(
    (await free(500 * 1024 ** 2)).findings,
    "store.disk",
    "warning",
    /^500 MB are free/,
    /Make room/,
  );
  assertFound((await free(100 * 1024 ** 2)).findings, "store.disk", "error", /^100 MB are free/);
  assertWell((await free(2 * 1024 ** 3)).findings);
});

test("a file that is damaged, or of a newer version, is said to be and left as it is", async (t) => {
  const folder = await createFolder(t);
  const path = join(folder, "drawbridge.db");
  await (await openStore(`sqlite:${path}`)).close();
  assertWell((await look(folder)).findings);
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  assertFound((await look(folder)).findings, "store.reach", "error", /newer version/, /Update/);
  await writeFile(path, "no database ".repeat(1000));
  assertFound((await look(folder)).findings, "store.reach", "error", /is damaged/, /Put a copy of it back/);
  assert.match(await readFile(path, "utf8"), /^no database/);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes("damaged")),
    [],
  );
});

test("beside another user's file nothing is left that would be in their way", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root can give a file away");
  const folder = await createFolder(t);
  const path = join(folder, "drawbridge.db");
  await (await openStore(`sqlite:${path}`)).close();
  await chown(path, 65_534, 65_534);
  const before = await readdir(folder);
  const { findings } = await look(folder);
  assertFound(findings, "store.reach", "ok", /is a store of version 1/);
  assert.deepEqual(await readdir(folder), before);
});

test("a bot that runs is found by its process, and is not disturbed", async (t) => {
  const dataDir = await createFolder(t);
  const bot = startDrawbridge(t, { DATA_DIR: dataDir });
  const url = await bot.url();
  const { findings, isTaken } = await look(dataDir);
  assertWell(findings);
  assert.equal(isTaken, true);
  assertFound(
    findings,
    "store.alone",
    "ok",
    /Another Drawbridge is at work on .* \(process \d+\): your bot, if it runs/,
  );
  assert.equal((await fetch(`${url}/health`)).status, 200);
  await bot.kill("SIGTERM");
  assert.equal(await bot.ended(), 0, bot.output());
  const after = await look(dataDir);
  assertWell(after.findings);
  assertFound(after.findings, "store.alone", "ok", /No other process/);
});

test("what is in memory is forgotten, and said to be", async (t) => {
  const folder = await createFolder(t);
  const { findings } = await look(folder, "memory:");
  assertFound(findings, "store.reach", "warning", /forgotten/, /Leave STORE_URL out/);
});

test("Redis: its version, what it throws away, what it does not write; mended by its settings", async (t) => {
  const server = await createRedis();
  if (!server) return t.skip("no redis-server here");
  t.after(async () => {
    await server.stop();
    await server.remove();
  });
  const folder = await createFolder(t);
  await mkdir(folder, { recursive: true });
  const away = (await look(folder, server.url)).findings;
  assertFound(away, "store.reach", "error", /cannot be used/, /See that the server runs/);
  await server.start();
  const client = createClient({ url: server.url });
  client.on("error", () => {});
  await client.connect();
  t.after(() => client.destroy());
  await client.configSet("maxmemory", "100mb");
  await client.configSet("maxmemory-policy", "allkeys-lru");
  const { findings } = await look(folder, server.url);
  assertFound(findings, "store.version", "ok", /^Redis \d/);
  assertFound(findings, "store.eviction", "error", /allkeys-lru/, /CONFIG SET maxmemory-policy noeviction/);
  assertFound(
    findings,
    "store.persistence",
    "warning",
    /does not write each change/,
    /CONFIG SET appendonly yes/,
  );
  await client.configSet("maxmemory-policy", "noeviction");
  const other = await createRedis("--appendonly", "yes", "--dir", folder);
  assert.ok(other);
  await other.start();
  t.after(() => other.stop());
  assertWell((await look(folder, other.url)).findings);
  const secret = server.url.replace("redis://", "redis://me:hunter22@");
  assert.ok(!JSON.stringify(await look(folder, secret)).includes("hunter22"));
});

test("PostgreSQL: whether it can be reached, and its version", async (t) => {
  const server = await createPostgres();
  if (!server) return t.skip("no PostgreSQL here");
  t.after(async () => {
    await server.stop();
    await server.remove();
  });
  const folder = await createFolder(t);
  const away = (await look(folder, server.url)).findings;
  assertFound(away, "store.reach", "error", /cannot be used/, /STORE_URL/);
  await server.start();
  const { findings } = await look(folder, server.url);
  assertWell(findings);
  assertFound(findings, "store.version", "ok", /^PostgreSQL \d/);
});
