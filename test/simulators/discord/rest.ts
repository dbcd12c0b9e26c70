import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, refuse, toErrorBody } from "./api-error.ts";
import type { Cdn } from "./cdn.ts";
import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";
import type { Fault, Faults } from "./faults.ts";
import type { RateLimits } from "./rate-limits.ts";
import { type ParsedBody, readBody } from "./request.ts";
import { type Answer, findRoute, type Route, toMajor } from "./route.ts";
import type { Upload } from "./uploads.ts";

/** A REST request as it came in, and how it was answered. */
export interface RecordedRequest {
  readonly method: string;
  /** Under `/api/v10`, without the query, e.g. `/channels/1/messages`. */
  readonly path: string;
  /** The route, e.g. `POST /channels/:channel/messages`; absent when there is none. */
  readonly route?: string;
  readonly query: URLSearchParams;
  /** The parsed JSON, `payload_json` of a multipart body. */
  readonly body: unknown;
  readonly files: readonly Upload[];
  /** Whether a token came along. */
  readonly authorized: boolean;
  readonly atMs: number;
  /** Absent while it is under way, and when the connection was cut. */
  status?: number;
  /** Discord's error code, when it was refused. */
  code?: number;
}

/** What went over the REST API. */
export interface RestRecord {
  /** The newest requests, oldest first; no more than 500 are kept. */
  readonly requests: readonly RecordedRequest[];
  /** How many 429 were sent. */
  readonly limited: number;
}

const mostRequests = 500;
const prefix = "/api/v10";

/** The REST server, not listening yet. */
export function createRest(parts: {
  routes: readonly Route[];
  cdn: Cdn;
  clock: Clock;
  changes: Changes;
  faults: Faults;
  rates: RateLimits;
  token: string;
}): { readonly server: Server; readonly record: RestRecord } {
  const { routes, cdn, clock, changes, faults, rates, token } = parts;
  const requests: RecordedRequest[] = [];
  let limited = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname.startsWith("/cdn/")) return serveFile(url, response);
    // Bots may go by it: it is the clock by which tokens run out.
    response.setHeader("date", new Date(clock.now()).toUTCString());
    const method = request.method ?? "GET";
    const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : undefined;
    const body = await readBody(request);
    const found = path === undefined ? "not found" : findRoute(routes, method, path);
    const record: RecordedRequest = {
      method,
      path: path ?? url.pathname,
      ...(typeof found === "object" ? { route: found.route.name } : {}),
      query: url.searchParams,
      body: body.json,
      files: body.files,
      authorized: request.headers.authorization !== undefined,
      atMs: clock.now(),
    };
    requests.push(record);
    if (requests.length > mostRequests) requests.shift();

    const struck = faults.take(method, record.path, body.json);
    const fault = struck?.fault;
    if (struck) changes.happened();
    const sent = (status: number, code?: number) => {
      record.status = status;
      if (code !== undefined) record.code = code;
      if (status === 429) limited += 1;
    };
    if (fault?.kind === "status") {
      sent(fault.status);
      return sendJson(
        response,
        fault.status,
        fault.body ?? { message: `${fault.status}: simulated`, code: 0 },
      );
    }
    if (fault?.kind === "rate limit") {
      sent(429);
      return sendLimited(response, fault);
    }
    if (fault?.kind === "drop" && fault.when === "before") return cut(request, fault);
    if (fault?.kind === "slow" && fault.applied !== "first") await sleep(fault.ms);
    if (struck && fault?.kind === "hold" && fault.when === "before") {
      await Promise.race([struck.over, gone(request)]);
      if (request.socket.destroyed) return;
    }

    const headers: Record<string, string> = {};
    let outcome: {
      readonly status: number;
      readonly value: Answer | undefined;
      readonly code?: number;
      readonly limited?: Limited;
    };
    try {
      if (typeof found === "object" ? !found.route.open : true) checkToken(request, token);
      if (found === "wrong method") throw refuse("methodNotAllowed");
      if (found === "not found") throw notSimulated(`${method} ${record.path}`);
      if (!found.route.unlimited) {
        const allowance = rates.count(found.route.name, toMajor(found.params));
        Object.assign(headers, allowance.headers);
        if (allowance.retryAfterMs !== undefined) {
          sent(429);
          const { retryAfterMs } = allowance;
          return sendLimited(response, { retryAfterMs, scope: "user" }, headers);
        }
      }
      const value = await run(found.route, found.params, url, body);
      outcome = { status: value === undefined ? 204 : 200, value };
    } catch (error) {
      const shown =
        error instanceof ApiError ? error : new ApiError(500, 0, `The simulator failed: ${error}`);
      const { status, code, message, retryAfterMs } = shown;
      const limited = retryAfterMs === undefined ? {} : { limited: { retryAfterMs, code, message } };
      outcome = { status, value: toErrorBody(shown), code, ...limited };
    }
    if (fault?.kind === "drop") return cut(request, fault);
    if (fault?.kind === "slow" && fault.applied === "first") await sleep(fault.ms);
    if (struck && fault?.kind === "hold" && fault.when === "after") {
      changes.happened();
      await Promise.race([struck.over, gone(request)]);
    }
    sent(outcome.status, outcome.code);
    if (outcome.limited) sendLimited(response, { ...outcome.limited, scope: "user" }, headers);
    else sendJson(response, outcome.status, outcome.value, headers);
    changes.happened();
  }

  function run(route: Route, params: ReadonlyMap<string, string>, url: URL, body: ParsedBody) {
    return route.run({
      ...body,
      query: url.searchParams,
      param(name) {
        const value = params.get(name);
        if (value === undefined) throw new Error(`${route.name} has no ${name}.`);
        return value;
      },
    });
  }

  function serveFile(url: URL, response: ServerResponse): void {
    const file = cdn.open(url);
    if (!file) {
      response.writeHead(404, { "content-type": "text/plain" });
      return void response.end("This content is no longer available.");
    }
    response.writeHead(200, {
      "content-type": file.contentType ?? "application/octet-stream",
      "content-length": file.bytes.length,
    });
    response.end(file.bytes);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const shown =
        error instanceof ApiError ? error : new ApiError(500, 0, `The simulator failed: ${error}`);
      if (response.headersSent || response.destroyed) response.destroy();
      else sendJson(response, shown.status, toErrorBody(shown));
    });
  });

  return {
    server,
    record: {
      requests,
      get limited() {
        return limited;
      },
    },
  };
}

