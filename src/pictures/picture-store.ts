import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Encoded } from "../seam/view.ts";
import type { Store } from "../store/store.ts";

/**
 * Pictures that are kept on our side because nobody else keeps them: those of styles, those under a mask, and those that
 * people send where OpenAI stores no files.
 */
export interface PictureStore {
  /**
   * Keeps a picture for `lifeMs`, or until it is deleted; its id. One that runs out has the same id for the same bytes,
   * unless it is given one.
   */
  put(picture: Encoded, lifeMs?: number, id?: string): Promise<string>;
  /** Undefined when it was never kept, or is no longer. */
  get(id: string): Promise<Encoded | undefined>;
  delete(id: string): Promise<void>;
}

/** As long as OpenAI keeps a file: what can be drawn again there can be drawn again from here. */
export const keptMs = 30 * 24 * 3600 * 1000;

const kept = z.object({ mediaType: z.string(), base64: z.string() });

/** `table`: what is kept in one is not seen in another. All calls reject with BotError `storage` when the store fails. */
export function createPictureStore(store: Store, table: string = "kept"): PictureStore {
  const pictures = store.table(table, kept);
  return {
    async put({ bytes, mediaType }, lifeMs, given) {
      // What is to be deleted by one owner must not be another's, too.
      const id = given ?? (lifeMs ? createHash("sha256").update(bytes).digest("hex") : randomUUID());
      await pictures.set(id, { mediaType, base64: Buffer.from(bytes).toString("base64") }, lifeMs);
      return id;
    },
    async get(id) {
      const found = await pictures.get(id);
      return found && { mediaType: found.mediaType, bytes: Buffer.from(found.base64, "base64") };
    },
    delete: (id) => pictures.delete(id),
  };
}
