import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import bolt from "@slack/bolt";
import { type Fields, isFields } from "./slack/fields.ts";
import type { SlackSimulator } from "./slack/index.ts";
import { connect, createClient, silent, simulate } from "./slack-client.ts";

/** The same, with a Bolt that waits 100 ms before it connects anew instead of 5 s. */
async function reconnect(t: TestContext) {
  const world = await simulate(t);
  const { simulator } = world;
  const clientOptions = { slackApiUrl: simulator.api, retryConfig: { retries: 0 } };
  const receiver = new bolt.SocketModeReceiver({
    appToken: simulator.appToken,
    clientPingTimeout: 100,
    logger: silent,
    installerOptions: { clientOptions },
  });
  const app = new bolt.App({
    token: simulator.token,
    receiver,
    logger: silent,
    clientOptions,
  });
  world.stops.push(() => app.stop());
  const seen: unknown[] = [];
  app.message(async ({ message }) => void seen.push("text" in message && message.text));
  return { ...world, app, seen };
}

/** A Socket Mode client that never acknowledges anything; returns what it is sent. */
async function listen(t: TestContext, simulator: SlackSimulator): Promise<readonly Fields[]> {
  const { url } = await createClient(simulator, simulator.appToken).apps.connections.open();
  const frames: Fields[] = [];
  const socket = new WebSocket(url ?? "");
  socket.addEventListener("message", ({ data }) => {
    const frame: unknown = JSON.parse(String(data));
    if (isFields(frame)) frames.push(frame);
  });
  t.after(() => socket.close());
  await simulator.waitFor(() => simulator.socket.connected === 1);
  return frames;
}

test("nobody acknowledges: an event comes again, a command fails", async (t) => {
  const { simulator, channel, ada } = await simulate(t, { ackMs: 40, retryMs: [0, 60_000] });
  const frames = await listen(t, simulator);
  const said = await simulator.say(channel, ada, "hello");
  await simulator.waitFor(() => said.events[0]?.acks.length === 2);
  simulator.advance(60_000);
  await said.delivered();
  const sent = frames.filter(({ type }) => type === "events_api");
  assert.deepEqual(
    sent.map(({ retry_attempt, retry_reason }) => `${retry_attempt} ${retry_reason}`.trim()),
    ["0", "1 timeout", "2 timeout"],
  );
  assert.equal(new Set(sent.map(({ payload }) => JSON.stringify(payload))).size, 1);
  const asked = simulator.slash(channel, ada, "/draw");
  assert.equal((await asked.acknowledged()).ok, false);
  assert.equal(asked.trouble, "operation_timeout");
});

test("the real client acknowledges a redelivered event, and is told that it is one", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  const nums: unknown[] = [];
  app.message(async ({ context }) => void nums.push(context.retryNum));
  await app.start();
  const said = await simulator.say(channel, ada, "hello");
  await said.delivered();
  assert.ok(said.events[0]);
  assert.equal((await simulator.redeliver(said.events[0]).done).ok, true);
  await simulator.waitFor(() => nums.length === 2);
  assert.deepEqual(nums, [0, 1]);
});

test("an acknowledgement after its time is late", async (t) => {
  const { simulator, channel, ada, app } = await connect(t, { ackMs: 30 });
  app.command("/draw", async ({ ack }) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await ack("too late");
  });
  await app.start();
  const asked = simulator.slash(channel, ada, "/draw");
  await asked.acknowledged();
  assert.equal(asked.trouble, "operation_timeout");
  await simulator.waitFor(() => simulator.socket.lateAcks === 1);
  assert.deepEqual(asked.messages, []);
});

test("a socket that is recycled or torn is opened anew, and events wait for it", async (t) => {
  const { simulator, channel, ada, app, seen } = await reconnect(t);
  await app.start();
  simulator.socket.disconnect("refresh_requested");
  await simulator.waitFor(() => simulator.socket.opened === 2 && simulator.socket.connected === 1);
  simulator.socket.drop();
  const said = await simulator.say(channel, ada, "meanwhile");
  await simulator.waitFor(() => simulator.socket.connected === 1);
  simulator.advance(60_000);
  await said.delivered();
  assert.deepEqual(seen, ["meanwhile"]);
  assert.ok((said.events[0]?.acks.length ?? 0) > 1);
});

test("over HTTP: signed, verified, acknowledged, or refused", async (t) => {
  const { simulator, channel, ada, stops } = await simulate(t, { retryMs: [] });
  const app = new bolt.App({
    token: simulator.token,
    signingSecret: simulator.signingSecret,
    logger: silent,
    clientOptions: { slackApiUrl: simulator.api, retryConfig: { retries: 0 } },
  });
  const seen: unknown[] = [];
  app.message(async ({ message }) => void seen.push("text" in message && message.text));
  app.command("/draw", async ({ ack }) => ack("at once"));
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  stops.push(() => app.stop());
  const address = server.address();
  assert.ok(address && typeof address === "object");
  simulator.http.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  const said = await simulator.say(channel, ada, "hello");
  await said.delivered();
  assert.equal(said.events[0]?.acks[0]?.status, 200);
  const asked = simulator.slash(channel, ada, "/draw");
  await asked.acknowledged();
  assert.equal(asked.messages[0]?.text, "at once");
  assert.match((await simulator.http.verifyUrl("a challenge")).body, /a challenge/);
  assert.equal((await simulator.http.sslCheck()).status, 200);
  const event = said.events[0]?.payload ?? {};
  for (const forgery of [{ signature: "wrong" }, { signature: "absent" }, { ageMs: 6 * 60_000 }] as const)
    assert.equal((await simulator.http.forge(event, forgery)).status, 401, JSON.stringify(forgery));
  assert.deepEqual(seen, ["hello"]);
});

test("over HTTP: what fails comes again, until the app asks for no more", async (t) => {
  const { simulator, channel, ada, stops } = await simulate(t, { retryMs: [0, 0, 0], ackMs: 60 });
  const retries: string[] = [];
  const server = createServer((request, response) => {
    retries.push(`${request.headers["x-slack-retry-num"]} ${request.headers["x-slack-retry-reason"]}`);
    if (retries.length === 1) return void response.writeHead(500).end();
    if (retries.length === 2) return; // too slow
    response.writeHead(500, { "x-slack-no-retry": "1" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address && typeof address === "object");
  simulator.http.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  await (await simulator.say(channel, ada, "hello")).delivered();
  assert.deepEqual(retries, ["undefined undefined", "1 http_error", "2 http_timeout"]);
});

test("a socket without an answer to its pings is given up, and a URL opens one socket", async (t) => {
  const { simulator, app } = await reconnect(t);
  await app.start();
  simulator.socket.answerPings(false);
  await simulator.waitFor(() => simulator.socket.opened === 2);
  simulator.socket.answerPings(true);
  const { url = "" } = await createClient(simulator, simulator.appToken).apps.connections.open();
  const open = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url);
      socket.addEventListener("open", () => {
        resolve("open");
        socket.close();
      });
      socket.addEventListener("error", () => resolve("refused"));
    });
  assert.equal(await open(), "open");
  assert.equal(await open(), "refused");
});
