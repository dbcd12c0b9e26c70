import { setTimeout as sleep } from "node:timers/promises";
import { SocketModeReceiver, webApi } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import { type Gateway, toLogger, unacknowledged } from "./gateway.ts";
import { retryAfterMs, toLogged, toTrouble } from "./trouble.ts";

/** Ms Slack may take to greet a new socket. */
const helloMs = 15_000;

/** Ms after which a socket that does not close is cut off. */
const closeMs = 1000;

/** Ms between tries to connect anew: at once, then slower. */
const reconnectMs = [50, 1000, 2000, 5000, 10_000, 20_000, 30_000];

/**
 * Socket Mode. Reconnecting is done here and not by the library, which waits five seconds first and, where a connection
 * fails before Slack's greeting, leaves a rejection that nobody handles.
 *
 * Slack greets ten sockets of an app, and sends each event to one of them. A process that is one too many goes on without,
 * and asks again after `fullMs`.
 */
export function createSocket(
  appToken: string,
  apiUrl: string | undefined,
  log: Log,
  fullMs: number,
): Gateway {
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
    async processEventErrorHandler({ error }) {
      log.warn({ error: toLogged(error) }, unacknowledged);
      return false;
    },
  });
  const { client } = receiver;
  const closing = new AbortController();
  let running: Promise<void> = Promise.resolve();
  /** Sockets so far. */
  let opened = 0;
  let isConnected = false;
  /** There are ten sockets without this process's. */
  let isSpare = false;

  client.on("ws_message", (data: unknown) => {
    if (typeof data !== "string" || !data.includes('"disconnect"')) return;
    const reason = toDisconnect(data);
    if (reason === undefined) return;
    if (reason === tooMany) onFull();
    // Slack wants the socket closed; one that does not close is not waited for.
    const leaving = opened;
    setTimeout(() => {
      if (opened === leaving) void client.disconnect().catch(() => {});
    }, closeMs).unref();
  });

  function onFull(): void {
    if (!isSpare) log.warn({ hint: fullHint }, "slack.sockets.full");
    isSpare = true;
  }

  // The library leaves it to nobody to hear of what it cannot read.
  for (const event of ["ws_message", "slack_event"]) {
    const [listener] = client.listeners(event);
    if (!listener) continue;
    client.off(event, listener);
    client.on(event, async (...parts: unknown[]) => {
      try {
        await listener.apply(client, parts);
      } catch (error) {
        log.warn({ error: toLogged(error) }, "slack.socket.unread");
      }
    });
  }

  /** Resolves when Slack has greeted us; `ended` resolves when the connection is over. */
  async function connect(): Promise<{ readonly ended: Promise<void> }> {
    const ended = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    const patience = setTimeout(() => void client.disconnect().catch(() => {}), helloMs);
    opened += 1;
    try {
      await client.start();
      isSpare = false;
    } finally {
      clearTimeout(patience);
    }
    return { ended };
  }

  /** Slack gives out few sockets a minute: who has been restarted often is let in a little later. */
  async function connectFirst(): Promise<Awaited<ReturnType<typeof connect>> | undefined> {
    for (;;) {
      try {
        return await connect();
      } catch (error) {
        if (isSpare) return undefined;
        const pauseMs = retryAfterMs(error);
        if (pauseMs === undefined) throw toSocketError(error);
        log.warn({ pauseMs }, "slack.connection.limited");
        await sleep(pauseMs);
      }
    }
  }

  async function stay(first: { readonly ended: Promise<void> } | undefined): Promise<void> {
    let connection = first;
    for (let attempt = 0; ; attempt += 1) {
      if (connection) {
        if (closing.signal.aborted) void client.disconnect().catch(() => {});
        isConnected = true;
        await connection.ended;
        isConnected = false;
        attempt = 0;
      }
      if (closing.signal.aborted) return;
      if (!isSpare) log.info({ attempt }, "slack.reconnecting");
      const pauseMs = isSpare ? fullMs : (reconnectMs[Math.min(attempt, reconnectMs.length - 1)] ?? 0);
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      connection = await connect().catch(async (error: unknown) => {
        if (!isSpare) log.warn({ error: toLogged(error) }, "slack.connection.failed");
        await sleep(retryAfterMs(error) ?? 0, undefined, { signal: closing.signal }).catch(() => {});
        return undefined;
      });
      if (connection) log.info({}, "slack.connected");
    }
  }

  return {
    receiver,
    async open() {
      running = stay(await connectFirst());
    },
    async close() {
      closing.abort();
      void client.disconnect().catch(() => {});
      const cut = setTimeout(() => void client.disconnect().catch(() => {}), closeMs);
      await withTimeout(running, 3 * closeMs);
      clearTimeout(cut);
    },
    isConnected: () => isConnected || isSpare,
    where: () => "in Socket Mode",
  };
}

/** As Slack says that an app has too many sockets: before it greets. Source: slackapi/bolt-js issue 2225. */
const tooMany = "too_many_websockets";

const fullHint =
  "This app has ten sockets already, as many as Slack allows, so this process gets no events. It draws what others take on, and asks again each minute. For more than ten processes use HTTP (SLACK_SIGNING_SECRET).";

/** Why Slack wants the socket closed; undefined: it says something else. */
function toDisconnect(data: string): string | undefined {
  try {
    const message: unknown = JSON.parse(data);
    if (typeof message !== "object" || message === null || !("type" in message)) return undefined;
    if (message.type !== "disconnect") return undefined;
    return "reason" in message ? String(message.reason) : "";
  } catch {
    return undefined;
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
