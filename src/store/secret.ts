import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Store } from "./store.ts";

/** A secret of that name: made once, kept in the store. 64 hexadecimal digits. Rejects with BotError `storage`. */
export async function readSecret(store: Store, name: string): Promise<string> {
  const secrets = store.table("secret", z.string());
  const kept = await secrets.get(name);
  if (kept) return kept;
  const made = randomBytes(32).toString("hex");
  await secrets.set(name, made);
  return made;
}
