import { type Model, modelOf } from "../seam/models.ts";
import type { ImageOptions, OptionName } from "../seam/options.ts";
import { isTooSmall, sizeFor, standardSizes, toSize } from "../seam/words/size.ts";

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
 * draws, unless it lacks something: then the first of the others that has all of it. `offered` is never empty.
 */
export function fitOptions(
  asked: Partial<ImageOptions>,
  offered: readonly string[],
  given: { readonly masked?: boolean } = {},
): Fitted {
  const notes: string[] = [];
  const options: Draft = { ...asked };
  fitToEachOther(options, given.masked === true, notes);
  const imageModel = choose(options, offered, notes);
  if (options.model) options.model = imageModel;
  const model = modelOf(imageModel);
  if (model) fitToModel(options, model, notes); // of one of the operator's own, the API decides
  return { options, imageModel, notes };
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

function choose(options: Draft, offered: readonly string[], notes: string[]): string {
  const [usual = "gpt-image-2"] = offered;
  if (options.model && offered.includes(options.model)) return options.model;
  if (options.model) notes.push(`${labelOf(options.model)} is not on offer here; ${labelOf(usual)} draws.`);
  const missing = lacks(options, usual);
  if (options.model || missing.length === 0) return usual;
  const better = offered.find((name) => modelOf(name) && lacks(options, name).length === 0);
  if (!better) return usual;
  notes.push(`${labelOf(usual)} has no ${missing.join(", no ")}, so ${labelOf(better)} draws.`);
  return better;
}

/** What a model does not have of what is asked for, in words. */
function lacks({ quality, fidelity, size, format }: Draft, name: string): readonly string[] {
  const model = modelOf(name);
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
  if (quality && !model.qualities.includes(quality)) {
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
