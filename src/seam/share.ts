/**
 * Bytes that all streams together go over in one turn of the loop, and all whose digest is made, a few ms of work: Node
 * reads up to two megabytes of each connection at once, which for those of many pictures would hold up all that people
 * say meanwhile.
 */
export const mostInTurn = 1024 * 1024;

/** Ms after which one that waits has a turn whatever its place: to the server that sends it, it is still there. */
const mostWaitMs = 5000;

/** The place of what is nearly done: before all others. */
export const firstPlace = 0;

interface Waiting {
  readonly bytes: number;
  readonly place: number;
  readonly since: number;
  readonly go: () => void;
}

/** By their place, and by when they came. */
let waiting: Waiting[] = [];
let left = mostInTurn;
let isComing = false;
let places = firstPlace;

/**
 * A place behind all that were given before. Streams that are gone over in this order end one after the other: in turns they
 * would all end when the last one does, and be held until then.
 */
export function takePlace(): number {
  places += 1;
  return places;
}

/** Takes so many bytes of this turn's share, whatever is left of it: others wait for the next. */
export function useShare(bytes: number): void {
  left -= bytes;
}

/** Undefined: so many bytes may be gone over, here and now. Otherwise it resolves when they may. */
export function takeShare(bytes: number, place: number): Promise<void> | undefined {
  startTurn();
  if (left > 0 && waiting.length === 0) {
    left -= bytes;
    return undefined;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const behind = waiting.findIndex((other) => other.place > place);
  const one = { bytes, place, since: performance.now(), go: resolve };
  waiting.splice(behind < 0 ? waiting.length : behind, 0, one);
  return promise;
}

function startTurn(): void {
  if (isComing) return;
  isComing = true;
  setImmediate(() => {
    isComing = false;
    left = mostInTurn;
    if (waiting.length > 0) goOn();
  });
}

function goOn(): void {
  const overdue = performance.now() - mostWaitMs;
  const order = [
    ...waiting.filter(({ since }) => since < overdue),
    ...waiting.filter(({ since }) => since >= overdue),
  ];
  const going = new Set<Waiting>();
  for (const one of order) {
    if (left <= 0) break;
    left -= one.bytes;
    going.add(one);
    one.go();
  }
  waiting = waiting.filter((one) => !going.has(one));
  if (waiting.length > 0) startTurn();
}
