import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import type { TestContext } from "node:test";

/** The port on which a server listens from now on, until the test is over. */
export async function portOf(t: TestContext, server: Server, host = "127.0.0.1"): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}
