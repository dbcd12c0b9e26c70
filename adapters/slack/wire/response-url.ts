import { responseUrl } from "./limits.ts";

/** An address by which the one who pressed or typed can be answered, for half an hour. */
export interface ResponseUrl {
  readonly url: string;
  /** How often it may still be used. */
  left: number;
  /** Unix time, ms. */
  readonly until: number;
  /** The thread that it was given out in. */
  readonly threadTs?: string;
}

/** The address does not take the answer, or no longer: it was not shown. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
}

/** The response URL that came with a press or a command then (Unix time, ms). Not every one brings an address. */
export function openResponseUrl(
  url: string | undefined,
  at: number,
  threadTs?: string,
): ResponseUrl | undefined {
  if (!url) return undefined;
  const until = at + responseUrl.lifeMs;
  return { url, left: responseUrl.uses, until, ...(threadTs && { threadTs }) };
}

export function isOpen({ left, until }: ResponseUrl, now: () => number): boolean {
  return left > 0 && until > now();
}
