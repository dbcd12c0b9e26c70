import { AsyncLocalStorage } from "node:async_hooks";
import type { MayAsk } from "./engine.ts";

const looking = new AsyncLocalStorage<MayAsk | undefined>();

/**
 * Asks with the SDK so that it is looked once more, last of all, whether it may: loading it, and writing out what is
 * asked, takes a while, in which a process may have been stopped and another have taken its turn over.
 */
export function askLooking<T>(mayAsk: MayAsk | undefined, ask: () => Promise<T>): Promise<T> {
  return looking.run(mayAsk, ask);
}

/** What a `fetch` is given by `withLastLook`: one that connects anew looks again when it is connected. */
export interface Looked extends RequestInit {
  readonly lastLook?: MayAsk;
}

/** A `fetch` that looks before anything leaves. What lives longer than the request knows nothing of the look. */
export function withLastLook(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const lastLook = looking.getStore();
    await lastLook?.();
    const looked: Looked | undefined = lastLook ? { ...init, lastLook } : init;
    return looking.run(undefined, () => fetch(input, looked));
  };
}
