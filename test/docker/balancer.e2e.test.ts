import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freePort } from "../rig/free-port.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

const haproxy = globSync("/usr/{sbin,local/sbin}/haproxy")[0];
const redis = await createRedis();
const skip = haproxy && redis ? false : "HAProxy and Redis are not both installed here";

const passwords = { "": "seven swans on a drawbridge", "/admin": "nine herons below the weir" } as const;
const names = ["drawbridge", "second", "third"] as const;

/** Three processes on one Redis, behind the balancer as compose.yaml runs it: other ports are all that differs. */
async function startFleet(t: TestContext) {
  await redis?.start();
  t.after(() => redis?.remove());
  let config = readFileSync("haproxy.cfg", "utf8");
  const launch = async (name: string) => {
    const health = await freePort();
    const process = startDrawbridge(t, {
      ...{ STORE_URL: redis?.url ?? "", DATA_DIR: await createFolder(t), LOG_FORMAT: "json" },
      ...{
        PLAYGROUND_PASSWORD: passwords[""],
        ADMIN_PASSWORD: passwords["/admin"],
        TRUSTED_PROXIES: "127.0.0.1",
      },
      HEALTH_PORT: String(health),
    });
    const address = await process.url();
    config = config.replaceAll(`${name}:8080`, `${new URL(address).host} port ${health}`);
    config = config.replaceAll(`${name}:3000`, `127.0.0.1:${health}`);
    return { ...process, address };
  };
  const processes = await Promise.all(names.map(launch));
  const port = await freePort();
  config = config.replace("bind :8080", `bind 127.0.0.1:${port}`);
  config = config.replace("bind :3000", `bind 127.0.0.1:${await freePort()}`);
  const file = join(await createFolder(t), "haproxy.cfg");
  writeFileSync(file, config);
  const child = spawn(haproxy ?? "", ["-f", file, "-db"], { stdio: "ignore" });
  t.after(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => (await fetch(`${url}/health`).catch(() => undefined))?.status === 200,
    "the balancer",
  );
  return { processes, url };
}

/** Signs in, and asks from then on with the session. */
async function signIn(url: string, room: keyof typeof passwords = "") {
  const body = new URLSearchParams({ password: passwords[room] });
  const headers = { origin: url };
  const answer = await fetch(`${url}${room}/login`, { method: "POST", body, headers, redirect: "manual" });
  assert.equal(answer.status, 303);
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  return (path: string, method = "GET") =>
    fetch(`${url}${room}${path}`, { method, headers: { ...headers, cookie }, redirect: "manual" });
}

/** By which of the processes so many streams are given, in order: each names its run. */
async function runsOf(ask: Awaited<ReturnType<typeof signIn>>, count: number): Promise<readonly string[]> {
  const runs: string[] = [];
  while (runs.length < count) {
    const answer = await ask("/api/events");
    assert.equal(answer.status, 200);
    const reader = answer.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    runs.push(/"boot":"([^"]+)"/.exec(first)?.[1] ?? assert.fail(first));
  }
  return runs;
}

test("behind the balancer of the profile, whoever signed in is served by every process that is ready, whichever ends", {
  skip,
}, async (t) => {
  const { processes, url } = await startFleet(t);
  const ask = await signIn(url);
  const all = await runsOf(ask, 6);
  assert.equal(new Set(all).size, 3, "each in turn");

  // One that takes nothing new says so at /ready.
  const [first, second] = processes;
  const atFirst = await signIn(first?.address ?? "");
  const [draining] = await runsOf(atFirst, 1);
  const admin = await signIn(first?.address ?? "", "/admin");
  assert.equal((await admin("/api/drain", "POST")).status, 200);
  await until(async () => !(await runsOf(ask, 3)).includes(draining ?? ""), "the balancer to leave it");
  assert.equal((await admin("/api/take", "POST")).status, 200);
  await until(async () => (await runsOf(ask, 3)).includes(draining ?? ""), "the balancer to come back to it");

  // One that is killed is passed over before the balancer knows of it.
  const statuses = new Set<number>();
  let asked = 0;
  const asking = async () => {
    while (asked < 120) {
      asked += 1;
      if (asked === 30) void second?.kill("SIGKILL");
      statuses.add((await ask("/api/threads")).status);
    }
  };
  await Promise.all([asking(), asking(), asking()]);
  assert.deepEqual([...statuses], [200]);
  assert.equal(new Set(await runsOf(ask, 6)).size, 2);
});
