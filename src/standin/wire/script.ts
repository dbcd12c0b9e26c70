import { createHash } from "node:crypto";
import type {
  Response,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { ResponseRecord } from "../kept/record.ts";
import type { Draw } from "../scene/scene.ts";
import { toSvgUsage } from "./usage.ts";
import { toResponse, type WireResponse } from "./wire-response.ts";

/** A picture's bytes, made when they are wanted. `sketch`: which partial, from 0; absent: the final. */
export type Paint = (record: ResponseRecord, call: number, sketch?: number) => Promise<Uint8Array>;

/** An event of a stream as the wire has it. */
export type WireEvent = { readonly type: string; readonly sequence_number: number };

/** What an event of a type holds beside its type and number, as the SDK has it. */
type Fields<T extends ResponseStreamEvent["type"]> =
  Extract<ResponseStreamEvent, { type: T }> extends infer Event
    ? {
        [K in Exclude<keyof Event, "type" | "sequence_number">]: K extends "response"
          ? WireResponse
          : Event[K];
      }
    : never;

/** One event to come: when, counted from the start, and what. */
export interface Step {
  readonly atMs: number;
  readonly type: ResponseStreamEvent["type"];
  event(sequence: number, record: ResponseRecord): Promise<WireEvent>;
}

type ImageItem = ResponseOutputItem.ImageGenerationCall;

/** All events of a response in order. The same record gives the same script, so a stream can be told again. */
export function toScript(record: ResponseRecord, paint: Paint): readonly Step[] {
  const steps: Step[] = [];
  const { plan, paceMs } = record;
  const calmPlan = plan.end.status === "completed";
  let clock = 0;

  const add = <T extends Step["type"]>(
    type: T,
    fields: (now: ResponseRecord) => Promise<Fields<T>> | Fields<T>,
  ) => {
    const atMs = clock;
    steps.push({
      atMs,
      type,
      event: async (sequence, now) => ({ type, sequence_number: sequence, ...(await fields(now)) }),
    });
  };
  const bare = (status: NonNullable<Response["status"]>) => (now: ResponseRecord) => ({
    response: toResponse(now, { status, output: [] }),
  });

  if (record.params.background) {
    add("response.created", bare("queued"));
    add("response.queued", bare("queued"));
  } else {
    add("response.created", bare("in_progress"));
  }
  add("response.in_progress", bare("in_progress"));

  for (const [call, draw] of plan.draws.entries()) {
    const place = { output_index: call, item_id: callId(record.id, call) };
    const item = { output_index: call };
    const from = clock;
    add("response.output_item.added", () => ({ ...item, item: toItem(record, call, "in_progress") }));
    clock = from + paceMs * 0.05;
    add("response.image_generation_call.in_progress", () => place);
    clock = from + paceMs * 0.1;
    add("response.image_generation_call.generating", () => place);
    // Moderation of what went in comes before the first stroke; of what came out, after the last.
    const sketches = draw.refusal?.stage === "input" ? 0 : draw.partials;
    for (let sketch = 0; sketch < sketches; sketch++) {
      clock = from + paceMs * (0.2 + (0.7 * (sketch + 0.6)) / sketches);
      add("response.image_generation_call.partial_image", async () => ({
        ...place,
        partial_image_index: sketch,
        partial_image_b64: toBase64(await paint(record, call, sketch)),
        ...applied(draw),
      }));
    }
    clock = from + paceMs * (draw.refusal?.stage === "input" ? 0.3 : 1);
    const final = async () => ({ ...item, item: await toDrawnItem(record, call, paint) });
    if (plan.end.status === "failed" && !draw.refusal) continue; // the server gave up on it
    if (!draw.refusal) add("response.image_generation_call.completed", () => place);
    add("response.output_item.done", final);
  }

  if (plan.words !== undefined && plan.end.status !== "failed") {
    clock = addWords(record, plan.words, clock, (at, type, fields) => {
      clock = at;
      add(type, () => fields);
    });
  }

  const last = calmPlan ? "response.completed" : (`response.${plan.end.status}` as const);
  add(last, async (now) => ({ response: await toEnded(now, paint) }));
  return steps;
}

/** A response that has ended, pictures and all. */
export async function toEnded(record: ResponseRecord, paint: Paint): Promise<WireResponse> {
  const { plan } = record;
  if (record.status === "cancelled") return toResponse(record, { status: "cancelled", output: [] });
  const output: ResponseOutputItem[] = [];
  for (const [call, draw] of plan.draws.entries()) {
    if (plan.end.status === "failed" && !draw.refusal) continue;
    output.push(await toDrawnItem(record, call, paint));
  }
  if (plan.words !== undefined && plan.end.status !== "failed") {
    output.push(toMessage(record, plan.words, "completed"));
  }
  return toResponse(record, { status: plan.end.status, output });
}

/** The id of a response's n-th image call, which `item_reference` and image inputs name. */
export function callId(response: string, call: number): string {
  return `ig_${digest(`${response}/${call}`)}`;
}

function applied(draw: Draw) {
  return {
    background: draw.background,
    output_format: draw.format,
    quality: draw.quality,
    size: `${draw.width}x${draw.height}`,
  };
}

function toItem(record: ResponseRecord, call: number, status: ImageItem["status"]): ImageItem {
  return { id: callId(record.id, call), type: "image_generation_call", status, result: null };
}

async function toDrawnItem(record: ResponseRecord, call: number, paint: Paint): Promise<ImageItem> {
  const draw = record.plan.draws[call];
  if (!draw) throw new RangeError(`no call ${call}`);
  if (draw.refusal) {
    return {
      ...toItem(record, call, "failed"),
      ...applied(draw),
      action: draw.action,
      error: {
        code: "moderation_blocked",
        type: "image_generation_user_error",
        message: `Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the request ID ${record.id}. safety_violations=[${draw.refusal.categories.join(", ")}].`,
        param: null,
        moderation_details: {
          categories: [...draw.refusal.categories],
          moderation_stage: draw.refusal.stage,
        },
      },
    };
  }
  const bytes = await paint(record, call);
  const item: ImageItem = {
    ...toItem(record, call, "completed"),
    result: toBase64(bytes),
    ...applied(draw),
    action: draw.action,
    revised_prompt: draw.revised,
  };
  if (draw.format === "svg") {
    const svg = record.params.tools[0]?.svg;
    item.svg_usage = toSvgUsage(draw.prompt, bytes, {
      model: svg?.model ?? record.params.model,
      effort: svg?.reasoning?.effort,
    });
  }
  return item;
}

function toMessage(
  record: ResponseRecord,
  words: string,
  status: ResponseOutputMessage["status"],
): ResponseOutputMessage {
  const content: ResponseOutputMessage["content"] =
    status === "completed" ? [{ type: "output_text", text: words, annotations: [], logprobs: [] }] : [];
  return { id: messageId(record.id), type: "message", role: "assistant", status, content };
}

function addWords(
  record: ResponseRecord,
  words: string,
  from: number,
  add: <T extends Step["type"]>(atMs: number, type: T, fields: Fields<T>) => void,
): number {
  const index = record.plan.draws.length;
  const item_id = messageId(record.id);
  const place = { item_id, output_index: index, content_index: 0 };
  const part = (text: string) => ({ type: "output_text" as const, text, annotations: [], logprobs: [] });
  const pieces = words.match(/\s*\S+(?:\s+\S+)?/g) ?? [words];
  const each = (record.paceMs * 0.4) / pieces.length;
  const obfuscated = record.params.stream_options?.include_obfuscation !== false;

  add(from, "response.output_item.added", {
    output_index: index,
    item: toMessage(record, words, "in_progress"),
  });
  add(from, "response.content_part.added", { ...place, part: part("") });
  let at = from;
  for (const [n, delta] of pieces.entries()) {
    at = from + each * (n + 1);
    const padding = obfuscated
      ? { obfuscation: digest(`${item_id}/${n}`).slice(0, 16 - (delta.length % 16)) }
      : {};
    add(at, "response.output_text.delta", { ...place, delta, logprobs: [], ...padding });
  }
  add(at, "response.output_text.done", { ...place, text: words, logprobs: [] });
  add(at, "response.content_part.done", { ...place, part: part(words) });
  add(at, "response.output_item.done", {
    output_index: index,
    item: toMessage(record, words, "completed"),
  });
  return at;
}

function messageId(response: string): string {
  return `msg_${digest(`${response}/words`)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 48);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
