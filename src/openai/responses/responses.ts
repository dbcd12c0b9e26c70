import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { APIError } from "openai/error";
import type { ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import type { Usage } from "../../money/prices.ts";
import type { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { once } from "../../seam/once.ts";
import type { LazyClient } from "../client.ts";
import type { MayAsk } from "../engine.ts";
import { withErrorWords } from "../error-words.ts";
import { isPassing, refusesBackground, toLost, toPaintError, wasNotBegun } from "../failure.ts";
import { withLastLook } from "../last-look.ts";
import type { PaintEvent } from "../painted.ts";
import { insist, patience } from "../patience.ts";
import { createBoundedFetch } from "../stream/body.ts";
import { createDirectFetch } from "../stream/direct-fetch.ts";
import type { StreamLimits } from "../stream/read-events.ts";
import { createConnection } from "./connection.ts";
import { newProgress, toStopped } from "./paint-events.ts";
import { toNextWay, type Way } from "./recovery.ts";

/** The parameters of one streaming `responses.create`. */
export type PaintRequest = ResponseCreateParamsStreaming;

/** Responses, each run to its end. All methods reject with a BotError; with the signal's reason when it aborts. */
export interface Responses {
  /**
   * Runs a request to its end over as many connections as that takes. With `responseId` it first takes up the response
   * of that id, from an earlier process, and asks anew only if that is gone. `wish`: the same for the same wish, also in
   * another process, and unlike that of any other. `mayAsk`: as of `Tools`.
   *
   * An aborted stream is dropped at once: `cancel` tells OpenAI to stop too, which is done of itself where no id was known.
   */
  paint(
    request: PaintRequest,
    signal: AbortSignal,
    responseId?: string,
    wish?: string,
    mayAsk?: MayAsk,
  ): AsyncGenerator<PaintEvent>;
  /**
   * What it had taken by then; undefined where OpenAI does not say. Never rejects: a response that is over already has
   * nothing to stop.
   */
  cancel(responseId: string): Promise<{ readonly usage?: Usage } | undefined>;
}

/** `server`: whose answers these are, as an error says it. Times in ms, as `PainterOptions` has them. */
export function createResponses(
  client: LazyClient,
  options: {
    readonly server: string;
    readonly backoffMs: number;
    readonly stuckMs: number;
    readonly pollMs: number;
    readonly stream: StreamLimits;
    readonly log: Log;
  },
): Responses {
  const { server, log, backoffMs, stuckMs, pollMs, stream } = options;
  const direct = createDirectFetch();
  const { bodyOf } = direct;
  const streamed = withLastLook(withErrorWords(createBoundedFetch(stream, direct)));
  const streaming = once(async () => (await client()).withOptions({ fetch: streamed }));
  const connection = createConnection(streaming, { server, pollMs, stuckMs, cancel, stream, bodyOf });
  /** Some compatible servers know no background mode; once one has said so it is not asked again. */
  let background = true;

  async function* paint(
    asked: PaintRequest,
    signal: AbortSignal,
    responseId?: string,
    wish: string = randomUUID(),
    mayAsk: MayAsk = async () => {},
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
          await mayAsk();
          yield* connection.ask(request, `${wish}-${asks}`, progress, signal, mayAsk);
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
        const most = next === "ask" || progress.pictures.size > 0 ? patience.tries : patience.moreTries;
        const waitMs = error.retryAfterMs ?? Math.min(backoffMs * 2 ** (failures - 1), patience.backoffMs);
        if (next && failures < most && connections < patience.connections && waitMs <= patience.waitMs) {
          log.info({ responseId: progress.responseId, next, failures, waitMs, error }, "paint.retry");
          way = next;
          if (way === "ask") progress = newProgress();
          if (waitMs >= patience.noticeableMs) yield { kind: "waiting", ms: waitMs };
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

  async function cancel(responseId: string): Promise<{ readonly usage?: Usage } | undefined> {
    // It is drawn, and paid for, until OpenAI has heard it.
    const ask = async () => (await client()).responses.cancel(responseId);
    return insist(ask, backoffMs).then(toStopped, (error: unknown) => {
      log.debug({ responseId, error }, "cancel.refused");
      return undefined;
    });
  }

  return { paint, cancel };
}

function inForeground(request: PaintRequest): PaintRequest {
  const { background: _, ...rest } = request;
  return rest;
}

/** OpenAI keeps a response unless it is told not to. */
function isKept(request: PaintRequest): boolean {
  return request.store !== false;
}
