import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { ApiError, badRequest, notFound } from "../errors/api-error.ts";
import { check } from "../errors/check.ts";
import type { Faults, Route, Taken } from "../errors/faults.ts";
import type { Images, Job } from "../images/images.ts";
import type { Files } from "../kept/files.ts";
import type { ResponseRecord } from "../kept/record.ts";
import { imageModels, textModels } from "../params/models.ts";
import type { Responses } from "../responses/responses.ts";
import type { Runs } from "../responses/runs.ts";
import { parseForm, parseJson, sendJson } from "./http.ts";
import { sendEvents } from "./stream.ts";

/** A request with its body read, and where the answer goes. `signal` aborts when the client leaves. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

const retrieval = z.strictObject({
  stream: z.enum(["true", "false"]).optional(),
  starting_after: z.coerce.number().int().min(0).optional(),
  include_obfuscation: z.enum(["true", "false"]).optional(),
  include: z.string().optional(),
  "include[]": z.string().optional(),
});

/** Answers a request; rejects with ApiError for what is to be answered with an error. */
export function createRoutes(deps: {
  files: Files;
  responses: Responses;
  images: Images;
  runs: Runs;
  faults: Faults;
  now: () => number;
}): (exchange: Exchange) => Promise<void> {
  const { files, responses, images, runs, faults, now } = deps;

  async function create({ body, response, signal }: Exchange, taken: Taken | undefined): Promise<void> {
    const record = await responses.create(parseJson(body), taken?.fault);
    const { background, stream } = record.params;
    const leave = () => {
      if (!background) runs.cancel(record.id);
    };
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    if (stream) return await sendEvents(response, runs.follow(record, -1, signal), signal, taken);
    if (!background) await runs.ended(record.id, signal);
    if (signal.aborted) return;
    await send(response, await responses.show(runs.latest(record)), signal, taken);
  }

  async function retrieve(
    { url, response, signal }: Exchange,
    id: string,
    taken: Taken | undefined,
  ): Promise<void> {
    const query = check(retrieval, Object.fromEntries(url.searchParams));
    const record = responses.find(id);
    if (query.stream !== "true") {
      if (query.starting_after !== undefined) {
        throw badRequest(
          "The 'starting_after' parameter is only allowed when 'stream' is true.",
          "starting_after",
          "invalid_value",
        );
      }
      return await send(response, await responses.show(record), signal, taken);
    }
    checkStreamable(record, now());
    const after = query.starting_after ?? -1;
    await sendEvents(response, runs.follow(record, after, signal), signal, taken);
  }

  async function addFile(exchange: Exchange, taken: Taken | undefined): Promise<void> {
    await send(exchange.response, await files.add(await formOf(exchange)), exchange.signal, taken);
  }

  async function draw({ response, signal }: Exchange, job: Job, taken: Taken | undefined): Promise<void> {
    if (job.stream) return await sendEvents(response, job.events(signal), signal, taken);
    const whole = await job.whole(signal);
    if (!signal.aborted) await send(response, whole, signal, taken);
  }

  return async (exchange) => {
    const { method, url, response, signal } = exchange;
    const [version, first, second, verb, ...rest] = url.pathname.split("/").filter(Boolean);
    // The Image API's second part is a name and no id.
    const [kind, id] = first === "images" ? [`${first} ${second}`, undefined] : [first, second];
    const missing = notFound(`Invalid URL (${method} ${url.pathname})`);
    if (version !== "v1" || rest.length > 0) throw missing;
    const at = [method, kind, id === undefined ? "" : ":id", verb ?? ""].filter(Boolean).join(" ");
    const meant = routes[at];
    if (!meant) throw missing;
    const taken = faults.take(meant);
    if (taken) await meet(taken);
    if (signal.aborted) return;
    const name = id ?? "";
    switch (at) {
      case "POST responses":
        return await create(exchange, taken);
      case "POST images generations":
        return await draw(exchange, await images.generate(exchange.body, taken?.fault), taken);
      case "POST images edits":
        return await draw(exchange, await images.edit(await formOf(exchange), taken?.fault), taken);
      case "GET responses :id":
        return await retrieve(exchange, name, taken);
      case "POST responses :id cancel":
        return await send(response, await responses.cancel(name), signal, taken);
      case "DELETE responses :id":
        return await send(response, responses.delete(name), signal, taken);
      case "GET responses :id input_items":
        return await send(response, responses.items(name), signal, taken);
      case "POST files":
        return await addFile(exchange, taken);
      case "GET files":
        return await send(response, files.list(url.searchParams), signal, taken);
      case "GET files :id":
        return await send(response, files.get(name), signal, taken);
      case "DELETE files :id":
        return await send(response, files.delete(name), signal, taken);
      case "GET files :id content": {
        const { bytes, filename } = files.content(name);
        response.writeHead(200, {
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
        });
        return void response.end(bytes);
      }
      case "GET models":
        return sendJson(response, 200, { object: "list", data: modelNames.map(toModel) });
      case "GET models :id": {
        if (!modelNames.includes(name)) {
          throw notFound(`The model '${name}' does not exist`, "model", "model_not_found");
        }
        return sendJson(response, 200, toModel(name));
      }
    }
  };
}

