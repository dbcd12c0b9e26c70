import { badRequest } from "../errors/api-error.ts";
import { checkMarkup, hashOf, keepMask, keepPicture } from "../kept/pictures.ts";
import type { Memory, PictureRef } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import type { Mask } from "../plan/plan.ts";
import type { EditForm } from "./form.ts";

/** Bytes of a mask. Source: openai's images.d.ts. */
const largestMask = 4 * 1024 * 1024;

/** Pictures that are remembered as what was drawn: a newer one takes the place of the oldest. */
const mostKnown = 500;

/** Pictures that were drawn here, known again by their pixels: an edit of one goes on from what it shows. */
export interface Known {
  find(picture: PictureRef): Memory | undefined;
  add(bytes: Uint8Array, memory: Memory): Promise<void>;
}

export function createKnown(): Known {
  const known = new Map<string, Memory>();
  return {
    find: ({ hash }) => known.get(hash),
    async add(bytes, memory) {
      known.set(await hashOf(bytes), memory);
      const [oldest] = known.keys();
      if (oldest && known.size > mostKnown) known.delete(oldest);
    },
  };
}

/** The pictures that an edit works on, and what is known of the first. */
export interface EditInputs {
  readonly pictures: readonly PictureRef[];
  readonly memory: Memory;
  readonly mask?: Mask;
  /** Sizes of all that came, in pixels. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
}

/** Checks and keeps the files of an edit. Throws ApiError. */
export async function readEdit(
  { images, mask, markup }: EditForm,
  prompt: string,
  store: Store,
  known: Known,
): Promise<EditInputs> {
  const labels = labelsOf(prompt);
  const all: PictureRef[] = [];
  for (const [index, file] of images.entries()) {
    const label = labels.get(index + 1);
    const picture = await keepPicture(await bytesOf(file), "image", store);
    if (picture.format === "gif") {
      throw badRequest(
        "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'webp'].",
        "image",
        "invalid_image_format",
      );
    }
    all.push({ ...picture, ...(label && { label }) });
  }
  const [first] = all;
  if (!first) throw badRequest("Missing required parameter: 'image'.", "image", "missing_required_parameter");
  const holes = mask && (await keepMask(await maskOf(mask), { ...first, format: "png" }, "mask", store));
  if (markup) await checkMarkup(await bytesOf(markup), first, "markup");
  // A mask lies on the picture itself, and so does one whose words call it the present state, or that has no name.
  const memory = !holes && isPresent(first) ? known.find(first) : undefined;
  return {
    pictures: memory ? all.slice(1) : all,
    memory: memory ?? { pictures: [] },
    ...(holes && { mask: holes }),
    sizes: all,
  };
}

function isPresent({ label }: PictureRef): boolean {
  return label === undefined || /as it is now/.test(label);
}

/** “Image 2 is Picture 1.” says what a picture is called; several are told apart by that. */
function labelsOf(prompt: string): ReadonlyMap<number, string> {
  const found = [...prompt.slice(0, 4000).matchAll(/^Image (\d{1,2}) is ([^\n]{1,80}?)\.$/gm)];
  return new Map(found.map(([, number, label = ""]) => [Number(number), label]));
}

async function maskOf(file: File): Promise<Uint8Array> {
  if (file.size < largestMask) return bytesOf(file);
  throw badRequest("The mask image is too large: it must be less than 4MB.", "mask", "image_file_too_large");
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
