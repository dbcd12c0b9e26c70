import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Seal } from "../seam/core.ts";
import type { Store } from "./store.ts";
import type { Table } from "./table.ts";

/** A secret of that name: made once, kept in the store. 64 hexadecimal digits. Rejects with BotError `storage`. */
export async function readSecret(store: Store, name: string): Promise<string> {
  const kept = await store.table("secret", z.string()).get(name);
  // Of several processes that begin at once, one makes it.
  return kept ?? store.transact((within) => makeSecret(within.table("secret", z.string()), name));
}

async function makeSecret(secrets: Table<string>, name: string): Promise<string> {
  const kept = await secrets.get(name);
  if (kept) return kept;
  const made = randomBytes(32).toString("hex");
  await secrets.set(name, made);
  return made;
}

/** Seals for an adapter, by a secret that is made once. `adapter`: one does not take another's. Rejects as `readSecret`. */
export async function createSeals(store: Store): Promise<(adapter: string) => Seal> {
  const secret = await readSecret(store, "seals");
  return (adapter) => (words) =>
    createHmac("sha256", secret).update(`${adapter} ${words}`).digest("base64url").slice(0, 16);
}
