import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import { ApiError, refuse, toErrorBody } from "./api-error.ts";
import { createArgs } from "./args.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Fields } from "./fields.ts";
import type { Files } from "./files.ts";
import { type Method, tiers } from "./method.ts";
import type { RateLimits } from "./rate-limits.ts";
import { type ParsedBody, readBody, readUpload } from "./request.ts";
import type { ResponseUrls } from "./response-urls.ts";
import { throughHost } from "./through-host.ts";
import type { World } from "./world.ts";

/** A request as it came in, and how it was answered. */
export interface RecordedRequest {
  /** E.g. `chat.postMessage`; `upload`, `download` or `response_url` for what is no method. */
  readonly method: string;
  readonly args: Fields;
  /** The token that came along. */
  readonly token?: string;
  readonly atMs: number;
  /** Absent while it is under way, and when the connection was cut. */
  status?: number;
  /** Slack's error code, when it was refused. */
  error?: string;
}

/** An answer on its way. */
interface Answer {
  readonly status: number;
  readonly body: Fields | string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const mostRequests = 1000;

/** The HTTP server, not listening yet: Web API, uploads, downloads and response URLs. */
export function createApi(parts: {
  world: World;
  methods: readonly Method[];
  files: Files;
  responses: ResponseUrls;
  clock: Clock;
  changes: Changes;
  faults: Faults;
  rates: RateLimits;
}): { readonly server: Server; readonly requests: readonly RecordedRequest[] } {
  const { world, files, responses, clock, changes, faults, rates } = parts;
  const methods = new Map(parts.methods.map((method) => [method.name, method]));
  const requests: RecordedRequest[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, area = "", name = "", id = ""] = url.pathname.split("/");
    const body = await readBody(request);
    const token =
      /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ??
      (typeof body.args.token === "string" ? body.args.token : undefined);
    const record: RecordedRequest = {
      method: area === "api" ? name : (areas[area] ?? url.pathname),
      args: { ...Object.fromEntries(url.searchParams), ...body.args },
      ...(token ? { token } : {}),
      atMs: clock.now(),
    };
    requests.push(record);
    if (requests.length > mostRequests) requests.shift();
    const fault = faults.take(record.method);
    const early = fault && toEarly(fault);
    if (early) return finish(record, response, early);
    if (fault?.kind === "drop" && fault.when === "before") return void request.socket.destroy();
    if (fault?.kind === "slow" && fault.applied !== "first") await sleep(fault.ms);
    const answer = await run();
    if (fault?.kind === "drop") return void request.socket.destroy();
    if (fault?.kind === "slow" && fault.applied === "first") await sleep(fault.ms);
    finish(record, response, answer);

    function run(): Answer | Promise<Answer> {
      switch (area) {
        case "api":
          return call(name, record, body, token);
        case "upload":
          return receive(id, request, body);
        case "files-pri":
          return download(name, token);
        case "actions":
          return respond(id, body);
        default:
          return { status: 404, body: "Not Found", type: "text/plain" };
      }
    }
  }

