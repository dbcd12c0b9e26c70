import { BotError } from "../../../../src/seam/errors.ts";
import { digestOf } from "../../../../src/seam/files/digest.ts";
import { type Pictures, type ThumbnailSize, thumbnailSizes, toFileName } from "../pictures.ts";
import type { Arrived } from "../uploads.ts";
import type { Blobs } from "./blobs.ts";

/** How long a picture may take from its first byte to the message that shows it, in ms. */
const draftMs = 60 * 60_000;

/** What is made of a picture, by the names that `Blobs` knows it under. */
export const asides: readonly string[] = thumbnailSizes;

/** Pictures where all processes find them. `readArrived` reads a file that has arrived at this one. */
export function createSharedPictures(
  blobs: Blobs,
  {
    fresh,
    readArrived,
    now,
  }: {
    /** As of `Database`. */
    readonly fresh: () => Promise<void>;
    readonly readArrived: (arrived: Arrived) => Promise<Uint8Array>;
    readonly now: () => number;
  },
): Pictures {
  /** What goes at once where it can: where not, when it is looked for. */
  const sweep = () => void blobs.sweep().catch(() => {});

  function idOf(file: string): string {
    const id = blobs.idOf(file);
    if (id === undefined) throw new BotError("unknown_message", "That picture is no longer here.");
    return id;
  }

  const draft: Pictures["draft"] = async (bytes, measured) => {
    const hash = (await digestOf(bytes)).toString("hex");
    const temporary = await blobs.put(bytes, now() + draftMs);
    return { ...measured, file: toFileName(hash, measured), bytes: bytes.byteLength, temporary };
  };
  /** Another process may have kept it a moment ago, or anew, where a server had lost it. */
  const read: Pictures["read"] = async (file, signal) => {
    const known = blobs.idOf(file);
    if (known !== undefined) {
      try {
        return await blobs.read(known, signal);
      } catch (error) {
        signal?.throwIfAborted();
        await fresh();
        if (blobs.idOf(file) === known) throw error;
      }
    } else await fresh();
    return blobs.read(idOf(file), signal);
  };

  return {
    draft,
    adopt: async (arrived, measured) => draft(await readArrived(arrived), measured),
    settle() {},
    bind: ({ temporary, file }) => blobs.bind(temporary, file),
    unbind: blobs.unbind,
    discard: (drafts) => void blobs.drop(drafts.map(({ temporary }) => temporary)).then(sweep),
    remove(files) {
      if (files.length > 0) sweep();
    },
    read,
    source: read,
    async readThumbnail(file, size: ThumbnailSize) {
      const found = await blobs.readAside(idOf(file), size);
      if (found) return found;
      throw new BotError("unknown_message", "It has not been made yet.");
    },
    keepThumbnail: async (file, size, bytes) => blobs.keepAside(idOf(file), size, bytes),
    sweep: blobs.sweep,
    tidy: blobs.sweep,
  };
}