/** Resolves when the client is gone. */
function gone({ socket }: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", resolve);
  });
}

function cut({ socket }: IncomingMessage, { reset = false }: { readonly reset?: boolean }): void {
  if (reset) socket.resetAndDestroy();
  else socket.destroy();
}

/** Discord's own answer to a route it does not have, with a word that it may only be missing here. */
function notSimulated(route: string): ApiError {
  return new ApiError(404, 0, `404: Not Found (no such route, or not simulated: ${route})`);
}

/** docs: reference, "Authentication". */
function checkToken(request: IncomingMessage, token: string): void {
  if (request.headers.authorization !== `Bot ${token}`) throw refuse("unauthorized");
}

/** A limit of its own, which has a code and words of its own. */
interface Limited {
  readonly retryAfterMs: number;
  readonly code?: number;
  readonly message?: string;
}

/** docs: topics/rate-limits, "Exceeding A Rate Limit": clients go by the headers. */
function sendLimited(
  response: ServerResponse,
  limit: Limited & Pick<Fault & { kind: "rate limit" }, "scope">,
  headers: Readonly<Record<string, string>> = {},
): void {
  const seconds = limit.retryAfterMs / 1000;
  const isGlobal = limit.scope === "global";
  sendJson(
    response,
    429,
    {
      message: limit.message ?? "You are being rate limited.",
      retry_after: seconds,
      global: isGlobal,
      ...(limit.code ? { code: limit.code } : {}),
    },
    {
      ...headers,
      "retry-after": String(Math.ceil(seconds)),
      "x-ratelimit-scope": limit.scope,
      ...(isGlobal ? { "x-ratelimit-global": "true" } : {}),
    },
  );
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (value === undefined) {
    response.writeHead(status, headers);
    return void response.end();
  }
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}
