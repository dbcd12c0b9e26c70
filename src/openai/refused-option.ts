import { BotError } from "../seam/errors.ts";
import type { OptionName } from "../seam/options.ts";

/** OpenAI does not take an option of the image tool, at least not with that value and that model. */
export class RefusedOption extends BotError {
  readonly option: OptionName;
  /** It does not know the option at all. */
  readonly isWhole: boolean;
  /** WIDTHxHEIGHT: those it names when it refuses another. */
  readonly sizes: readonly string[];

  constructor(
    option: OptionName,
    message: string,
    cause: unknown,
    { isWhole = false, sizes = [] }: { isWhole?: boolean; sizes?: readonly string[] } = {},
  ) {
    super("rejected", message, { cause });
    this.option = option;
    this.isWhole = isWhole;
    this.sizes = sizes;
  }
}

/** The tool's own names for the options, where they are not ours. */
const names: Readonly<Record<string, OptionName>> = {
  ...{ size: "size", quality: "quality", background: "background", output_format: "format" },
  ...{ output_compression: "compression", input_fidelity: "fidelity", moderation: "moderation" },
  ...{ complexity: "complexity", frame_count: "frames", frame_duration_ms: "duration" },
  ...{ partial_images: "partials" },
};

/** The option that an error blames, such as `tools[0].size`; some servers leave out what comes before the name. */
export function optionOf(param: string | null | undefined): OptionName | undefined {
  const name = /^(?:tools\[\d+\]\.)?(\w+)$/.exec(param ?? "")?.[1] ?? "";
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
