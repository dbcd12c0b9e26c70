import { type BillLine, type Tokens, tokenKinds } from "../../seam/watch/spending.ts";
import { costOf, type Prices, type Usage } from "../prices.ts";

export const noTokens = Object.fromEntries(tokenKinds.map((kind) => [kind, 0])) as Tokens;

const noBase: Usage["base"] = { input: 0, cached: 0, output: 0 };

/** What an answer took, a line for each model that took part. */
export function toBill(
  { base, image, svg = [] }: Usage,
  models: { readonly model: string; readonly imageModel: string },
  prices: Prices,
): readonly BillLine[] {
  const { cached, written = 0 } = base;
  const line = (model: string, tokens: Partial<Tokens>, usage: Usage): BillLine => {
    const cost = costOf(usage, models, prices);
    return { model, tokens: { ...noTokens, ...tokens }, ...(cost && { usd: cost.usd }) };
  };
  const lines = [
    line(
      models.model,
      {
        textInput: base.input - cached - written,
        ...{ cachedTextInput: cached, cacheWrites: written, textOutput: base.output },
      },
      { base },
    ),
    ...(image ? [line(models.imageModel, toImageTokens(image), { base: noBase, image })] : []),
    ...svg.map(({ model, input, output }) =>
      line(
        model,
        { textInput: input, textOutput: output },
        { base: noBase, svg: [{ model, input, output }] },
      ),
    ),
  ];
  return lines.filter(({ tokens }) => tokenKinds.some((kind) => tokens[kind] > 0));
}

function toImageTokens(image: NonNullable<Usage["image"]>): Partial<Tokens> {
  const { inputText, inputImage, output, cachedText = 0, cachedImage = 0, outputText = 0 } = image;
  return {
    ...{ textInput: inputText - cachedText, cachedTextInput: cachedText },
    ...{ imageInput: inputImage - cachedImage, cachedImageInput: cachedImage },
    ...{ textOutput: outputText, imageOutput: output - outputText },
  };
}

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return Object.fromEntries(tokenKinds.map((kind) => [kind, a[kind] + b[kind]])) as Tokens;
}

/** US dollars of all lines whose model has a price. */
export function dollarsOf(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { usd = 0 }) => sum + usd, 0);
}
