import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { APIError, toFile } from "openai";
import type {
  ResponseCreateParamsStreaming,
  ResponseInputItem,
  ResponseInputMessageContentList,
} from "openai/resources/responses/responses";
import type { Upload } from "../pictures/uploads.ts";
import type { BotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { createBoundedFetch, mostEventBytes } from "./body.ts";
import { createConnection } from "./connection.ts";
import { isGone, isPassing, refusesBackground, toPaintError, wasNotBegun } from "./failure.ts";
import { newProgress, type PaintEvent } from "./paint-events.ts";
import { toLost, toNextWay, type Way } from "./recovery.ts";
import { createDirectFetch } from "./stream/direct-fetch.ts";

/** The parameters of one streaming `responses.create`. */
export type PaintRequest = ResponseCreateParamsStreaming;

/** One message of its input, or what stands for one. */
export type PaintItem = ResponseInputItem;

/** What a person's message in it is made of. */
export type PaintContent = ResponseInputMessageContentList;

/**
 * Whoever draws. All methods reject with a BotError; with the signal's reason when it aborts.
 *
 * An aborted stream is dropped at once: `cancel` tells OpenAI to stop too, which is done of itself where no id was known.
 */
export interface Painter {
  /** As it stands in a footer. */
  readonly name: string;
  /** It draws placeholders: what is shown must say so. */
  readonly standIn: boolean;
  /**
   * Runs a request to its end over as many connections as that takes. With `responseId` it first takes up the response
   * of that id, from an earlier process, and asks anew only if that is gone. `wish`: the same for the same wish, also in
   * another process, and unlike that of any other.
   */
  paint(
    request: PaintRequest,
    signal: AbortSignal,
    responseId?: string,
    wish?: string,
  ): AsyncGenerator<PaintEvent>;
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
  /** Silence, in ms without a byte, after which a connection counts as broken; 150 s unless said. */
  readonly idleMs?: number;
  /** Ms without an event, whatever else comes, after which a response is given up; 15 minutes unless said. */
  readonly stuckMs?: number;
  /** Ms between two questions how a response stands whose stream is not to be had; 3 s unless said. */
  readonly pollMs?: number;
  /** Bytes of one event, and of a body that is no stream; 128 MiB unless said. */
  readonly eventBytes?: number;
  /** The first wait before another try, in ms; each further one is twice as long. */
  readonly backoffMs?: number;
}

/** Tries without an event in between before we give up. */
const tries = 4;
/** The same for a response that is drawn, and paid for, whether we hear of it or not: about a minute of them. */
const moreTries = 7;
/** Connections for one response, however much each of them brings. */
const mostConnections = 50;
/** The longest wait, in ms, of our own accord. */
const mostBackoffMs = 30_000;
/** The longest wait, in ms, that OpenAI may ask for before we tell the person instead. */
const patienceMs = 60_000;
/** A wait, in ms, that is long enough to be told of. */
const noticeableMs = 1500;
/** The longest life of a file. Source: `expires_after` in openai's files.d.ts. */
const fileLifeSeconds = 30 * 24 * 3600;

/** A painter on the openai SDK, whose own retries are off: they do not know what has been drawn. */
export function createPainter(options: PainterOptions): Painter {
  const { log, idleMs = 150_000, backoffMs = 1000, stuckMs = 15 * 60_000, pollMs = 3000 } = options;
  const warn = (message: string) => log.warn({ message }, "openai.sdk");
  const limits = { bytes: options.eventBytes ?? mostEventBytes, idleMs };
  const client = new OpenAI({
    apiKey: options.apiKey,
    ...(options.baseUrl && { baseURL: options.baseUrl }),
    maxRetries: 0,
    timeout: idleMs,
    fetch: createBoundedFetch(limits),
    logger: { error: warn, warn, info: () => {}, debug: () => {} },
  });
  const server = options.baseUrl ? "The server that OPENAI_BASE_URL names" : "OpenAI";
  const direct = createDirectFetch();
  const streaming = client.withOptions({ fetch: createBoundedFetch(limits, direct) });
  const connection = createConnection(streaming, {
    server,
    pollMs,
    stuckMs,
    cancel,
    stream: limits,
    bodyOf: direct.bodyOf,
  });
  /** Some compatible servers know no background mode; once one has said so it is not asked again. */
  let background = true;
  /** Nor do all of them store files. */
  let files = true;

  async function* paint(
    asked: PaintRequest,
    signal: AbortSignal,
    responseId?: string,
    wish: string = randomUUID(),
  ): AsyncGenerator<PaintEvent> {
    let request = background ? asked : inForeground(asked);
    let progress = newProgress(isKept(request) ? responseId : undefined);
    let way: Way = progress.responseId === undefined ? "ask" : request.background ? "follow" : "poll";
    let broken: BotError | undefined;
    /** How often it was asked for: what a server has answered with a failure is another wish to it from then on. */
    let asks = 0;
    let failures = 0;
    for (let connections = 1; ; connections += 1) {
      const before = progress.sequence;
      try {
        signal.throwIfAborted();
        const { responseId: taken } = progress;
        if (way === "ask" || taken === undefined) {
          asks += 1;
          yield* connection.ask(request, `${wish}-${asks}`, progress, signal);
        } else yield* connection[way](taken, progress, signal);
        return;
      } catch (cause) {
        signal.throwIfAborted();
        if (request.background && way === "ask" && refusesBackground(cause)) {
          log.warn({ error: toPaintError(cause) }, "background.off");
          background = false;
          request = inForeground(request);
          continue;
        }
        const error = toPaintError(cause);
        if (isPassing(error)) broken = error;
        const moved = progress.sequence > before;
        const next = toNextWay({
          ...{ error, cause, way, progress, moved },
          background: request.background === true,
          kept: isKept(request),
        });
        failures = moved && next !== "ask" ? 1 : failures + 1;
        const most = next === "ask" || progress.pictures.size > 0 ? tries : moreTries;
        const waitMs = error.retryAfterMs ?? Math.min(backoffMs * 2 ** (failures - 1), mostBackoffMs);
        if (next && failures < most && connections < mostConnections && waitMs <= patienceMs) {
          log.info({ responseId: progress.responseId, next, failures, waitMs, error }, "paint.retry");
          way = next;
          if (way === "ask") progress = newProgress();
          if (waitMs >= noticeableMs) yield { kind: "waiting", ms: waitMs };
          await sleep(waitMs, null, { signal }).catch(() => signal.throwIfAborted());
          continue;
        }
        if (progress.pictures.size > 0) {
          log.warn({ responseId: progress.responseId, error }, "paint.cut");
          if (progress.responseId) yield { kind: "final", responseId: progress.responseId };
          return;
        }
        const isUnnamed = !progress.ended && progress.responseId === undefined && !wasNotBegun(cause);
        if (isUnnamed && error.code === "unreachable") throw toLost(error);
        // Some servers keep no responses: that there is none to take up is not what went wrong.
        throw error.code === "rejected" && cause instanceof APIError && broken ? broken : error;
      }
    }
  }

  /** What can be done twice without harm is tried again as long as OpenAI is busy or out of reach. */
  async function insist<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work();
      } catch (cause) {
        signal?.throwIfAborted();
        const error = toPaintError(cause);
        const waitMs = error.retryAfterMs ?? backoffMs * 2 ** (tried - 1);
        if (isGone(cause) || !isPassing(error) || tried >= tries || waitMs > patienceMs) throw cause;
        await sleep(waitMs, null, { signal });
      }
    }
  }

  async function cancel(responseId: string): Promise<void> {
    // It is drawn, and paid for, until OpenAI has heard it.
    await insist(() => client.responses.cancel(responseId)).catch((error: unknown) => {
      log.debug({ responseId, error }, "cancel.refused");
    });
  }

  return {
    name: options.standIn ? "the offline stand-in" : "OpenAI",
    standIn: options.standIn,
    paint,
    cancel,
    async upload({ bytes, mediaType }, signal) {
      if (!files) return undefined;
      const name = `picture.${mediaType.slice(mediaType.indexOf("/") + 1)}`;
      const body = {
        purpose: "vision" as const,
        file: await toFile(bytes, name, { type: mediaType }),
        expires_after: { anchor: "created_at" as const, seconds: fileLifeSeconds },
      };
      try {
        return (await insist(() => client.files.create(body, { signal }), signal)).id;
      } catch (cause) {
        signal.throwIfAborted();
        if (isGone(cause)) {
          log.warn({ error: toPaintError(cause) }, "files.off");
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

/** OpenAI keeps a response unless it is told not to. */
function isKept(request: PaintRequest): boolean {
  return request.store !== false;
}
