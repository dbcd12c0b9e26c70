import { BotError } from "../../seam/errors.ts";
import type { LineLimits } from "../lanes.ts";
import { type Asker, picturesOf } from "./fair-line.ts";

/** Those that wait, counted by who they are of, against how many may. */
export interface Crowd {
  /** One more waits. */
  came(asker: Asker): void;
  /** It waits no longer. */
  went(asker: Asker): void;
  /**
   * Throws BotError `busy` when too many wait for one more, of all or of that person. `waiting`: how many do, of all;
   * `drawnInMinutes`: until those are drawn.
   */
  check(asker: Asker, waiting: number, drawnInMinutes: () => number): void;
}

const none = { requests: 0, pictures: 0 };

export function createCrowd({ all: most = 1000, ofOne: mostOfOne = 20 }: LineLimits): Crowd {
  const waitingOf = new Map<string, { readonly requests: number; readonly pictures: number }>();

  function count(user: string, requests: number, pictures: number): void {
    const own = waitingOf.get(user) ?? none;
    const next = { requests: own.requests + requests, pictures: own.pictures + pictures };
    if (next.requests > 0) waitingOf.set(user, next);
    else waitingOf.delete(user);
  }

  return {
    came: (asker) => count(asker.user, 1, picturesOf(asker)),
    went: (asker) => count(asker.user, -1, -picturesOf(asker)),
    check(asker, waiting, drawnInMinutes) {
      if (waiting >= most) throw full(waiting, drawnInMinutes());
      const own = waitingOf.get(asker.user) ?? none;
      // What is more than the limit by itself can be asked for when nothing of theirs waits.
      if (own.requests === 0 || own.pictures + picturesOf(asker) <= mostOfOne) return;
      const several = own.pictures > own.requests ? ` for ${own.pictures} pictures` : "";
      const left = mostOfOne - own.pictures;
      const room =
        left > 0
          ? `There is room for ${left} more${left > 1 ? " pictures" : ""}: ask for fewer, or ask`
          : "Ask";
      throw new BotError(
        "busy",
        `You have ${counted(own.requests)}${several} waiting. ${room} again when some of them are drawn, or cancel one.`,
      );
    },
  };
}

function full(waiting: number, minutes: number): BotError {
  return new BotError(
    "busy",
    `I am full: ${counted(waiting)} ${waiting === 1 ? "is" : "are"} waiting. Try again in about ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    { retryAfterMs: minutes * 60_000 },
  );
}

function counted(requests: number): string {
  return requests === 1 ? "1 request" : `${requests.toLocaleString("en")} requests`;
}
