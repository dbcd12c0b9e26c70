import type { Usage } from "../../money/prices.ts";
import { BotError } from "../../seam/errors.ts";
import { type PaintEvent, type PaintedPicture, toImageUsage, toSvgUsage } from "../painted.ts";
import { toPictureBytes } from "../picture-bytes.ts";
import { toVerdict } from "../verdict.ts";
import {
  type ImageCall,
  numbered,
  response as responseSchema,
  type StreamItem,
  type StreamResponse,
  streamEvent,
} from "./stream-event.ts";

/** How far one response has come, over however many connections. */
export interface Progress {
  responseId?: string;
  /** The newest event's `sequence_number`; -1 before the first. */
  sequence: number;
  /** A picture is being drawn: asking anew could draw, and cost, twice. */
  drawing: boolean;
  /** Something has been drawn. */
  drawn: boolean;
  /** Some of its words have been handed on. */
  said: boolean;
  /** Ids of the calls whose picture has been handed on. */
  readonly pictures: Set<string>;
  /** Why a picture failed, where one did. */
  failure?: BotError;
  /** The response is over: what is thrown now is its verdict, not a broken connection. */
  ended: boolean;
}

export function newProgress(responseId?: string): Progress {
  const begun = { drawing: false, drawn: false, said: false, ended: false };
  return { ...(responseId && { responseId }), sequence: -1, pictures: new Set(), ...begun };
}

/**
 * One event of the stream, unchecked, as what it means to us; notes in `progress` what has been seen. What is not known
 * to us, or has not what it needs, means nothing.
 *
 * Throws the BotError of a response that failed without a picture.
 */
export function* toPaintEvents(sent: unknown, progress: Progress): Generator<PaintEvent> {
  const number = numbered.safeParse(sent).data?.sequence_number;
  const isOld = number !== undefined && number <= progress.sequence;
  if (number !== undefined) progress.sequence = Math.max(number, progress.sequence);
  const event = streamEvent.safeParse(sent).data;
  switch (event?.type) {
    case "response.created":
      if (isOld) return;
      progress.responseId = event.response.id;
      progress.said = false;
      yield { kind: "started", responseId: event.response.id };
      return;
    case "response.image_generation_call.generating":
      progress.drawing = true;
      return;
    case "response.image_generation_call.partial_image": {
      progress.drawing = progress.drawn = true;
      const sketch = toPictureBytes(event.partial_image_b64);
      if (!sketch || isOld) return;
      yield { kind: "partial", index: event.partial_image_index, bytes: sketch.bytes };
      return;
    }
    case "response.output_text.delta":
    case "response.refusal.delta":
      if (isOld) return;
      progress.said = true;
      yield { kind: "text", delta: event.delta };
      return;
    case "response.output_item.done":
      yield* picturesOf([event.item], progress, event.output_index);
      return;
    case "response.completed":
    case "response.incomplete":
    case "response.failed":
      yield* ending(event.response, progress);
      return;
    case undefined:
      return;
  }
}

/**
 * A response as it stands, unchecked, in place of its stream; nothing while it is still worked on.
 *
 * Throws as `toPaintEvents` does, and BotError `unreachable` for what is no response.
 */
export function* toPolledEvents(sent: unknown, progress: Progress): Generator<PaintEvent> {
  const found = responseSchema.safeParse(sent).data;
  if (!found) {
    throw new BotError("unreachable", "OpenAI sent something that cannot be read. Try again in a minute.");
  }
  if (found.status === "queued" || found.status === "in_progress") return;
  progress.said = false;
  yield { kind: "started", responseId: found.id };
  yield* ending(found, progress);
}

/** What a response that was stopped has taken, as the answer to that says; undefined for what is no response. */
export function toStopped(sent: unknown): { readonly usage?: Usage } | undefined {
  const found = responseSchema.safeParse(sent).data;
  if (!found) return undefined;
  const usage = usageOf(found, false);
  return usage ? { usage } : {};
}

