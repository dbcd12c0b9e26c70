import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { APIError, toFile } from "openai";
import type {
  ResponseCreateParamsStreaming,
  ResponseInputItem,
  ResponseInputMessageContentList,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { Stream } from "openai/streaming";
import type { Upload } from "../pictures/uploads.ts";
import { BotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { newProgress, type PaintEvent, type Progress, toPaintEvents } from "./paint-events.ts";
import { toVerdict } from "./verdict.ts";

/** The parameters of one streaming `responses.create`. */
export type PaintRequest = ResponseCreateParamsStreaming;

/** One message of its input, or what stands for one. */
export type PaintItem = ResponseInputItem;

/** What a person's message in it is made of. */
export type PaintContent = ResponseInputMessageContentList;

/**
 * Whoever draws. All methods reject with a BotError; with the signal's reason when it aborts.
 *
 * An aborted stream is dropped at once and nothing more: `cancel` tells OpenAI to stop too.
 */
export interface Painter {
  /** As it stands in a footer. */
  readonly name: string;
  /** It draws placeholders: what is shown must say so. */
  readonly standIn: boolean;
  /**
   * Runs a request to its end over as many connections as that takes. With `responseId` it first takes up the
   * background response of that id, from an earlier process, and asks anew only if that is gone.
   */
  paint(request: PaintRequest, signal: AbortSignal, responseId?: string): AsyncGenerator<PaintEvent>;
  /** Never rejects: a response that is over already has nothing to stop. */
  cancel(responseId: string): Promise<void>;
  /** Stores a picture for 30 days; its file id. Undefined where the server stores no files. */
  readonly upload: Upload;
}

export interface PainterOptions {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly standIn: boolean;
  readonly log: Log;
  /** Silence, in ms, after which a connection counts as broken. */
  readonly idleMs?: number;
  /** The first wait before another try, in ms; each further one is twice as long. */
  readonly backoffMs?: number;
}

/** Tries without an event in between before we give up. */
const tries = 4;
/** The longest wait, in ms, that OpenAI may ask for before we tell the person instead. */
const patienceMs = 60_000;
/** A wait, in ms, that is long enough to be told of. */
const noticeableMs = 1500;
/** The longest life of a file. Source: `expires_after` in openai's files.d.ts. */
const fileLifeSeconds = 30 * 24 * 3600;

/** A painter on the openai SDK, whose own retries are off: they do not know what has been drawn. */
export function createPainter(options: PainterOptions): Painter {
  const { log, idleMs = 150_000, backoffMs = 1000 } = options;
  const warn = (message: string) => log.warn({ message }, "openai.sdk");
  const client = new OpenAI({
    apiKey: options.apiKey,
    ...(options.baseUrl && { baseURL: options.baseUrl }),
    maxRetries: 0,
    timeout: idleMs,
    logger: { error: warn, warn, info: () => {}, debug: () => {} },
  });
  /** Some compatible servers know no background mode; once one has said so it is not asked again. */
  let background = true;
  /** Nor do all of them store files. */
  let files = true;

  async function* paint(
    asked: PaintRequest,
    signal: AbortSignal,
    responseId?: string,
  ): AsyncGenerator<PaintEvent> {
    let request = background ? asked : inForeground(asked);
    let progress = newProgress(request.background ? responseId : undefined);
    let broken: BotError | undefined;
    for (let failures = 0; ; ) {
      const takingUp = progress.responseId;
      const before = progress.sequence;
      try {
        signal.throwIfAborted();
        for await (const event of watched(await open(request, progress, signal), idleMs)) {
          yield* toPaintEvents(event, progress);
          if (progress.ended) return;
        }
        throw new BotError("unreachable", "The connection to OpenAI broke off. Try again.");
      } catch (cause) {
        signal.throwIfAborted();
        const error = toPaintError(cause);
        if (progress.ended) throw error;
        failures = progress.sequence > before ? 1 : failures + 1;
        if (request.background && refusesBackground(cause)) {
          log.warn({ error: error.message }, "background.off");
          background = false;
          request = inForeground(request);
          progress = newProgress();
          continue;
        }
        const transient = error.code === "unreachable" || error.code === "busy";
        if (transient) broken = error;
        const canTakeUp = transient && progress.responseId !== undefined && request.background === true;
        // What was taken up and is gone may be asked for anew, as may what never began, while nothing is drawn.
        const canAskAnew = !progress.drawn && (transient || takingUp !== undefined);
        const waitMs = error.retryAfterMs ?? backoffMs * 2 ** (failures - 1);
        if ((canTakeUp || canAskAnew) && failures < tries && waitMs <= patienceMs) {
          log.info({ responseId: progress.responseId, failures, waitMs, error }, "paint.retry");
          if (!canTakeUp) progress = newProgress();
          if (waitMs >= noticeableMs) yield { kind: "waiting", ms: waitMs };
          await sleep(waitMs, null, { signal });
          continue;
        }
        if (progress.pictures.size > 0) {
          log.warn({ responseId: progress.responseId, error }, "paint.cut");
          if (progress.responseId) yield { kind: "final", responseId: progress.responseId };
          return;
        }
        // Some servers keep no responses: that there is none to take up is not what went wrong.
        throw error.code === "rejected" && broken ? broken : error;
      }
    }
  }

  async function open(
    request: PaintRequest,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<Stream<ResponseStreamEvent>> {
    const query = {
      stream: true as const,
      ...(progress.sequence >= 0 && { starting_after: progress.sequence }),
    };
    const { data, response } = await (progress.responseId
      ? client.responses.retrieve(progress.responseId, query, { signal })
      : client.responses.create(request, { signal })
    ).withResponse();
    const type = response.headers.get("content-type") ?? "";
    if (!/json|html/.test(type)) return data;
    // To the SDK this is a stream without events. It would be asked for, and perhaps paid, again and again.
    data.controller.abort();
    const server = options.baseUrl ? "The server that OPENAI_BASE_URL names" : "OpenAI";
    throw new BotError("rejected", `${server} answered with ${type} and not with a stream. Tell the admin.`);
  }

  return {
    name: options.standIn ? "the offline stand-in" : "OpenAI",
    standIn: options.standIn,
    paint,
    async cancel(responseId) {
      await client.responses.cancel(responseId).catch((error: unknown) => {
        log.debug({ responseId, error }, "cancel.refused");
      });
    },
    async upload({ bytes, mediaType }, signal) {
      if (!files) return undefined;
      const name = `picture.${mediaType.slice(mediaType.indexOf("/") + 1)}`;
      const body = {
        purpose: "vision" as const,
        file: await toFile(bytes, name, { type: mediaType }),
        expires_after: { anchor: "created_at" as const, seconds: fileLifeSeconds },
      };
      try {
        // A file that is stored twice draws nothing twice: here the SDK may retry.
        return (await client.files.create(body, { signal, maxRetries: 3 })).id;
      } catch (cause) {
        signal.throwIfAborted();
        if (cause instanceof APIError && (cause.status === 404 || cause.status === 405)) {
          log.warn({ status: cause.status }, "files.off");
          files = false;
          return undefined;
        }
        throw toPaintError(cause);
      }
    },
  };
}

function inForeground(request: PaintRequest): PaintRequest {
  const { background: _, ...rest } = request;
  return rest;
}

/** OpenAI names the field; other servers speak of it in words alone. A picture has a background, too. */
function refusesBackground(cause: unknown): boolean {
  if (!(cause instanceof APIError) || cause.status !== 400) return false;
  if (cause.param) return cause.param === "background";
  return /\bbackground\b/.test(cause.message) && !/transparent|opaque/i.test(cause.message);
}

/** The SDK waits for ever on a stream that has fallen silent: its timeout ends with the response's headers. */
async function* watched<T>(stream: Stream<T>, idleMs: number): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const silence = () =>
    new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new BotError("unreachable", "OpenAI has gone silent. Try again in a minute.")),
        idleMs,
      );
    });
  try {
    for (;;) {
      const result = await Promise.race([iterator.next(), silence()]);
      clearTimeout(timer);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    clearTimeout(timer);
    stream.controller.abort();
  }
}

