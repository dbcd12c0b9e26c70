/**
 * Bytes that all streams together go over in one turn of the loop, and all whose digest is made, a few ms of work: Node
 * reads up to two megabytes of each connection at once, which for those of many pictures would hold up all that people
 * say meanwhile.
 */
export const mostInTurn = 1024 * 1024;

/** Ms after which one that waits has a turn whatever its place: to the server that sends it, it is still there. */
const mostWaitMs = 5000;

/** Ms after which there is more to go over than this process gets to. */
const behindMs = 1000;

/** The place of what is nearly done: before all others. */
export const firstPlace = Number.NEGATIVE_INFINITY;

interface Waiting {
  readonly bytes: number;
  readonly place: number;
  readonly since: number;
  readonly turn: PromiseWithResolvers<void>;
}

/** By their place, and by when they came. */
const waiting: Waiting[] = [];
let left = mostInTurn;
let isComing = false;
let streams = 0;

/** Where a stream stands among all that wait. */
export interface Places {
  /** As long as nothing of it can be seen: before all of which something can. */
  readonly early: number;
  readonly later: number;
}

/**
 * Places behind all that were given before. Streams that are gone over in this order end one after the other: in turns they
 * would all end when the last one does, and be held until then.
 */
export function takePlaces(): Places {
  streams += 1;
  return { early: streams - Number.MAX_SAFE_INTEGER, later: streams };
}

/** Takes so many bytes of this turn's share, whatever is left of it: others wait for the next. */
export function useShare(bytes: number): void {
  left -= bytes;
}

/** Whether somebody has waited for so long that what can be done without had better be left out. */
export function isBehind(): boolean {
  const overdue = performance.now() - behindMs;
  return waiting.some(({ since }) => since < overdue);
}

/**
 * Undefined: so many bytes may be gone over, here and now. Otherwise it resolves when they may. Either way that has to
 * happen before anything else is waited for: what it uses beside them is known to the next only then.
 */
export function takeShare(bytes: number, place: number): Promise<void> | undefined {
  startTurn();
  if (left > 0 && waiting.length === 0) {
    left -= bytes;
    return undefined;
  }
  const turn = Promise.withResolvers<void>();
  const behind = waiting.findIndex((other) => other.place > place);
  const one = { bytes, place, since: performance.now(), turn };
  waiting.splice(behind < 0 ? waiting.length : behind, 0, one);
  return turn.promise;
}

function startTurn(): void {
  if (isComing) return;
  isComing = true;
  setImmediate(() => {
    isComing = false;
    left = mostInTurn;
    void goOn();
  });
}

/** One after the other: what one uses beside what it has asked for is no longer there for the next. */
async function goOn(): Promise<void> {
  const overdue = performance.now() - mostWaitMs;
  while (left > 0) {
    const next = waiting.find(({ since }) => since < overdue) ?? waiting[0];
    if (!next) return;
    waiting.splice(waiting.indexOf(next), 1);
    left -= next.bytes;
    next.turn.resolve();
    await next.turn.promise;
  }
  if (waiting.length > 0) startTurn();
}
