import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { type TestContext, test } from "node:test";
import { createHttp } from "../../../adapters/slack/wire/http/http.ts";
import { createLog } from "../../../src/seam/log.ts";
import { freePort } from "../../rig/free-port.ts";

const signingSecret = "a secret";
const MB = 1024 * 1024;
const json = "application/json";
const form = "application/x-www-form-urlencoded";

type Headers = Readonly<Record<string, string>>;

/** A listener, and what Bolt was given by it. */
async function startHttp(t: TestContext, host = "127.0.0.1") {
  const port = await freePort();
  const gateway = createHttp(
    { kind: "http", signingSecret, host, port, path: "/slack/events" },
    createLog("silent"),
  );
  const taken: unknown[] = [];
  const processEvent = async ({ body, ack }: { body: unknown; ack(): Promise<void> }) => {
    taken.push(body);
    await ack();
  };
  gateway.receiver.init({ processEvent } as never); // all that a receiver asks of its app
  await gateway.open();
  t.after(() => gateway.close());
  return { port, taken, gateway };
}

function sign(body: string, atMs = Date.now()): Headers {
  const stamp = String(Math.floor(atMs / 1000));
  const digest = createHmac("sha256", signingSecret).update(`v0:${stamp}:${body}`).digest("hex");
  return { "x-slack-request-timestamp": stamp, "x-slack-signature": `v0=${digest}` };
}