/** What the SDK and the network throw: an APIError, or a raw TypeError or SyntaxError from a stream that broke. */
function toPaintError(cause: unknown): BotError {
  if (cause instanceof BotError) return cause;
  if (!(cause instanceof APIError) || (cause.status === undefined && !cause.code)) {
    return new BotError("unreachable", "OpenAI cannot be reached right now. Try again in a minute.", {
      cause,
    });
  }
  const { status, code, type, param, headers } = cause;
  return toVerdict(
    {
      status,
      code,
      type,
      param,
      message: ownMessage(cause),
      retryAfterMs: retryAfter(headers),
      moderation: moderationOf(cause),
    },
    cause,
  );
}

/** APIError puts the status before OpenAI's sentence. */
function ownMessage({ message, status }: APIError): string {
  return status === undefined ? message : message.replace(`${status} `, "");
}

function moderationOf({ error }: APIError): { categories: string[]; stage: string } | undefined {
  const details = error && typeof error === "object" ? Reflect.get(error, "moderation_details") : undefined;
  if (!details || typeof details !== "object") return undefined;
  const { categories, moderation_stage: stage } = details as {
    categories?: unknown;
    moderation_stage?: unknown;
  };
  return { categories: Array.isArray(categories) ? categories.map(String) : [], stage: String(stage) };
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return Math.max(0, ms);
  const after = headers?.get("retry-after");
  if (!after) return undefined;
  const seconds = Number(after);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
