import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A balancer that gives each request to the next of its servers, without a memory of who asked what before. */
export interface Balancer {
  readonly url: string;
  /** Those that requests are given to from now on. */
  serve(urls: readonly string[]): void;
  /** Where each request went, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function createBalancer(urls: readonly string[]): Promise<Balancer> {
  let servers = urls;
  let turn = 0;
  const asked: string[] = [];

  function pass(from: IncomingMessage, to: ServerResponse): void {
    const server = servers[turn % servers.length] ?? "";
    turn += 1;
    asked.push(server);
    const { method, url, headers } = from;
    const onward = request(new URL(url ?? "/", server), { method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      to.flushHeaders();
      answer.pipe(to);
      answer.on("error", () => to.destroy());
    });
    onward.on("error", () => (to.headersSent ? to.destroy() : to.writeHead(502).end()));
    to.on("close", () => onward.destroy());
    from.pipe(onward);
  }

  const server = createServer(pass).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    serve(next) {
      servers = next;
    },
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
