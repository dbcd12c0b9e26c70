import type { ImageOptions } from "../seam/options.ts";
import { nearestSize, type Size, sizeFor } from "../seam/words/size.ts";
import { abilitiesOf, type Fitted } from "./fit.ts";
import type { Refusals } from "./refusals.ts";

/** The pictures a turn goes on from and brings. */
export interface Pictures {
  /** The message whose picture was answered, null for a fresh start, absent for wherever the thread is. */
  readonly from?: string | null | undefined;
  /** The picture that is seen there. */
  readonly shown?: Size | undefined;
  /** What was found before, where the same is drawn again. */
  readonly like?: Size | undefined;
  /** Those that were sent along; undefined for one whose size is not known yet. */
  readonly references: readonly (Size | undefined)[];
}

/**
 * The picture whose shape an edit keeps: the one that was answered, else the one that was sent along, else the thread's.
 * None where a size was asked for (a default counts), where no picture is to be edited, for a fresh start (a picture
 * taken into a new one), and where several were sent along, which make a new one.
 */
export function toLike(
  { size, action = "auto" }: Partial<ImageOptions>,
  { from, shown, like, references }: Pictures,
): Size | undefined {
  if (size !== undefined || action === "generate" || action === "answer") return undefined;
  if (like || from === null) return like;
  if (from !== undefined && shown) return shown;
  if (references.length > 1) return undefined;
  return references.length === 1 ? references[0] : shown;
}

/** The options with the size that is like that picture's; as they are where nothing is known of the model's sizes. */
export function withShape(fitted: Fitted, like: Size | undefined, learnt: Learnt): Fitted {
  const size =
    like && fitted.options.size === undefined ? sizeLike(like, fitted.imageModel, learnt) : undefined;
  return size === undefined ? fitted : { ...fitted, options: { ...fitted.options, size } };
}

/** The size to ask a model for, for a picture like that one; undefined where nothing is known of its sizes, or it takes none. */
export function sizeLike(like: Size, imageModel: string, { has, sizesOf }: Learnt): string | undefined {
  const sizes = sizesOf(imageModel);
  if (sizes) return nearestSize(sizes, like);
  const model = abilitiesOf(imageModel, has);
  const size = model && sizeFor(like, model.sizes);
  return size !== undefined && has(imageModel, "size", size) ? undefined : size;
}

/** What the API has said of models. */
type Learnt = Pick<Refusals, "has" | "sizesOf">;
