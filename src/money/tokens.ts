import { undated } from "../seam/models.ts";
import type { Size } from "../seam/words/size.ts";

/** Output tokens of one picture of a model before gpt-image-2: square, tall, wide. */
const table: Readonly<Record<string, readonly [number, number, number]>> = {
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
};

const gpt25 = { low: 16, medium: 24, high: 48, xhigh: 64, max: 96 } as const;

/** The later models draw on a grid; this many cells lie along the long side of the picture. */
const grids: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "gpt-image-2": { low: 16, medium: 48, high: 96 },
  "gpt-image-2.5-flare": gpt25,
  "gpt-image-2.5-sunburst": gpt25,
};

const tabled: readonly string[] = ["gpt-image-1.5", "gpt-image-1-mini"];

/** Output tokens of each sketch. Source: the image generation guide, "Partial images cost". */
export const sketchTokens = 100;

/** The most that a picture is seen to cost as input where no rule is published: 1536 patches of 32 pixels. */
const mostPatches = 1536;

/** The qualities, cheapest first, whose output tokens are published for an image model. */
export function publishedQualities(imageModel: string): readonly string[] {
  const model = undated(imageModel);
  if (tabled.includes(model)) return Object.keys(table);
  return Object.hasOwn(grids, model) ? Object.keys(grids[model] ?? {}) : [];
}

/**
 * Output tokens of one picture without its sketches; undefined where nothing is published for the model and quality.
 *
 * Source: the image generation guide (developers.openai.com/api/docs/guides/image-generation): "Models prior to
 * gpt-image-2" has the table, whose models draw its three sizes only; "GPT Image 2.5 and GPT Image 2 output tokens" is
 * a calculator, and this is what it reckons.
 */
export function outputTokens(imageModel: string, quality: string, size: Size): number | undefined {
  const model = undated(imageModel);
  if (!publishedQualities(model).includes(quality)) return undefined;
  const { width, height } = size;
  if (tabled.includes(model)) return table[quality]?.[width === height ? 0 : width < height ? 1 : 2];
  const long = grids[model]?.[quality] ?? 0;
  const short = roundToEven((long * Math.min(width, height)) / Math.max(width, height));
  return Math.ceil((long * short * (2_000_000 + width * height)) / 4_000_000);
}

/**
 * Tokens of a picture that goes into an image model, from the fewest to the most. A size that is not known counts as
 * anything from a square to three times as long as wide.
 *
 * Source: the vision guide, for the models before gpt-image-2: fitted into 2048 pixels, then into 512 on its short side, 65
 * and 129 for each tile of 512; high fidelity adds 4160 for a square and 6240 for others. For the later models, which
 * always keep pictures closely, it says no more than that they can cost more.
 */
export function pictureTokens(
  imageModel: string,
  size: Size | undefined,
  highFidelity: boolean,
): { readonly from: number; readonly to: number } {
  if (!size) {
    const { from } = pictureTokens(imageModel, { width: 512, height: 512 }, highFidelity);
    const { to } = pictureTokens(imageModel, { width: 1536, height: 512 }, highFidelity);
    return { from, to };
  }
  const { width, height } = size;
  const scale = Math.min(1, 2048 / Math.max(width, height), 512 / Math.min(width, height));
  const tiles = Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
  const extra = highFidelity ? (width === height ? 4160 : 6240) : 0;
  const tokens = 65 + 129 * tiles + extra;
  return { from: tokens, to: tabled.includes(undated(imageModel)) ? tokens : Math.max(tokens, mostPatches) };
}

/** Tokens of a text, by the usual rule of thumb of four characters a token; never less than one. */
export function textTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

/** To the nearest whole number, halves to the even one, as the calculator does. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
