import type { Response, ResponseOutputItem } from "openai/resources/responses/responses";
import { textTokens } from "../../money/tokens.ts";
import type { ResponseRecord } from "../kept/record.ts";
import { usualImageModel } from "../params/models.ts";
import { toImageUsage, toUsage } from "./usage.ts";

/** A response as the wire has it: the SDK adds `output_text` itself. */
export type WireResponse = Omit<Response, "output_text">;

/** A response as JSON. `usage` comes with the end. */
export function toResponse(
  record: ResponseRecord,
  { status, output }: { status: NonNullable<Response["status"]>; output: ResponseOutputItem[] },
): WireResponse {
  const { params, plan } = record;
  const ended = status === "completed" || status === "failed" || status === "incomplete";
  const drawn = plan.draws.filter((draw) => !draw.refusal && plan.end.status !== "failed");
  const { end } = plan;
  const response: WireResponse = {
    id: record.id,
    object: "response",
    access_programs: null,
    created_at: Math.floor(record.createdMs / 1000),
    status,
    background: params.background ?? false,
    completed_at: status === "completed" && record.endedMs ? Math.floor(record.endedMs / 1000) : null,
    error: status === "failed" && end.status === "failed" ? { code: end.code, message: end.message } : null,
    incomplete_details:
      status === "incomplete" && end.status === "incomplete" ? { reason: end.reason } : null,
    instructions: params.instructions ?? null,
    max_output_tokens: params.max_output_tokens ?? null,
    max_tool_calls: params.max_tool_calls ?? null,
    model: params.model,
    output,
    parallel_tool_calls: params.parallel_tool_calls ?? true,
    previous_response_id: params.previous_response_id ?? null,
    prompt_cache_key: params.prompt_cache_key ?? null,
    reasoning: { effort: params.reasoning?.effort ?? null, summary: params.reasoning?.summary ?? null },
    safety_identifier: params.safety_identifier ?? null,
    service_tier: toTier(params.service_tier),
    temperature: params.temperature ?? 1,
    text: { format: { type: "text" }, verbosity: params.text?.verbosity ?? "medium" },
    tool_choice: toToolChoice(params.tool_choice),
    tools: params.tools.map(toEchoedTool),
    top_logprobs: params.top_logprobs ?? 0,
    top_p: params.top_p ?? 1,
    truncation: params.truncation ?? "disabled",
    metadata: params.metadata ?? {},
  };
  if (!ended) return response;
  const words = plan.words === undefined ? 0 : textTokens(plan.words);
  response.usage = toUsage(record.inputTokens, words + plan.draws.length * 40);
  response.tool_usage = { image_gen: toImageUsage(drawn), web_search: { num_requests: 0 } };
  return response;
}

function toToolChoice(choice: ResponseRecord["params"]["tool_choice"]): Response["tool_choice"] {
  return choice ?? "auto";
}

function toTier(tier: ResponseRecord["params"]["service_tier"]): NonNullable<Response["service_tier"]> {
  if (tier === "fast" || tier === "priority") return "priority";
  return tier === "flex" || tier === "scale" || tier === "ultrafast" ? tier : "default";
}

/** The tool as the service echoes it, defaults filled in. Source: captured answers of the service. */
function toEchoedTool(tool: ResponseRecord["params"]["tools"][number]): Response["tools"][number] {
  const { input_image_mask: mask, ...rest } = tool;
  const echoed = {
    action: "auto",
    background: "auto",
    model: usualImageModel,
    moderation: "auto",
    output_compression: 100,
    output_format: "png",
    quality: "auto",
    size: "auto",
    ...rest,
  } as const;
  // A mask's bytes are not sent back: they would double every event of the stream.
  const named = mask?.file_id ? { input_image_mask: { file_id: mask.file_id } } : {};
  return JSON.parse(JSON.stringify({ ...echoed, ...named }));
}
