import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";
import { isFields } from "./form.ts";
import { parseFrame, send } from "./frames.ts";
import { type Portal, parseIdentify, type Sharding, shardOf } from "./identify.ts";
import { intents } from "./limits.ts";
import type { Wire } from "./wire.ts";
import type { Guild, World } from "./world.ts";

/** One session of the bot, as a test sees it. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  /** The shard, and of how many. */
  readonly shard: readonly [id: number, count: number];
  /** The last sequence number given out. */
  readonly seq: number;
  readonly connected: boolean;
  readonly heartbeats: number;
  readonly resumes: number;
  /** The code the bot closed with last. */
  readonly closedWith?: number;
}

/** Something that happened, kept for replay. */
interface Dispatch {
  readonly op: 0;
  readonly s: number;
  readonly t: string;
  readonly d: unknown;
}

interface LiveSession {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  seq: number;
  heartbeats: number;
  resumes: number;
  closedWith?: number;
  /** When it was left, by the simulator's clock. */
  leftAt?: number;
  socket?: WebSocket;
  valid: boolean;
  readonly sent: Dispatch[];
  get connected(): boolean;
}

/** The gateway as a test steers it. */
export interface GatewayControls {
  /** Every session so far, oldest first. */
  readonly sessions: readonly Session[];
  /** Asks the bot to reconnect: op 7. It resumes; what happens meanwhile is replayed. */
  reconnect(): void;
  /** Op 9: with `resumable` the bot resumes, without it must identify anew and has lost what came between. */
  invalidate(resumable: boolean): void;
  /** Cuts the connection: with a close code, or, without one, as a torn cable. */
  drop(code?: number): void;
  /** Leaves heartbeats unanswered, or answers them again. */
  answerHeartbeats(answer: boolean): void;
  /** Refuses new connections, or takes them again. */
  accept(accept: boolean): void;
  /** Sends the newest event of a name once more, with a new sequence number. */
  redeliver(event: string): void;
}

/** The gateway as the rest of the simulator uses it. */
export interface Gateway {
  readonly controls: GatewayControls;
  attach(server: Server): void;
  /**
   * Sends an event to every session of the shard that has that guild, or, outside of those that the bot is in, of the
   * first; `build` gives its data, or undefined where it must not be seen. docs: events/gateway, "Sharding".
   */
  dispatch(
    event: string,
    guild: Pick<Guild, "id"> | undefined,
    build: (session: { readonly intents: number }) => unknown,
  ): void;
  close(): void;
}

/** Sends from a client per minute. docs: events/gateway, "Rate Limiting". */
const sendsPerMinute = 120;
/** Closed with one of these, a session is over. docs: topics/opcodes-and-status-codes, "Gateway Close Event Codes". */
const final: readonly number[] = [1000, 1001, 4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014];
/** Events kept for a resume; Discord's own number is not published. */
const mostKept = 2000;
/** A session that was left lives on for "a few minutes". docs: events/gateway, "Initiating a Disconnect". */
const leftMs = 3 * 60_000;

