import { BotError } from "./errors.ts";

/** The image options, as a person sets them. All optional; what is absent is the model's own choice. */
export interface ImageOptions {
  /** One of `models`. */
  readonly model: string;
  /** `auto`, or `WIDTHxHEIGHT` in pixels. */
  readonly size: string;
  readonly quality: "auto" | "low" | "medium" | "high" | "xhigh" | "max";
  readonly background: "auto" | "opaque" | "transparent";
  readonly format: "png" | "jpeg" | "webp";
  /** 0 to 100, for jpeg and webp. */
  readonly compression: number;
  readonly fidelity: "low" | "high";
  readonly moderation: "auto" | "low";
  /** Sketches shown while a picture is drawn, 0 to 3. */
  readonly partials: number;
  readonly action: "auto" | "generate" | "edit";
  /** Pictures drawn side by side from the same words, 1 to 4. */
  readonly count: number;
}

export type OptionName = keyof ImageOptions;

/** One row of the options table: what a command builder, a form and a flag parser need to know. */
export interface OptionSpec {
  readonly name: OptionName;
  readonly label: string;
  /** At most 100 characters, which is what a slash command's description holds. */
  readonly hint: string;
  /** `size`: one of the values, or WIDTHxHEIGHT. */
  readonly kind: "choice" | "size" | "number";
  /** The values to offer, for `choice` and `size`. */
  readonly values?: readonly { readonly value: string; readonly label: string }[];
  /** Inclusive, for `number`. */
  readonly min?: number;
  readonly max?: number;
  /** What happens when it is not set, in words. */
  readonly unset: string;
  /** Only a moderator may set it. */
  readonly admin?: boolean;
}

/** What an image model takes. Source: `Tool.ImageGeneration` in openai's responses.d.ts. */
interface Model {
  readonly label: string;
  /** `any`: multiples of 16, 1:3 to 3:1, up to 3840x2160. `fixed`: the three standard sizes. */
  readonly sizes: "any" | "fixed";
  readonly qualities: readonly ImageOptions["quality"][];
  readonly fidelity: readonly ImageOptions["fidelity"][];
}

const upToHigh = ["auto", "low", "medium", "high"] as const;
const upToMax = [...upToHigh, "xhigh", "max"] as const;

/** The image models that can be asked for. */
export const models: Readonly<Record<string, Model>> = {
  "gpt-image-2": { label: "GPT Image 2", sizes: "any", qualities: upToHigh, fidelity: [] },
  "gpt-image-2.5-flare": {
    label: "GPT Image 2.5 Flare (fast)",
    sizes: "any",
    qualities: upToMax,
    fidelity: [],
  },
  "gpt-image-2.5-sunburst": {
    label: "GPT Image 2.5 Sunburst (precise)",
    sizes: "any",
    qualities: upToMax,
    fidelity: [],
  },
  "gpt-image-1.5": { label: "GPT Image 1.5", sizes: "fixed", qualities: upToHigh, fidelity: ["low", "high"] },
  "gpt-image-1-mini": {
    label: "GPT Image 1 mini (cheap)",
    sizes: "fixed",
    qualities: upToHigh,
    fidelity: ["low"],
  },
};

/** Names for the usual shapes, in pixels. */
const shapes: Readonly<Record<string, string>> = {
  auto: "auto",
  square: "1024x1024",
  wide: "1536x1024",
  tall: "1024x1536",
};

