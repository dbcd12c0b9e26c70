import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { BotError } from "../../../src/seam/errors.ts";

/** A port that is ours. */
export interface Listening {
  /** The address for this machine. */
  readonly url: string;
  /** Who answers from now on. Until then requests wait. */
  answer(listener: RequestListener): void;
  /** Takes no more requests; those under way may go on for a moment. */
  close(): Promise<void>;
}

/** How long requests may go on after `close`, in ms. */
const graceMs = 2000;

/** Rejects with BotError `internal` when that cannot be had. Port 0: any that is free. */
export async function listen(host: string, port: number): Promise<Listening> {
  const answering = Promise.withResolvers<RequestListener>();
  // What came before somebody listened is not told of again.
  const server = createServer((request, response) => {
    void answering.promise.then((listener) => listener(request, response));
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(port, host, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw toListenError(error, host, port);
  }
  server.off("error", listening.reject);
  return {
    url: toUrl(host, server.address() as AddressInfo), // of a TCP server that listens
    answer(listener) {
      answering.resolve(listener);
    },
    async close() {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cut);
    },
  };
}

function toListenError(cause: unknown, host: string, port: number): BotError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const message =
    code === "EADDRINUSE"
      ? `Port ${port} is taken. Set PORT to another, e.g. PORT=${port < 65535 ? port + 1 : 8080} npm start.`
      : code === "EACCES"
        ? `Port ${port} is for the system only. Set PORT to one above 1023, e.g. PORT=8080 npm start.`
        : `Drawbridge cannot listen on ${host}. Set HOST to an address of this machine, e.g. HOST=127.0.0.1.`;
  return new BotError("internal", message, { cause });
}

function toUrl(host: string, { port }: AddressInfo): string {
  // The address itself, not `localhost`: some systems look that up as ::1, where nobody listens.
  const name = host === "0.0.0.0" || host === "::" || host === "localhost" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
