export type Quality = "auto" | "low" | "medium" | "high" | "xhigh" | "max";
export type Fidelity = "low" | "high";
export type Format = "png" | "jpeg" | "webp" | "gif" | "svg";

/** What an image model takes. */
export interface Model {
  readonly label: string;
  /** `any`: multiples of 16, 1:3 to 3:1, up to 3840x2160. `fixed`: the three standard sizes. */
  readonly sizes: "any" | "fixed";
  readonly qualities: readonly Quality[];
  /** None: it keeps pictures as closely as it can, always. */
  readonly fidelity: readonly Fidelity[];
  readonly formats: readonly Format[];
}

const upToHigh = ["auto", "low", "medium", "high"] as const;
const upToMax = [...upToHigh, "xhigh", "max"] as const;
const stills = ["png", "jpeg", "webp"] as const;
const all = [...stills, "gif", "svg"] as const;

const newest = { sizes: "any", qualities: upToMax, fidelity: [], formats: all } as const;
const second = { sizes: "any", qualities: upToHigh, fidelity: [], formats: all } as const;
const first = { sizes: "fixed", qualities: upToHigh, formats: stills } as const;
/** Nothing is said of their sizes and qualities but what all models take. */
const unsaid = { sizes: "fixed", qualities: upToHigh, fidelity: [], formats: all } as const;

/**
 * The image models that can be asked for, those first that are to be tried first when another lacks something.
 *
 * Source: `Tool.ImageGeneration` in openai's responses.d.ts. It says of GIF and SVG that they need a model that has them
 * and not which; what is refused is told to the person.
 */
export const models: Readonly<Record<string, Model>> = {
  "gpt-image-2": { label: "GPT Image 2", ...second },
  "gpt-image-2.5-flare": { label: "GPT Image 2.5 Flare (fast)", ...newest },
  "gpt-image-2.5-sunburst": { label: "GPT Image 2.5 Sunburst (precise)", ...newest },
  "gpt-image-2.6-flare": { label: "GPT Image 2.6 Flare (fast)", ...unsaid },
  "gpt-image-2.6-sunburst": { label: "GPT Image 2.6 Sunburst (precise)", ...unsaid },
  "chatgpt-image-latest": { label: "ChatGPT's image model", ...unsaid },
  "gpt-image-1.5": { label: "GPT Image 1.5", ...first, fidelity: ["low", "high"] },
  "gpt-image-1-mini": { label: "GPT Image 1 mini (cheap)", ...first, fidelity: ["low"] },
};

/** A model's name without the date of a snapshot: `gpt-image-2` for `gpt-image-2-2026-04-21`. */
export function undated(model: string): string {
  return model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
}

/** What is known of a model; undefined for one of the operator's own. A dated snapshot is as its model is. */
export function modelOf(name: string): Model | undefined {
  const plain = undated(name);
  return Object.hasOwn(models, plain) ? models[plain] : undefined;
}
