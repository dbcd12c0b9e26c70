import { createHmac } from "node:crypto";
import { readSecret } from "../store/secret.ts";
import type { Store } from "../store/store.ts";

/**
 * Turns a person's id into the `safety_identifier` that OpenAI may know them by: the same for the same person, and
 * without the secret nobody can tell who it is. 64 hexadecimal digits.
 */
export type Identity = (userId: string) => string;

/** The secret is made once and kept in the store. Rejects with BotError `storage` when the store fails. */
export async function createIdentity(store: Store): Promise<Identity> {
  const secret = await readSecret(store, "identity");
  return (userId) => createHmac("sha256", secret).update(userId).digest("hex");
}
