import type { Usage } from "../money/prices.ts";
import type { PaintedPicture } from "../openai/painted.ts";
import { type ImageOptions, type OptionName, optionSpecs } from "../seam/options.ts";
import type { Cost, Details } from "../seam/view.ts";

/** The footer of an answer: what was asked for beside what the API reports, time, tokens and money. */
export function toDetails(answer: {
  readonly prompt: string;
  readonly asked: Partial<ImageOptions>;
  /** Those of them that were sent: the model takes them. */
  readonly sent: Partial<ImageOptions>;
  /** How many came out. */
  readonly pictures: number;
  readonly picture?: PaintedPicture | undefined;
  /** The size of what is shown, WIDTHxHEIGHT, where that is not as it was drawn. */
  readonly size?: string | undefined;
  readonly imageModel: string;
  readonly elapsedMs: number;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly painter: string;
}): Details {
  const { prompt, asked, sent, pictures, picture, size, imageModel, elapsedMs, usage, cost, painter } =
    answer;
  const applied: Partial<Record<OptionName, string>> = picture
    ? {
        ...taken(asked, sent),
        ...(asked.count && { count: `${pictures}` }),
        ...picture.applied,
        ...(size && { size }),
        model: imageModel,
      }
    : {};
  const options = optionSpecs.flatMap(({ name }) => {
    const [requested, got] = [asked[name], applied[name]];
    if (requested === undefined && got === undefined) return [];
    return {
      name,
      ...(requested !== undefined && { requested: String(requested) }),
      ...(got !== undefined && { applied: got }),
    };
  });
  return {
    prompt,
    ...(picture?.revisedPrompt && { revisedPrompt: picture.revisedPrompt }),
    options,
    elapsedMs,
    ...(usage && { tokens: tokensOf(usage) }),
    ...(cost && { cost }),
    painter,
  };
}

/** The API says nothing of these: what it took without a complaint, it applied. */
const unreported = [
  "compression",
  "fidelity",
  "moderation",
  "partials",
  "complexity",
  "frames",
  "duration",
  "detail",
  "outside",
  "style",
  "engine",
] as const satisfies OptionName[];

function taken(
  asked: Partial<ImageOptions>,
  sent: Partial<ImageOptions>,
): Partial<Record<OptionName, string>> {
  const names = unreported.filter((name) => asked[name] !== undefined && sent[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, `${sent[name]}`]));
}

function tokensOf({ base, image, svg = [] }: Usage): { input: number; output: number } {
  return {
    input: svg.reduce(
      (sum, { input }) => sum + input,
      base.input + (image ? image.inputText + image.inputImage : 0),
    ),
    output: svg.reduce((sum, { output }) => sum + output, base.output + (image?.output ?? 0)),
  };
}
