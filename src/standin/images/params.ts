import { z } from "zod";
import { ApiError, badRequest } from "../errors/api-error.ts";
import { check } from "../errors/check.ts";
import { type Circumstances, checkImageTool, type ImageTool } from "../params/image-tool.ts";
import type { ImageModel } from "../params/models.ts";

/** Longest prompt, in characters. Source: openai's images.d.ts. */
const longestPrompt = 32_000;

const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

/** What both endpoints take. What is legacy (`response_format`, `style`) the GPT image models refuse. */
const shared = {
  prompt: z.string().min(1).max(longestPrompt),
  background: z.enum(["transparent", "opaque", "auto"]).nullish(),
  complexity: z.enum(["low", "medium", "high"]).nullish(),
  frame_count: z.int().min(2).max(16).nullish(),
  frame_duration_ms: z.int().min(1).nullish(),
  model: z.string().nullish(),
  n: z.int().min(1).max(10).nullish(),
  output_compression: z.int().min(0).max(100).nullish(),
  output_format: z.enum(["png", "webp", "jpeg", "gif", "svg"]).nullish(),
  partial_images: z.int().min(0).max(3).nullish(),
  quality: z.enum(["low", "medium", "high", "xhigh", "max", "auto"]).nullish(),
  safety_identifier: z.string().max(128).nullish(),
  size: z.string().nullish(),
  stream: z.boolean().nullish(),
  svg: z
    .strictObject({
      model: z.string().optional(),
      reasoning: z.strictObject({ effort: effort.nullish() }).nullish(),
    })
    .nullish(),
  user: z.string().nullish(),
};

const generation = z.strictObject({ ...shared, moderation: z.enum(["low", "auto"]).nullish() });

/** Without its files. */
const edit = z.strictObject({ ...shared, input_fidelity: z.enum(["high", "low"]).nullish() });

/** A checked request. `tool`: its options, as the image tool of a response has them. */
export interface Wanted {
  readonly prompt: string;
  readonly n: number;
  readonly stream: boolean;
  readonly safetyId: string | null;
  readonly tool: ImageTool;
  readonly model: ImageModel;
}

/** The body of POST /images/generations. Throws ApiError. */
export function parseGeneration(raw: unknown, circumstances: Circumstances): Wanted {
  return toWanted(check(generation, raw), circumstances);
}

/** The fields of POST /images/edits. Throws ApiError. */
export function parseEdit(
  fields: Readonly<Record<string, unknown>>,
  has: { readonly mask: boolean; readonly markup: boolean },
  circumstances: Circumstances,
): Wanted {
  const wanted = toWanted(check(edit, fields), circumstances);
  if (has.mask && has.markup) {
    throw badRequest(
      "Mutually exclusive parameters: 'mask' and 'markup'. Provide only one.",
      "markup",
      "mutually_exclusive_parameters",
    );
  }
  if (has.mask && wanted.tool.output_format === "gif") {
    throw badRequest("A mask is not supported for output format 'gif'.", "mask", "invalid_value");
  }
  if (has.markup && !/^gpt-image-2\.5-/.test(wanted.model.name)) {
    throw badRequest(
      `The model '${wanted.model.name}' does not support the 'markup' parameter.`,
      "markup",
      "invalid_value",
    );
  }
  return wanted;
}

function toWanted(
  body: z.output<typeof edit> & { readonly moderation?: "low" | "auto" | null | undefined },
  circumstances: Circumstances,
): Wanted {
  const { prompt, n, stream, safety_identifier: safetyId, user, ...options } = body;
  const given = Object.entries(options).filter(([, value]) => value !== null && value !== undefined);
  const tool = { type: "image_generation", ...Object.fromEntries(given) } as ImageTool; // checked just now
  const model = checkImageTool(tool, "", circumstances);
  const wanted = { prompt, n: n ?? 1, stream: stream ?? false, tool, model };
  checkTogether(wanted);
  return { ...wanted, safetyId: safetyId || user || null };
}

function checkTogether({ n, stream, tool }: Pick<Wanted, "n" | "stream" | "tool">): void {
  const { output_format: format = "png" } = tool;
  const no = (param: string, why: string) => badRequest(why, param, "invalid_value");
  if (stream && n > 1) {
    // Source: the service's answer, as gateways in front of it repeat it, e.g. github.com/theopenco/llmgateway#3963.
    throw new ApiError(400, "Streaming is only supported with n=1.", {
      type: "image_generation_user_error",
      param: "input",
      code: "unsupported_parameter",
    });
  }
  if (!stream && (tool.partial_images ?? 0) > 0) {
    throw no("partial_images", "The 'partial_images' parameter is only supported when 'stream' is true.");
  }
  if (format !== "gif" && format !== "svg") return;
  if (stream) throw no("stream", `Streaming is not supported for output format '${format}'.`);
  if (format === "svg" && n > 1) throw no("n", "SVG output requires n=1.");
  if (tool.output_compression !== undefined) {
    throw no("output_compression", `Compression is not supported for output format '${format}'.`);
  }
}
