import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can be cut, as a process is cut off that is killed. */
export interface Cable {
  readonly port: number;
  /** Hears what is sent to the server, as it is sent. */
  listen(hear: (bytes: Buffer) => void): void;
  /** Ends every connection, and each that comes within so many ms once it is there. */
  drop(ms: number): void;
  /** Ends every connection, and takes no more. */
  cut(): void;
}

/** Lays a cable to a port of 127.0.0.1. */
export async function createCable(to: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let hear: (bytes: Buffer) => void = () => {};
  let isThere = true;
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    if (!isThere) return void setImmediate(() => near.resetAndDestroy());
    near.on("data", (bytes: Buffer) => hear(bytes));
    const far = connect(to, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("The cable got no port.");
  return {
    port: address.port,
    listen(listener) {
      hear = listener;
    },
    drop(ms) {
      isThere = false;
      end();
      setTimeout(() => {
        isThere = true;
      }, ms);
    },
    cut() {
      server.close();
      end();
    },
  };
}