  async function call(
    name: string,
    { args }: RecordedRequest,
    { broken }: ParsedBody,
    token: string | undefined,
  ): Promise<Answer> {
    const headers: Record<string, string> = {};
    try {
      const method = methods.get(name);
      if (!method) throw refuse("unknown_method");
      checkToken(world, method, token);
      if (method.token === undefined) headers["x-oauth-scopes"] = [...world.scopes].join(",");
      checkScopes(world, method);
      if (broken) throw refuse("invalid_json");
      const given = createArgs(args);
      const part = method.perSecond?.(given);
      const wait =
        rates.count(name, { count: tiers[method.tier], perMs: 60_000 }) ??
        (part === undefined ? undefined : rates.count(`${name} per second`, { count: 1, perMs: 1000 }, part));
      if (wait !== undefined) return toLimited(wait);
      return { status: 200, body: { ok: true, ...(await method.run(given)) }, headers };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: 200, body: toErrorBody(error), headers };
    }
  }

  /** docs: messaging/working-with-files, "Uploading files": multipart or raw; the size must be the one announced. */
  async function receive(ticket: string, request: IncomingMessage, body: ParsedBody): Promise<Answer> {
    const upload = files.upload(ticket);
    if (!upload || upload.file.readyMs !== undefined)
      return { status: 404, body: "Not Found", type: "text/plain" };
    const bytes = await readUpload(request, body);
    if (bytes?.length !== upload.length)
      return { status: 400, body: "Bad Request: the length differs", type: "text/plain" };
    files.receive(upload, bytes);
    return { status: 200, body: `OK - ${bytes.length}`, type: "text/plain" };
  }

  /** Without the token Slack answers with its login page, and 200. */
  function download(key: string, token: string | undefined): Answer {
    const file = files.find(key.split("-").at(-1) ?? "");
    const isAllowed = token === world.token && !world.refuseTokens && world.scopes.has("files:read");
    if (!isAllowed) return { status: 200, body: loginPage, type: "text/html; charset=utf-8" };
    if (!file || !files.isVisible(file)) return { status: 404, body: "File not found", type: "text/html" };
    return { status: 200, body: file.bytes, type: file.mimetype || "application/octet-stream" };
  }

  function respond(id: string, { args }: ParsedBody): Answer {
    const { status, body } = responses.receive(id, args);
    return { status, body, ...(typeof body === "string" ? { type: "text/html" } : {}) };
  }

  function finish(record: RecordedRequest, response: ServerResponse, answer: Answer): void {
    const { status, body, type, headers } = answer;
    const { req: request } = response;
    record.status = status;
    if (typeof body === "object" && !Buffer.isBuffer(body) && typeof body.error === "string")
      record.error = body.error;
    const isJson = typeof body === "object" && !Buffer.isBuffer(body);
    response.writeHead(status, {
      "content-type": type ?? "application/json; charset=utf-8",
      date: new Date(clock.now()).toUTCString(),
      ...headers,
    });
    response.end(isJson ? throughHost(JSON.stringify(body), request) : body);
    changes.happened();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`The simulator failed: ${error instanceof Error ? error.stack : error}`);
    });
  });
  return { server, requests };
}

const areas: Readonly<Record<string, string>> = {
  upload: "upload",
  "files-pri": "download",
  actions: "response_url",
};

const loginPage =
  "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to see this file</body></html>";

/** docs: reference/methods/auth.test, the errors every method shares. */
function checkToken(world: World, { name, token: kind = "bot" }: Method, token: string | undefined): void {
  if (name === "api.test") return;
  if (token === undefined) throw refuse("not_authed");
  if (world.refuseTokens) throw refuse(world.refuseTokens);
  const tokens = { bot: world.token, app: world.appToken, config: world.configToken } as const;
  const known = (["bot", "app", "config"] as const).find((name) => tokens[name] === token);
  if (known === undefined) throw refuse("invalid_auth");
  if (known !== kind) throw refuse("not_allowed_token_type");
}

function checkScopes(world: World, { scopes = [] }: Method): void {
  if (scopes.length === 0 || scopes.some((scope) => world.scopes.has(scope))) return;
  throw new ApiError("missing_scope", { needed: scopes[0] ?? "", provided: [...world.scopes].join(",") });
}

function toEarly(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case "status":
      return { status: fault.status, body: fault.body ?? "simulated", type: "text/html" };
    case "error":
      return { status: 200, body: { ok: false, error: fault.error } };
    case "rate limit":
      return toLimited(fault.retryAfterMs);
    default:
      return undefined;
  }
}

/** docs: apis/web-api/rate-limits. */
function toLimited(waitMs: number): Answer {
  return {
    status: 429,
    body: { ok: false, error: "ratelimited" },
    headers: { "retry-after": String(Math.ceil(waitMs / 1000)) },
  };
}