/** Sends headers and as much of a body as there is, and reads the answer without waiting for the rest to be taken. */
async function post(
  port: number,
  headers: Headers,
  body: string | undefined,
  path = "/slack/events",
): Promise<{ status: number; text: string; connection: string | undefined }> {
  const sending = request({ host: "127.0.0.1", port, path, method: "POST", headers });
  sending.on("error", () => {}); // the connection is closed while we send
  if (body === undefined) sending.flushHeaders();
  else sending.end(body);
  const [response] = await once(sending, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  sending.destroy();
  return { status: response.statusCode, text, connection: response.headers.connection };
}

test("what Slack signs is taken: events, commands, presses, the address check, the look at the certificate", async (t) => {
  const { port, taken } = await startHttp(t);
  const event = JSON.stringify({ type: "event_callback", event: { type: "app_mention", text: "ünï" } });
  const press = new URLSearchParams({ payload: JSON.stringify({ type: "block_actions", actions: [] }) });
  const command = new URLSearchParams({ command: "/draw", text: "a fox & a hen" });
  const large = JSON.stringify({ type: "event_callback", text: "x".repeat(900_000) });
  for (const [type, body] of [
    [json, event],
    [`${json}; charset=utf-8`, event],
    [form, String(press)],
    [form, String(command)],
    [json, large],
  ] as const) {
    const headers = { "content-type": type, "content-length": String(Buffer.byteLength(body)) };
    assert.equal((await post(port, { ...headers, ...sign(body) }, body)).status, 200);
    // Without a length it comes in chunks.
    assert.equal((await post(port, { "content-type": type, ...sign(body) }, body)).status, 200);
  }
  const taking = [JSON.parse(event), JSON.parse(event), { type: "block_actions", actions: [] }];
  const each = [...taking, { command: "/draw", text: "a fox & a hen" }, JSON.parse(large)];
  assert.deepEqual(
    taken.map((body) => ({ ...(body as object) })),
    each.flatMap((body) => [body, body]),
  );

  const challenge = JSON.stringify({ type: "url_verification", challenge: "say this" });
  const answer = await post(port, { "content-type": json, ...sign(challenge) }, challenge);
  assert.deepEqual(JSON.parse(answer.text), { challenge: "say this" });
  const check = "ssl_check=1&token=legacy";
  assert.equal((await post(port, { "content-type": form, ...sign(check) }, check)).status, 200);
  const unsigned = { "content-type": form, "content-length": String(check.length) };
  assert.equal((await post(port, unsigned, check)).status, 200, "which need not be signed");
  const smuggled = `${check}&payload=${encodeURIComponent('{"type":"block_actions"}')}`;
  const length = { "content-length": String(smuggled.length) };
  assert.equal((await post(port, { ...unsigned, ...length }, smuggled)).status, 200);
  assert.equal(taken.length, 10, "and brings nothing along");
});

test("what cannot be Slack's is answered before its body is there, and its connection closed", async (t) => {
  const { port, taken } = await startHttp(t);
  const good: Headers = { "content-type": json, ...sign("{}") };
  const other = (name: string, value: string): Headers => ({ ...good, [name]: value });
  const rows: readonly [status: number, headers: Headers][] = [
    [401, { "content-type": json, "x-slack-request-timestamp": good["x-slack-request-timestamp"] ?? "" }],
    [401, { "content-type": json }],
    [401, { "content-type": form }],
    [401, other("x-slack-signature", "v0=abc")],
    [401, other("x-slack-signature", `v1=${"a".repeat(64)}`)],
    [401, other("x-slack-signature", `v0=${"a".repeat(64)}, v0=${"b".repeat(64)}`)],
    [401, { ...good, ...sign("{}", Date.now() - 6 * 60_000) }],
    [401, { ...good, ...sign("{}", Date.now() + 6 * 60_000) }],
    [401, other("x-slack-request-timestamp", "")],
    [401, other("x-slack-request-timestamp", "now")],
    [401, other("x-slack-request-timestamp", "1e9")],
    [413, other("content-length", String(MB + 1))],
    [413, other("content-length", "9999999999999")],
    [415, other("content-type", "text/plain")],
    [415, other("content-type", "multipart/form-data; boundary=x")],
    [415, other("content-encoding", "gzip")],
  ];
  for (const [status, headers] of rows) {
    // Nothing of the body is sent: whoever waited for it would wait for ever.
    const length = status === 413 ? {} : { "content-length": "2000" };
    const answer = await post(port, { ...length, ...headers }, undefined);
    assert.deepEqual([answer.status, answer.connection], [status, "close"], JSON.stringify(headers));
  }
  const wrong = sign("something else");
  assert.deepEqual((await post(port, { "content-type": json, ...wrong }, "{}")).connection, "close");
  assert.equal((await post(port, { "content-type": json, ...wrong }, "{}")).status, 401);
  const short = "payload=%7B%7D";
  assert.equal((await post(port, { "content-type": form, "content-length": "14" }, short)).status, 401);
  assert.equal((await post(port, good, "{}", "/elsewhere")).status, 404);
  assert.deepEqual(taken, []);
});

test("a body that grows beyond its limit on the way is not read to its end", async (t) => {
  const { port, taken } = await startHttp(t);
  const body = "x".repeat(MB + 1);
  const sending = connect(port, "127.0.0.1").on("error", () => {});
  const head = { host: "localhost", "content-type": json, ...sign(body), "transfer-encoding": "chunked" };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  sending.write(["POST /slack/events HTTP/1.1", ...lines, "", ""].join("\r\n"));
  sending.write(`${body.length.toString(16)}\r\n${body}\r\n`); // and no end
  let text = "";
  sending.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  await once(sending, "close");
  assert.match(text, /^HTTP\/1\.1 413 /);
  assert.deepEqual(taken, []);
});

test("whoever asks whether to go on hears it after a look at the headers", async (t) => {
  const { port, taken } = await startHttp(t);
  const expects = (headers: Headers) => {
    const all = { ...headers, "content-type": json, expect: "100-continue", "content-length": "2" };
    return request({ host: "127.0.0.1", port, path: "/slack/events", method: "POST", headers: all });
  };
  const refused = expects({});
  refused.on("continue", () => assert.fail("it was told to go on")).flushHeaders();
  const [answer] = await once(refused, "response");
  assert.equal(answer.statusCode, 401);
  refused.destroy();
  const told = expects(sign("{}"));
  told.flushHeaders();
  await once(told, "continue");
  told.end("{}");
  const [taking] = await once(told, "response");
  assert.equal(taking.statusCode, 200);
  taking.resume();
  assert.deepEqual(taken, [{}]);
});

test("it listens on this machine alone unless it is told to do otherwise", async (t) => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === "IPv4")?.address;
  if (!outside) return t.skip("this machine has no other address");
  const alone = await startHttp(t);
  const [error] = await once(connect(alone.port, outside), "error");
  assert.equal(error.code, "ECONNREFUSED");
  const open = await startHttp(t, "0.0.0.0");
  const socket = connect(open.port, outside);
  await once(socket, "connect");
  socket.destroy();
});

test("an address that is not this machine's is named with its setting", async () => {
  const mode = { kind: "http", signingSecret, host: "192.0.2.1", port: 0, path: "/slack/events" } as const;
  await assert.rejects(createHttp(mode, createLog("silent")).open(), {
    code: "internal",
    message: /192\.0\.2\.1.*SLACK_HOST/,
  });
});
