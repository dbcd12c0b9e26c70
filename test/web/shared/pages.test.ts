import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { WebOptions } from "../../../adapters/web/index.ts";
import type { About, WireLink, WireLinks } from "../../../adapters/web/wire/messages.ts";
import { createLog } from "../../../src/seam/log.ts";
import { type Playground, png, raw, startPlayground, view } from "../playground.ts";

const password = "a long password";

/** A playground with a picture in it, and somebody who is signed in where there is a password. */
async function openShared(t: TestContext, options: Partial<WebOptions> = {}) {
  const playground = await startPlayground(t, { sharedLinks: true, ...options });
  const body = new URLSearchParams({ password });
  const signedIn = options.password && (await playground.get("/login", { method: "POST", body }));
  const cookies = signedIn ? signedIn.headers.getSetCookie().map((cookie) => cookie.split(";")[0]) : [];
  const headers = { cookie: cookies.join("; "), "sec-fetch-site": "same-origin" };
  const ask = (path: string, init: RequestInit = {}) => playground.get(path, { headers, ...init });
  const thread = randomUUID();
  const form = new FormData();
  form.set("text", "a secret prompt about a fox");
  await ask(`/api/threads/${thread}/prompts`, { method: "POST", body: form });
  const { reply } = await playground.next();
  const answer = (await reply.show(await view("done", { shade: 1, text: "secret words" }))).slice(4);
  const links = `/api/links/${answer}/0`;
  return {
    ...{ playground, ask, thread, answer, links },
    async share(): Promise<string> {
      const made = await ask(links, { method: "POST" });
      assert.equal(made.status, 201);
      return ((await made.json()) as WireLink).path;
    },
    count: async () => ((await (await ask(links)).json()) as WireLinks).count,
  };
}

/** Removes an answer as the core does. */
async function remove(playground: Playground, answer: string): Promise<void> {
  const gone = await view("cancelled", { status: "Deleted by You", gone: true });
  await playground.adapter.reopen(`web:${answer}`).show(gone);
}

test("a link shows one picture to who has it, without a password, and nothing of what was said", async (t) => {
  const { playground, share, count } = await openShared(t, { password });
  const [one, two] = [await share(), await share()];
  assert.notEqual(one, two);
  assert.match(one, /^\/shared\/[\w-]{43}$/);
  assert.equal(await count(), 2);

  const page = await playground.get(one);
  assert.equal(page.status, 200);
  const html = await page.text();
  assert.doesNotMatch(html, /fox|secret|<script/);
  const source = /<img src="([^"]+)"/.exec(html)?.[1] ?? "";
  const picture = await playground.get(new URL(source, `${playground.url}${one}`).pathname);
  assert.deepEqual(Buffer.from(await picture.arrayBuffer()), await png(1));
  assert.equal((await playground.get(one, { method: "HEAD" })).status, 200);
});

test("its pages tell nothing to anybody, keep nothing, run nothing and set no cookie", async (t) => {
  const { playground, share } = await openShared(t, { password });
  const path = await share();
  for (const address of [path, `${path}/picture`, "/shared/none"]) {
    const { headers } = await playground.get(address, { headers: { cookie: "drawbridge=stolen" } });
    assert.equal(headers.get("set-cookie"), null, address);
    assert.equal(headers.get("cache-control"), "no-store", address);
    assert.equal(headers.get("referrer-policy"), "no-referrer", address);
    assert.match(headers.get("x-robots-tag") ?? "", /noindex/, address);
    assert.equal(headers.get("x-frame-options"), "DENY", address);
    assert.equal(headers.get("x-content-type-options"), "nosniff", address);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, address);
    assert.doesNotMatch(policy, /script-src|connect-src|unsafe/, address);
  }
  assert.match(
    (await playground.get(path)).headers.get("content-security-policy") ?? "",
    /style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/,
  );
});

