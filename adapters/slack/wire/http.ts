import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { HTTPReceiver } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import { type Gateway, type Mode, toLogger, unacknowledged } from "./gateway.ts";
import { toLogged } from "./trouble.ts";

/** Ms after which connections that do not close are cut off. */
const closeMs = 1000;

/** Seconds a request's timestamp may be off. Source: “Verifying requests from Slack”. */
const skewS = 300;

/** Requests from Slack, each with its signature. */
export function createHttp(mode: Mode & { readonly kind: "http" }, log: Log): Gateway {
  const { signingSecret, port, path } = mode;
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
    customRoutes: [
      { path: "/health", method: ["GET"], handler: (_, response) => answer(response, 200, "ok") },
    ],
    dispatchErrorHandler: ({ response }) => answer(response, 404, "not found"),
    async processEventErrorHandler({ error, response }) {
      log.warn({ error: toLogged(error) }, unacknowledged);
      if (!response.headersSent) answer(response, 500, "not taken");
      return false;
    },
  });
  const listener = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    // The library looks at old timestamps only.
    if (isFromTheFuture(request)) return answer(response, 401, "timestamp");
    const type = request.headers["content-type"];
    if (type) request.headers["content-type"] = type.split(";")[0] ?? type;
    listener(request, response);
  };
  let server: Server | undefined;

  return {
    receiver,
    async open() {
      const listening: Server = await receiver.start(port).catch((cause: unknown) => {
        throw toListenError(cause, port);
      });
      server = listening;
      server.on("error", (error) => log.error({ error: toLogged(error) }, "slack.http.failed"));
    },
    async close() {
      if (!server) return;
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server?.closeAllConnections(), closeMs);
      await closed;
      clearTimeout(cut);
    },
    where() {
      const address = server?.address();
      const listening = address && typeof address === "object" ? address.port : port;
      return `at http://localhost:${listening}${path}`;
    },
  };
}

function answer(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { "content-type": "text/plain" });
  response.end(words);
}

function isFromTheFuture({ headers }: IncomingMessage): boolean {
  const stamp = Number(headers["x-slack-request-timestamp"]);
  return Number.isFinite(stamp) && stamp - Date.now() / 1000 > skewS;
}

function toListenError(cause: unknown, port: number): BotError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const message =
    code === "EADDRINUSE"
      ? `Port ${port} is taken. Set SLACK_PORT to another, e.g. SLACK_PORT=${port < 65535 ? port + 1 : 3000}.`
      : code === "EACCES"
        ? `Port ${port} is for the system only. Set SLACK_PORT to one above 1023, e.g. SLACK_PORT=3000.`
        : `Slack's port ${port} cannot be listened on.`;
  return new BotError("internal", message, { cause });
}
