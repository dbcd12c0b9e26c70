import { randomUUID } from "node:crypto";
import type { Store } from "../store/store.ts";
import { createPictureStore } from "./picture-store.ts";
import type { Spool } from "./spool.ts";

/** How long a picture may lie there, in ms: longer than anything is waited for. */
const keptMs = 48 * 3600 * 1000;

/** A spool in the store, so that another process on another machine can show what this one has drawn. */
export function createSharedSpool(store: Store): Spool {
  const pictures = createPictureStore(store, "spool");
  return {
    async put(bytes) {
      // The same bytes of two turns are two pictures: one turn throws its own away.
      const id = `${randomUUID()}.${bytes.byteLength}`;
      await pictures.put({ bytes, mediaType: "application/octet-stream" }, keptMs, id);
      return id;
    },
    get: async (id) => (await pictures.get(id).catch(() => undefined))?.bytes,
    has: async (id) => (await pictures.get(id).catch(() => undefined)) !== undefined,
    delete: (id) => pictures.delete(id).catch(() => {}),
    // What nobody throws away is forgotten by itself.
    sweep: async () => {},
  };
}
