import assert from "node:assert/strict";
import { test } from "node:test";
import { createProcesses } from "../../../adapters/web/admin/processes.ts";
import { createSharedSessions } from "../../../adapters/web/admin/shared-sessions.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createGround } from "../live/shared/processes.ts";
import { raw, startPlayground } from "../playground.ts";
import { createDesk } from "./desk.ts";

const password = "the admin's own words";
const hour = 60 * 60_000;

test("an admin who signed in at one process is let in by another, and out by both", async (t) => {
  const { shared } = await createGround(t);
  const { admin } = createDesk([], []);
  const door = { admin, password, trustedProxies: [] };
  const options = { admin: door, playground: false };
  const [one, other] = [
    await startPlayground(t, options, { shared: shared() }),
    await startPlayground(t, options, { shared: shared() }),
  ];
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = String(new URLSearchParams({ password }));
  const answer = await raw(one.url, { method: "POST", path: "/admin/login", headers, body });
  assert.equal(answer.status, 303);
  const cookie = [answer.headers["set-cookie"] ?? []]
    .flat()
    .map((set) => set.split(";")[0])
    .join("; ");
  const ask = async (url: string, path: string, method = "GET") =>
    (await raw(url, { method, path, headers: { cookie, origin: url } })).status;
  assert.equal(await ask(other.url, "/admin/api/now"), 200);
  assert.equal(await ask(other.url, "/admin/logout", "POST"), 303);
  for (const { url } of [one, other]) assert.equal(await ask(url, "/admin/api/now"), 401);
});

test("each process is seen on the page of any of them", async (t) => {
  const { shared } = await createGround(t);
  const { bus } = shared();
  const log = createLog("silent");
  const { health } = createDesk([], []).admin;
  const named = (process: string) => ({ health: async () => ({ ...(await health()), process }) });
  const [one, other, third] = ["one", "other", "third"].map((name) =>
    createProcesses(bus, named(name), { log, forMs: 50 }),
  );
  assert.deepEqual(
    (await one?.others())?.map(({ process }) => process),
    ["other", "third"],
  );
  third?.close();
  assert.deepEqual(
    (await other?.others())?.map(({ process }) => process),
    ["one"],
  );
});

test("a session ends when it idles, with its time, and with the password", async (t) => {
  const { shared } = await createGround(t);
  let now = 1_000_000;
  const [one, other] = [createSharedSessions(shared(), () => now), createSharedSessions(shared(), () => now)];
  await one.setVerifier("first");
  const idle = await one.begin();
  now += hour - 1;
  assert.equal(await other.isOpen(idle, false), true);
  now += 1;
  assert.equal(await other.isOpen(idle, false), false);

  const busy = await one.begin();
  for (let at = 0; at < 23; at += 1) {
    now += hour / 2;
    assert.equal(await other.isOpen(busy, true), true);
  }
  now += hour / 2;
  assert.equal(await other.isOpen(busy, true), false, "half a day is the most");

  const old = await one.begin();
  await other.setVerifier("second");
  assert.equal(await one.isOpen(old, true), false);
  assert.equal(await one.verifier(), "second");
});
