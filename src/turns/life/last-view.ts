import type { Spool } from "../../pictures/spool.ts";
import type { Image, View } from "../../seam/view.ts";
import type { LastView } from "../../store/open-turn.ts";

/** Puts a view's pictures aside, so that it can be shown by whoever is there. Rejects as `Spool.put` does. */
export async function putAside(
  { images, files = [], ...view }: View,
  owner: string,
  spool: Spool,
): Promise<LastView> {
  const put = ({ bytes, ...image }: Image) => spool.put(bytes, owner).then((id) => ({ id, ...image }));
  const all = await Promise.allSettled([...images, ...files].map(put));
  const there = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = all.find((one) => one.status === "rejected");
  if (failed) {
    await Promise.all(there.map(({ id }) => spool.delete(id)));
    throw failed.reason;
  }
  return { view, images: there.slice(0, images.length), files: there.slice(images.length) };
}

/** The view as it was; undefined when one of its pictures is no longer there. */
export async function takeUp({ view, images, files }: LastView, spool: Spool): Promise<View | undefined> {
  const take = async ({ id, ...image }: LastView["images"][number]): Promise<Image | undefined> => {
    const bytes = await spool.get(id);
    return bytes && { ...image, bytes };
  };
  const all = await Promise.all([...images, ...files].map(take));
  const there = all.filter((image) => image !== undefined);
  if (there.length < all.length) return undefined;
  return {
    ...view,
    images: there.slice(0, images.length),
    ...(files.length > 0 && { files: there.slice(images.length) }),
  };
}

/** Whether all its pictures are there. */
export async function isThere({ images, files }: LastView, spool: Spool): Promise<boolean> {
  return (await Promise.all([...images, ...files].map(({ id }) => spool.has(id)))).every(Boolean);
}

/** It is shown, or nobody will see it. */
export async function throwAway({ images, files }: LastView, spool: Spool): Promise<void> {
  for (const { id } of [...images, ...files]) await spool.delete(id);
}
