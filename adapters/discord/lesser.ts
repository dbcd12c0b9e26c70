import type { View } from "../../src/adapter.ts";
import { toLimits } from "../../src/encode.ts";

/** The picture alone: what a server's filter finds fault with is mostly the words. */
export function withoutWords({ phase, images, actions, status }: View): View {
  const note = "Discord did not let me say here what this picture is made of. Press Details for that.";
  return {
    phase,
    ...(status && { status }),
    text: "",
    notes: [note],
    images: images.map((image) => ({
      ...image,
      name: `picture.${image.name.split(".").at(-1)}`,
      alt: "A picture",
    })),
    actions,
  };
}

/** What to say where not even the picture may be shown. */
export function refusedView({ actions }: View): View {
  const text = "Discord did not let me show this picture here. Try it in another channel, or in other words.";
  return { phase: "failed", text, notes: [], images: [], actions };
}

/** The same view with smaller files, when Discord takes less than it said. */
export async function shrink(view: View, bytes: number): Promise<View> {
  const limits = { bytes, mediaTypes: ["image/png", "image/jpeg", "image/webp"], images: view.images.length };
  const images = await Promise.all(
    view.images.map(async (image) => ({ ...image, ...(await toLimits(image, limits)) })),
  );
  const note = "Discord takes smaller files only here, so the picture was saved smaller.";
  return { ...view, images, notes: [...view.notes.filter((one) => one !== note), note] };
}
