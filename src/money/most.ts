import { toSize } from "../seam/words/size.ts";
import { type Planned, shapes } from "./estimate.ts";
import { costOf, type Prices } from "./prices.ts";
import { outputTokens, pictureTokens, publishedQualities, sketchTokens } from "./tokens.ts";

/** What is kept back of a budget for a turn before it is sent. */
export interface Hold {
  /** The most it will cost in ordinary use, US dollars; absent where a model has no price. */
  readonly usd?: number;
  /** The least that one of its pictures costs, once it is begun. */
  readonly least: number;
  readonly pictures: number;
  /** The day the prices are of, YYYY-MM-DD. */
  readonly pricesOf: string;
}

interface Held extends Planned {
  /** Tokens that the answer gone on from took in and gave out: the conversation so far. */
  readonly told?: number;
}

/**
 * Tokens set high enough for what nothing is published about. An answer reads our rules, a page of text that a link or a
 * file has brought, and the conversation half again as long as the last time; it thinks and writes.
 */
const margin = { read: 8000, conversation: 1.5, picture: 3000, written: 3000, rewording: 1000 };

/** What an SVG's author thinks and writes at most, and what it reads. */
const svgTokens = { input: 8000, output: 24_000 };

/** An image model of which no tokens are published is taken for the one that has the most qualities. */
const likeUnpublished = "gpt-image-2.5-sunburst";

/**
 * The most that a turn will cost: each quality and size that its options leave open at its dearest, each frame of a GIF as
 * a picture, an SVG's author as the dearest model.
 */
export function mostOf(
  planned: Held,
  models: { readonly model?: string; readonly imageModel: string },
  prices: Prices,
): number | undefined {
  const { options, text, inputs, previous, told = 0 } = planned;
  const imageModel = options.model ?? models.imageModel;
  const isWords = options.action === "answer";
  const pictures = inputs.length + (previous ? 1 : 0);
  const words = text.length;
  const { model = "" } = models;
  const base = {
    input: words + margin.read + margin.conversation * told + pictures * margin.picture,
    ...{ cached: 0, output: margin.written },
  };
  const usage = {
    base: model === "" ? { input: 0, cached: 0, output: 0 } : base,
    ...(!isWords && { image: toImage(planned, imageModel, words) }),
    ...(options.format === "svg" && { svg: [{ model: dearest(prices), ...svgTokens }] }),
  };
  const cost = costOf(usage, { model, imageModel }, prices);
  return cost && cost.usd * (isWords ? 1 : (options.count ?? 1));
}

function toImage({ options, inputs, sizes = [], previous }: Planned, imageModel: string, words: number) {
  const known = publishedQualities(imageModel).length > 0 ? imageModel : likeUnpublished;
  const { quality = "auto", size = "auto", format, partials = 3, frames = 9 } = options;
  const published = publishedQualities(known);
  const qualities = quality === "auto" || !published.includes(quality) ? published : [quality];
  const outputs = qualities.flatMap((each) =>
    (size === "auto" ? [...shapes, ...sizes] : [toSize(size)]).map(
      (shape) => outputTokens(known, each, shape) ?? 0,
    ),
  );
  const seen = [...inputs, ...(previous ? [previous] : [])];
  const isHigh = options.fidelity !== "low";
  return {
    inputText: words + margin.rewording,
    inputImage: seen.reduce((sum, one) => sum + pictureTokens(known, one, isHigh).to, 0),
    output: Math.max(...outputs) * (format === "gif" ? frames : 1) + partials * sketchTokens,
  };
}

function dearest({ base }: Prices): string {
  const [first = ""] = Object.entries(base)
    .sort(([, a], [, b]) => b.output - a.output)
    .map(([model]) => model);
  return first;
}