/** The gateway: sockets, sessions, replay. docs: events/gateway and topics/opcodes-and-status-codes. */
export function createGateway(options: {
  world: World;
  wire: Wire;
  clock: Clock;
  changes: Changes;
  token: string;
  portal: Portal;
  heartbeatMs: number;
  sharding: Sharding;
  url: () => string;
}): Gateway {
  const { world, wire, clock, changes, token, portal, heartbeatMs, sharding, url } = options;
  /** When each kind of shard last identified itself, by its rate-limit key. */
  const identified = new Map<number, number>();
  const sessions: LiveSession[] = [];
  // Compression is offered by the client and may be declined.
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  let answering = true;
  let accepting = true;

  server.on("connection", (socket: WebSocket, query: URLSearchParams) => {
    if (query.get("v") !== "10") return socket.close(4012, "Invalid API version");
    serve(socket);
  });

  function serve(socket: WebSocket): void {
    let session: LiveSession | undefined;
    let sends: number[] = [];
    send(socket, { op: 10, s: null, t: null, d: { heartbeat_interval: heartbeatMs } });

    socket.on("message", (data) => {
      const at = clock.now();
      sends = [...sends.filter((time) => time > at - 60_000), at];
      if (sends.length > sendsPerMinute) return socket.close(4008, "Rate limited.");
      const frame = parseFrame(data);
      if (!frame) return socket.close(4002, "Error while decoding payload.");
      switch (frame.op) {
        case 1:
          if (session) session.heartbeats += 1;
          changes.happened();
          if (answering) send(socket, { op: 11, s: null, t: null, d: null });
          return;
        case 2:
          if (session?.socket === socket) return socket.close(4005, "Already authenticated.");
          session = identify(socket, frame.d);
          return;
        case 6:
          if (session?.socket === socket) return socket.close(4005, "Already authenticated.");
          session = resume(socket, frame.d);
          return;
        case 3:
        case 4:
        case 8:
        case 31:
          if (!session) socket.close(4003, "Not authenticated.");
          return;
        default:
          return socket.close(4001, "Unknown opcode.");
      }
    });

    socket.on("close", (code) => {
      if (!session || session.socket !== socket) return;
      delete session.socket;
      session.closedWith = code;
      session.leftAt = clock.now();
      // A client that says goodbye ends its session. docs: events/gateway, "Initiating a Disconnect".
      if (code === 1000 || code === 1001) session.valid = false;
      changes.happened();
    });
  }

  function identify(socket: WebSocket, data: unknown): LiveSession | undefined {
    const asked = parseIdentify(data, token, portal, sharding.least);
    if ("code" in asked) return refuseSession(socket, asked.code, asked.reason);
    // docs: events/gateway, "Rate Limiting" and "Sharding for Large Bots", `rate_limit_key`.
    const [shardId, shardCount] = asked.shard;
    const key = shardId % sharding.maxConcurrency;
    const last = identified.get(key);
    if (last !== undefined && clock.now() - last < sharding.identifyMs) {
      send(socket, { op: 9, s: null, t: null, d: false });
      sharding.tooSoon += 1;
      return undefined;
    }
    identified.set(key, clock.now());
    const session: LiveSession = {
      id: randomBytes(16).toString("hex"),
      intents: asked.intents,
      shard: asked.shard,
      seq: 0,
      heartbeats: 0,
      resumes: 0,
      socket,
      valid: true,
      sent: [],
      get connected() {
        return this.socket !== undefined;
      },
    };
    sessions.push(session);
    const isHere = (guild: Guild) => guild.joined && shardOf(guild, shardCount) === shardId;
    const guilds = [...world.guilds.values()].filter(isHere);
    emit(session, "READY", {
      v: 10,
      user: wire.user(world.bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: "normal",
      resume_gateway_url: url(),
      shard: asked.shard,
      application: { id: world.applicationId, flags: 0 },
      private_channels: [],
      relationships: [],
      presences: [],
    });
    if (session.intents & intents.guilds)
      for (const guild of guilds) emit(session, "GUILD_CREATE", wire.guild(guild));
    changes.happened();
    return session;
  }

  function resume(socket: WebSocket, data: unknown): LiveSession | undefined {
    const asked = isFields(data) ? data : {};
    if (asked.token !== token) return refuseSession(socket, 4004, "Authentication failed.");
    const session = sessions.find(({ id }) => id === asked.session_id);
    if (!session?.valid || (!session.socket && clock.now() > (session.leftAt ?? clock.now()) + leftMs)) {
      send(socket, { op: 9, s: null, t: null, d: false });
      return undefined;
    }
    const seq = Number(asked.seq);
    if (!Number.isInteger(seq) || seq > session.seq) return refuseSession(socket, 4007, "Invalid seq.");
    session.socket?.terminate();
    session.socket = socket;
    session.resumes += 1;
    for (const missed of session.sent.filter(({ s }) => s > seq)) send(socket, missed);
    emit(session, "RESUMED", {});
    changes.happened();
    return session;
  }

  function emit(session: LiveSession, t: string, d: unknown): void {
    session.seq += 1;
    const dispatch: Dispatch = { op: 0, s: session.seq, t, d };
    session.sent.push(dispatch);
    if (session.sent.length > mostKept) session.sent.shift();
    if (session.socket) send(session.socket, dispatch);
  }

  const live = () => sessions.filter(({ valid }) => valid);

  return {
    controls: {
      sessions,
      reconnect() {
        for (const { socket } of live()) if (socket) send(socket, { op: 7, s: null, t: null, d: null });
      },
      invalidate(resumable) {
        for (const session of live()) {
          const { socket } = session;
          session.valid = resumable;
          // The socket stays, without a session: a resume comes over the same one.
          delete session.socket;
          if (socket) send(socket, { op: 9, s: null, t: null, d: resumable });
        }
      },
      drop(code) {
        for (const session of live()) {
          const { socket } = session;
          // Gone at once, so that what happens next counts as missed.
          delete session.socket;
          if (code === undefined) socket?.terminate();
          else socket?.close(code);
          if (code !== undefined && final.includes(code)) session.valid = false;
        }
      },
      answerHeartbeats(answer) {
        answering = answer;
      },
      accept(accept) {
        accepting = accept;
      },
      redeliver(event) {
        const all = live().map((session) => ({
          session,
          found: session.sent.findLast(({ t }) => t === event),
        }));
        if (all.every(({ found }) => !found)) throw new Error(`No ${event} was sent yet.`);
        for (const { session, found } of all) {
          if (found) emit(session, found.t, found.d);
        }
      },
    },
    attach(http) {
      http.on("upgrade", (request, socket, head) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
        if (!accepting || pathname !== "/") return void socket.destroy();
        server.handleUpgrade(request, socket, head, (opened) =>
          server.emit("connection", opened, searchParams),
        );
      });
    },
    dispatch(event, guild, build) {
      for (const session of live()) {
        const [id, count] = session.shard;
        if (shardOf(guild, count) !== id) continue;
        const data = build(session);
        if (data !== undefined) emit(session, event, data);
      }
    },
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function refuseSession(socket: WebSocket, code: number, reason: string): undefined {
  socket.close(code, reason);
  return undefined;
}
