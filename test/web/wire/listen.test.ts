import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { listen } from "../../../adapters/web/wire/listen.ts";

test("a request that comes before somebody answers waits, and is answered then", async (t) => {
  const listening = await listen("127.0.0.1", 0);
  t.after(() => listening.close());
  const socket = connect(Number(new URL(listening.url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  socket.write("GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  // By the time that this one has been taken, so has the one before it.
  const later = connect(Number(new URL(listening.url).port), "127.0.0.1");
  later.write("no HTTP at all\r\n\r\n");
  await once(later.resume(), "close");
  listening.answer((request, response) => response.end(`heard ${request.url}`));
  let answer = "";
  for await (const bytes of socket) answer += bytes;
  assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*heard \/early/);
});