/** Every option, in the order in which a form shows them. */
export const optionSpecs: readonly OptionSpec[] = [
  {
    name: "size",
    label: "Size",
    hint: "square, wide, tall, or pixels such as 1536x864",
    kind: "size",
    values: [
      { value: "auto", label: "Auto" },
      { value: "1024x1024", label: "Square" },
      { value: "1536x1024", label: "Wide" },
      { value: "1024x1536", label: "Tall" },
    ],
    unset: "the model picks a shape that fits",
  },
  {
    name: "quality",
    label: "Quality",
    hint: "More quality takes longer and costs more",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "low", label: "Low" },
      { value: "medium", label: "Medium" },
      { value: "high", label: "High" },
      { value: "xhigh", label: "Extra high" },
      { value: "max", label: "Max" },
    ],
    unset: "the model decides",
  },
  {
    name: "background",
    label: "Background",
    hint: "Transparent makes stickers and sprites",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "opaque", label: "Opaque" },
      { value: "transparent", label: "Transparent" },
    ],
    unset: "the model decides",
  },
  {
    name: "format",
    label: "Format",
    hint: "The file you get",
    kind: "choice",
    values: [
      { value: "png", label: "PNG" },
      { value: "jpeg", label: "JPEG" },
      { value: "webp", label: "WebP" },
    ],
    unset: "PNG",
  },
  {
    name: "compression",
    label: "Compression",
    hint: "0 to 100 for JPEG and WebP; lower is smaller",
    kind: "number",
    min: 0,
    max: 100,
    unset: "100",
  },
  {
    name: "fidelity",
    label: "Fidelity",
    hint: "How closely faces and logos of your pictures are kept (GPT Image 1.5)",
    kind: "choice",
    values: [
      { value: "low", label: "Low" },
      { value: "high", label: "High" },
    ],
    unset: "the model decides",
  },
  {
    name: "count",
    label: "Pictures",
    hint: "How many to draw side by side, 1 to 4; each is paid for",
    kind: "number",
    min: 1,
    max: 4,
    unset: "1",
  },
  {
    name: "action",
    label: "Action",
    hint: "Draw something new, or edit the picture at hand",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "generate", label: "Draw new" },
      { value: "edit", label: "Edit" },
    ],
    unset: "taken from your words",
  },
  {
    name: "partials",
    label: "Sketches",
    hint: "Sketches shown while it draws, 0 to 3; each costs 100 tokens",
    kind: "number",
    min: 0,
    max: 3,
    unset: "2",
  },
  {
    name: "model",
    label: "Model",
    hint: "The image model",
    kind: "choice",
    values: Object.entries(models).map(([value, { label }]) => ({ value, label })),
    unset: "the admin's choice",
  },
  {
    name: "moderation",
    label: "Moderation",
    hint: "How strictly OpenAI filters",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "low", label: "Low" },
    ],
    unset: "auto",
    admin: true,
  },
];

const specs = new Map<string, OptionSpec>(optionSpecs.map((spec) => [spec.name, spec]));

/** Options from outside (a form, JSON, a command's fields), checked value by value. Throws BotError `bad_option`. */
export function parseOptions(raw: Readonly<Record<string, unknown>>): Partial<ImageOptions> {
  const parsed: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || value === null || value === "") continue;
    const spec = specs.get(name);
    if (!spec) throw new BotError("bad_option", `There is no option “${name}”. There are: ${names()}.`);
    parsed[name] = parseValue(spec, String(value));
  }
  return parsed as Partial<ImageOptions>; // every value has just passed its row
}

/**
 * Takes `--name value` and `--name=value` out of a text; the value may stand in quotes.
 *
 * A word after `--` that is no option stays in the text and is reported in `notes`; a known option with a value it
 * cannot have throws BotError `bad_option`, since drawing something else would cost money.
 */
