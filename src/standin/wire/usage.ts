import type { Response, ResponseOutputItem, ResponseUsage } from "openai/resources/responses/responses";
import { outputTokens, pictureTokens, sketchTokens, textTokens } from "../../money/tokens.ts";

type ImageUsage = NonNullable<Response["tool_usage"]>["image_gen"];

/** What one picture cost to make. */
export interface DrawnCost {
  readonly imageModel: string;
  readonly width: number;
  readonly height: number;
  readonly quality: string;
  readonly partials: number;
  /** 1 for what does not move. */
  readonly frames: number;
  readonly prompt: string;
  /** The pictures it was made from. */
  readonly references: readonly { readonly width: number; readonly height: number }[];
  readonly highFidelity: boolean;
}

/** The image tool's usage over all its calls. */
export function toImageUsage(drawn: readonly DrawnCost[]): ImageUsage {
  const sum = (count: (one: DrawnCost) => number) => drawn.reduce((total, one) => total + count(one), 0);
  const text = sum(({ prompt }) => textTokens(prompt));
  const images = sum(({ imageModel, references, highFidelity }) =>
    references.reduce((total, size) => total + pictureTokens(imageModel, size, highFidelity).from, 0),
  );
  // Nothing is published for GIFs: each frame counts as a picture. Of an SVG this is the reference picture that the tool
  // draws first; what its author writes stands in `svg_usage`.
  const output = sum(
    ({ partials, frames, ...drawn }) => pictureCost(drawn) * frames + partials * sketchTokens,
  );
  return {
    input_tokens: text + images,
    input_tokens_details: { image_tokens: images, text_tokens: text },
    output_tokens: output,
    output_tokens_details: { image_tokens: output, text_tokens: 0 },
    total_tokens: text + images + output,
  };
}

/** Nothing is published of how long an author thinks about an SVG: so many tokens, by effort. */
const thought: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 32,
  low: 128,
  medium: 512,
  high: 2048,
  xhigh: 4096,
  max: 8192,
};

/** What the author of an SVG used: the drawing's text, without pictures within it, is what it wrote. */
export function toSvgUsage(
  prompt: string,
  svg: Uint8Array,
  { model, effort = "medium" }: { readonly model: string; readonly effort?: string | undefined },
): NonNullable<ResponseOutputItem.ImageGenerationCall["svg_usage"]> {
  const written = textTokens(
    Buffer.from(svg)
      .toString("utf8")
      .replace(/data:[^"]*/g, ""),
  );
  const reasoning = thought[effort] ?? 0;
  const [input, output] = [textTokens(prompt), written + reasoning];
  return {
    input_tokens: input,
    output_tokens: output,
    reasoning_tokens: reasoning,
    total_tokens: input + output,
    model,
  };
}

/** The text model's own usage, apart from the image tool's. */
export function toUsage(input: number, output: number): ResponseUsage {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

/** Nothing is published of the newest models: they count as gpt-image-2.5 does. */
function pictureCost({
  imageModel,
  quality,
  ...size
}: Pick<DrawnCost, "imageModel" | "quality" | "width" | "height">): number {
  return outputTokens(imageModel, quality, size) ?? outputTokens("gpt-image-2.5-flare", quality, size) ?? 0;
}
