import { z } from "zod";
import { badRequest, invalidValue } from "../errors/api-error.ts";
import { check } from "../errors/check.ts";
import { type Circumstances, checkImageTool, type ImageTool, imageTool } from "./image-tool.ts";
import { checkTextModel, type ImageModel } from "./models.ts";

/** Longest text OpenAI takes in one string, in characters. */
export const longestText = 10_485_760;

const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);
const block = z.strictObject({ mode: z.enum(["score", "block"]) }).nullish();

const toolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("image_generation") }),
    z.strictObject({
      type: z.literal("allowed_tools"),
      mode: z.enum(["auto", "required"]),
      tools: z.array(z.looseObject({ type: z.string() })),
    }),
    z.strictObject({ type: z.literal("function"), name: z.string() }),
  ]),
]);

const body = z.strictObject({
  access_programs: z
    .strictObject({ cyber: z.enum(["standard", "daybreak_blue", "daybreak_red"]).optional() })
    .optional(),
  background: z.boolean().nullish(),
  context_management: z
    .array(z.strictObject({ type: z.literal("compaction"), compact_threshold: z.int().min(1).nullish() }))
    .nullish(),
  conversation: z.union([z.string(), z.strictObject({ id: z.string() })]).nullish(),
  image: z
    .strictObject({ context_compression: z.enum(["auto", "enabled", "disabled"]).optional() })
    .optional(),
  include: z
    .array(
      z.enum([
        "file_search_call.results",
        "web_search_call.results",
        "web_search_call.action.sources",
        "message.input_image.image_url",
        "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
        "reasoning.encrypted_content",
        "message.output_text.logprobs",
      ]),
    )
    .nullish(),
  input: z.union([z.string().max(longestText), z.array(z.unknown())]),
  instructions: z.string().max(longestText).nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  metadata: z.record(z.string(), z.string().max(512)).nullish(),
  model: z.string(),
  moderation: z
    .strictObject({ model: z.string(), policy: z.strictObject({ input: block, output: block }).nullish() })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  prompt: z.looseObject({ id: z.string() }).nullish(),
  prompt_cache_key: z.string().max(64).nullish(),
  prompt_cache_options: z
    .strictObject({
      comparison_response_id: z.string().nullish(),
      mode: z.enum(["implicit", "explicit"]).optional(),
      prewarm: z.boolean().optional(),
      ttl: z.enum(["30m", "12h"]).optional(),
    })
    .optional(),
  prompt_cache_retention: z.enum(["in_memory", "24h"]).nullish(),
  reasoning: z
    .strictObject({
      context: z.enum(["auto", "current_turn", "all_turns"]).nullish(),
      effort: effort.nullish(),
      generate_summary: z.enum(["auto", "concise", "detailed"]).nullish(),
      mode: z.string().optional(),
      summary: z.enum(["auto", "concise", "detailed"]).nullish(),
    })
    .nullish(),
  safety_identifier: z.string().max(128).nullish(),
  service_tier: z.enum(["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  text: z
    .strictObject({
      format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).optional(),
      verbosity: z.enum(["low", "medium", "high"]).nullish(),
    })
    .optional(),
  tool_choice: toolChoice.optional(),
  tools: z
    .array(z.looseObject({ type: z.string() }))
    .max(128)
    .optional(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  user: z.string().nullish(),
});

/** The body of POST /responses after it was checked, without the items of a list input. */
export type Params = Omit<z.infer<typeof body>, "input" | "tools"> & {
  readonly input: string | readonly unknown[];
  readonly tools: readonly ImageTool[];
};

/** A checked request and the image model its tool names; no model without the tool. */
export interface Checked {
  readonly params: Params;
  readonly image?: { readonly tool: ImageTool; readonly model: ImageModel };
}

/** Checks a body as the service does. Input items are checked where they are read. Throws ApiError. */
export function parseParams(raw: unknown, circumstances: Circumstances): Checked {
  const parsed = check(body, raw);
  checkTextModel(parsed.model, circumstances.now);
  checkMetadata(parsed.metadata);
  const tools = (parsed.tools ?? []).map((tool, index) => {
    // The stand-in has one tool; the service's others are refused rather than ignored.
    if (tool.type !== "image_generation") {
      throw invalidValue(`tools[${index}].type`, tool.type, ["image_generation"]);
    }
    return check(imageTool, tool, `tools[${index}]`);
  });
  const models = tools.map((tool, index) => checkImageTool(tool, `tools[${index}]`, circumstances));
  if (tools.length > 1) {
    throw badRequest("Only one image_generation tool may be given.", "tools", "invalid_value");
  }
  const params: Params = { ...parsed, tools };
  checkTogether(params);
  const [tool] = tools;
  const [model] = models;
  return tool && model ? { params, image: { tool, model } } : { params };
}

function checkMetadata(metadata: Readonly<Record<string, string>> | null | undefined): void {
  const keys = Object.keys(metadata ?? {});
  if (keys.length > 16) {
    throw badRequest(
      `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${keys.length} properties instead.`,
      "metadata",
      "object_above_max_properties",
    );
  }
  const long = keys.find((key) => key.length > 64);
  if (long !== undefined) {
    throw badRequest(
      `Invalid property name in 'metadata': string too long. Expected a string with maximum length 64, but got a string with length ${long.length} instead.`,
      "metadata",
      "property_name_above_max_length",
    );
  }
}

function checkTogether(params: Params): void {
  if (params.background && params.store === false) {
    throw badRequest("Background mode requires 'store' to be true.", "background", "invalid_value");
  }
  if (params.conversation && params.previous_response_id) {
    throw badRequest(
      "Mutually exclusive parameters: 'conversation' and 'previous_response_id'. Provide only one.",
      "previous_response_id",
      "mutually_exclusive_parameters",
    );
  }
  if (params.conversation) {
    const name = typeof params.conversation === "string" ? params.conversation : params.conversation.id;
    throw badRequest(`Conversation with id '${name}' not found.`, "conversation", null);
  }
  if (params.stream_options && !params.stream) {
    throw badRequest(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
      "invalid_value",
    );
  }
  const previous = params.previous_response_id;
  if (previous !== null && previous !== undefined) {
    if (!/^[\w-]+$/.test(previous)) {
      throw badRequest(
        `Invalid 'previous_response_id': '${previous}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters.`,
        "previous_response_id",
        "invalid_value",
      );
    }
    if (!previous.startsWith("resp")) {
      throw badRequest(
        `Invalid 'previous_response_id': '${previous}'. Expected an ID that begins with 'resp'.`,
        "previous_response_id",
        "invalid_value",
      );
    }
  }
  checkToolChoice(params);
}

function checkToolChoice({ tool_choice: choice, tools }: Params): void {
  if (choice === undefined || choice === "none" || choice === "auto") return;
  const missing = (name: string) =>
    badRequest(`Tool choice '${name}' not found in 'tools' parameter.`, "tool_choice", null);
  if (choice === "required") {
    if (tools.length === 0) {
      throw badRequest(
        "Tool choice 'required' must be specified with 'tools' parameter.",
        "tool_choice",
        null,
      );
    }
    return;
  }
  if (choice.type === "function") throw missing(choice.name);
  if (choice.type === "allowed_tools") {
    const stray = choice.tools.find((tool) => !tools.some(({ type }) => type === tool.type));
    if (stray) throw missing(stray.type);
    return;
  }
  if (tools.length === 0) throw missing("image_generation");
}
