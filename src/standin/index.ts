import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ApiError, toErrorBody } from "./errors/api-error.ts";
import { createFaults, type Fault, type Order } from "./errors/faults.ts";
import { parseForm, readBody, sendJson } from "./http/http.ts";
import { createRoutes } from "./http/routes.ts";
import { createImages } from "./images/images.ts";
import { createFiles } from "./kept/files.ts";
import { toRecord } from "./kept/record.ts";
import { createStore } from "./kept/store.ts";
import { createPaint } from "./responses/paints.ts";
import { createResponses } from "./responses/responses.ts";
import { createRuns } from "./responses/runs.ts";

/** Source: the image generation guide, for gpt-image-2 and later. */
const least = 655_360;

/** How a stand-in is set up. Everything may be left out. */
export interface StandinOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Folder in which responses and files outlive the process; absent: in memory. */
  readonly dir?: string;
  /** Time one picture takes, in ms; 4000 unless said. */
  readonly paceMs?: number;
  /** The only key that is let in; absent: any that is not empty. */
  readonly apiKey?: string;
  /** Unix time in ms, for creation and expiry. The pace of drawing is always real time. */
  readonly now?: () => number;
  /** Unix time in ms, by which models have ended or not; `now` unless said. */
  readonly today?: () => number;
  /** Opens pictures by URL. Absent, as offline: every download fails. */
  readonly openUrl?: (url: string) => Promise<Uint8Array>;
  /** Pixels of the smallest picture; as many as OpenAI says unless fewer are enough, as in tests. */
  readonly leastPixels?: number;
  /** Pictures are small tiles of one colour, and cost next to nothing: for tests that do not look at them. */
  readonly flat?: boolean;
  readonly log?: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

/** A request as it came in. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query, e.g. `/v1/responses/resp_1?stream=true`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** JSON bodies are parsed, and forms with each file as its name, type, size and SHA-256; others are absent. */
  readonly body?: unknown;
}

/** An offline OpenAI on this machine. */
export interface Standin {
  /** What a client takes as its base URL, e.g. `http://127.0.0.1:4010/v1`. */
  readonly url: string;
  /** Orders something to go wrong. */
  fault(order: Fault): Order;
  /** Forgets the orders that no request has taken. */
  clearFaults(): void;
  /** The newest requests, oldest first; no more than 200 are kept. */
  readonly requests: readonly RecordedRequest[];
  /** Stops listening, cuts connections, and leaves open background responses for the next start. */
  close(): Promise<void>;
}

const mostRequests = 200;

/** Starts a stand-in for OpenAI, bound to 127.0.0.1. Source of the protocol: the types of the openai package. */
export async function createStandin(options: StandinOptions = {}): Promise<Standin> {
  const {
    port = 0,
    dir,
    paceMs = 4000,
    apiKey,
    now = Date.now,
    today = now,
    openUrl,
    leastPixels = least,
    flat = false,
    log,
  } = options;
  const store = createStore(dir);
  const faults = createFaults();
  const files = createFiles(store, now);
  const paint = createPaint(store, flat);
  const runs = createRuns({ store, paint, now });
  const sources = { store, fileBytes: files.bytes, ...(openUrl ? { openUrl } : {}) };
  const responses = createResponses({ store, runs, paint, sources, paceMs, leastPixels, flat, now, today });
  const images = createImages({ store, paint, paceMs, leastPixels, flat, now, today });
  const route = createRoutes({ files, responses, images, runs, faults, now });
  const requests: RecordedRequest[] = [];

  for (const kept of store.responses.open()) {
    const record = toRecord(kept);
    if (!record) continue;
    // OpenAI would not have stopped with us: what ran in the background goes on; what was streamed lost its reader.
    if (record.params.background) runs.start(record);
    else store.responses.set(record.id, { ...record, open: false, status: "cancelled", endedMs: now() });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const id = `req_${randomUUID().replaceAll("-", "")}`;
    const headers = {
      "x-request-id": id,
      "openai-version": "2020-10-01",
      "openai-organization": "stand-in",
      "x-ratelimit-limit-requests": "10000",
      "x-ratelimit-remaining-requests": "9999",
      "x-ratelimit-reset-requests": "6ms",
      "x-ratelimit-limit-tokens": "2000000",
      "x-ratelimit-remaining-tokens": "1999000",
      "x-ratelimit-reset-tokens": "1ms",
    };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const signal = leaving(response);
    const method = request.method ?? "GET";
    const path = request.url ?? "/";
    try {
      const body = await readBody(request);
      await remember(request, method, path, body);
      checkKey(request.headers.authorization, apiKey);
      response.setHeader("openai-processing-ms", String(Math.round(performance.now() - started)));
      await route({ method, url: new URL(path, "http://127.0.0.1"), request, response, body, signal });
    } catch (error) {
      if (!(error instanceof ApiError)) log?.error({ err: error, path }, "standin.failed");
      if (response.headersSent || signal.aborted) return void response.destroy();
      const shown =
        error instanceof ApiError
          ? error
          : new ApiError(500, "The server had an error while processing your request.", {
              type: "server_error",
            });
      sendJson(response, shown.status, toErrorBody(shown), shown.headers);
    } finally {
      log?.info({ method, path, status: response.statusCode, request: id }, "standin.answered");
    }
  }

  async function remember(
    request: IncomingMessage,
    method: string,
    path: string,
    body: Buffer,
  ): Promise<void> {
    const type = request.headers["content-type"] ?? "";
    const known = type.includes("application/json")
      ? body.length > 0 && { body: parseLoosely(body) }
      : path.endsWith("/images/edits") && { body: await parseFormLoosely(body, type) };
    requests.push({ method, path, headers: request.headers, ...known });
    if (requests.length > mostRequests) requests.shift();
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stand-in has no port.");

  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    fault: (order) => faults.place(order),
    clearFaults: () => faults.clear(),
    requests,
    async close() {
      runs.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      store.close();
    },
  };
}

function checkKey(header: string | undefined, apiKey: string | undefined): void {
  const key = /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (key && (apiKey === undefined || key === apiKey)) return;
  if (!key) {
    throw new ApiError(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    );
  }
  const shown = key.length > 8 ? `${key.slice(0, 4)}****${key.slice(-4)}` : "****";
  throw new ApiError(
    401,
    `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    { code: "invalid_api_key" },
  );
}

/** Aborts when the client goes away before its answer is complete. */
function leaving(response: ServerResponse): AbortSignal {
  const abort = new AbortController();
  response.on("close", () => abort.abort());
  return abort.signal;
}

/** A form as JSON: what comes twice, or under a name that ends in brackets, is a list. */
async function parseFormLoosely(body: Buffer, type: string): Promise<unknown> {
  const fields: Record<string, unknown> = {};
  const form = await parseForm(body, type).catch(() => new FormData());
  for (const name of new Set(form.keys())) {
    const values = await Promise.all(form.getAll(name).map(toShown));
    fields[name] = values.length > 1 || name.endsWith("[]") ? values : values[0];
  }
  return fields;
}

async function toShown(value: File | string): Promise<unknown> {
  if (typeof value === "string") return value;
  const bytes = new Uint8Array(await value.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name: value.name, type: value.type, size: value.size, sha256 };
}

function parseLoosely(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
