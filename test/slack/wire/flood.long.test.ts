import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { freePort } from "../../rig/free-port.ts";
import { until } from "../../rig/until.ts";

const MB = 1024 * 1024;
const nothing = Buffer.alloc(4 * MB, "a");
/** As many as a stranger on one machine opens without effort. */
const many = 600;
const length = (bytes: number) => `content-length: ${bytes}`;
const json = "content-type: application/json";

/** Headers that look like Slack's, and are not. */
function forged(): readonly string[] {
  const stamp = Math.floor(Date.now() / 1000);
  return [json, `x-slack-request-timestamp: ${stamp}`, `x-slack-signature: v0=${"a".repeat(64)}`];
}

async function startListener(t: TestContext) {
  const port = await freePort();
  const file = new URL("listener.ts", import.meta.url);
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  const child = fork(file, [String(port)], { execArgv });
  t.after(() => child.kill("SIGKILL"));
  await once(child, "message");
  return {
    port,
    /** Bytes, the most so far. */
    async peak(): Promise<number> {
      child.send("how much");
      const [bytes] = await once(child, "message");
      return Number(bytes);
    },
  };
}

/** One connection that sends what it is given and waits. */
function open(t: TestContext, port: number, head: readonly string[], body: readonly Buffer[]) {
  const socket = connect(port, "127.0.0.1");
  const state = { closed: false, answer: "" };
  t.after(() => socket.destroy());
  socket.on("error", () => {}); // cut off in the middle of sending, as it should be
  socket.on("close", () => {
    state.closed = true;
  });
  socket.setEncoding("latin1").on("data", (text: string) => {
    state.answer += text;
  });
  socket.write(["POST /slack/events HTTP/1.1", "host: localhost", ...head, "", ""].join("\r\n"));
  for (const part of body) socket.write(part);
  return state;
}

function toChunk(bytes: Buffer): readonly Buffer[] {
  return [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")];
}

/** A request of Slack's own. */
async function signed(port: number, body = '{"type":"event_callback"}'): Promise<number> {
  const stamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac("sha256", "a secret").update(`v0:${stamp}:${body}`).digest("hex");
  const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-slack-request-timestamp": stamp,
      "x-slack-signature": `v0=${digest}`,
    },
  });
  await response.arrayBuffer();
  return response.status;
}

const attacks: Readonly<Record<string, () => readonly [head: readonly string[], body: readonly Buffer[]]>> = {
  "unsigned, of 4 MB": () => [[json, length(4 * MB)], [nothing]],
  "unsigned and without an end": () => [[json, length(4 * MB)], [nothing.subarray(0, 3 * MB)]],
  "forged, of 4 MB": () => [[...forged(), length(4 * MB)], [nothing]],
  "forged, of 1 MB": () => [[...forged(), length(MB)], [nothing.subarray(0, MB)]],
  "forged, of nearly 1 MB and without an end": () => [
    [...forged(), length(MB)],
    [nothing.subarray(0, MB - 1)],
  ],
  "forged, in chunks of which the last never comes": () => [
    [...forged(), "transfer-encoding: chunked"],
    [...toChunk(nothing), ...toChunk(nothing)],
  ],
  "headers without an end": () => [[`x-long: ${"a".repeat(6000)}`], []],
};

for (const [name, make] of Object.entries(attacks)) {
  test(`${many} requests: ${name}: none is kept, and Slack is heard meanwhile`, async (t) => {
    const { port, peak } = await startListener(t);
    assert.equal(await signed(port), 200);
    const before = await peak();
    const connections = Array.from({ length: many }, () => open(t, port, ...make()));
    assert.equal(await signed(port), 200);
    await until(
      () => connections.every(({ closed }) => closed),
      async () => `${connections.filter(({ closed }) => !closed).length} connections to be closed`,
    );
    assert.ok(connections.every(({ answer }) => !answer.startsWith("HTTP/1.1 200")));
    const grown = (await peak()) - before;
    assert.ok(grown < 120 * MB, `it took ${Math.round(grown / MB)} MB`);
    assert.equal(await signed(port), 200);
  });
}
