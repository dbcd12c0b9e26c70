import { BotError } from "../../seam/errors.ts";
import { isGone, isPassing, wasNotBegun } from "../failure.ts";
import type { Progress } from "./paint-events.ts";

/** How a response is got at: asked for, its stream taken up, or asked how it stands. */
export type Way = "ask" | "follow" | "poll";

/** What broke off, and how it stood then. */
export interface Breakdown {
  readonly error: BotError;
  /** What was thrown, as it was thrown. */
  readonly cause: unknown;
  readonly way: Way;
  readonly progress: Progress;
  /** Something new came by it. */
  readonly moved: boolean;
  readonly background: boolean;
  /** The server keeps the response: it can be had by its id. */
  readonly kept: boolean;
}

/**
 * The way to go on; undefined when there is none. What may be drawn by now is never asked for again: with an id it is
 * taken up, and without one it is given up, since an answer that was lost does not tell whether there is a response.
 */
export function toNextWay(breakdown: Breakdown): Way | undefined {
  const { error, cause, way, progress, moved, background, kept } = breakdown;
  const mayPass = isPassing(error);
  if (progress.ended) {
    // In the foreground a response ends with the connection that asked for it.
    const isCutOff = error.code === "stopped" && !background;
    return (mayPass || isCutOff) && !progress.drawn ? "ask" : undefined;
  }
  if (progress.responseId === undefined) {
    return mayPass && wasNotBegun(cause) && !progress.drawing ? "ask" : undefined;
  }
  if (!kept) return mayPass && !progress.drawing ? "ask" : undefined;
  if (mayPass) {
    // A stream that was taken up and brings nothing does not tell whether there is more to come.
    const isIdle = way === "follow" && !moved && cause instanceof BotError;
    return background && way !== "poll" && !isIdle ? "follow" : "poll";
  }
  if (way === "ask") return undefined;
  if (isGone(cause)) return progress.drawing ? undefined : "ask";
  // Some minutes old, a response is to be had and its stream is not.
  return way === "follow" && error.code === "rejected" ? "poll" : undefined;
}
