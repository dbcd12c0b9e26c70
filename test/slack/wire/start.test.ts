import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { createSlackAdapter, type SlackOptions } from "../../../adapters/slack/index.ts";
import { scopes } from "../../../adapters/slack/wire/permissions.ts";
import { createLog } from "../../../src/seam/log.ts";
import { freePort } from "../../rig/free-port.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";
import { done, startSlack, view } from "../server.ts";

const listening = { host: "127.0.0.1", port: 0, path: "/slack/events" } as const;

/** An adapter that is expected not to start. */
async function start(
  t: TestContext,
  of: (simulator: Awaited<ReturnType<typeof createSlackSimulator>>) => Partial<SlackOptions>,
) {
  const simulator = await createSlackSimulator();
  t.after(() => simulator.close());
  const adapter = createSlackAdapter({
    botToken: simulator.token,
    apiUrl: simulator.api,
    mode: { kind: "socket", appToken: simulator.appToken },
    painter: { name: "Nobody", standIn: true },
    log: createLog("silent"),
    ...of(simulator),
  });
  t.after(() => adapter.stop());
  return adapter.start(noCore());
}

test("a wrong bot token, a wrong app token, a server that is not there: said, with what to do", async (t) => {
  await assert.rejects(
    start(t, () => ({ botToken: "xoxb-wrong" })),
    { code: "auth", message: /Slack does not accept SLACK_BOT_TOKEN.*xoxb-/ },
  );
  await assert.rejects(
    start(t, () => ({ mode: { kind: "socket", appToken: "xapp-wrong" } })),
    { code: "auth", message: /Slack does not accept SLACK_APP_TOKEN.*connections:write/ },
  );
  await assert.rejects(
    start(t, () => ({ apiUrl: "http://127.0.0.1:1/api" })),
    { code: "unreachable", message: /could not be reached/ },
  );
  await assert.rejects(
    start(t, () => ({ mode: { kind: "http", signingSecret: "", ...listening } })),
    { code: "auth", message: /SLACK_APP_TOKEN.*SLACK_SIGNING_SECRET/ },
  );
});

test("a port that is taken is named with its setting", async (t) => {
  const other = createServer().listen(0);
  await once(other, "listening");
  t.after(() => other.close());
  const address = other.address();
  const port = address && typeof address === "object" ? address.port : 0;
  await assert.rejects(
    start(t, ({ signingSecret }) => ({ mode: { kind: "http", signingSecret, ...listening, port } })),
    { message: new RegExp(`Port ${port} is taken. Set SLACK_PORT`) },
  );
});

test("missing scopes are one line in the log, and none where all are there", async (t) => {
  const most = scopes.filter((scope) => scope !== "files:write" && scope !== "users:read");
  const { said } = await startSlack(t, { simulator: { scopes: most } });
  const [line, ...more] = said("slack.scopes.missing");
  assert.deepEqual(more, []);
  assert.equal(line?.level, "warn");
  assert.match(JSON.stringify(line?.fields), /Slack has not granted files:write, users:read\. Add them/);
  const whole = await startSlack(t, { simulator: { scopes: [...scopes] } });
  assert.deepEqual(whole.said("slack.scopes.missing"), []);
});

test("that nobody can stop an agent by Slack's button is one line in the log, with what to do", async (t) => {
  const subscriptions = ["app_home_opened", "message.im"];
  const { simulator, ada, nextPrompt, said } = await startSlack(t, {
    simulator: { app: "agent", subscriptions },
  });
  for (const words of ["a fox", "a heron"]) {
    const { ts } = await simulator.say(simulator.dm(ada), ada, words);
    const { reply } = await nextPrompt();
    await reply.show(view("working", { status: "Drawing" }));
    const session = { channel: simulator.dm(ada).id, threadTs: ts };
    await until(() => simulator.sessions.now(session) === "processing", "it to be at work");
    assert.ok(!simulator.sessions.hasStop(session));
    await reply.show(await done());
    await until(() => simulator.sessions.now(session) === "active", "it to be over");
  }
  const [line, ...more] = said("slack.stop.missing");
  assert.deepEqual(more, []);
  assert.match(JSON.stringify(line?.fields), /agent_session_stopped.*reinstall/);
});

test("where it is: for the operator", async (t) => {
  const { adapter } = await startSlack(t);
  assert.equal(adapter.where, "as @drawbridge, in Socket Mode");
  const http = await startSlack(t, { over: "http" });
  assert.equal(http.adapter.where, `as @drawbridge, at http://127.0.0.1:${http.port}/slack/events`);
});

