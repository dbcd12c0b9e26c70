import type { Response, ResponseOutputItem, ResponseUsage } from "openai/resources/responses/responses";

type ImageUsage = NonNullable<Response["tool_usage"]>["image_gen"];

/** Output tokens of one picture by quality: square, tall, wide. Source: the image generation guide. */
const published: Readonly<Record<string, readonly [number, number, number]>> = {
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
};

/** Nothing is published for these two; they go on the way medium and high do. */
const beyondHigh: Readonly<Record<string, number>> = { xhigh: 2, max: 4 };

/** Output tokens of each sketch. Source: the image generation guide. */
const sketchTokens = 100;

/** What one picture cost to make. */
export interface DrawnCost {
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

/** Output tokens of a picture without its sketches. Sizes off the table go by their area. */
function outputTokens(width: number, height: number, quality: string): number {
  const row = published[quality] ?? published.high ?? [0, 0, 0];
  const standard = width === height ? 0 : width < height ? 1 : 2;
  const area = standard === 0 ? 1024 * 1024 : 1024 * 1536;
  return Math.round(((row[standard] ?? 0) * (beyondHigh[quality] ?? 1) * (width * height)) / area);
}

/** Tokens of a text, by the usual rule of thumb of four characters a token. */
export function textTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

/**
 * Tokens of a picture that goes in: fitted into 512 pixels on its short side, then 65 and 129 for each 512 tile; high
 * fidelity adds 4160 for a square and 6240 for others; looked at in low detail, the 65 alone. Source: the vision guide's table for the image models.
 */
export function pictureTokens(
  width: number,
  height: number,
  { highFidelity = false, low = false }: { readonly highFidelity?: boolean; readonly low?: boolean } = {},
): number {
  if (low) return 65;
  const scale = Math.min(1, 512 / Math.min(width, height));
  const tiles = Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
  const extra = highFidelity ? (width === height ? 4160 : 6240) : 0;
  return 65 + 129 * tiles + extra;
}

/** The image tool's usage over all its calls. */
export function toImageUsage(drawn: readonly DrawnCost[]): ImageUsage {
  const sum = (count: (one: DrawnCost) => number) => drawn.reduce((total, one) => total + count(one), 0);
  const text = sum(({ prompt }) => textTokens(prompt));
  const images = sum(({ references, highFidelity }) =>
    references.reduce(
      (total, { width, height }) => total + pictureTokens(width, height, { highFidelity }),
      0,
    ),
  );
  // Nothing is published for GIFs: each frame counts as a picture. Of an SVG this is the reference picture that the tool
  // draws first; what its author writes stands in `svg_usage`.
  const output = sum(
    ({ width, height, quality, partials, frames }) =>
      outputTokens(width, height, quality) * frames + partials * sketchTokens,
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
