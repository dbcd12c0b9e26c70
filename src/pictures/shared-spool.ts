import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Store } from "../store/store.ts";
import type { Spool } from "./spool.ts";

/** How long a picture may lie there, in ms: longer than anything is waited for. */
const keptMs = 48 * 3600 * 1000;

/** A spool in the store, so that another process on another machine can show what this one has drawn. */
export function createSharedSpool(store: Store): Spool {
  const pictures = store.table("spool", z.object({ base64: z.string() }));
  return {
    async put(bytes) {
      // The same bytes of two turns are two pictures: one turn throws its own away.
      const id = `${randomUUID()}.${bytes.byteLength}`;
      await pictures.set(id, { base64: Buffer.from(bytes).toString("base64") }, keptMs);
      return id;
    },
    async get(id) {
      const found = await pictures.get(id).catch(() => undefined);
      return found && Buffer.from(found.base64, "base64");
    },
    has: async (id) => (await pictures.get(id).catch(() => undefined)) !== undefined,
    delete: (id) => pictures.delete(id).catch(() => {}),
    // What nobody throws away is forgotten by itself.
    sweep: async () => {},
  };
}
