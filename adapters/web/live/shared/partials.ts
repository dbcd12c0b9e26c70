import { z } from "zod";
import type { Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import type { WirePicture } from "../../wire/messages.ts";
import type { Partials } from "../partials.ts";
import { toFileOf } from "../pictures.ts";

/** How long a sketch can be loaded, and an answer's be known, in ms: there is another, or the picture, long before. */
const lifeMs = 10 * 60_000;

const sketch = z.object({ mediaType: z.string(), base64: z.string() });

const shown = z.array(
  z.object({
    ...{ src: z.string(), name: z.string(), alt: z.string(), mediaType: z.string() },
    ...{ width: z.number(), height: z.number() },
  }),
);

/**
 * Sketches that a page finds by whichever process it asks. `own` are those that this one draws; the others' lie in the store
 * for as long as somebody may look.
 */
export function createSharedPartials(own: Partials, { keep }: Pick<Shared, "keep">, log: Log): Partials {
  /** What of an answer's is in the store: the files' names. */
  const there = new Map<string, readonly string[]>();
  const bytesAt = (file: string) => `sketch:${file}`;
  const listAt = (message: string) => `sketches:${message}`;

  async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      log.debug({ error }, "sketch.unshared");
      return undefined;
    }
  }

  async function send(picture: WirePicture): Promise<void> {
    const file = toFileOf(picture.src);
    const found = await own.read(file);
    if (!found) return;
    const { mediaType, bytes } = found;
    await keep.set(bytesAt(file), { mediaType, base64: Buffer.from(bytes).toString("base64") }, lifeMs);
  }

  return {
    async put(message, images) {
      const pictures = await own.put(message, images);
      const before = there.get(message) ?? [];
      const files = pictures.map(({ src }) => toFileOf(src));
      if (files.length === before.length && files.every((file) => before.includes(file))) return pictures;
      await tried(async () => {
        await Promise.all(pictures.filter(({ src }) => !before.includes(toFileOf(src))).map(send));
        await keep.set(listAt(message), pictures, lifeMs);
        there.set(message, files);
      });
      return pictures;
    },
    async of(message) {
      const mine = await own.of(message);
      if (mine.length > 0) return mine;
      return (await tried(async () => shown.parse((await keep.get(listAt(message))) ?? []))) ?? [];
    },
    async read(file) {
      const mine = await own.read(file);
      if (mine) return mine;
      const found = await tried(async () => sketch.safeParse(await keep.get(bytesAt(file))).data);
      return found && { mediaType: found.mediaType, bytes: Buffer.from(found.base64, "base64") };
    },
    async retire(message) {
      await own.retire(message);
      if (there.delete(message)) await tried(() => keep.delete(listAt(message)));
    },
    async drop(message) {
      await own.drop(message);
      there.delete(message);
      await tried(async () => {
        const listed = shown.safeParse(await keep.get(listAt(message))).data ?? [];
        await keep.delete(listAt(message));
        for (const { src } of listed) await keep.delete(bytesAt(toFileOf(src)));
      });
    },
  };
}
