import { badRequest } from "../errors/api-error.ts";

/** What an image model can do. Source: the comments on `Tool.ImageGeneration` in openai's responses.d.ts. */
export interface ImageModel {
  readonly name: string;
  readonly qualities: readonly string[];
  readonly fidelity: readonly string[];
  /** Any WIDTHxHEIGHT, or the three standard sizes only. */
  readonly anySize: boolean;
  readonly formats: readonly string[];
  /** It is refused from this day on, YYYY-MM-DD in UTC. Source: OpenAI's deprecations page. */
  readonly until?: string;
}

const upToHigh = ["low", "medium", "high", "auto"];
const upToMax = ["low", "medium", "high", "xhigh", "max", "auto"];
const stills = ["png", "webp", "jpeg"];
const all = ["png", "webp", "jpeg", "gif", "svg"];

const newest = (name: string): ImageModel => ({
  name,
  qualities: upToMax,
  fidelity: [],
  anySize: true,
  formats: all,
});
const second = (name: string): ImageModel => ({
  name,
  qualities: upToHigh,
  fidelity: [],
  anySize: true,
  formats: all,
});
/** Nothing is said of their sizes and qualities but what all models take. */
const unsaid = (name: string): ImageModel => ({
  name,
  qualities: upToHigh,
  fidelity: [],
  anySize: false,
  formats: all,
});
const first = (name: string, fidelity: readonly string[]): ImageModel => ({
  name,
  qualities: upToHigh,
  fidelity,
  anySize: false,
  formats: stills,
});

/**
 * The image models on offer. GIF and SVG need a model that has them, the comments say, and not which: here the first
 * generation lacks them.
 *
 * `gpt-image-1` was shut down on 2026-10-23 and is not among them. */
export const imageModels: readonly ImageModel[] = [
  second("gpt-image-2"),
  second("gpt-image-2-2026-04-21"),
  newest("gpt-image-2.5-sunburst"),
  newest("gpt-image-2.5-sunburst-2026-09-08"),
  newest("gpt-image-2.5-flare"),
  newest("gpt-image-2.5-flare-2026-09-08"),
  unsaid("gpt-image-2.6-sunburst"),
  unsaid("gpt-image-2.6-flare"),
  { ...first("gpt-image-1.5", ["low", "high"]), until: "2026-12-01" },
  { ...first("gpt-image-1-mini", ["low"]), until: "2026-12-01" },
  { ...unsaid("chatgpt-image-latest"), until: "2026-12-01" },
];

/** The tool's own, where none is named. Source: openai's responses.d.ts, 7.57. */
export const usualImageModel = "gpt-image-2.6-sunburst";

/** Text models that are refused from a day on. Source: OpenAI's deprecations page. */
const textModelsUntil: Readonly<Record<string, string>> = {
  ...{ "gpt-5": "2026-12-11", o3: "2026-12-11", "gpt-4o": "2027-01-14", "gpt-4.1": "2027-01-14" },
};

const hasEnded = (until: string | undefined, now: number) => until !== undefined && now >= Date.parse(until);

/** The text models that can call the image tool; a dated snapshot of one counts as itself. */
export const textModels = [
  "gpt-6-astra",
  "gpt-6.1-sol",
  "gpt-6.1-terra",
  "gpt-6-sol",
  "gpt-6-luna",
  "gpt-5.6-sol",
  "gpt-5.6-terra",
  "gpt-5.6-luna",
  "gpt-5.5",
  "gpt-5.4",
  "gpt-5.4-mini",
  "gpt-5.4-nano",
  "gpt-5.2",
  "gpt-5.1",
  "gpt-5",
  "gpt-5-mini",
  "gpt-5-nano",
  "gpt-4.1",
  "gpt-4.1-mini",
  "gpt-4.1-nano",
  "gpt-4o",
  "gpt-4o-mini",
  "o3",
] as const;

/** Throws ApiError `model_not_found` for a model that does not exist. */
export function checkTextModel(model: string, now: number, param = "model"): void {
  const base = model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  const isKnown = textModels.some((name) => name === base);
  if (!isKnown || hasEnded(textModelsUntil[base], now)) throw missingModel(model, param);
}

/** Throws ApiError `model_not_found`, also for a model that was shut down. */
export function findImageModel(name: string, now: number, param: string): ImageModel {
  const model = imageModels.find((known) => known.name === name);
  if (!model || hasEnded(model.until, now)) throw missingModel(name, param);
  return model;
}

function missingModel(name: string, param: string) {
  return badRequest(`The requested model '${name}' does not exist.`, param, "model_not_found");
}
