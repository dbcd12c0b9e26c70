import { BotError } from "../seam/errors.ts";

/** The store does not answer, or takes nothing, just now: what was asked of it goes when it is back. */
export class StoreAway extends BotError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super("storage", message, options);
  }
}
