import { BotError } from "../../seam/errors.ts";
import type { Lanes, LineLimits } from "../lanes.ts";
import { createFairLine, type Waiting } from "../line/fair-line.ts";
import { createPlaces } from "../line/places.ts";

interface Turn {
  readonly user: string;
  readonly pictures: number;
  readonly go: (leave: () => void) => void;
  readonly onPlace: (ahead: number, hasGrown: boolean) => void;
}

const minuteMs = 60_000;

/** How much of the average the newest turn is. */
const newest = 0.2;

/**
 * The lanes of one process. What comes and goes costs O(log n) steps, amortised, when n wait, and only so many may wait.
 *
 * `atOnce`: turns that may run at once. `now` is Unix time, ms.
 */
export function createLanes(
  atOnce: number,
  { all: most = 1000, ofOne: mostOfOne = 20 }: LineLimits = {},
  now: () => number = Date.now,
): Lanes {
  const line = createFairLine<Turn>();
  const waitingOf = new Map<string, { readonly requests: number; readonly pictures: number }>();
  const places = createPlaces<Waiting<Turn>>(
    (turn) => (inside < atOnce ? line.beforeInThread(turn) : line.before(turn) + 1),
    ({ thing }, place, hasGrown) => thing.onPlace(place, hasGrown),
  );
  let inside = 0;
  /** How long turns take, a running average in ms; what a picture takes, until one has been measured. */
  let turnMs = minuteMs;

  function advance(): void {
    for (let turn = nextIn(); turn; turn = nextIn()) {
      inside += 1;
      outOfLine(turn);
      turn.thing.go(leaving(turn));
    }
  }

  function nextIn(): Waiting<Turn> | undefined {
    return inside < atOnce ? line.next() : undefined;
  }

  function leaving(turn: Waiting<Turn>): () => void {
    const beganAt = now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      turnMs += (Math.max(0, now() - beganAt) - turnMs) * newest;
      inside -= 1;
      line.release(turn);
      advance();
      places.moved();
    };
  }

  function outOfLine(turn: Waiting<Turn>): void {
    const { user, pictures } = turn.thing;
    count(user, -1, -pictures);
    places.forget(turn);
  }

  function count(user: string, requests: number, pictures: number): void {
    const own = waitingOf.get(user) ?? none;
    const next = { requests: own.requests + requests, pictures: own.pictures + pictures };
    if (next.requests > 0) waitingOf.set(user, next);
    else waitingOf.delete(user);
  }

  function checkRoom(user: string, pictures: number): void {
    if (line.size >= most) {
      const minutes = Math.max(1, Math.ceil((turnMs * line.size) / atOnce / minuteMs));
      throw new BotError(
        "busy",
        `I am full: ${counted(line.size)} ${line.size === 1 ? "is" : "are"} waiting. Try again in about ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
        { retryAfterMs: minutes * minuteMs },
      );
    }
    const own = waitingOf.get(user) ?? none;
    // What is more than the limit by itself can be asked for when nothing of theirs waits.
    if (own.requests === 0 || own.pictures + pictures <= mostOfOne) return;
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
  }

  return {
    get inside() {
      return inside;
    },
    get waiting() {
      return line.size;
    },
    async enter(asker, signal, onPlace, { resumed = false } = {}) {
      signal.throwIfAborted();
      const { user, pictures = 1 } = asker;
      if (!resumed && !(inside < atOnce && line.isFree(asker.thread))) checkRoom(user, pictures);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          line.delete(turn);
          outOfLine(turn);
          reject(signal.reason);
          places.moved();
        };
        let isIn = false;
        const go = (leave: () => void) => {
          isIn = true;
          signal.removeEventListener("abort", onAbort);
          resolve(leave);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        const turn = line.add(asker, { user, pictures, go, onPlace });
        count(user, 1, pictures);
        advance();
        if (!isIn) places.watch(turn);
      });
    },
  };
}

const none = { requests: 0, pictures: 0 };

function counted(requests: number): string {
  return requests === 1 ? "1 request" : `${requests.toLocaleString("en")} requests`;
}
