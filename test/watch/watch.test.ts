import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { noMeter } from "../../src/seam/watch/meter.ts";
import { onlyHealth } from "../../src/seam/watch/watch.ts";
import { openStore } from "../../src/store/store.ts";
import { listenForWatchers } from "../../src/watch/listener.ts";
import { createStoreCheck, timeStore } from "../../src/watch/store.ts";
import { createWatch } from "../../src/watch/watch.ts";
import { createFragileStore } from "../rig/fragile-store.ts";

const token = "a token of the admin's";
const metrics = { contentType: "text/plain; version=0.0.4", text: async () => "drawbridge_info 1\n" };
const near = { isNear: true };
const far = { isNear: false };

test("it is healthy as soon as it answers, and ready when nothing is missing, which is named", async () => {
  const parts = { running: true, store: true, discord: false };
  const watch = createWatch({ readiness: async () => parts });
  assert.equal((await watch.answer("/health", far)).status, 200);
  const { status, body, headers } = await watch.answer("/ready", far);
  assert.equal(status, 503);
  assert.deepEqual(JSON.parse(body), { ok: false, ...parts });
  assert.equal(headers["cache-control"], "no-store");
  parts.discord = true;
  assert.equal((await watch.answer("/ready", far)).status, 200);
});

test("what is measured is told to who has the token, and without one to this machine alone", async () => {
  const readiness = async () => ({});
  const guarded = createWatch({ readiness, metrics, token });
  for (const authorization of [
    undefined,
    "",
    token,
    `Bearer ${token} `,
    "Bearer another",
    `Basic ${token}`,
  ]) {
    const refused = await guarded.answer("/metrics", { isNear: true, authorization });
    assert.equal(refused.status, 401, String(authorization));
    assert.equal(refused.headers["www-authenticate"], "Bearer");
    assert.ok(!refused.body.includes(token) && !refused.body.includes("drawbridge_info"));
  }
  const told = await guarded.answer("/metrics", { isNear: false, authorization: `Bearer ${token}` });
  assert.deepEqual([told.status, told.body], [200, "drawbridge_info 1\n"]);
  const open = createWatch({ readiness, metrics });
  assert.equal((await open.answer("/metrics", near)).status, 200);
  assert.equal((await open.answer("/metrics", far)).status, 401);
  assert.equal(
    (await createWatch({ readiness }).answer("/metrics", near)).status,
    404,
    "nothing is measured",
  );
  assert.equal((await onlyHealth.answer("/health", far)).status, 200);
  assert.equal((await onlyHealth.answer("/ready", far)).status, 404);
});

/** A listener, and what it says to a request with these headers. */
async function listener(t: TestContext) {
  const watch = createWatch({ readiness: async () => ({ running: true }), metrics });
  const server = await listenForWatchers("127.0.0.1", 0, watch);
  t.after(() => server.close());
  const { port } = new URL(server.url);
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on("error", reject).end();
    });
  return { ask, port: Number(port) };
}

test("a port of its own answers these paths and no others, and reads nothing", async (t) => {
  const { ask } = await listener(t);
  assert.equal(await ask("/health"), 200);
  assert.equal(await ask("/ready?verbose"), 200);
  assert.equal(await ask("/metrics"), 200);
  assert.equal(await ask("/health", {}, "HEAD"), 200);
  for (const path of ["/", "/metrics/", "/../metrics", "/api/threads"])
    assert.equal(await ask(path), 404, path);
  assert.equal(await ask("/health", {}, "POST"), 404);
});

test("who comes through a proxy, or by another name, is not on this machine", async (t) => {
  const { ask, port } = await listener(t);
  assert.equal(await ask("/metrics", { host: `localhost:${port}` }), 200);
  for (const headers of [
    { host: "rebound.example.com" },
    { host: "127.0.0.1.example.com" },
    { "x-forwarded-for": "203.0.113.1" },
    { forwarded: "for=203.0.113.1" },
    { via: "1.1 proxy" },
    { "x-real-ip": "203.0.113.1" },
  ]) {
    assert.equal(await ask("/metrics", headers), 401, JSON.stringify(headers));
    assert.equal(await ask("/health", headers), 200);
  }
});

test("a port that cannot be had is said to be", async (t) => {
  const { port } = await listener(t);
  await assert.rejects(listenForWatchers("127.0.0.1", port, onlyHealth), {
    code: "internal",
    message: /Set HEALTH_PORT to another/,
  });
});

test("the store counts as there while it answers, and is not asked more than once a second", async (t) => {
  const whole = await openStore("memory:");
  t.after(() => whole.close());
  const { store, failWhen } = createFragileStore(whole);
  let asked = 0;
  failWhen(() => {
    asked += 1;
    return false;
  });
  let at = 0;
  const isThere = createStoreCheck(store, () => at);
  assert.equal(await isThere(), true);
  failWhen(() => true);
  assert.equal(await isThere(), true, "that was a moment ago");
  assert.equal(asked, 1);
  at = 1001;
  assert.equal(await isThere(), false);
  failWhen(() => false);
  at = 2002;
  assert.equal(await isThere(), true);
});

test("each answer of the store is timed, also one that fails, and is what it was", async (t) => {
  const whole = await openStore("memory:");
  t.after(() => whole.close());
  const { store, failWhen } = createFragileStore(whole);
  const heard: string[] = [];
  const timed = timeStore(store, {
    ...noMeter,
    stored: (call, ms, isWell) => void heard.push(`${call} ${isWell} ${ms >= 0}`),
  });
  const table = timed.table("t", z.string());
  await table.set("a", "one");
  assert.equal(await table.get("a"), "one");
  await timed.write([{ table: "t", key: "b", value: "two" }]);
  await table.delete("a");
  failWhen(() => true);
  await assert.rejects(table.get("a"), /failed: get t/);
  assert.deepEqual(heard, [
    "write true true",
    "read true true",
    "write true true",
    "write true true",
    "read false true",
  ]);
  assert.equal(timed.kind, "memory");
});
