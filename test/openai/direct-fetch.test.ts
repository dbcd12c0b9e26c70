import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { askLooking, withLastLook } from "../../src/openai/last-look.ts";
import { createDirectFetch } from "../../src/openai/stream/direct-fetch.ts";

/** A server that answers as it is told, and what was asked of it. */
async function serve(t: TestContext, answer: (asked: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    incoming.resume().on("end", () => answer(incoming, response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

const events = "data: {}\n\n";
const stream = { "content-type": "text/event-stream" };

async function read(body: AsyncIterable<Buffer> | undefined): Promise<string> {
  assert.ok(body);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

for (const [encoding, pack] of [
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
] as const) {
  test(`a stream that is packed (${encoding}) comes as it was, and one that breaks off rejects`, async (t) => {
    const packed = pack(events.repeat(500));
    const { url } = await serve(t, ({ url: path }, response) => {
      response.writeHead(200, { ...stream, "content-encoding": encoding });
      if (path === "/whole") response.end(packed);
      else response.write(packed.subarray(0, 10), () => response.destroy());
    });
    const direct = createDirectFetch();
    const whole = await direct.fetch(`${url}/whole`);
    assert.equal(await read(direct.bodyOf(whole)), events.repeat(500));
    const half = await direct.fetch(`${url}/half`);
    await assert.rejects(read(direct.bodyOf(half)));
  });
}

for (const status of [307, 308]) {
  test(`what is elsewhere (${status}) is asked for there, and nothing was begun here`, async (t) => {
    const { url, asked } = await serve(t, ({ url: path }, response) => {
      if (path === "/there") response.writeHead(200, stream).end(events);
      else response.writeHead(status, { location: "/there" }).end("moved");
    });
    const response = await createDirectFetch().fetch(`${url}/here`, { method: "POST", body: "{}" });
    assert.equal(await response.text(), events);
    assert.equal(asked.at(-1), "POST /there");
  });
}

test("what may not be asked any more when it is connected is not sent, and the reason is given", async (t) => {
  const { url, asked } = await serve(t, (_, response) => void response.writeHead(200, stream).end(events));
  const fetch = withLastLook(createDirectFetch().fetch);
  for (const most of [1, 2]) {
    let looks = 0;
    const mayAsk = async () => {
      looks += 1;
      if (looks > most) throw new Error("another process has it");
    };
    const asking = askLooking(mayAsk, () => fetch(`${url}/here`, { method: "POST", body: "{}" }));
    if (most === 1) await assert.rejects(asking, /another process has it/);
    else assert.equal((await asking).status, 200);
    assert.equal(looks, 2);
    assert.deepEqual(asked, most === 1 ? [] : ["POST /here"]);
  }
});

for (const status of [301, 302, 303]) {
  test(`what may have been begun (${status}) is not asked for again`, async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      response.writeHead(status, { location: "/there" }).end("moved");
    });
    const response = await createDirectFetch().fetch(`${url}/here`, { method: "POST", body: "{}" });
    assert.equal(response.status, status);
    assert.deepEqual(asked, ["POST /here"]);
  });
}
