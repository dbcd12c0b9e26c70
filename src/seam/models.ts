export type Quality = "auto" | "low" | "medium" | "high" | "xhigh" | "max";
export type Fidelity = "low" | "high";
export type Format = "png" | "jpeg" | "webp" | "gif" | "svg";

/** How long a model lives. Dates are days in UTC, YYYY-MM-DD. */
export interface Lifetime {
  /** OpenAI refuses it from this day on. Absent: no end has been announced. */
  readonly until?: string;
  /** Who takes its place then. */
  readonly successor?: string;
}

/** What an image model takes. */
export interface Model extends Lifetime {
  readonly label: string;
  /** `any`: multiples of 16, 1:3 to 3:1, up to 3840x2160. `fixed`: the three standard sizes. */
  readonly sizes: "any" | "fixed";
  readonly qualities: readonly Quality[];
  /** None: it keeps pictures as closely as it can, always. */
  readonly fidelity: readonly Fidelity[];
  readonly formats: readonly Format[];
  /** Of what is above, what OpenAI has not said: it is tried, and what is refused is not asked for again. */
  readonly isUnsaid?: true;
}

const upToHigh = ["auto", "low", "medium", "high"] as const;
const upToMax = [...upToHigh, "xhigh", "max"] as const;
const stills = ["png", "jpeg", "webp"] as const;
const all = [...stills, "gif", "svg"] as const;

const newest = { sizes: "any", qualities: upToMax, fidelity: [], formats: all } as const;
const second = { sizes: "any", qualities: upToHigh, fidelity: [], formats: all } as const;
const first = { sizes: "fixed", qualities: upToHigh, formats: stills } as const;
const unsaid = { sizes: "fixed", qualities: upToHigh, fidelity: [], formats: all } as const;

const precise = "gpt-image-2.5-sunburst";
const fast = "gpt-image-2.5-flare";

/**
 * The image model that draws unless the admin says otherwise. Chosen on 2026-11-26: of the newest generation whose
 * abilities and price OpenAI has published (every size, up to quality “max”; no token dearer than gpt-image-2's, and
 * fewer of them at each quality), the one that keeps closest to a picture that is edited; OpenAI names it, too, to those
 * whose model has ended. gpt-image-2.6-sunburst, OpenAI's own default since 2026-11, has no published price yet.
 */
export const usualModel = precise;

/**
 * The image models that can be asked for, those first that are to be tried first when another lacks something.
 *
 * Source: `Tool.ImageGeneration` in openai's responses.d.ts, and the deprecations page for what ends when (2026-11-25).
 * It says of GIF and SVG that they need a model that has them and not which; what is refused is told to the person.
 */
export const models: Readonly<Record<string, Model>> = {
  "gpt-image-2.5-sunburst": { label: "GPT Image 2.5 Sunburst (precise)", ...newest },
  "gpt-image-2.5-flare": { label: "GPT Image 2.5 Flare (fast)", ...newest },
  "gpt-image-2": { label: "GPT Image 2", ...second },
  "gpt-image-2.6-sunburst": { label: "GPT Image 2.6 Sunburst (precise)", ...newest, isUnsaid: true },
  "gpt-image-2.6-flare": { label: "GPT Image 2.6 Flare (fast)", ...newest, isUnsaid: true },
  "chatgpt-image-latest": {
    ...{ label: "ChatGPT's image model", ...unsaid },
    ...{ until: "2026-12-01", successor: precise },
  },
  "gpt-image-1.5": {
    ...{ label: "GPT Image 1.5", ...first, fidelity: ["low", "high"] },
    ...{ until: "2026-12-01", successor: precise },
  },
  "gpt-image-1-mini": {
    ...{ label: "GPT Image 1 mini (cheap)", ...first, fidelity: ["low"] },
    ...{ until: "2026-12-01", successor: fast },
  },
  "gpt-image-1": {
    ...{ label: "GPT Image 1", ...first, fidelity: ["low", "high"] },
    ...{ until: "2026-10-23", successor: precise },
  },
};

/** The mainline model that reads the conversation unless the admin says otherwise. */
export const usualMainModel = "gpt-6-luna";

/** Mainline models whose end has been announced. Source: the deprecations page, 2026-11-25. */
const endingMainModels: Readonly<Record<string, Lifetime>> = {
  "gpt-5": { until: "2026-12-11", successor: usualMainModel },
  o3: { until: "2026-12-11", successor: usualMainModel },
  "gpt-4o": { until: "2027-01-14", successor: usualMainModel },
  "gpt-4.1": { until: "2027-01-14", successor: usualMainModel },
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

/** How long an image model or a mainline one lives, as far as that is known. */
export function lifetimeOf(name: string): Lifetime {
  const plain = undated(name);
  return (
    modelOf(name) ?? (Object.hasOwn(endingMainModels, plain) ? endingMainModels[plain] : undefined) ?? {}
  );
}

/** Whether it has not ended. `now` is Unix time in ms. */
export function isAlive(name: string, now: number): boolean {
  const { until } = lifetimeOf(name);
  return until === undefined || now < Date.parse(until);
}

/** The model itself, or who has taken its place. */
export function inPlaceOf(name: string, now: number): string {
  const { successor } = lifetimeOf(name);
  return isAlive(name, now) || successor === undefined ? name : inPlaceOf(successor, now);
}

/** The names of the image models that can be had. */
export function livingModels(now: number): readonly string[] {
  return Object.keys(models).filter((name) => isAlive(name, now));
}
