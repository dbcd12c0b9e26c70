import { z } from "zod";
import { badRequest, invalidValue } from "../errors/api-error.ts";
import { checkTextModel, findImageModel, type ImageModel, usualImageModel } from "./models.ts";

/** `Tool.ImageGeneration` as it may be sent. Source: openai's responses.d.ts. */
export const imageTool = z.strictObject({
  type: z.literal("image_generation"),
  action: z.enum(["generate", "edit", "auto"]).optional(),
  background: z.enum(["transparent", "opaque", "auto"]).optional(),
  complexity: z.enum(["low", "medium", "high"]).optional(),
  frame_count: z.int().min(2).max(16).optional(),
  frame_duration_ms: z.int().min(1).optional(),
  input_fidelity: z.enum(["high", "low"]).nullish(),
  input_image_mask: z
    .strictObject({ file_id: z.string().max(64).optional(), image_url: z.string().optional() })
    .optional(),
  model: z.string().optional(),
  moderation: z.enum(["auto", "low"]).optional(),
  output_compression: z.int().min(0).max(100).optional(),
  output_format: z.enum(["png", "webp", "jpeg", "gif", "svg"]).optional(),
  partial_images: z.int().min(0).max(3).optional(),
  quality: z.enum(["low", "medium", "high", "xhigh", "max", "auto"]).optional(),
  size: z.string().optional(),
  svg: z
    .strictObject({
      model: z.string().optional(),
      reasoning: z
        .strictObject({
          effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).optional(),
        })
        .nullish(),
    })
    .optional(),
});

export type ImageTool = z.infer<typeof imageTool>;

/** What a request is judged by beside its own words: pixels of the smallest picture, and Unix time in ms. */
export interface Circumstances {
  readonly leastPixels: number;
  readonly now: number;
}

/** The rules between options. `at` is where the tool stands, e.g. `tools[0]`; empty for a request that is all of it. Throws ApiError. */
export function checkImageTool(tool: ImageTool, at: string, { leastPixels, now }: Circumstances): ImageModel {
  const of = (name: string) => (at === "" ? name : `${at}.${name}`);
  const model = findImageModel(tool.model ?? usualImageModel, now, of("model"));
  const format = tool.output_format ?? "png";
  const no = (name: string, why: string) => badRequest(why, of(name), "invalid_value");

  if (!model.formats.includes(format)) throw invalidValue(of("output_format"), format, model.formats);
  if (tool.quality && !model.qualities.includes(tool.quality)) {
    throw invalidValue(of("quality"), tool.quality, model.qualities);
  }
  if (tool.input_fidelity && model.fidelity.length === 0) {
    throw no("input_fidelity", `The model '${model.name}' does not support the 'input_fidelity' parameter.`);
  }
  if (tool.input_fidelity && !model.fidelity.includes(tool.input_fidelity)) {
    throw invalidValue(of("input_fidelity"), tool.input_fidelity, model.fidelity);
  }
  if (tool.background === "transparent" && format !== "png" && format !== "webp") {
    throw no(
      "background",
      `Transparent background is not supported for output format '${format}'. Use 'png' or 'webp'.`,
    );
  }
  const compressed = tool.output_compression !== undefined && tool.output_compression !== 100;
  if (compressed && format !== "jpeg" && format !== "webp") {
    throw no(
      "output_compression",
      `Compression less than 100 is not supported for output format '${format}'. Use 'jpeg' or 'webp'.`,
    );
  }
  if (format === "gif" && (tool.partial_images ?? 0) > 0) {
    throw no("partial_images", "Partial images are not supported for output format 'gif'.");
  }
  if (format === "gif" && tool.input_image_mask) {
    throw no("input_image_mask", "A mask is not supported for output format 'gif'.");
  }
  for (const name of ["frame_count", "frame_duration_ms"] as const) {
    if (tool[name] !== undefined && format !== "gif") {
      throw no(name, `The '${name}' parameter requires output_format to be 'gif'.`);
    }
  }
  if (tool.svg && format !== "svg")
    throw no("svg", "The 'svg' parameter requires output_format to be 'svg'.");
  if (tool.svg?.model) checkTextModel(tool.svg.model, now, of("svg.model"));
  if (tool.input_image_mask) checkMask(tool.input_image_mask, of("input_image_mask"));
  checkSize(tool.size ?? "auto", model, of("size"), leastPixels);
  return model;
}

function checkMask(
  mask: { file_id?: string | undefined; image_url?: string | undefined },
  param: string,
): void {
  if (!mask.file_id && !mask.image_url) {
    throw badRequest(
      `Missing required parameter: '${param}.image_url'.`,
      param,
      "missing_required_parameter",
    );
  }
  if (mask.file_id && mask.image_url) {
    throw badRequest(
      "Mutually exclusive parameters: 'file_id' and 'image_url'. Provide only one.",
      param,
      "mutually_exclusive_parameters",
    );
  }
}

function checkSize(size: string, model: ImageModel, param: string, leastPixels: number): void {
  const standard = ["1024x1024", "1024x1536", "1536x1024", "auto"];
  if (standard.includes(size)) return;
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(size);
  if (!match || !model.anySize) throw invalidValue(param, size, standard);
  const [width, height] = [Number(match[1]), Number(match[2])];
  const no = (why: string) => badRequest(`Invalid size '${size}'. ${why}`, param, "invalid_value");
  if (width === 0 || height === 0 || width % 16 || height % 16) {
    throw no("Width and height must both be divisible by 16.");
  }
  if (Math.max(width, height) > 3 * Math.min(width, height)) {
    throw no("The aspect ratio must be between 1:3 and 3:1.");
  }
  if (Math.max(width, height) > 3840 || width * height > 3840 * 2160) {
    throw no("The maximum supported resolution is 3840x2160.");
  }
  if (width * height < leastPixels) throw no("The requested resolution is below the minimum pixel budget.");
}
