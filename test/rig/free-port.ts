import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that systems give to outgoing connections: one of these could take it before it is listened at. */
const [from, to] = [15_000, 32_000];

/** A port of 127.0.0.1 that nothing listens at. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(from, to);
    const server = createServer();
    const isTaken = Promise.withResolvers<boolean>();
    server.once("error", () => isTaken.resolve(true)).listen(port, "127.0.0.1", () => isTaken.resolve(false));
    if (await isTaken.promise) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
