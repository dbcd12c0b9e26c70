import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createFolder, type Drawbridge, startDrawbridge } from "./rig/process.ts";
import { until } from "./rig/until.ts";

const isWaiting =
  /Another Drawbridge is at work on \S+ \(process \d+\)\. I wait for it to end, \d+ s at most\./g;

function start(t: TestContext, dataDir: string, env: Readonly<Record<string, string>> = {}): Drawbridge {
  return startDrawbridge(t, { DATA_DIR: dataDir, STANDIN_PACE_MS: "50", ...env });
}

async function draw(url: string, thread: string, text: string): Promise<void> {
  const form = new FormData();
  form.set("text", text);
  const response = await fetch(`${url}/api/threads/${thread}/prompts`, { method: "POST", body: form });
  assert.equal(response.status, 202);
}

async function phases(url: string, thread: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/threads/${thread}`);
  const { messages } = (await response.json()) as { messages: { kind: string; view?: { phase: string } }[] };
  return messages.flatMap(({ kind, view }) => (kind === "answer" && view ? [view.phase] : []));
}

async function waits(bot: Drawbridge): Promise<void> {
  await until(
    () => bot.output().match(isWaiting) !== null,
    async () => `it to wait; there is ${bot.output()}`,
  );
}

test("a second process waits for the first, opens nothing meanwhile, and goes on with what that knew", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir);
  const url = await first.url();
  const thread = randomUUID();
  await draw(url, thread, "a fox");
  await until(async () => (await phases(url, thread)).at(-1) === "done", "the picture");

  const second = start(t, dataDir);
  await waits(second);
  await draw(url, thread, "make it night");
  await until(async () => (await phases(url, thread)).length === 2, "the first to work on undisturbed");
  await first.kill("SIGTERM");
  assert.equal(await first.ended(), 0, first.output());
  const next = await second.url();
  assert.equal(second.output().match(isWaiting)?.length, 1, "it says so once");
  assert.doesNotMatch(second.output().split("I wait for it")[0] ?? "", /listening|standin/);
  await until(
    async () => (await phases(next, thread)).join() === "done,done",
    async () => `both pictures; there is ${await phases(next, thread)}`,
  );
  await second.kill("SIGTERM");
  assert.equal(await second.ended(), 0, second.output());
});

test("a process that waits takes over when the first is killed", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir);
  await first.url();
  const second = start(t, dataDir, { TAKEOVER_SECONDS: "20" });
  await waits(second);
  await first.kill("SIGKILL");
  await second.url();
});

test("a process that cannot have the data in time says so and ends, and the first is not disturbed", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir);
  const url = await first.url();
  for (const [seconds, message] of [
    [
      "0",
      /^Another Drawbridge is at work on \S+ \(process \d+\)\. Stop it, or set DATA_DIR to another folder\.$/m,
    ],
    ["1", /\(process \d+\)\. It has not ended within 1 s\. Stop it, or set DATA_DIR to another folder\.$/m],
  ] as const) {
    const second = start(t, dataDir, { TAKEOVER_SECONDS: seconds });
    assert.equal(await second.ended(), 1);
    assert.match(second.output(), message);
    assert.doesNotMatch(second.output(), /\n\s+at |listening|standin/);
  }
  assert.equal((await fetch(`${url}/health`)).status, 200);
});

test("a process that waits ends at once, and well, when it is told to stop", async (t) => {
  const dataDir = await createFolder(t);
  await start(t, dataDir).url();
  const second = start(t, dataDir);
  await waits(second);
  await second.kill("SIGTERM");
  assert.equal(await second.ended(), 0, second.output());
  assert.doesNotMatch(second.output(), /\n\s+at /);
});

test("two processes with folders of their own do not share a store", async (t) => {
  const folder = await createFolder(t);
  await start(t, join(folder, "one")).url();
  const STORE_URL = `sqlite:${join(folder, "one", "drawbridge.db")}`;
  const second = start(t, join(folder, "two"), { STORE_URL, TAKEOVER_SECONDS: "0" });
  assert.equal(await second.ended(), 1);
  assert.match(
    second.output(),
    /at work on sqlite:\S+ \(process \d+\)\. Stop it, or set STORE_URL to another store/,
  );
});

test("a second signal ends a process that is stopping, and loses nothing", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir, { STOP_GRACE_SECONDS: "600", STANDIN_PACE_MS: "5000" });
  const url = await first.url();
  const thread = randomUUID();
  await draw(url, thread, "a fox");
  await until(async () => (await phases(url, thread)).length === 1, "the first view");
  // What comes within half a second of the first is the same Ctrl-C, as npm passes it on.
  const signalled = setInterval(() => void first.kill("SIGTERM"), 100);
  t.after(() => clearInterval(signalled));
  assert.equal(await first.ended(), 1, first.output());
  clearInterval(signalled);
  const next = await start(t, dataDir).url();
  await until(
    async () => (await phases(next, thread)).join() === "done",
    async () => `the picture; there is ${await phases(next, thread)}`,
  );
});

test("what is still being drawn when the grace is over is handed on", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir, { STOP_GRACE_SECONDS: "0", STANDIN_PACE_MS: "3000" });
  const url = await first.url();
  const thread = randomUUID();
  await draw(url, thread, "a fox");
  await until(async () => (await phases(url, thread)).length === 1, "the first view");
  await first.kill("SIGTERM");
  assert.equal(await first.ended(), 0, first.output());
  const next = await start(t, dataDir).url();
  await until(async () => (await phases(next, thread)).join() === "done", "the picture");
});

test("a damaged store is set aside, and the banner and the log say so", async (t) => {
  const dataDir = await createFolder(t);
  const first = start(t, dataDir);
  await first.url();
  await first.kill("SIGTERM");
  const path = join(dataDir, "drawbridge.db");
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(4096, 0x55), 0, 4096, 4096);
  await file.close();
  const damaged = await readFile(path);

  const second = start(t, dataDir);
  await second.url();
  const [, aside = ""] = /^ {2}Set aside\s+(\S+)$/m.exec(second.output()) ?? [];
  assert.deepEqual(await readFile(aside), damaged);
  assert.equal((await stat(aside)).mode & 0o077, 0);
  assert.match(
    second.output(),
    /The store was damaged, so it was set aside and a new one was begun\. What was in it/,
  );
  assert.equal(second.output().match(/"msg":"store\.damaged/g)?.length, 1);
  await second.kill("SIGTERM");
  const third = start(t, dataDir);
  await third.url();
  assert.doesNotMatch(third.output(), /Set aside/);
  assert.equal((await readdir(dataDir)).filter((name) => /damaged-.*Z$/.test(name)).length, 1);
});
