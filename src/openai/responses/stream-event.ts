import { z } from "zod";
import { imageUsage, svgUsage } from "../painted.ts";

/**
 * What we read of OpenAI's stream, checked where it comes in: a server may send anything. What is optional is absent
 * where it is not of its type; what an event cannot do without makes it one of those that are passed over. Source: the
 * types of the openai package.
 */
const text = z.string().optional().catch(undefined);
const count = z.number().nonnegative();
/** In base64, or as its bytes where they have been decoded as they came. */
const picture = z.union([z.instanceof(Uint8Array), z.string()]);

const failure = z.object({
  code: text,
  message: text,
  type: text,
  param: text,
  moderation_details: z
    .object({ categories: z.array(z.string()).catch([]), moderation_stage: z.string().catch("unknown") })
    .optional()
    .catch(undefined),
});

/** Any failure at all is one, however little it says. */
const failed = failure.nullish().catch({});

const imageCall = z.object({
  type: z.literal("image_generation_call"),
  id: text,
  status: text,
  result: picture.optional().catch(undefined),
  error: failed,
  ...{ size: text, quality: text, background: text, output_format: text, action: text, revised_prompt: text },
  svg_usage: svgUsage.optional().catch(undefined),
});

const message = z.object({
  type: z.literal("message"),
  content: z.array(z.object({ text, refusal: text }).catch({})).catch([]),
});

/** Undefined for an item of another kind: reasoning, the call of a tool we do not know. */
const item = z.discriminatedUnion("type", [imageCall, message]).optional().catch(undefined);

const usage = z.object({
  input_tokens: count,
  input_tokens_details: z
    .object({ cached_tokens: count.optional(), cache_write_tokens: count.optional() })
    .nullish(),
  output_tokens: count,
});

/** A response, as the last event or a request for it tells it. */
export const response = z.object({
  id: z.string(),
  status: text,
  output: z.array(item).catch([]),
  error: failed,
  incomplete_details: z.object({ reason: text }).nullish().catch(undefined),
  usage: usage.nullish().catch(undefined),
  tool_usage: z.object({ image_gen: imageUsage.nullish() }).nullish().catch(undefined),
});

export const streamEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("response.created"), response: z.object({ id: z.string().min(1) }) }),
  z.object({ type: z.literal("response.image_generation_call.generating") }),
  z.object({
    type: z.literal("response.image_generation_call.partial_image"),
    partial_image_index: z.int().nonnegative(),
    partial_image_b64: picture,
  }),
  z.object({ type: z.literal(["response.output_text.delta", "response.refusal.delta"]), delta: z.string() }),
  z.object({
    type: z.literal("response.output_item.done"),
    output_index: z.int().nonnegative().optional().catch(undefined),
    item,
  }),
  z.object({ type: z.literal(["response.completed", "response.incomplete", "response.failed"]), response }),
]);

/** The number of an event in its stream; undefined where the server numbers none. */
export const numbered = z.object({ sequence_number: z.int().nonnegative() });

export type StreamItem = z.output<typeof item>;
export type ImageCall = z.output<typeof imageCall>;
export type StreamResponse = z.output<typeof response>;
