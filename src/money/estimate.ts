import { type ImageOptions, usualSketches } from "../seam/options.ts";
import { type Size, standardSizes, toSize } from "../seam/words/size.ts";
import { costOf, type Prices, type Usage } from "./prices.ts";
import { outputTokens, pictureTokens, publishedQualities, sketchTokens, textTokens } from "./tokens.ts";

/** What a turn is likely to cost, before it starts. US dollars. */
export interface Estimate {
  readonly from: number;
  /** Absent: no upper bound is known. */
  readonly to?: number;
  /** The day the prices are of, YYYY-MM-DD. */
  readonly pricesOf: string;
}

/** What is about to be asked for. */
export interface Planned {
  /** As fitOptions leaves them. */
  readonly options: Partial<ImageOptions>;
  readonly text: string;
  /** The references, without a mask; undefined for one whose size is not known yet. */
  readonly inputs: readonly (Size | undefined)[];
  /** It will have the shape of a picture that has not been read: the sizes that may come of that. */
  readonly sizes?: readonly Size[];
  /** The picture gone on from. */
  readonly previous?: Size;
}

/** The shapes that a size may come to where none is named. */
export const shapes: readonly Size[] = standardSizes.map(toSize);

/**
 * Tokens of what nothing is published about, set high enough for most turns. The mainline model reads instructions and a
 * conversation, and each picture; it thinks and writes; and it makes the words longer for the image tool.
 */
const unseen = { read: 3000, picture: 2500, written: 1000, rewording: 300 };

/**
 * What a turn will cost: from the least to the most that its options leave open, for the pictures that were asked for.
 *
 * Without a mainline model none is paid for. Undefined when a model has no price, or nothing is published of how many tokens its pictures take. Of GIF and SVG it is
 * only known that they cost a picture at least.
 */
export function estimate(
  planned: Planned,
  models: { readonly model?: string; readonly imageModel: string },
  prices: Prices,
): Estimate | undefined {
  const { options } = planned;
  const imageModel = options.model ?? models.imageModel;
  const wordsOnly = options.action === "answer";
  const drawn = wordsOnly ? { from: {}, to: {} } : toDrawn(planned, imageModel);
  if (!drawn) return undefined;

  const text = textTokens(planned.text);
  const pictures = planned.inputs.length + (planned.previous ? 1 : 0);
  const read = text + unseen.read + pictures * unseen.picture;
  const cost = (read: Usage["base"], image: Pick<Usage, "image">) => {
    const { model = "" } = models;
    const base = model === "" ? { input: 0, cached: 0, output: 0 } : read;
    return costOf({ base, ...image }, { model, imageModel }, prices)?.usd;
  };
  const least = cost({ input: text, cached: 0, output: 0 }, drawn.from);
  const most = cost({ input: read, cached: 0, output: unseen.written }, drawn.to);
  if (least === undefined || most === undefined) return undefined;

  const count = wordsOnly ? 1 : (options.count ?? 1);
  const bounded = wordsOnly || (options.format !== "gif" && options.format !== "svg");
  return { from: least * count, ...(bounded && { to: most * count }), pricesOf: prices.of };
}

/** An estimate in a few words, rounded as an answer's cost is: “about $0.056”, “$0.006 to $0.22”, “at least $0.21”. */
export function sayEstimate({ from, to }: Estimate): string {
  if (to === undefined) return `at least ${dollars(from)}`;
  if (to < 0.001) return "less than $0.001";
  if (from < 0.001) return `up to ${dollars(to)}`;
  // What is this near is known no better than one figure says.
  return to <= from * 1.25 ? `about ${dollars((from + to) / 2)}` : `${dollars(from)} to ${dollars(to)}`;
}

/** The image tool's part for one picture. */
function toDrawn(
  { options, text, inputs, sizes = [], previous }: Planned,
  imageModel: string,
): { from: Pick<Usage, "image">; to: Pick<Usage, "image"> } | undefined {
  const published = publishedQualities(imageModel);
  const { quality = "auto", size = "auto", action = "auto", format } = options;
  const outputs = (quality === "auto" ? published : [quality]).flatMap((each) =>
    (size === "auto" ? [...shapes, ...sizes] : [toSize(size)]).map((shape) =>
      outputTokens(imageModel, each, shape),
    ),
  );
  if (outputs.length === 0 || !outputs.every((tokens) => tokens !== undefined)) return undefined;
  const sketches = format === "gif" ? 0 : (options.partials ?? usualSketches);

  const high = options.fidelity === "high";
  const references = range(inputs, imageModel, high);
  const edited = range(previous ? [previous] : [], imageModel, high);
  return {
    from: {
      image: {
        inputText: textTokens(text),
        inputImage: references.from + (action === "edit" ? edited.from : 0),
        output: Math.min(...outputs), // fewer sketches than asked for may come, none among them
      },
    },
    to: {
      image: {
        inputText: textTokens(text) + unseen.rewording,
        inputImage: references.to + (action === "generate" ? 0 : edited.to),
        output: Math.max(...outputs) + sketches * sketchTokens,
      },
    },
  };
}

function range(pictures: readonly (Size | undefined)[], imageModel: string, highFidelity: boolean) {
  const each = pictures.map((size) => pictureTokens(imageModel, size, highFidelity));
  const sum = (bound: "from" | "to") => each.reduce((total, tokens) => total + tokens[bound], 0);
  return { from: sum("from"), to: sum("to") };
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd < 0.1 ? 3 : 2)}`;
}
