import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Bytes that all streams together go over in one turn of the loop, a few ms of work: Node reads up to two megabytes of
 * each connection at once, which for those of many pictures would hold up all that people say meanwhile.
 */
export const mostInTurn = 1024 * 1024;

let left = mostInTurn;
let turn: Promise<void> | undefined;

/** Resolves when so many bytes may be gone over; undefined: at once. */
export function takeShare(bytes: number): Promise<void> | undefined {
  turn ??= nextTurn().then(() => {
    turn = undefined;
    left = mostInTurn;
  });
  if (left > 0) {
    left -= bytes;
    return undefined;
  }
  return turn.then(() => takeShare(bytes));
}
