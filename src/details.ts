import type { Cost, Details } from "./adapter.ts";
import { type ImageOptions, type OptionName, optionSpecs } from "./options.ts";
import type { PaintedPicture } from "./painted.ts";
import type { Usage } from "./prices.ts";

/** The footer of an answer: what was asked for beside what the API reports, time, tokens and money. */
export function toDetails(answer: {
  readonly prompt: string;
  readonly asked: Partial<ImageOptions>;
  readonly picture?: PaintedPicture | undefined;
  readonly imageModel: string;
  readonly elapsedMs: number;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly painter: string;
}): Details {
  const { prompt, asked, picture, imageModel, elapsedMs, usage, cost, painter } = answer;
  const applied: Partial<Record<OptionName, string>> = picture
    ? { ...picture.applied, model: imageModel }
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

function tokensOf({ base, image }: Usage): { input: number; output: number } {
  return {
    input: base.input + (image ? image.inputText + image.inputImage : 0),
    output: base.output + (image?.output ?? 0),
  };
}
