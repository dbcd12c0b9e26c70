import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createStandin } from "../../src/standin/index.ts";
import { freePort } from "../rig/free-port.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { createRedis } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { toFormData } from "../web/playground.ts";

const haproxy = globSync("/usr/{sbin,local/sbin}/haproxy")[0];
const redis = await createRedis();
const skip = haproxy && redis ? false : "HAProxy and Redis are not both installed here";

const password = "seven swans on a drawbridge";
const names = ["drawbridge", "second", "third"] as const;

/** Three processes on one Redis, behind the balancer as compose.yaml runs it: other ports are all that differs. */
async function startFleet(t: TestContext) {
  await redis?.start();
  const standin = await createStandin({ paceMs: 10, flat: true });
  t.after(async () => {
    await standin.close();
    await redis?.remove();
  });
  let config = readFileSync("haproxy.cfg", "utf8");
  const launch = async (name: string) => {
    const health = await freePort();
    const process = startDrawbridge(t, {
      ...{ STORE_URL: redis?.url ?? "", DATA_DIR: await createFolder(t), LOG_FORMAT: "json" },
      ...{ PLAYGROUND_PASSWORD: password, TRUSTED_PROXIES: "127.0.0.1", HEALTH_PORT: String(health) },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url, STOP_GRACE_SECONDS: "60" },
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
  return { processes, standin, url };
}

/** Signs in, and asks from then on with the session. */
async function signIn(url: string) {
  const body = new URLSearchParams({ password });
  const headers = { origin: url };
  const answer = await fetch(`${url}/login`, { method: "POST", body, headers, redirect: "manual" });
  assert.equal(answer.status, 303);
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  return (path: string, method = "GET", form?: FormData) =>
    fetch(url + path, {
      ...{ method, headers: { ...headers, cookie }, redirect: "manual" },
      ...(form && { body: form }),
    });
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
  const { processes, standin, url } = await startFleet(t);
  const ask = await signIn(url);
  const all = await runsOf(ask, 6);
  assert.equal(new Set(all).size, 3, "each in turn");

  // One that is told to stop, and is still drawing, says at /ready that it takes nothing new.
  const [first, second] = processes;
  const { address = "" } = first ?? {};
  const atFirst = await signIn(address);
  const [draining = ""] = await runsOf(atFirst, 1);
  standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
  const thread = randomUUID();
  const form = toFormData({ text: "a lighthouse" });
  assert.equal((await atFirst(`/api/threads/${thread}/prompts`, "POST", form)).status, 202);
  const isDrawn = async () => (await (await ask(`/api/threads/${thread}`)).text()).includes("/pictures/");
  await until(isDrawn, "a sketch");
  first?.signal("SIGTERM");
  await until(async () => (await fetch(`${address}/ready`)).status === 503, "it to say so");
  await until(async () => !(await runsOf(ask, 3)).includes(draining), "the balancer to leave it");

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
  assert.equal(new Set(await runsOf(ask, 6)).size, 1);
});