const routes: Readonly<Record<string, Route>> = {
  "POST responses": "create",
  "POST images generations": "create",
  "POST images edits": "create",
  "GET responses :id": "retrieve",
  "POST responses :id cancel": "cancel",
  "DELETE responses :id": "delete",
  "GET responses :id input_items": "items",
  "POST files": "files",
  "GET files": "files",
  "GET files :id": "files",
  "DELETE files :id": "files",
  "GET files :id content": "files",
  "GET models": "models",
  "GET models :id": "models",
};

const modelNames: readonly string[] = [...textModels, ...imageModels.map(({ name }) => name)];

function toModel(id: string) {
  return { id, object: "model", created: 1_780_000_000, owned_by: "system" };
}

/** Throws ApiError. */
async function formOf({ body, request }: Exchange): Promise<FormData> {
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return parseForm(body, type);
  throw badRequest("Invalid Content-Type header: expected multipart/form-data.", null, null);
}

/** Answers with JSON, or with what a fault makes of it. */
async function send(
  response: ServerResponse,
  value: unknown,
  signal: AbortSignal,
  taken: Taken | undefined,
): Promise<void> {
  taken?.strike();
  switch (taken?.fault.kind) {
    case "drop":
    case "end":
      return void response.destroy();
    case "stall":
      await Promise.race([taken.released, once(response, "close")]);
      if (signal.aborted) return;
      break;
    case "garble":
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end('{"id": "resp_');
    default:
  }
  sendJson(response, 200, value);
}

/** What a fault does before the request is looked at. Throws ApiError for an ordered status. */
async function meet(taken: Taken): Promise<void> {
  const { fault } = taken;
  if (fault.kind === "slow") {
    await new Promise((resolve) => setTimeout(resolve, fault.ms));
    taken.strike();
  }
  if (fault.kind === "status") {
    taken.strike();
    const { status, message, code, headers = {} } = fault;
    const type =
      fault.type ?? (status === 429 ? "rate_limit_exceeded" : status >= 500 ? "server_error" : undefined);
    throw new ApiError(
      status,
      message ?? defaultMessages[status] ?? "The request failed.",
      {
        code: code ?? (status === 429 ? "rate_limit_exceeded" : null),
        ...(type === undefined ? {} : { type }),
      },
      { ...headers },
    );
  }
  if (fault.kind === "refuse" && fault.as === "http") {
    taken.strike();
    const categories = fault.categories ?? ["other"];
    throw new ApiError(
      400,
      `Your request was rejected by the safety system. safety_violations=[${categories.join(", ")}].`,
      {
        type: "image_generation_user_error",
        code: "moderation_blocked",
        moderation_details: { categories, moderation_stage: fault.stage ?? "input" },
      },
    );
  }
}

const defaultMessages: Readonly<Record<number, string>> = {
  401: "Incorrect API key provided.",
  429: "Rate limit reached for requests. Please try again in 20s.",
  500: "The server had an error while processing your request. Sorry about that!",
  503: "The engine is currently overloaded, please try again later.",
};

/** Source of the age: openai/openai-python#2828. */
const streamableMs = 5 * 60 * 1000;

function checkStreamable({ params, createdMs }: ResponseRecord, now: number): void {
  if (!params.background || !params.stream) {
    throw badRequest(
      "This response cannot be streamed: only a response created with background=true and stream=true can.",
      "stream",
      "invalid_value",
    );
  }
  if (now - createdMs > streamableMs) {
    throw badRequest(
      "This response can no longer be streamed because it is more than 5 minutes old",
      "stream",
      null,
    );
  }
}
