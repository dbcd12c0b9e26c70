import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { BotError } from "../seam/errors.ts";
import { notThere, type Watch, watchPaths } from "../seam/watch/watch.ts";

/** A port of its own for those who look after the process. */
export interface WatchListener {
  readonly url: string;
  close(): Promise<void>;
}

/** Nobody who looks after it needs more. */
const limits = { headersTimeout: 5000, requestTimeout: 5000, maxHeaderSize: 8192 };

/** Rejects with BotError `internal` when the port cannot be had. Port 0: any that is free. */
export async function listenForWatchers(host: string, port: number, watch: Watch): Promise<WatchListener> {
  const server = createServer(limits, (request, response) => {
    const path = watchPaths.find((one) => one === request.url?.split("?", 1)[0]);
    const isRead = request.method === "GET" || request.method === "HEAD";
    const asked = { isNear: isNear(request), authorization: request.headers.authorization };
    const answer = path && isRead ? watch.answer(path, asked) : Promise.resolve(notThere);
    answer.then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.writeHead(500).end(),
    );
  });
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const message = `Nobody can listen at port ${port} of ${host}. Set HEALTH_PORT to another, or HEALTH_HOST to an address of this machine.`;
    throw new BotError("internal", message, { cause });
  }
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Whether it was asked from this machine, by one of its own names. A page elsewhere may lead a browser here by a name of
 * its own (DNS rebinding), and a proxy on this machine the whole world, which says so in a header.
 */
function isNear({ socket, headers }: IncomingMessage): boolean {
  const { remoteAddress = "" } = socket;
  const isLocal = ipaddr.isValid(remoteAddress) && ipaddr.process(remoteAddress).range() === "loopback";
  const isOwnName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(headers.host ?? "");
  const isLed = Object.keys(headers).some((name) => /^(?:forwarded|via)$|^x-(?:forwarded|real)/.test(name));
  return isLocal && isOwnName && !isLed;
}
