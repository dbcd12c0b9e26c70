import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import type { Ack, Envelope, Transport } from "./delivery.ts";
import { type Fields, isFields } from "./fields.ts";
import { throughHost } from "./through-host.ts";

/** Socket Mode as a test steers it. */
export interface SocketControls {
  /** Sockets that are open and greeted. */
  readonly connected: number;
  /** How often a socket was opened, in all. */
  readonly opened: number;
  /** Acknowledgements that came too late or for nothing that was sent. */
  readonly lateAcks: number;
  /** Asks the app to connect anew: `disconnect` with `refresh_requested`, or the `warning` before it. */
  disconnect(reason?: "refresh_requested" | "warning" | "link_disabled"): void;
  /** Cuts every socket, as a torn cable. */
  drop(): void;
  /** Refuses new sockets, or takes them again. */
  accept(accept: boolean): void;
  /** Leaves the app's pings unanswered, or answers them again. */
  answerPings(answer: boolean): void;
  /** Whether new sockets are greeted; without `hello` the app waits for ever. */
  greet(greet: boolean): void;
}

/** The Socket Mode server. */
export interface Socket {
  readonly controls: SocketControls;
  readonly transport: Transport;
  /** A URL for `apps.connections.open`, good once. */
  issueUrl(origin: string): string;
  attach(server: Server): void;
  /** Says goodbye to every socket, so that no client is left waiting for it. */
  close(): Promise<void>;
}

/** How long a client may take to say goodbye. */
const goodbyeMs = 250;
/** Sockets of one app. docs: apis/events-api/using-socket-mode; how the next is refused: slackapi/bolt-js issue 2225. */
const mostSockets = 10;
/** Time a URL is good for. docs: apis/events-api/using-socket-mode: it is meant for at once. */
const ticketMs = 30_000;

/** No socket yet. docs: apis/events-api/using-socket-mode. */
export function createSocket(parts: {
  clock: Clock;
  changes: Changes;
  appId: string;
  ackMs: number;
  pingMs: number;
}): Socket {
  const { clock, changes, appId, ackMs, pingMs } = parts;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, autoPong: false });
  const tickets = new Map<string, number>();
  const sockets = new Set<WebSocket>();
  /** The request by which each was opened. */
  const requests = new WeakMap<WebSocket, IncomingMessage>();
  const waiting = new Map<string, { readonly socket: WebSocket; settle(ack: Omit<Ack, "ms">): void }>();
  const state = { opened: 0, lateAcks: 0, accepting: true, answering: true, greeting: true };
  let turn = 0;

  function send(socket: WebSocket, frame: Fields): void {
    if (socket.readyState !== socket.OPEN) return;
    const request = requests.get(socket);
    const text = JSON.stringify(frame);
    socket.send(request ? throughHost(text, request) : text);
  }

  server.on("connection", (socket: WebSocket, opening: IncomingMessage) => {
    requests.set(socket, opening);
    state.opened += 1;
    const pings = setInterval(() => socket.ping(), pingMs).unref();
    socket.on("ping", (data) => {
      if (state.answering) socket.pong(data);
    });
    socket.on("message", (data) => acknowledge(toFrame(data)));
    socket.on("close", () => {
      clearInterval(pings);
      sockets.delete(socket);
      for (const one of waiting.values())
        if (one.socket === socket) one.settle({ ok: false, reason: "connection_failed", body: undefined });
      changes.happened();
    });
    if (!state.greeting) return;
    if (sockets.size >= mostSockets) {
      send(socket, { type: "disconnect", reason: "too_many_websockets", debug_info: { host: "applink-1" } });
      return;
    }
    sockets.add(socket);
    send(socket, {
      type: "hello",
      num_connections: sockets.size,
      debug_info: { host: "applink-1", build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: appId },
    });
    changes.happened();
  });

  function acknowledge(frame: Fields | undefined): void {
    const envelope = frame && waiting.get(String(frame.envelope_id));
    if (envelope) envelope.settle({ ok: true, body: frame.payload ?? {} });
    else state.lateAcks += 1;
    changes.happened();
  }

  function transport({ kind, payload, retry }: Envelope): Promise<Ack> {
    const open = [...sockets];
    // Slack sends each envelope to one of the open sockets.
    const socket = open[turn++ % open.length];
    if (!socket) return Promise.resolve({ ok: false, reason: "connection_failed", body: undefined, ms: 0 });
    const id = randomBytes(16).toString("hex");
    const sent = clock.now();
    const { promise, resolve } = Promise.withResolvers<Ack>();
    const settle = (ack: Omit<Ack, "ms">) => {
      cancel();
      waiting.delete(id);
      resolve({ ...ack, ms: clock.now() - sent });
    };
    const cancel = clock.after(ackMs, () => settle({ ok: false, reason: "timeout", body: undefined }));
    waiting.set(id, { socket, settle });
    send(socket, {
      envelope_id: id,
      type: kind,
      accepts_response_payload: kind !== "events_api",
      payload,
      ...(kind === "events_api" ? { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? "" } : {}),
    });
    return promise;
  }

  return {
    transport,
    controls: {
      get connected() {
        return sockets.size;
      },
      get opened() {
        return state.opened;
      },
      get lateAcks() {
        return state.lateAcks;
      },
      disconnect(reason = "refresh_requested") {
        for (const socket of sockets) {
          send(socket, { type: "disconnect", reason, debug_info: { host: "applink-1" } });
          // After a warning Slack goes on for a while; otherwise nothing more is sent there.
          if (reason !== "warning") sockets.delete(socket);
        }
        changes.happened();
      },
      drop() {
        for (const socket of server.clients) {
          sockets.delete(socket);
          socket.terminate();
        }
      },
      accept(accept) {
        state.accepting = accept;
      },
      answerPings(answer) {
        state.answering = answer;
      },
      greet(greet) {
        state.greeting = greet;
      },
    },
    issueUrl(origin) {
      const ticket = randomBytes(16).toString("hex");
      tickets.set(ticket, clock.now() + ticketMs);
      return `${origin.replace(/^http/, "ws")}/link/?ticket=${ticket}&app_id=${appId}`;
    },
    attach(http) {
      http.on("upgrade", (request, socket, head) => {
        const url = new URL(request.url ?? "/", "http://127.0.0.1");
        const ticket = url.searchParams.get("ticket") ?? "";
        const isGood = (tickets.get(ticket) ?? 0) > clock.now();
        tickets.delete(ticket);
        if (!state.accepting || url.pathname !== "/link/" || !isGood) return void socket.destroy();
        server.handleUpgrade(request, socket, head, (opened) => server.emit("connection", opened, request));
      });
    },
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of server.clients) socket.close(1001);
      const impatience = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, goodbyeMs);
      await promise;
      clearTimeout(impatience);
    },
  };
}

function toFrame(data: RawData): Fields | undefined {
  try {
    const frame: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString("utf8") : "");
    return isFields(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}
