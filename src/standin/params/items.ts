import { z } from "zod";
import { invalidValue } from "../errors/api-error.ts";
import { check } from "../errors/check.ts";
import { longestText } from "./params.ts";

const id = z.string().min(1).max(64);

const image = z.strictObject({
  type: z.literal("input_image"),
  detail: z.enum(["low", "high", "auto", "original"]).optional(),
  file_id: id.nullish(),
  image_url: z.string().nullish(),
  prompt_cache_breakpoint: z.looseObject({ mode: z.literal("explicit") }).optional(),
});

const file = z.strictObject({
  type: z.literal("input_file"),
  detail: z.enum(["auto", "low", "high"]).optional(),
  file_data: z.string().nullish(),
  file_id: id.nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
  prompt_cache_breakpoint: z.looseObject({ mode: z.literal("explicit") }).optional(),
});

const text = z.strictObject({
  type: z.literal("input_text"),
  text: z.string().max(longestText),
  prompt_cache_breakpoint: z.looseObject({ mode: z.literal("explicit") }).optional(),
});

const said = z.strictObject({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(z.unknown()).optional(),
  logprobs: z.array(z.unknown()).optional(),
});

const declined = z.strictObject({ type: z.literal("refusal"), refusal: z.string() });

const message = z.strictObject({
  type: z.literal("message").optional(),
  id: z.string().optional(),
  role: z.enum(["user", "assistant", "system", "developer"]),
  status: z.enum(["in_progress", "completed", "incomplete"]).optional(),
  phase: z.enum(["commentary", "final_answer"]).nullish(),
  content: z.union([
    z.string().max(longestText),
    z.array(z.discriminatedUnion("type", [text, image, file, said, declined])),
  ]),
});

const reference = z.strictObject({ type: z.literal("item_reference").nullish(), id: z.string() });

const call = z.strictObject({
  type: z.literal("image_generation_call"),
  id: z.string(),
  status: z.enum(["in_progress", "completed", "generating", "failed"]),
  result: z.string().nullable(),
  action: z.enum(["generate", "edit", "auto"]).nullish(),
  background: z.enum(["transparent", "opaque", "auto"]).nullish(),
  error: z.looseObject({ message: z.string() }).optional(),
  output_format: z.enum(["png", "webp", "jpeg", "gif", "svg"]).nullish(),
  quality: z.enum(["low", "medium", "high", "xhigh", "max", "auto"]).nullish(),
  revised_prompt: z.string().nullish(),
  size: z.string().nullish(),
  svg_usage: z.looseObject({}).optional(),
});

export type InputMessage = z.infer<typeof message>;
export type InputContent = Exclude<InputMessage["content"], string>[number];
type InputCall = z.infer<typeof call>;
export type InputItem =
  | { readonly kind: "message"; readonly item: InputMessage }
  | { readonly kind: "reference"; readonly id: string }
  | { readonly kind: "call"; readonly item: InputCall };

/** One item of a list input. Throws ApiError. */
export function parseItem(raw: unknown, at: string): InputItem {
  const type = typeof raw === "object" && raw !== null && "type" in raw ? raw.type : undefined;
  switch (type) {
    case "item_reference":
      return { kind: "reference", id: check(reference, raw, at).id };
    case "image_generation_call":
      return { kind: "call", item: check(call, raw, at) };
    case "message":
    case undefined:
      return { kind: "message", item: checkSpeaker(check(message, raw, at), at) };
    default:
      throw invalidValue(`${at}.type`, type, ["message", "item_reference", "image_generation_call"]);
  }
}

/** What the model said and what it was given differ in their parts. Source: ResponseOutputMessage and EasyInputMessage. */
function checkSpeaker(item: InputMessage, at: string): InputMessage {
  if (typeof item.content === "string") return item;
  const types =
    item.role === "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file"];
  const stray = item.content.findIndex(({ type }) => !types.includes(type));
  if (stray < 0) return item;
  throw invalidValue(`${at}.content[${stray}]`, item.content[stray]?.type, types);
}
