import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { APIError } from "openai/error";
import type { ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import { BotError } from "../../seam/errors.ts";
import type { LazyClient } from "../client.ts";
import type { MayAsk } from "../engine.ts";
import { answeredWith } from "../failure.ts";
import { askLooking } from "../last-look.ts";
import type { PaintEvent } from "../painted.ts";
import { soon, stuck } from "../patience.ts";
import { readEvents, type StreamLimits } from "../stream/read-events.ts";
import { newProgress, type Progress, toPaintEvents, toPolledEvents } from "./paint-events.ts";

/**
 * The ways to get at a response. Each gives what comes by it until the response is over, notes in `progress` how far that
 * is, and rejects with whatever breaks it off: the signal's reason, a BotError, or what the SDK and the network throw.
 */
export interface Connection {
  /** Asks for one. `key`: the same for the same wish, for servers that mind it: they begin that once. */
  ask(
    request: ResponseCreateParamsStreaming,
    key: string,
    progress: Progress,
    signal: AbortSignal,
    mayAsk: MayAsk,
  ): AsyncGenerator<PaintEvent>;
  /** Takes up the stream of a background response after the event that came last. */
  follow(responseId: string, progress: Progress, signal: AbortSignal): AsyncGenerator<PaintEvent>;
  /** Asks from time to time how a response stands: for where its stream is not to be had. */
  poll(responseId: string, progress: Progress, signal: AbortSignal): AsyncGenerator<PaintEvent>;
}

export interface ConnectionOptions {
  /** Whose answers these are, as an error says it. */
  readonly server: string;
  /** Ms between two questions how a response stands. */
  readonly pollMs: number;
  /** Ms without an event after which a response counts as stuck, though there are signs of life. */
  readonly stuckMs: number;
  readonly stream: StreamLimits;
  /** The stream of a response; undefined where it has none. */
  readonly bodyOf: (response: Response) => Readable | undefined;
  readonly cancel: (responseId: string) => Promise<unknown>;
}

type Open = (signal: AbortSignal) => Promise<Response>;

/** Ms that we wait for the name of a response that nobody wants any more. */
const partingMs = 30_000;

export function createConnection(client: LazyClient, options: ConnectionOptions): Connection {
  const { server, pollMs, stuckMs, cancel, stream, bodyOf } = options;

  async function* read(open: Open, progress: Progress, signal: AbortSignal, isBackground: boolean) {
    const stop = new AbortController();
    const events = eventsOf(open(stop.signal), progress);
    let next = events.next();
    try {
      for (;;) {
        const { value, done } = await soon(next, stuckMs, signal);
        if (done) break;
        yield* toPaintEvents(value, progress);
        if (progress.ended) return;
        next = events.next();
      }
      throw new BotError("unreachable", "The connection to OpenAI broke off. Try again.");
    } finally {
      if (signal.aborted && isBackground && !progress.responseId) void part(next, events, stop);
      else stop.abort();
    }
  }

  /** A background response that is left before its name is known would be drawn, and paid for, to its end. */
  async function part(
    pending: Promise<IteratorResult<unknown>>,
    events: AsyncGenerator<unknown>,
    stop: AbortController,
  ): Promise<void> {
    const progress = newProgress();
    const patience = setTimeout(() => stop.abort(), partingMs);
    try {
      for (let next = await pending; !next.done && !progress.responseId; next = await events.next()) {
        for (const _ of toPaintEvents(next.value, progress));
        if (progress.responseId) break;
      }
    } catch {
      // Nobody waits for it any more.
    }
    clearTimeout(patience);
    stop.abort();
    if (progress.responseId) await cancel(progress.responseId);
  }

  async function* eventsOf(opening: Promise<Response>, { pictures }: Progress): AsyncGenerator<unknown> {
    const response = await opening;
    // What was led elsewhere comes by fetch itself.
    const web = response.body as WebStream | null;
    const body = bodyOf(response) ?? (web && Readable.fromWeb(web));
    if (body) yield* readEvents(body, response.headers, stream, (callId) => pictures.has(callId));
  }

  async function opened(asking: Promise<Response>): Promise<Response> {
    const response = await asking;
    const type = response.headers.get("content-type") ?? "";
    if (!/json|html/.test(type)) return response;
    await response.body?.cancel();
    throw answeredWith(type, server, "a stream");
  }

  async function found(responseId: string, signal: AbortSignal): Promise<unknown> {
    // Parsed by the SDK, what is no response is a TypeError.
    const { responses } = await client();
    const response = await responses.retrieve(responseId, {}, { signal }).asResponse();
    if (/json/.test(response.headers.get("content-type") ?? "")) return response.json();
    await response.body?.cancel();
    // A front page, for whatever is asked for: nothing is kept there by that name.
    throw APIError.generate(404, undefined, `${server} has no responses to give.`, response.headers);
  }

  return {
    ask(request, key, progress, signal, mayAsk) {
      const headers = { "idempotency-key": key };
      const open: Open = async (stop) => {
        const { responses } = await client();
        const create = () => responses.create(request, { signal: stop, headers }).asResponse();
        return opened(askLooking(mayAsk, create));
      };
      return read(open, progress, signal, request.background === true);
    },

    follow(responseId, progress, signal) {
      const after = progress.sequence;
      const query = { stream: true as const, ...(after >= 0 && { starting_after: after }) };
      const open: Open = async (stop) => {
        const { responses } = await client();
        return opened(responses.retrieve(responseId, query, { signal: stop }).asResponse());
      };
      return read(open, progress, signal, false);
    },

    async *poll(responseId, progress, signal) {
      const until = performance.now() + stuckMs;
      for (;;) {
        yield* toPolledEvents(await found(responseId, signal), progress);
        if (progress.ended) return;
        if (performance.now() > until) throw stuck(stuckMs);
        await sleep(pollMs, null, { signal });
      }
    },
  };
}
