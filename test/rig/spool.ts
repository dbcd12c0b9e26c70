import { randomUUID } from "node:crypto";
import type { Spool } from "../../src/pictures/spool.ts";

/** A spool in memory, that outlives the cores on it. */
export function createMemorySpool(): Spool {
  const files = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const id = randomUUID();
      files.set(id, bytes);
      return id;
    },
    get: async (id) => files.get(id),
    has: async (id) => files.has(id),
    delete: async (id) => void files.delete(id),
    sweep: async () => {},
  };
}
