import { undated } from "../seam/models.ts";
import type { Cost } from "../seam/view.ts";

/** Tokens of one answer. Of those that came in, `cached` and `written` say how many had a price of their own. */
export interface Usage {
  /** The mainline model's part. `written`: into OpenAI's cache. */
  readonly base: {
    readonly input: number;
    readonly cached: number;
    readonly output: number;
    readonly written?: number;
  };
  /** The image tool's part. `outputText`: how many of `output` were words. */
  readonly image?: {
    readonly inputText: number;
    readonly inputImage: number;
    readonly output: number;
    readonly cachedText?: number;
    readonly cachedImage?: number;
    readonly outputText?: number;
  };
  /** What was spent on writing SVGs, by the model that wrote them. */
  readonly svg?: readonly { readonly model: string; readonly input: number; readonly output: number }[];
}

/** US dollars for a million tokens. */
export interface Prices {
  /** The day they are of, YYYY-MM-DD. */
  readonly of: string;
  /** By mainline model; `cached` and `written` are `input` where absent. An SVG's author is one of these too. */
  readonly base: Readonly<Record<string, BasePrice>>;
  /** By image model; a price of cached tokens is that of others where absent, one of words out that of pictures. */
  readonly image: Readonly<Record<string, ImagePrice>>;
}

interface BasePrice {
  readonly input: number;
  readonly output: number;
  readonly cached?: number | undefined;
  readonly written?: number | undefined;
}

interface ImagePrice {
  readonly text: number;
  readonly image: number;
  readonly output: number;
  readonly cachedText?: number | undefined;
  readonly cachedImage?: number | undefined;
  readonly outputText?: number | undefined;
}

const gptImage = { text: 5, cachedText: 1.25, image: 8, cachedImage: 2, output: 30 };

/**
 * What OpenAI asks: the standard tier, for prompts of up to 272,000 tokens.
 *
 * Source: developers.openai.com/api/docs/pricing and each model's own page beside it. `chatgpt-image-latest` has none:
 * which model it stands for changes.
 */
export const publishedPrices: Prices = {
  of: "2026-11-01",
  base: {
    "gpt-6-astra": { input: 10, cached: 1, written: 12.5, output: 50 },
    "gpt-6.1-sol": { input: 2, cached: 0.1, written: 2.5, output: 10 },
    "gpt-6.1-terra": { input: 1, cached: 0.05, written: 1.25, output: 5 },
    "gpt-6-sol": { input: 2, cached: 0.2, written: 2.5, output: 10 },
    "gpt-6-luna": { input: 0.1, cached: 0.01, written: 0.125, output: 0.5 },
    "gpt-5.6-sol": { input: 4, cached: 0.4, written: 5, output: 20 },
    "gpt-5.6-terra": { input: 2, cached: 0.2, written: 2.5, output: 12 },
    "gpt-5.6-luna": { input: 0.2, cached: 0.02, written: 0.25, output: 1.2 },
    "gpt-5.5": { input: 5, cached: 0.5, output: 30 },
    "gpt-5.4": { input: 2.5, cached: 0.25, output: 15 },
    "gpt-5.4-mini": { input: 0.75, cached: 0.075, output: 4.5 },
    "gpt-5.4-nano": { input: 0.2, cached: 0.02, output: 1.25 },
    "gpt-5": { input: 1.25, cached: 0.125, output: 10 },
    "gpt-5-mini": { input: 0.25, cached: 0.025, output: 2 },
    "gpt-5-nano": { input: 0.05, cached: 0.005, output: 0.4 },
  },
  image: {
    "gpt-image-2": gptImage,
    "gpt-image-2.5-flare": gptImage,
    "gpt-image-2.5-sunburst": gptImage,
    "gpt-image-2.6-flare": gptImage,
    "gpt-image-2.6-sunburst": gptImage,
    "gpt-image-1.5": { ...gptImage, output: 32, outputText: 10 },
    "gpt-image-1-mini": { text: 2, cachedText: 0.2, image: 2.5, cachedImage: 0.25, output: 8 },
  },
};

/** What one model costs; a dated snapshot (`gpt-image-2-2026-04-21`) what its model does, unless it has its own row. */
export function priceOf<T>(table: Readonly<Record<string, T>>, model: string): T | undefined {
  const name = [model, undated(model)].find((each) => Object.hasOwn(table, each));
  return name === undefined ? undefined : table[name];
}

/** What an answer cost. Undefined when a model that took part has no price: no figure is better than a wrong one. */
export function costOf(
  usage: Usage,
  models: { readonly model: string; readonly imageModel: string },
  prices: Prices,
): Cost | undefined {
  const base = priceOf(prices.base, models.model);
  const image = priceOf(prices.image, models.imageModel);
  const { cached, written = 0 } = usage.base;
  const drawn = usage.image ?? { inputText: 0, inputImage: 0, output: 0 };
  const { cachedText = 0, cachedImage = 0, outputText = 0 } = drawn;
  const parts: [tokens: number, price: number | undefined][] = [
    [usage.base.input - cached - written, base?.input],
    [cached, base?.cached ?? base?.input],
    [written, base?.written ?? base?.input],
    [usage.base.output, base?.output],
    [drawn.inputText - cachedText, image?.text],
    [cachedText, image?.cachedText ?? image?.text],
    [drawn.inputImage - cachedImage, image?.image],
    [cachedImage, image?.cachedImage ?? image?.image],
    [drawn.output - outputText, image?.output],
    [outputText, image?.outputText ?? image?.output],
  ];
  for (const { model, input, output } of usage.svg ?? []) {
    const author = priceOf(prices.base, model);
    parts.push([input, author?.input], [output, author?.output]);
  }
  let millionths = 0;
  for (const [tokens, price] of parts) {
    if (tokens <= 0) continue;
    if (price === undefined) return undefined;
    millionths += tokens * price;
  }
  return { usd: millionths / 1_000_000, pricesOf: prices.of };
}

/** The sum of two; a part that is not known makes the sum unknown. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return undefined;
  const images = [a.image, b.image].filter((part) => part !== undefined);
  const image = (name: keyof NonNullable<Usage["image"]>) =>
    images.reduce((total, part) => total + (part[name] ?? 0), 0);
  const svg = [...(a.svg ?? []), ...(b.svg ?? [])];
  return {
    base: {
      input: a.base.input + b.base.input,
      cached: a.base.cached + b.base.cached,
      output: a.base.output + b.base.output,
      written: (a.base.written ?? 0) + (b.base.written ?? 0),
    },
    ...(images.length > 0 && {
      image: {
        inputText: image("inputText"),
        inputImage: image("inputImage"),
        output: image("output"),
        cachedText: image("cachedText"),
        cachedImage: image("cachedImage"),
        outputText: image("outputText"),
      },
    }),
    ...(svg.length > 0 && { svg }),
  };
}
