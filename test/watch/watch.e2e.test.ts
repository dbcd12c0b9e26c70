import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { freePort } from "../rig/free-port.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { until } from "../rig/until.ts";
import { createDiscordSimulator } from "../simulators/discord/index.ts";

async function start(t: TestContext, env: Readonly<Record<string, string>>) {
  const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), ...env });
  await until(
    () => /Adapters\s/.test(bot.output()),
    async () => `the banner; there is ${bot.output()}`,
  );
  return bot;
}

test("a bot without a playground is watched at a port of its own", async (t) => {
  const port = await freePort();
  const bot = await start(t, { PLAYGROUND: "off", HEALTH_PORT: String(port), METRICS: "on" });
  assert.match(bot.output(), new RegExp(`Health +http://127\\.0\\.0\\.1:${port}/health, /metrics`));
  const ready = await fetch(`http://127.0.0.1:${port}/ready`);
  assert.deepEqual(await ready.json(), { ok: true, running: true, store: true });
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=/);
  const text = await metrics.text();
  assert.match(text, /^drawbridge_info\{version="\d/m);
  assert.match(text, /^drawbridge_store_seconds_count\{call="write",outcome="well"\} \d/m);
  await bot.kill("SIGTERM");
  assert.equal(await bot.ended(), 0, bot.output());
});

test("beside the playground they are at its port, and what is measured needs the token where there is one", async (t) => {
  const METRICS_TOKEN = "sixteen characters and more";
  const bot = await start(t, { METRICS: "on", METRICS_TOKEN, PLAYGROUND_PASSWORD: "the drawbridge is up" });
  const url = await bot.url();
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.deepEqual(await (await fetch(`${url}/ready`)).json(), {
    ok: true,
    running: true,
    store: true,
    web: true,
  });
  assert.equal((await fetch(`${url}/metrics`)).status, 401);
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  assert.equal((await fetch(`${url}/metrics`, { headers })).status, 200);
  assert.ok(!bot.output().includes(METRICS_TOKEN));
});

test("where nothing is measured, what measures is not even loaded", async (t) => {
  const off = await start(t, { NODE_DEBUG: "module" });
  assert.match(off.output(), /MODULE .*pino/, "what is loaded is seen here");
  assert.doesNotMatch(off.output(), /prom-client/);
  assert.equal((await fetch(`${await off.url()}/metrics`)).status, 404);
  const on = await start(t, { NODE_DEBUG: "module", METRICS: "on" });
  assert.match(on.output(), /prom-client/);
  assert.equal((await fetch(`${await on.url()}/metrics`)).status, 200, "from this machine");
});

test("the log is JSON where nobody looks, and in words where that is asked for", async (t) => {
  const json = await start(t, {});
  assert.match(json.output(), /^\{"level":40,.*"painter\.standin/m);
  const pretty = await start(t, { LOG_FORMAT: "pretty" });
  assert.match(pretty.output(), /^\d\d:\d\d:\d\d warn {2}painter\.standin: .* url=http:/m);
});

test("a platform that is lost makes it unready, until it is there again", async (t) => {
  const simulator = await createDiscordSimulator();
  t.after(() => simulator.close());
  const port = await freePort();
  await start(t, {
    ...{ PLAYGROUND: "off", HEALTH_PORT: String(port) },
    ...{ DISCORD_TOKEN: simulator.token, DISCORD_API_URL: simulator.api },
  });
  const ready = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/ready`);
    return [response.status, JSON.parse(await response.text()).discord];
  };
  assert.deepEqual(await ready(), [200, true]);
  simulator.gateway.accept(false);
  simulator.gateway.drop();
  await until(async () => (await ready())[1] === false, "it to be unready");
  assert.deepEqual(await ready(), [503, false]);
  simulator.gateway.accept(true);
  await until(async () => (await ready())[0] === 200, "it to be ready again");
});
