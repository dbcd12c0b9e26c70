import { inPlaceOf, isAlive, lifetimeOf, type Model, modelOf, usualModel } from "../seam/models.ts";
import type { ImageOptions, OptionName } from "../seam/options.ts";
import { isTooSmall, nearestSize, sizeFor, standardSizes, toSize } from "../seam/words/size.ts";

/** Options that one model takes, and a sentence for each thing that was asked for and is not to be had. */
export interface Fitted {
  readonly options: Partial<ImageOptions>;
  /** Who draws. */
  readonly imageModel: string;
  readonly notes: readonly string[];
}

type Draft = { -readonly [Name in OptionName]?: ImageOptions[Name] };

/**
 * Fits options to each other and to a model.
 *
 * The rule: a model that was asked for by name draws, and what it lacks is left out. Otherwise the first of `offered`
 * draws, unless it lacks something: then the first of the others that has all of it. In place of one that has ended its
 * successor is asked for, or draws. `offered` is never empty; `now` is Unix time in ms.
 */
export function fitOptions(
  asked: Partial<ImageOptions>,
  offered: readonly string[],
  given: {
    readonly masked?: boolean;
    readonly now: number;
    readonly refused?: Refused;
    /** The sizes that a model draws, where the API has named them. */
    readonly sizesOf?: (model: string) => readonly string[] | undefined;
    /** False: no mainline model is asked, so that the Image API draws; it is where nothing is said. */
    readonly mainline?: boolean;
  },
): Fitted {
  const notes: string[] = [];
  const options: Draft = { ...asked };
  fitToEachOther(options, given.masked === true, notes);
  if (options.engine === "responses" && given.mainline === false) {
    delete options.engine;
    notes.push("The Responses API is not on offer here, so the Image API draws.");
  }
  const taken = given.refused ?? (() => false);
  const imageModel = choose(options, toLiving(offered, given.now), given.now, taken, notes);
  if (options.model) options.model = imageModel;
  const model = abilitiesOf(imageModel, taken);
  if (model) fitToModel(options, model, notes); // of one of the operator's own, the API decides
  fitToSizes(options, imageModel, given.sizesOf?.(imageModel), notes);
  dropRefused(options, imageModel, taken, notes);
  return { options, imageModel, notes };
}

/** Whether the API is known to have refused an option's value to a model. */
export type Refused = (model: string, name: OptionName, value: ImageOptions[OptionName]) => boolean;

/** What a model takes: what the table says of it, less what the API has refused. Undefined for one of the operator's own. */
export function abilitiesOf(name: string, refused: Refused): Model | undefined {
  const model = modelOf(name);
  if (!model) return undefined;
  return {
    ...model,
    sizes: refused(name, "size", anySize) ? "fixed" : model.sizes,
    qualities: model.qualities.filter((quality) => !refused(name, "quality", quality)),
    formats: model.formats.filter((format) => !refused(name, "format", format)),
  };
}

/** One that only a model of every size draws. */
const anySize = "1536x864";

/** Those of the models on offer that have not ended, and in place of the first its successor. */
function toLiving([first = usualModel, ...others]: readonly string[], now: number): readonly string[] {
  return [...new Set([inPlaceOf(first, now), ...others.filter((name) => isAlive(name, now))])];
}

function fitToSizes(
  options: Draft,
  imageModel: string,
  sizes: readonly string[] | undefined,
  notes: string[],
): void {
  const { size } = options;
  if (!sizes || !size || size === "auto" || sizes.includes(size)) return;
  options.size = nearestSize(sizes, toSize(size));
  notes.push(`${labelOf(imageModel)} draws ${sizes.join(", ")} only, so ${size} became ${options.size}.`);
}

/** What the table does not know and the API has said. */
function dropRefused(options: Draft, imageModel: string, refused: Refused, notes: string[]): void {
  for (const name of Object.keys(options) as OptionName[]) {
    const value = options[name];
    if (value === undefined || !refused(imageModel, name, value)) continue;
    delete options[name];
    notes.push(`${labelOf(imageModel)} does not take ${name} ${value}, so I left it out.`);
  }
}

