import { type Fidelity, type Format, livingModels, models, type Quality } from "./models.ts";

/** The image options, as a person sets them. All optional; what is absent is the model's own choice. */
export interface ImageOptions {
  /** One of `models`. */
  readonly model: string;
  /** `auto`, or `WIDTHxHEIGHT` in pixels. */
  readonly size: string;
  readonly quality: Quality;
  readonly background: "auto" | "opaque" | "transparent";
  readonly format: Format;
  /** 0 to 100, for jpeg and webp. */
  readonly compression: number;
  readonly fidelity: Fidelity;
  readonly moderation: "auto" | "low";
  /** Sketches shown while a picture is drawn, 0 to 3. */
  readonly partials: number;
  /** `answer`: in words, and nothing is drawn. */
  readonly action: "auto" | "generate" | "edit" | "answer";
  /** Pictures drawn side by side from the same words, 1 to 4. */
  readonly count: number;
  /** How much is planned before the first stroke. */
  readonly complexity: "low" | "medium" | "high";
  /** Of a GIF, 2 to 16. */
  readonly frames: number;
  /** How long each frame of a GIF is shown, in ms. */
  readonly duration: number;
  /** How closely the pictures that come along are looked at. */
  readonly detail: "auto" | "low" | "high" | "original";
  /** What happens to the picture outside a mask: its own pixels are put back, or it stays as it was drawn. */
  readonly outside: "keep" | "redraw";
  /** The name of a saved style. */
  readonly style: string;
  /** Which of OpenAI's two ways to a picture is gone. */
  readonly engine: EngineName;
}

export type EngineName = "responses" | "images";

export type OptionName = keyof ImageOptions;

/** One row of the options table: what a command builder, a form and a flag parser need to know. */
export interface OptionSpec {
  readonly name: OptionName;
  readonly label: string;
  /** At most 100 characters, which is what a slash command's description holds. */
  readonly hint: string;
  /** `size`: one of the values, or WIDTHxHEIGHT. `style`: the name of one that somebody saved. */
  readonly kind: "choice" | "size" | "number" | "style";
  /** The values to offer, for `choice` and `size`. */
  readonly values?: readonly { readonly value: string; readonly label: string }[];
  /** Values that are no longer offered, and still understood. */
  readonly former?: readonly string[];
  /** Inclusive, for `number`. */
  readonly min?: number;
  readonly max?: number;
  /** What happens when it is not set, in words. */
  readonly unset: string;
  /** Only a moderator may set it. */
  readonly admin?: boolean;
  /** Set now and then, and mostly by a style: where there is room for few fields it is none of them. */
  readonly rare?: boolean;
}

/** Sketches of a picture when the person did not say. */
export const usualSketches = 2;

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
      { value: "gif", label: "GIF (moves)" },
      { value: "svg", label: "SVG (drawing file)" },
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
    hint: "Draw something new, edit the picture at hand, or answer in words",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "generate", label: "Draw new" },
      { value: "edit", label: "Edit" },
      { value: "answer", label: "Answer" },
    ],
    unset: "taken from your words",
  },
  {
    name: "style",
    label: "Style",
    hint: "A saved style: its words, options and pictures come along; none goes without",
    kind: "style",
    unset: "none",
  },
  {
    name: "complexity",
    label: "Complexity",
    hint: "How much is thought out before the first stroke; more suits crowded scenes and writing",
    kind: "choice",
    values: [
      { value: "low", label: "Low" },
      { value: "medium", label: "Medium" },
      { value: "high", label: "High" },
    ],
    unset: "the model decides",
  },
  {
    name: "frames",
    label: "Frames",
    hint: "Frames of a GIF, 2 to 16",
    kind: "number",
    min: 2,
    max: 16,
    unset: "9",
  },
  {
    name: "duration",
    label: "Frame time",
    hint: "How long each frame of a GIF is shown, in milliseconds",
    kind: "number",
    min: 20,
    max: 10_000,
    unset: "200",
  },
  {
    name: "detail",
    label: "Detail",
    hint: "How closely your pictures are looked at; closer costs more",
    kind: "choice",
    values: [
      { value: "auto", label: "Auto" },
      { value: "low", label: "Low" },
      { value: "high", label: "High" },
      { value: "original", label: "Original" },
    ],
    unset: "auto",
  },
  {
    name: "outside",
    label: "Outside the mask",
    hint: "Put your picture's own pixels back outside the mask, or leave them as drawn",
    kind: "choice",
    values: [
      { value: "keep", label: "Put back" },
      { value: "redraw", label: "As drawn" },
    ],
    unset: "put back",
  },
  {
    name: "partials",
    label: "Sketches",
    hint: "Sketches shown while it draws, 0 to 3; each costs 100 tokens",
    kind: "number",
    min: 0,
    max: 3,
    unset: `${usualSketches}`,
  },
  {
    name: "model",
    label: "Model",
    hint: "The image model",
    kind: "choice",
    get values() {
      return livingModels(Date.now()).map((value) => ({ value, label: models[value]?.label ?? value }));
    },
    former: Object.keys(models),
    unset: "the admin's choice",
  },
  {
    name: "engine",
    label: "Engine",
    hint: "Draw by conversation (responses), or straight by the Image API (images)",
    kind: "choice",
    values: [
      { value: "responses", label: "Responses API" },
      { value: "images", label: "Image API" },
    ],
    unset: "the admin's choice",
    rare: true,
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
