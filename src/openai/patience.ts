import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../seam/errors.ts";
import { orAborted, withLimit } from "../seam/timeout.ts";
import { isGone, isPassing, toPaintError } from "./failure.ts";

/** How long, and how often. */
export const patience = {
  /** Tries without an event in between before we give up. */
  tries: 4,
  /** The same for a response that is drawn, and paid for, whether we hear of it or not: about a minute of them. */
  moreTries: 7,
  /** Connections for one response, however much each of them brings. */
  connections: 50,
  /** The longest wait, in ms, of our own accord. */
  backoffMs: 30_000,
  /** The longest wait, in ms, that OpenAI may ask for before we tell the person instead. */
  waitMs: 60_000,
  /** A wait, in ms, that is long enough to be told of. */
  noticeableMs: 1500,
} as const;

/** Does what can be done twice without harm, again and again for as long as OpenAI is busy or out of reach. */
export async function insist<T>(work: () => Promise<T>, backoffMs: number, signal?: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (cause) {
      signal?.throwIfAborted();
      const error = toPaintError(cause);
      const waitMs = error.retryAfterMs ?? backoffMs * 2 ** (tried - 1);
      if (isGone(cause) || !isPassing(error) || tried >= patience.tries || waitMs > patience.waitMs) {
        throw cause;
      }
      await sleep(waitMs, null, { signal });
    }
  }
}

/** Rejects when it takes too long, and with the signal's reason when that aborts first. */
export function soon<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const limited = withLimit(
    ms,
    () => work,
    () => stuck(ms),
  );
  return orAborted(limited, signal);
}

/** Of what brings nothing for so many ms. Not `unreachable`: it has been waited for long enough. */
export function stuck(ms: number): BotError {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return new BotError(
    "stopped",
    `OpenAI has got no further for ${minutes} minutes, so I stopped waiting. Try again.`,
  );
}
