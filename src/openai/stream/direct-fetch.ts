import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { createBrotliDecompress, createUnzip } from "node:zlib";
import type { Looked } from "../last-look.ts";

/** A `fetch`, and the bodies that it does not wrap. */
export interface DirectFetch {
  readonly fetch: typeof fetch;
  /** What comes of a stream of events, as it comes; undefined for any other response. To be read once. */
  bodyOf(response: Response): Readable | undefined;
}

/** How long a connection may take, in ms. Source: undici's connect timeout. */
const usualConnectMs = 10_000;

/** Through a proxy where Node's own fetch goes through one. A connection is for one stream: it ends with that. */
const byFlag = [...process.execArgv, process.env.NODE_OPTIONS ?? ""].some((one) =>
  one.includes("--use-env-proxy"),
);
const proxy = byFlag || process.env.NODE_USE_ENV_PROXY === "1" ? { proxyEnv: process.env } : {};
const agents = { "http:": new PlainAgent(proxy), "https:": new Agent(proxy) };

/**
 * Node's fetch copies all that comes, twice, on its way through web streams: a quarter of what reading a stream costs.
 * Here its bytes are those that the socket gave. What is sent somewhere else is left to fetch, as is what is no text.
 *
 * It rejects as fetch does, with a TypeError whose cause says why. What is looked at last of all it looks at once more when
 * it is connected, in the moment in which the first byte leaves: to connect takes a while, too.
 */
export function createDirectFetch(connectMs = usualConnectMs): DirectFetch {
  const bodies = new WeakMap<Response, Readable>();

  async function ask(input: string | URL | Request, init: Looked = {}): Promise<Response> {
    const { method = "GET", body, signal, lastLook } = init;
    const url = typeof input === "string" ? URL.parse(input) : input instanceof URL ? input : null;
    const isDirect = url !== null && url.protocol in agents && (typeof body === "string" || !body);
    if (!isDirect) return fetch(input, init);
    const headers = Object.fromEntries(new Headers(init.headers));
    const what = { body: body ?? undefined, lastLook, connectMs };
    const incoming = await send(url, { method, headers }, what, signal ?? undefined);
    incoming.on("error", () => {}); // who reads it hears of that, and nobody else has to
    const { statusCode: status = 502 } = incoming;
    const told = new Headers(toPairs(incoming.rawHeaders));
    if (status >= 300 && status < 400) {
      incoming.destroy();
      // Only these two say that nothing was begun there; what may have been is not asked for again.
      const isElsewhere = method === "GET" || status === 307 || status === 308;
      return isElsewhere ? fetch(input, init) : new Response(null, { status, headers: told });
    }
    const content = decoded(incoming, told);
    const isEvents = status < 300 && !/json|html/.test(told.get("content-type") ?? "");
    if (!isEvents) {
      const isEmpty = [204, 205].includes(status);
      const stream = isEmpty ? null : (Readable.toWeb(content) as ReadableStream<Uint8Array>);
      return new Response(stream, { status, headers: told });
    }
    const response = new Response(null, { status, headers: told });
    bodies.set(response, content);
    return response;
  }

  return { fetch: ask as typeof fetch, bodyOf: (response) => bodies.get(response) };
}

function send(
  url: URL,
  how: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
  of: {
    readonly body: string | undefined;
    readonly lastLook: Looked["lastLook"];
    readonly connectMs: number;
  },
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { body, lastLook, connectMs } = of;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { ...how, ...(signal && { signal }) };
  const asked =
    url.protocol === "https:"
      ? request(url, { ...options, agent: agents["https:"] }, resolve)
      : plainRequest(url, { ...options, agent: agents["http:"] }, resolve);
  // As Node's fetch has it: what was never reached is tried again, and not waited for until the system gives up.
  const slow = setTimeout(() => {
    asked.destroy(Object.assign(new Error("no connection"), { code: "UND_ERR_CONNECT_TIMEOUT" }));
  }, connectMs);
  const there = url.protocol === "https:" ? "secureConnect" : "connect";
  const whenThere = (then: () => void) =>
    asked.on("socket", (socket) => (isThere(socket) ? then() : socket.once(there, then)));
  whenThere(() => clearTimeout(slow));
  asked.on("close", () => clearTimeout(slow));
  asked.on("error", (cause) => {
    reject(signal?.aborted ? signal.reason : new TypeError("fetch failed", { cause }));
  });
  if (!lastLook) asked.end(body);
  else
    whenThere(() => {
      lastLook().then(
        () => asked.end(body),
        (error: unknown) => {
          reject(error);
          asked.destroy();
        },
      );
    });
  return promise;
}

/** Through a proxy it is given when it is connected already. */
function isThere(socket: Socket): boolean {
  return !socket.connecting && (!(socket instanceof TLSSocket) || socket.getFinished() !== undefined);
}

/** Nobody asks for it to be packed; some servers do it all the same. */
function decoded(incoming: IncomingMessage, headers: Headers): Readable {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding === "identity") return incoming;
  headers.delete("content-encoding");
  headers.delete("content-length");
  const unpacked = encoding === "br" ? createBrotliDecompress() : createUnzip();
  incoming.on("error", (error) => unpacked.destroy(error));
  unpacked.on("close", () => incoming.destroy());
  return incoming.pipe(unpacked);
}

function toPairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""]] : []));
}
