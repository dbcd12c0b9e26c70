import type { ImageEditParamsBase, ImageGenerateParamsBase } from "openai/resources/images";
import { type ImageOptions, usualSketches } from "../../seam/options.ts";
import type { Encoded } from "../../seam/view.ts";

/** What goes into one request, all of it known beforehand. */
export interface Order {
  readonly prompt: string;
  /** What the model takes; fitOptions made them so. */
  readonly options: Partial<ImageOptions>;
  readonly imageModel: string;
  /** The one that is edited first. None: nothing is edited. */
  readonly pictures: readonly Encoded[];
  readonly mask?: Encoded;
  readonly safetyId: string;
  /** Pictures to be drawn. */
  readonly n: number;
}

/** The parameters of `images.generate`, or those of `images.edit` without its files. */
export type Fields = Omit<ImageGenerateParamsBase, "stream"> &
  Omit<ImageEditParamsBase, "image" | "mask" | "markup"> & { readonly stream?: true };

/** Formats that come in one piece. Source: openai's images.d.ts. */
const unstreamed: readonly string[] = ["gif", "svg"];

/**
 * An order as the fields of a request; `without`: those that the server is known to refuse. One picture is streamed, with
 * its sketches; several come in one piece, for the API streams no more than one. Pure.
 */
export function toFields(order: Order, without: ReadonlySet<string>): Fields {
  const { prompt, options, imageModel, pictures, safetyId, n } = order;
  const isEdit = pictures.length > 0;
  const sketches = options.partials ?? usualSketches;
  const isStreamed =
    n === 1 && sketches > 0 && !unstreamed.includes(options.format ?? "png") && !without.has("stream");
  const fields = {
    prompt,
    model: imageModel,
    ...(n > 1 && { n }),
    ...(options.size && { size: options.size }),
    ...(options.quality && { quality: options.quality }),
    ...(options.background && { background: options.background }),
    ...(options.format && { output_format: options.format }),
    ...(options.compression !== undefined && { output_compression: options.compression }),
    ...(options.complexity && { complexity: options.complexity }),
    ...(options.frames !== undefined && { frame_count: options.frames }),
    ...(options.duration !== undefined && { frame_duration_ms: options.duration }),
    ...(isEdit && options.fidelity && { input_fidelity: options.fidelity }),
    ...(!isEdit && options.moderation && { moderation: options.moderation }),
    safety_identifier: safetyId,
    ...(isStreamed && { stream: true as const, partial_images: sketches }),
  } satisfies Fields;
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => !without.has(name)),
  ) as unknown as Fields; // less fields that may be left out
}

/** A sentence for each option that the Image API has no place for. */
export function leftOut({ options, pictures }: Pick<Order, "options" | "pictures">): readonly string[] {
  const isEdit = pictures.length > 0;
  return [
    ...(options.detail ? ["The Image API looks at all pictures alike, so I left out detail."] : []),
    ...(options.moderation && isEdit
      ? ["The Image API has no moderation to set for edits, so I left it out."]
      : []),
    ...(options.fidelity && !isEdit
      ? ["There was no picture to keep, so there was no fidelity to set."]
      : []),
  ];
}