export function parseFlags(text: string): {
  text: string;
  options: Partial<ImageOptions>;
  notes: readonly string[];
} {
  const raw: Record<string, string> = {};
  const notes: string[] = [];
  const rest = text.replace(
    /(^|\s)--([a-z][a-z-]*)(?:=|\s+(?!--))?(\S+)?/gi,
    (all, before: string, name: string, value) => {
      const spec = specs.get(name.toLowerCase());
      if (!spec) {
        notes.push(`I don't know --${name}, so I left it in the words. The options are: ${names()}.`);
        return all;
      }
      if (value === undefined)
        throw new BotError("bad_option", `--${spec.name} needs a value: ${takes(spec)}.`);
      raw[spec.name] = value.replace(/^["'“‘]|["'”’]$/g, "");
      return before;
    },
  );
  return { text: rest.trim(), options: parseOptions(raw), notes };
}

/** Options that one model can take, and a sentence for each thing that was asked for and is not to be had. */
export function fitOptions(
  asked: Partial<ImageOptions>,
  defaultModel: string,
): { options: Partial<ImageOptions>; notes: readonly string[] } {
  const notes: string[] = [];
  const options: { -readonly [K in OptionName]?: ImageOptions[K] } = { ...asked };
  const name = asked.model ?? defaultModel;
  const model = models[name];
  if (options.background === "transparent" && options.format === "jpeg") {
    options.format = "png";
    notes.push("A JPEG cannot be transparent, so it is a PNG.");
  }
  if (options.compression !== undefined && (options.format ?? "png") === "png") {
    delete options.compression;
    notes.push("PNG has no compression setting, so I left it out. Pick JPEG or WebP to use it.");
  }
  if (!model) return { options, notes }; // a model of the admin's own: the API decides
  if (options.quality && !model.qualities.includes(options.quality)) {
    notes.push(`${model.label} has no quality “${options.quality}”, so it is drawn at “high”.`);
    options.quality = "high";
  }
  if (options.fidelity && !model.fidelity.includes(options.fidelity)) {
    notes.push(
      model.fidelity.length === 0
        ? `${model.label} always keeps your pictures at its best fidelity, so there was nothing to set.`
        : `${model.label} has no fidelity “${options.fidelity}”, so I left it out.`,
    );
    delete options.fidelity;
  }
  if (options.size && model.sizes === "fixed" && !Object.values(shapes).includes(options.size)) {
    const size = nearestShape(options.size);
    notes.push(`${model.label} draws three sizes only, so ${options.size} became ${size}.`);
    options.size = size;
  }
  return { options, notes };
}

/** The names of those that only a moderator may set. */
export function adminOptions(options: Partial<ImageOptions>): readonly string[] {
  return Object.keys(options).filter((name) => specs.get(name)?.admin);
}

function parseValue(spec: OptionSpec, text: string): string | number {
  const value = text.trim().toLowerCase();
  if (spec.kind === "size") return parseSize(value);
  if (spec.kind === "number") {
    const number = Number(value);
    if (!Number.isInteger(number) || number < (spec.min ?? 0) || number > (spec.max ?? Infinity)) {
      throw new BotError("bad_option", `${spec.label} takes ${takes(spec)}, not “${text}”.`);
    }
    return number;
  }
  const found = spec.values?.find((choice) => choice.value === value);
  if (!found) throw new BotError("bad_option", `${spec.label} takes ${takes(spec)}, not “${text}”.`);
  return found.value;
}

/** Source for the bounds: `size` of `Tool.ImageGeneration` in openai's responses.d.ts. */
function parseSize(value: string): string {
  const named = Object.hasOwn(shapes, value) ? shapes[value] : undefined;
  if (named) return named;
  const match = /^(\d{2,5})\s*[x×]\s*(\d{2,5})$/.exec(value);
  if (!match) {
    throw new BotError(
      "bad_option",
      `Size takes square, wide, tall, auto or pixels such as 1536x864, not “${value}”.`,
    );
  }
  const [width, height] = [Number(match[1]), Number(match[2])];
  const wrong =
    width % 16 || height % 16
      ? `both sides must be multiples of 16 (nearest: ${round16(width)}x${round16(height)})`
      : Math.max(width, height) > 3 * Math.min(width, height)
        ? "the long side may be three times the short one at most"
        : Math.max(width, height) > 3840 || width * height > 3840 * 2160
          ? "the largest picture is 3840x2160"
          : undefined;
  if (wrong) throw new BotError("bad_option", `A picture of ${width}x${height} cannot be drawn: ${wrong}.`);
  return `${width}x${height}`;
}

function round16(length: number): number {
  return Math.max(16, Math.round(length / 16) * 16);
}

function nearestShape(size: string): string {
  const [width = 1, height = 1] = size.split("x").map(Number);
  if (width > height * 1.2) return "1536x1024";
  return height > width * 1.2 ? "1024x1536" : "1024x1024";
}

function takes(spec: OptionSpec): string {
  if (spec.kind === "number") return `a whole number from ${spec.min} to ${spec.max}`;
  return (spec.values ?? []).map(({ value }) => value).join(", ");
}

function names(): string {
  return optionSpecs.map(({ name }) => name).join(", ");
}
