import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Bytes that all streams together go over in one turn of the loop, and all whose digest is made, a few ms of work: Node
 * reads up to two megabytes of each connection at once, which for those of many pictures would hold up all that people
 * say meanwhile.
 */
export const mostInTurn = 1024 * 1024;

let left = mostInTurn;
let turn: Promise<void> | undefined;

/** Takes so many bytes of this turn's share, whatever is left of it: others wait for the next. */
export function useShare(bytes: number): void {
  left -= bytes;
}

/**
 * Undefined: so many bytes may be gone over, here and now. Otherwise it resolves in the next turn, in which it is to be
 * asked once more: others may have been faster.
 */
export function takeShare(bytes: number): Promise<void> | undefined {
  turn ??= nextTurn().then(() => {
    turn = undefined;
    left = mostInTurn;
  });
  if (left <= 0) return turn;
  left -= bytes;
  return undefined;
}
