import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { type HttpBindings, serve } from "@hono/node-server";
import { Hono } from "hono";
import { limitAtOnce } from "../../../adapters/web/wire/limit-at-once.ts";
import { toBotError } from "../../../src/seam/errors.ts";
import { until } from "../../rig/until.ts";

test("who does not read what they asked for keeps a place for as long as they are there", async (t) => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => c.text(toBotError(error).message, 503));
  const large = new Uint8Array(64 * 1024 * 1024); // more than a connection takes by itself
  app.get("/", limitAtOnce(2, "Full."), (c) => c.body(large));
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const { port } = address;
  const slow = await Promise.all(
    [1, 2].map(async () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await once(socket, "data");
      return socket.pause();
    }),
  );
  const ask = () => fetch(`http://127.0.0.1:${port}/`);
  const refused = await ask();
  assert.deepEqual([refused.status, await refused.text()], [503, "Full."]);
  for (const socket of slow) socket.destroy();
  await until(async () => {
    const response = await ask();
    await response.body?.cancel();
    return response.status === 200;
  }, "room again");
});
