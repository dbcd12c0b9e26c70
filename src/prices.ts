import type { Cost } from "./adapter.ts";

/** Tokens of one answer: `base` is the mainline model's part, `image` the image tool's. */
export interface Usage {
  readonly base: { readonly input: number; readonly cached: number; readonly output: number };
  readonly image?: {
    readonly inputText: number;
    readonly inputImage: number;
    readonly output: number;
  };
}

/** US dollars for a million tokens. */
const prices = {
  of: "2026-11-01",
  base: {
    "gpt-6-luna": { input: 0.1, cached: 0.01, output: 0.5 },
    "gpt-5.6-luna": { input: 0.2, cached: 0.02, output: 1.2 },
  },
  image: {
    "gpt-image-2": { text: 5, image: 8, output: 30 },
    "gpt-image-2.5-flare": { text: 5, image: 8, output: 30 },
    "gpt-image-2.5-sunburst": { text: 5, image: 8, output: 30 },
    "gpt-image-1.5": { text: 5, image: 8, output: 32 },
    "gpt-image-1-mini": { text: 2, image: 2.5, output: 8 },
  },
} as const;

/**
 * What an answer cost, by OpenAI's published prices (developers.openai.com, pricing).
 *
 * Undefined when a model that took part has no price in the table: no figure is better than a wrong one.
 */
export function costOf(usage: Usage, model: string, imageModel: string): Cost | undefined {
  const base = price(prices.base, model);
  const image = usage.image && price(prices.image, imageModel);
  if (!base || (usage.image && !image)) return undefined;
  const { input, cached, output } = usage.base;
  let millionths = (input - cached) * base.input + cached * base.cached + output * base.output;
  if (usage.image && image) {
    millionths += usage.image.inputText * image.text + usage.image.inputImage * image.image;
    millionths += usage.image.output * image.output;
  }
  return { usd: millionths / 1_000_000, pricesOf: prices.of };
}

/** The sum of two; a part that is not known makes the sum unknown. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return undefined;
  const image = [a.image, b.image].filter((part) => part !== undefined);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    base: {
      input: a.base.input + b.base.input,
      cached: a.base.cached + b.base.cached,
      output: a.base.output + b.base.output,
    },
    ...(image.length > 0 && {
      image: {
        inputText: sum(image.map(({ inputText }) => inputText)),
        inputImage: sum(image.map(({ inputImage }) => inputImage)),
        output: sum(image.map(({ output }) => output)),
      },
    }),
  };
}

/** A dated snapshot (`gpt-image-2-2026-04-21`) costs what its model costs. */
function price<T>(table: Readonly<Record<string, T>>, model: string): T | undefined {
  return table[model.replace(/-\d{4}-\d{2}-\d{2}$/, "")];
}