test("HTTP: health, the address check, signatures and timestamps", async (t) => {
  const { simulator, port, channel, ada, nextPrompt, taken } = await startSlack(t, { over: "http" });
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  assert.equal((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status, 404);
  assert.match((await simulator.http.verifyUrl("a challenge")).body, /a challenge/);
  assert.equal((await simulator.http.sslCheck()).status, 200);
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  await nextPrompt();
  const payload = { ...said.events[0]?.payload, event_id: "Ev-forged" };
  const inTen = { ageMs: -10 * 60_000 };
  for (const forgery of [
    { signature: "wrong" },
    { signature: "absent" },
    { ageMs: 10 * 60_000 },
    inTen,
  ] as const) {
    assert.equal((await simulator.http.forge(payload, forgery)).status, 401, JSON.stringify(forgery));
  }
  assert.equal(
    (await simulator.http.forge(payload, { contentType: "application/json; charset=utf-8" })).status,
    200,
  );
  assert.deepEqual(taken, []);
});

test("a path and a port of one's own", async (t) => {
  const port = await freePort();
  const server = await startSlack(t, {
    beforeStart: (simulator) => simulator.http.deliverTo(`http://127.0.0.1:${port}/my/slack`),
    mode: { kind: "http", signingSecret: "a-signing-secret", ...listening, port, path: "/my/slack" },
  });
  await server.simulator.say(server.channel, server.ada, "a fox", { mention: true });
  assert.equal((await server.nextPrompt()).turn.text, "a fox");
});

test("Socket Mode: Slack asks for a new connection, and nothing is lost or doubled", async (t) => {
  const { simulator, channel, ada, nextPrompt, taken, answers } = await startSlack(t, {
    simulator: { retryMs: [100, 200, 300] },
  });
  await simulator.say(channel, ada, "before", { mention: true });
  const { reply } = await nextPrompt();
  for (const cut of [() => simulator.socket.disconnect(), () => simulator.socket.drop()]) {
    const { opened } = simulator.socket;
    cut();
    const said = await simulator.say(channel, ada, `while ${opened}`, { mention: true });
    await until(() => simulator.socket.opened > opened && simulator.socket.connected === 1, "a new socket");
    simulator.advance(1000);
    assert.equal((await nextPrompt()).turn.text, `while ${opened}`);
    for (const event of said.events) await event.done;
  }
  await reply.show(view("working", { status: "Drawing" }));
  await reply.show(await done());
  assert.equal(answers().length, 1);
  assert.deepEqual(taken, []);
});

test("Socket Mode: a socket that Slack has replaced is closed, and not the one after it", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startSlack(t);
  const { opened } = simulator.socket;
  simulator.socket.disconnect();
  await until(
    () => simulator.socket.opened === opened + 1 && simulator.socket.connected === 1,
    "a new socket",
  );
  const since = Date.now();
  await until(() => Date.now() - since > 1200, "the time after which a socket is cut off");
  assert.equal(simulator.socket.opened, opened + 1);
  await simulator.say(channel, ada, "after", { mention: true });
  assert.equal((await nextPrompt()).turn.text, "after");
});

test("Socket Mode: who has been restarted too often waits as long as Slack says", async (t) => {
  const { adapter, said } = await startSlack(t, {
    beforeStart: (simulator) =>
      simulator.fault({ method: "apps.connections.open", kind: "rate limit", retryAfterMs: 1000 }),
  });
  assert.equal(adapter.where, "as @drawbridge, in Socket Mode");
  assert.equal(said("slack.connection.limited").length, 1);
});

test("Socket Mode: connects anew when Slack lets nobody in for a while", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startSlack(t);
  simulator.fault({ method: "apps.connections.open", kind: "status", status: 503 });
  simulator.socket.drop();
  await until(() => simulator.socket.connected === 1, "a new socket");
  await simulator.say(channel, ada, "after", { mention: true });
  assert.equal((await nextPrompt()).turn.text, "after");
});

test("Socket Mode: what is no event of Slack's is a line in the log", async (t) => {
  const { simulator, channel, ada, nextPrompt, said } = await startSlack(t);
  const doing = simulator.slash(channel, ada, "/draw", "a fox");
  await nextPrompt();
  simulator.redeliver(doing.sent);
  await until(() => said("slack.socket.unread").length === 1, "the line");
  await simulator.say(channel, ada, "after", { mention: true });
  assert.equal((await nextPrompt()).turn.text, "after");
});

test("stopping closes the socket, also in the middle of connecting, and takes no more turns", async (t) => {
  const { simulator, adapter, channel, ada, taken } = await startSlack(t);
  await adapter.stop();
  await until(() => simulator.socket.connected === 0, "the socket to close");
  await simulator.say(channel, ada, "too late", { mention: true });
  assert.deepEqual(taken, []);

  const other = await startSlack(t);
  other.simulator.socket.greet(false);
  const { opened } = other.simulator.socket;
  other.simulator.socket.drop();
  await until(() => other.simulator.socket.opened > opened, "a socket that is not greeted");
  await other.adapter.stop();
});

test("an admin of another company that shares the channel runs nothing here", async (t) => {
  const { simulator, nextPrompt } = await startSlack(t);
  const team = simulator.addTeam("Elsewhere");
  const guest = simulator.addUser({ name: "eve", admin: true, team });
  const shared = simulator.addChannel({ name: "partners", shared: true });
  simulator.join(shared, guest);
  await simulator.say(shared, guest, "a fox", { mention: true });
  assert.equal((await nextPrompt()).turn.user.moderator, undefined);
});