test("nothing else is reached through it, nor with what only looks like one", async (t) => {
  const { playground, share, thread, answer } = await openShared(t, { password });
  const path = await share();
  const secret = path.slice("/shared/".length);
  const others = [
    ...[
      `${path}/`,
      `${path}/..`,
      `${path}/picture/..`,
      `${path}/../../`,
      `${path}/thread`,
      `${path}/picture.png`,
    ],
    ...["/shared", "/shared/", `/shared/${secret.slice(0, 42)}`, `/shared/${secret}A`, `/shared/${answer}`],
    ...[`/shared/${secret.toUpperCase()}/picture`, "/shared/%00", "/shared/..%2f..%2fplayground.db"],
  ];
  for (const other of others) {
    const { status, text } = await raw(playground.url, { path: other });
    assert.ok(status === 404 || status === 401 || (status === 303 && text === ""), `${other}: ${status}`);
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    assert.notEqual((await playground.get(path, { method })).status, 200, method);
  }
  for (const inside of ["/api/threads", `/api/threads/${thread}`, `/api/links/${answer}/0`, "/api/export"]) {
    assert.equal((await playground.get(inside, { headers: { referer: playground.url + path } })).status, 401);
  }
});

test("it ends when sharing is stopped, and when the picture or its thread is deleted, for good", async (t) => {
  const { playground, ask, share, count, links, answer, thread } = await openShared(t);
  const isOpen = async (path: string) => [
    (await playground.get(path)).status,
    (await playground.get(`${path}/picture`)).status,
  ];
  const stopped = await share();
  assert.equal((await ask(links, { method: "DELETE" })).status, 204);
  assert.deepEqual(await isOpen(stopped), [404, 404]);
  assert.equal(await count(), 0);

  const path = await share();
  await remove(playground, answer);
  assert.deepEqual(await isOpen(path), [404, 404]);
  const form = new FormData();
  form.set("action", "restore");
  await ask(`/api/messages/${answer}/press`, { method: "POST", body: form });
  await (await playground.next()).reply.show(await view("done", { text: "It is back.", audience: "asker" }));
  assert.equal(await count(), 0, "it is back, and its link is not");
  assert.deepEqual(await isOpen(path), [404, 404]);

  const again = await share();
  await ask(`/api/threads/${thread}`, { method: "DELETE" });
  assert.deepEqual(await isOpen(again), [404, 404]);
  await ask(`/api/threads/${thread}/restore`, { method: "POST" });
  assert.deepEqual(await isOpen(again), [404, 404]);
});

test("only who is in the playground makes links, from its own page, of pictures that are there", async (t) => {
  const { playground, ask, links, answer } = await openShared(t, { password });
  for (const method of ["GET", "POST", "DELETE"]) {
    assert.equal((await playground.get(links, { method })).status, 401, method);
  }
  const foreign = { "sec-fetch-site": "cross-site" };
  assert.equal((await playground.get(links, { method: "POST", headers: foreign })).status, 403);
  for (const at of ["1", "-1", "x", "0.5"]) {
    assert.equal((await ask(`/api/links/${answer}/${at}`, { method: "POST" })).status, 404, at);
  }
  assert.equal((await ask(`/api/links/${randomUUID()}/0`, { method: "POST" })).status, 404);
});

test("unless it is turned on there are none, neither new ones nor old", async (t) => {
  const { playground, share } = await openShared(t);
  const path = await share();
  const { dataDir } = playground;
  assert.deepEqual((await playground.json<About>("/api/about")).links, {});
  const secret = path.slice("/shared/".length);
  for (const name of ["playground.db", "playground.db-wal"]) {
    const bytes = await readFile(join(dataDir, name)).catch(() => Buffer.alloc(0));
    assert.ok(!bytes.includes(secret), "the database does not know it");
  }
  await playground.adapter.stop();
  const off = await startPlayground(t, { dataDir });
  assert.equal((await off.json<About>("/api/about")).links, undefined);
  assert.equal((await off.get(path)).status, 404);
  assert.equal((await off.get(`/api/links/${randomUUID()}/0`, { method: "POST" })).status, 404);
  await off.adapter.stop();
  const on = await startPlayground(t, {
    dataDir,
    sharedLinks: true,
    password,
    publicUrl: "https://a.example/draw",
  });
  assert.equal((await on.get(path)).status, 200);
  assert.equal(
    (await on.get(`/draw${path}/picture`)).status,
    200,
    "below the path of a proxy that leaves it on",
  );
});

test("what goes wrong with one is logged without its secret", async (t) => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const { playground, share } = await openShared(t, { log });
  const path = await share();
  await rm(join(playground.dataDir, "pictures"), { recursive: true });
  assert.equal((await playground.get(`${path}/picture`)).status, 500);
  assert.ok(lines.some((line) => line.includes("request.failed")));
  assert.ok(lines.every((line) => !line.includes(path)));
});
