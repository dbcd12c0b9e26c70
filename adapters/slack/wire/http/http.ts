import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { HTTPReceiver } from "@slack/bolt";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { type Gateway, type Mode, toLogger, unacknowledged } from "../gateway.ts";
import { httpLimits } from "../limits.ts";
import { toLogged } from "../trouble.ts";
import { createBodies } from "./bodies.ts";
import { checkHeaders, toType } from "./headers.ts";
import { Refusal } from "./refusal.ts";

/** Ms after which connections that do not close are cut off. */
const closeMs = 1000;

/**
 * Requests from Slack, each with its signature.
 *
 * The door is ours, what is behind it Bolt's: a request that cannot be Slack's is answered before its body is read, one
 * that could be is read within limits; what Bolt gets is signed, and it looks again.
 */
export function createHttp(mode: Mode & { readonly kind: "http" }, log: Log): Gateway {
  const { signingSecret, host, port, path } = mode;
  if (!signingSecret) {
    throw new BotError(
      "auth",
      "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside SLACK_BOT_TOKEN.",
    );
  }
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: [path],
    logger: toLogger(log),
    async processEventErrorHandler({ error, response }) {
      log.warn({ error: toLogged(error) }, unacknowledged);
      if (!response.headersSent) answer(response, 500, "not taken");
      return false;
    },
  });
  const readBody = createBodies(signingSecret);
  /** Connections whose request is not there yet, the oldest first. */
  const arriving = new Set<Socket>();

  async function take(request: IncomingMessage, response: ServerResponse, goOn: () => void): Promise<void> {
    try {
      checkHeaders(request.headers, Date.now());
      goOn();
      const rawBody = await readBody(request);
      arriving.delete(request.socket);
      request.headers["content-type"] = toType(request.headers);
      // Where Bolt finds a body that was read before, it reads none.
      receiver.requestListener(Object.assign(request, { rawBody }), response);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(response, error.status, error.message);
    }
  }

  const listener = (goOn: (response: ServerResponse) => void) => {
    return (request: IncomingMessage, response: ServerResponse) => {
      const [pathname] = (request.url ?? "").split("?", 1);
      if (pathname === path && request.method === "POST") {
        take(request, response, () => goOn(response)).catch((error: unknown) => {
          log.error({ error: toLogged(error) }, "slack.http.failed");
          if (!response.headersSent) answer(response, 500, "not taken");
        });
      } else if (pathname === "/health" && request.method === "GET") answer(response, 200, "ok");
      else answer(response, 404, "not found");
    };
  };
  const { headersMs: headersTimeout, requestMs: requestTimeout, checkMs } = httpLimits;
  const server = createServer(
    { headersTimeout, requestTimeout, connectionsCheckingInterval: checkMs },
    listener(() => {}),
  );
  // Whoever asks first whether to send a body is told so after a look at the headers.
  server.on(
    "checkContinue",
    listener((response) => response.writeContinue()),
  );
  server.maxHeadersCount = httpLimits.headers;
  server.maxRequestsPerSocket = 1;
  server.on("connection", (socket: Socket) => {
    arriving.add(socket);
    socket.once("close", () => arriving.delete(socket));
    const [oldest] = arriving;
    if (arriving.size > httpLimits.connections) oldest?.destroy();
  });

  return {
    receiver,
    async open() {
      const listening = Promise.withResolvers<void>();
      server
        .once("error", listening.reject)
        .listen({ port, host, backlog: httpLimits.backlog }, listening.resolve);
      await listening.promise.catch((cause: unknown) => {
        throw toListenError(cause, host, port);
      });
      server.off("error", listening.reject);
      server.on("error", (error) => log.error({ error: toLogged(error) }, "slack.http.failed"));
    },
    async close() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => server.closeAllConnections(), closeMs);
      await closed;
      clearTimeout(cut);
    },
    isConnected: () => server.listening,
    where() {
      const address = server.address();
      const listening = address && typeof address === "object" ? address.port : port;
      return `at http://${host.includes(":") ? `[${host}]` : host}:${listening}${path}`;
    },
  };
}

/** The last word on its connection. */
function answer(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { "content-type": "text/plain", connection: "close" });
  response.end(words);
}

function toListenError(cause: unknown, host: string, port: number): BotError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const message =
    code === "EADDRINUSE"
      ? `Port ${port} is taken. Set SLACK_PORT to another, e.g. SLACK_PORT=${port < 65535 ? port + 1 : 3000}.`
      : code === "EACCES"
        ? `Port ${port} is for the system only. Set SLACK_PORT to one above 1023, e.g. SLACK_PORT=3000.`
        : `Drawbridge cannot listen on ${host} for Slack. Set SLACK_HOST to an address of this machine, e.g. SLACK_HOST=127.0.0.1.`;
  return new BotError("internal", message, { cause });
}
