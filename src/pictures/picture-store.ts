import { randomUUID } from "node:crypto";
import { z } from "zod";
import { digestOf } from "../seam/files/digest.ts";
import type { Encoded } from "../seam/view.ts";
import { toOwnedChange } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Change } from "../store/table.ts";

/**
 * Pictures that are kept on our side because nobody else keeps them: those of styles, those under a mask, and those that
 * people send where OpenAI stores no files.
 */
export interface PictureStore {
  /**
   * Keeps a picture for a while, or until it is deleted; its id. One that runs out is listed as its owner's, and has the
   * same id for the same bytes of the same owner: to delete it takes it from nobody else.
   */
  put(picture: Encoded, life?: Life): Promise<string>;
  /** Undefined when it was never kept, or is no longer. */
  get(id: string): Promise<Encoded | undefined>;
  delete(id: string): Promise<void>;
  /** The same, to be written together with something else. */
  toGone(id: string): Change;
}

/** For how long a picture is kept, in ms, and whose it is: a `User.id`. */
export interface Life {
  readonly ms: number;
  readonly owner: string;
}

/** As long as OpenAI keeps a file: what can be drawn again there can be drawn again from here. */
export const keptMs = 30 * 24 * 3600 * 1000;

const kept = z.object({ mediaType: z.string(), base64: z.string() });

/** `table`: what is kept in one is not seen in another. All calls reject with BotError `storage` when the store fails. */
export function createPictureStore(
  store: Store,
  table: "kept" | "unfinished-file" = "kept",
  now: () => number = Date.now,
): PictureStore {
  const pictures = store.table(table, kept);
  return {
    async put({ bytes, mediaType }, life) {
      const value = { mediaType, base64: Buffer.from(bytes).toString("base64") };
      if (!life) {
        const id = randomUUID();
        await pictures.set(id, value);
        return id;
      }
      const { ms: lifeMs, owner } = life;
      const id = await hashOf(bytes, owner);
      const owned = toOwnedChange({ owner, kind: table, at: now(), id }, lifeMs);
      await store.write([{ table, key: id, value, lifeMs }, owned]);
      return id;
    },
    async get(id) {
      const found = await pictures.get(id);
      return found && { mediaType: found.mediaType, bytes: Buffer.from(found.base64, "base64") };
    },
    delete: (id) => pictures.delete(id),
    toGone: (id) => ({ table, key: id, delete: true }),
  };
}

/** Of what is one person's: two who send the same have it twice. In hexadecimal. */
export async function hashOf(bytes: Uint8Array, owner: string): Promise<string> {
  return (await digestOf(bytes, `${owner}\0`)).toString("hex");
}
