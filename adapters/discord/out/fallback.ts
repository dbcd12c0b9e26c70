import type { ToLimits } from "../../../src/seam/core.ts";
import { toExtension } from "../../../src/seam/files/file-name.ts";
import type { Image, View } from "../../../src/seam/view.ts";
import { toImageLimits } from "../wire/limits.ts";

/** The picture alone: what a server's filter finds fault with is mostly the words. */
export function withoutWords({ phase, images, files = [], actions, status }: View): View {
  const note = "Discord did not let me say here what this picture is made of. Press Details for that.";
  return {
    phase,
    ...(status && { status }),
    text: "",
    notes: [note],
    images: images.map(withoutName),
    files: files.map(withoutName),
    actions,
  };
}

function withoutName(image: Image): Image {
  return { ...image, name: `picture.${image.name.split(".").at(-1)}`, alt: "A picture" };
}

/** What to say where not even the picture may be shown. */
export function refusedView({ actions }: View): View {
  const text = "Discord did not let me show this picture here. Try it in another channel, or in other words.";
  return { phase: "failed", text, notes: [], images: [], actions };
}

/** The same view with smaller files, when Discord takes less than it said. */
export async function shrink(view: View, bytes: number, toLimits: ToLimits): Promise<View> {
  const limits = toImageLimits(bytes);
  const images = await Promise.all(
    view.images.map(async (image) => {
      const { note: _, ...encoded } = await toLimits(image, limits);
      return { ...image, ...encoded };
    }),
  );
  return withNote(
    withoutLargeFiles({ ...view, images }, bytes),
    "Discord takes smaller files only here, so the picture was saved smaller.",
  );
}

/** The same view without what lies beside the pictures and is too large for Discord: it cannot be made smaller. */
export function withoutLargeFiles(view: View, bytes: number): View {
  const { files = [] } = view;
  const fitting = files.filter((file) => file.bytes.byteLength <= bytes);
  if (fitting.length === files.length) return view;
  return withNote(
    { ...view, files: fitting },
    `The ${toExtension(files[0]?.mediaType ?? "").toUpperCase()} file itself is too large for Discord, so only the picture is here.`,
  );
}

function withNote(view: View, note: string): View {
  return { ...view, notes: [...view.notes.filter((one) => one !== note), note] };
}
