import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Owned, toDisownedChange, toOwnedChange } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Spool } from "./spool.ts";

/** How long a picture may lie there, in ms: longer than anything is waited for. */
const keptMs = 48 * 3600 * 1000;

/**
 * A spool in the store, so that another process on another machine can show what this one has drawn. What lies there is
 * listed as who asked for it: should nobody come to show it, it can be deleted with all that is theirs.
 */
export function createSharedSpool(store: Store, now: () => number = Date.now): Spool {
  const pictures = store.table("spool", z.object({ base64: z.string() }));
  return {
    async put(bytes, owner) {
      // The same bytes of two turns are two pictures: one turn throws its own away.
      const owned: Owned = { owner, kind: "spool", at: now(), id: `${randomUUID()}.${bytes.byteLength}` };
      const value = { base64: Buffer.from(bytes).toString("base64") };
      await store.write([
        { table: "spool", key: owned.id, value, lifeMs: keptMs },
        toOwnedChange(owned, keptMs),
      ]);
      return toId(owned);
    },
    async get(id) {
      const found = await pictures.get(toOwned(id).id).catch(() => undefined);
      return found && Buffer.from(found.base64, "base64");
    },
    has: async (id) => (await pictures.get(toOwned(id).id).catch(() => undefined)) !== undefined,
    async delete(id) {
      const owned = toOwned(id);
      const gone = { table: "spool", key: owned.id, delete: true } as const;
      await store.write([gone, toDisownedChange(owned)]).catch(() => {});
    },
    // What nobody throws away is forgotten by itself.
    sweep: async () => {},
  };
}

/** Whose it is stands in its id, so that who throws it away need not read it. */
function toId({ id, at, owner }: Owned): string {
  return [id, at, owner].join(" ");
}

function toOwned(text: string): Owned {
  const [id = "", at = "0", owner = ""] = text.split(" ");
  return { owner, kind: "spool", at: Number(at), id };
}
