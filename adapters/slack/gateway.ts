import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { HTTPReceiver, type Logger, LogLevel, type Receiver, SocketModeReceiver, webApi } from "@slack/bolt";
import { BotError } from "../../src/errors.ts";
import type { Log } from "./log.ts";
import { retryAfterMs, toLogged, toTrouble } from "./trouble.ts";

/** How Slack reaches us: a socket that we open, or requests to a port of ours. */
export type Mode =
  | { readonly kind: "socket"; readonly appToken: string }
  | {
      readonly kind: "http";
      readonly signingSecret: string;
      readonly port: number;
      readonly path: string;
    };

export interface Gateway {
  /** To be given to Bolt. */
  readonly receiver: Receiver;
  /** Resolves when events come in. Rejects with BotError `auth`, `unreachable` or `internal`. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** For the operator: where events come in. */
  where(): string;
}

/** Ms Slack may take to greet a new socket. */
const helloMs = 15_000;

/** Ms after which a socket that does not close is cut off. */
const closeMs = 1000;

/** Ms between tries to connect anew: at once, then slower. */
const reconnectMs = [50, 1000, 2000, 5000, 10_000, 20_000, 30_000];

/** Seconds a request's timestamp may be off. Source: “Verifying requests from Slack”. */
const skewS = 300;

export function createGateway(mode: Mode, apiUrl: string | undefined, log: Log): Gateway {
  return mode.kind === "socket" ? createSocket(mode.appToken, apiUrl, log) : createHttp(mode, log);
}

/** Bolt's lines as ours. What it says in passing holds whole requests and is left out. */
export function toLogger(log: Log): Logger {
  const toText = (parts: readonly unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(" ")
      .replace(/wss?:\/\/\S+/g, "wss://…");
  return {
    debug() {},
    info: (...parts: unknown[]) => log.debug({ message: toText(parts) }, "slack.bolt"),
    warn: (...parts: unknown[]) => log.debug({ message: toText(parts) }, "slack.bolt"),
    error: (...parts: unknown[]) => log.warn({ message: toText(parts) }, "slack.bolt"),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}

/**
 * Socket Mode. Reconnecting is done here and not by the library, which waits five seconds first and, where a connection
 * fails before Slack's greeting, leaves a rejection that nobody handles.
 */
function createSocket(appToken: string, apiUrl: string | undefined, log: Log): Gateway {
  // An object of its own: the library writes the token into the one it is given.
  const clientOptions: webApi.WebClientOptions = {
    ...(apiUrl && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
  };
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    logger: toLogger(log),
    installerOptions: { clientOptions },
  });
  const { client } = receiver;
  const closing = new AbortController();
  let running: Promise<void> = Promise.resolve();

  client.on("ws_message", (data: unknown) => {
    if (typeof data !== "string" || !data.includes('"disconnect"') || !isDisconnect(data)) return;
    // Slack wants the socket closed; one that does not close is not waited for.
    setTimeout(() => void client.disconnect().catch(() => {}), closeMs).unref();
  });

  /** Resolves when Slack has greeted us; `ended` resolves when the connection is over. */
  async function connect(): Promise<{ readonly ended: Promise<void> }> {
    const ended = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    const patience = setTimeout(() => void client.disconnect().catch(() => {}), helloMs);
    try {
      await client.start();
    } finally {
      clearTimeout(patience);
    }
    return { ended };
  }

  async function stay(first: { readonly ended: Promise<void> }): Promise<void> {
    let connection: typeof first | undefined = first;
    for (let attempt = 0; ; attempt += 1) {
      if (connection) {
        if (closing.signal.aborted) void client.disconnect().catch(() => {});
        await connection.ended;
        attempt = 0;
      }
      if (closing.signal.aborted) return;
      log.info({ attempt }, "slack.reconnecting");
      const pauseMs = reconnectMs[Math.min(attempt, reconnectMs.length - 1)] ?? 0;
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      connection = await connect().catch(async (error: unknown) => {
        log.warn({ error: toLogged(error) }, "slack.connection.failed");
        await sleep(retryAfterMs(error) ?? 0, undefined, { signal: closing.signal }).catch(() => {});
        return undefined;
      });
      if (connection) log.info({}, "slack.connected");
    }
  }

  return {
    receiver,
    async open() {
      const first = await connect().catch((error: unknown) => {
        throw toSocketError(error);
      });
      running = stay(first);
    },
    async close() {
      closing.abort();
      void client.disconnect().catch(() => {});
      const cut = setTimeout(() => void client.disconnect().catch(() => {}), closeMs);
      await Promise.race([running, sleep(3 * closeMs)]);
      clearTimeout(cut);
    },
    where: () => "in Socket Mode",
  };
}

function createHttp(mode: Mode & { readonly kind: "http" }, log: Log): Gateway {
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

function isDisconnect(data: string): boolean {
  try {
    const message: unknown = JSON.parse(data);
    return (
      typeof message === "object" && message !== null && "type" in message && message.type === "disconnect"
    );
  } catch {
    return false;
  }
}

function toSocketError(error: unknown): BotError {
  const cause = new Error(JSON.stringify(toLogged(error)));
  const trouble = toTrouble(error);
  if (trouble === "unauthorized") {
    return new BotError(
      "auth",
      "Slack does not accept SLACK_APP_TOKEN. It begins with xapp-: make one under Basic Information › App-Level Tokens, with the scope connections:write.",
      { cause },
    );
  }
  if (trouble === "unscoped") {
    return new BotError(
      "auth",
      "SLACK_APP_TOKEN lacks the scope connections:write. Make another under Basic Information › App-Level Tokens.",
      { cause },
    );
  }
  if (error instanceof webApi.WebAPIPlatformError) {
    const message = `Slack opens no socket (${error.data.error}). Turn Socket Mode on under Settings › Socket Mode.`;
    return new BotError("auth", message, { cause });
  }
  return new BotError("unreachable", "Slack could not be reached for Socket Mode.", { cause });
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
