import type { EventKey } from "../../seam/turn.ts";

/**
 * What has come in and is not handed over yet: its acknowledgement is on its way, for which a platform waits seconds, and
 * a picture takes many. So that goes first, and what has been handed over begins when nothing is on its way any more.
 */
export interface Arrivals {
  /** It has come in, and is being noted. */
  came(event: EventKey): void;
  /** It is handed over, or nothing comes of it. */
  went(event: EventKey): void;
  /** Resolves when nothing is on its way any more, for some at a time; after a second at the latest. */
  calm(): Promise<void>;
}

/** How many go on in one turn of the loop. */
const together = 8;

/** Ms for which what has been handed over waits, and for which one that is slow is waited for. */
const mostMs = 1000;

/** `mayWait`: false where there are several processes, since what waits at one is overtaken by what comes to another. */
export function createArrivals(mayWait: boolean, now = () => performance.now()): Arrivals {
  /** When each came in, the first one first. */
  const coming = new Map<EventKey, number>();
  const waiting: { readonly go: () => void; readonly until: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isGoing = false;

  function isCalm(): boolean {
    for (const [event, at] of coming) {
      if (now() - at < mostMs) return false;
      coming.delete(event);
    }
    return true;
  }

  /** Some in each turn of the loop: what comes in meanwhile goes first, and what they note is written together. */
  function goOn(): void {
    isGoing = false;
    for (let count = 0; count < together; count += 1) {
      const [first] = waiting;
      if (!first || (!isCalm() && first.until > now())) break;
      waiting.shift();
      first.go();
    }
    look();
  }

  function look(): void {
    clearTimeout(timer);
    const [first] = waiting;
    if (!first || isGoing) return;
    if (!isCalm() && first.until > now()) {
      timer = setTimeout(look, first.until - now());
      return;
    }
    isGoing = true;
    setImmediate(goOn);
  }

  return {
    came: (event) => void coming.set(event, now()),
    went(event) {
      if (coming.delete(event)) look();
    },
    calm() {
      if (!mayWait || (waiting.length === 0 && isCalm())) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ go: resolve, until: now() + mostMs });
      if (waiting.length === 1) look();
      return promise;
    },
  };
}