function* ending(response: StreamResponse, progress: Progress): Generator<PaintEvent> {
  progress.ended = true;
  progress.responseId = response.id;
  yield* picturesOf(response.output, progress);
  if (progress.pictures.size === 0) {
    const failure = progress.failure ?? failureOf(response);
    if (failure) {
      const usage = usageOf(response, false);
      yield { kind: "failed", ...(usage && { usage }) };
      throw failure;
    }
  }
  const words = progress.said ? "" : wordsOf(response.output);
  if (words !== "") yield { kind: "text", delta: words };
  const usage = usageOf(response, progress.pictures.size > 0);
  yield { kind: "final", responseId: response.id, ...(usage && { usage }) };
}

/** `from`: the place of the first of them in the response. */
function* picturesOf(items: readonly StreamItem[], progress: Progress, from = 0): Generator<PaintEvent> {
  for (const [index, item] of items.entries()) {
    if (item?.type !== "image_generation_call") continue;
    const callId = item.id || `output ${from + index}`;
    if (progress.pictures.has(callId)) continue;
    if (item.error) {
      const { moderation_details: details, ...failure } = item.error;
      progress.failure = toVerdict({
        ...failure,
        ...(details && { moderation: { categories: details.categories, stage: details.moderation_stage } }),
      });
      continue;
    }
    if (!item.result) {
      if (item.status === "failed") progress.failure = toVerdict({ code: "server_error" });
      continue;
    }
    progress.drawing = progress.drawn = true;
    const picture = toPictureBytes(item.result);
    if (!picture) {
      progress.failure = new BotError(
        "unreachable",
        "OpenAI sent a picture that cannot be opened. Try again.",
      );
      continue;
    }
    progress.pictures.add(callId);
    yield { kind: "picture", picture: { callId, ...picture, ...toApplied(item) } };
  }
}

function toApplied(item: ImageCall): Pick<PaintedPicture, "revisedPrompt" | "applied"> {
  return {
    ...(item.revised_prompt && { revisedPrompt: item.revised_prompt }),
    applied: {
      ...(item.size && { size: item.size }),
      ...(item.quality && { quality: item.quality }),
      ...(item.background && { background: item.background }),
      ...(item.output_format && { format: item.output_format }),
      ...(item.action && { action: item.action }),
    },
  };
}

/** A server that sends no words as they come has them at the end, as has one that is only asked how it stands. */
function wordsOf(items: readonly StreamItem[]): string {
  const parts = items.flatMap((item) => (item?.type === "message" ? item.content : []));
  return parts.map(({ text, refusal }) => text ?? refusal ?? "").join("");
}

function failureOf(response: StreamResponse): BotError | undefined {
  if (response.error) return toVerdict(response.error);
  if (response.status === "failed") return toVerdict({ code: "server_error" });
  if (response.status === "cancelled")
    return new BotError("stopped", "OpenAI stopped this picture. Try again.");
  switch (response.status === "incomplete" ? response.incomplete_details?.reason : undefined) {
    case undefined:
      return undefined;
    case "content_filter":
      return toVerdict({ code: "content_filter" });
    default:
      return new BotError(
        "rejected",
        "OpenAI stopped before the picture was done. Ask for something simpler.",
      );
  }
}

/**
 * `usage` is the mainline model's part; `tool_usage.image_gen` the picture's. Each may be absent: compatible servers
 * leave them out, and a sum without the picture would be taken for the price of it.
 */
function usageOf(response: StreamResponse, drawn: boolean): Usage | undefined {
  const { usage, tool_usage: tools } = response;
  const image = tools?.image_gen;
  if (!usage || (drawn && !image)) return undefined;
  const { cached_tokens: cached = 0, cache_write_tokens: written } = usage.input_tokens_details ?? {};
  const svg = response.output.flatMap((item) =>
    item?.type === "image_generation_call" && item.svg_usage ? item.svg_usage : [],
  );
  return {
    base: {
      ...{ input: usage.input_tokens, cached, output: usage.output_tokens },
      ...(written && { written }),
    },
    ...(image && { image: toImageUsage(image) }),
    ...(svg.length > 0 && { svg: svg.map(toSvgUsage) }),
  };
}