/** Source for the rules: the comments on `Tool.ImageGeneration` in openai's responses.d.ts. */
function fitToEachOther(options: Draft, masked: boolean, notes: string[]): void {
  const drop = (name: OptionName, why: string) => {
    if (options[name] === undefined) return;
    delete options[name];
    notes.push(why);
  };
  const frames = options.frames ?? options.duration;
  if (frames !== undefined && options.format === undefined) {
    options.format = "gif";
    notes.push("Only a GIF has frames, so it is one.");
  }
  if (options.format === "gif" && masked) {
    options.format = "png";
    notes.push("A GIF cannot be drawn with a mask, so it is a PNG.");
  }
  const { format = "png" } = options;
  if (format !== "gif") {
    drop("frames", `Only a GIF has frames; this is ${named(format)}.`);
    drop("duration", `Only a GIF has frames to time; this is ${named(format)}.`);
  }
  if (format === "gif") {
    if (options.partials) drop("partials", "A GIF is drawn without sketches.");
    options.partials = 0;
  }
  if (options.background === "transparent" && format !== "png" && format !== "webp") {
    if (format === "jpeg") {
      options.format = "png";
      notes.push("A JPEG cannot be transparent, so it is a PNG.");
    } else {
      drop("background", `${upper(format)} is drawn without a transparent background.`);
    }
  }
  const { format: last = "png" } = options;
  if (last !== "jpeg" && last !== "webp") {
    const why = `${upper(last)} has no compression setting, so I left it out. Pick JPEG or WebP to use it.`;
    drop("compression", why);
  }
}

function choose(
  options: Draft,
  offered: readonly string[],
  now: number,
  refused: Refused,
  notes: string[],
): string {
  const [usual = usualModel] = offered;
  const asked = options.model && inPlaceOf(options.model, now);
  if (options.model && asked && asked !== options.model) {
    const draws = offered.includes(asked) ? asked : usual;
    notes.push(`${labelOf(options.model)} ended on ${sayDay(options.model)}, so ${labelOf(draws)} draws.`);
    return draws;
  }
  if (asked && offered.includes(asked)) return asked;
  if (asked) notes.push(`${labelOf(asked)} is not on offer here; ${labelOf(usual)} draws.`);
  const missing = lacks(options, usual, refused);
  if (asked || missing.length === 0) return usual;
  const better = offered.find((name) => modelOf(name) && lacks(options, name, refused).length === 0);
  if (!better) return usual;
  notes.push(`${labelOf(usual)} has no ${missing.join(", no ")}, so ${labelOf(better)} draws.`);
  return better;
}

/** “1 December 2026”. */
function sayDay(model: string): string {
  const day = new Date(lifetimeOf(model).until ?? 0);
  return day.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

/** What a model does not have of what is asked for, in words. */
function lacks(
  { quality, fidelity, size, format }: Draft,
  name: string,
  refused: Refused,
): readonly string[] {
  const model = abilitiesOf(name, refused);
  if (!model) return [];
  return [
    ...(quality && !model.qualities.includes(quality) ? [`quality “${quality}”`] : []),
    // A model without the setting keeps pictures closely anyway.
    ...(fidelity === "high" && model.fidelity.length > 0 && !model.fidelity.includes(fidelity)
      ? ["high fidelity"]
      : []),
    ...(size && model.sizes === "fixed" && !fixedSizes.includes(size) ? [`size ${size}`] : []),
    ...(format && !model.formats.includes(format) ? [upper(format)] : []),
  ];
}

function fitToModel(options: Draft, model: Model, notes: string[]): void {
  const { quality, fidelity, size, format } = options;
  const label = plain(model.label);
  if (quality && quality !== "high" && !model.qualities.includes(quality)) {
    notes.push(`${label} has no quality “${quality}”, so it is drawn at “high”.`);
    options.quality = "high";
  }
  if (fidelity && !model.fidelity.includes(fidelity)) {
    notes.push(
      model.fidelity.length === 0
        ? `${label} always keeps your pictures as closely as it can, so there was no fidelity to set.`
        : `${label} has no fidelity “${fidelity}”, so I left it out.`,
    );
    delete options.fidelity;
  }
  if (size && model.sizes === "fixed" && !fixedSizes.includes(size)) {
    options.size = sizeFor(toSize(size), "fixed");
    notes.push(`${label} draws three sizes only, so ${size} became ${options.size}.`);
  }
  if (size && size !== "auto" && model.sizes === "any" && isTooSmall(toSize(size))) {
    options.size = sizeFor(toSize(size), "any");
    notes.push(`${size} is smaller than ${label} draws, so it became ${options.size}.`);
  }
  if (format && !model.formats.includes(format)) {
    options.format = "png";
    delete options.frames;
    delete options.duration;
    notes.push(`${label} draws no ${upper(format)}, so it is a PNG.`);
  }
}

const fixedSizes: readonly string[] = ["auto", ...standardSizes];

function labelOf(name: string): string {
  return plain(modelOf(name)?.label ?? name);
}

/** Without what it is good for, which is no part of a sentence. */
function plain(label: string): string {
  return label.replace(/ \(.*\)$/, "");
}

function upper(format: ImageOptions["format"]): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}

function named(format: ImageOptions["format"]): string {
  return `${format === "svg" ? "an" : "a"} ${upper(format)}`;
}
