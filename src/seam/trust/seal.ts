import { timingSafeEqual } from "node:crypto";
import type { Seal } from "../core.ts";

/** Whether those words are ours, by the mark that came with them. */
export function isSealed(seal: Seal, words: string, mark: string): boolean {
  const [right, given] = [Buffer.from(seal(words)), Buffer.from(mark)];
  return right.byteLength === given.byteLength && timingSafeEqual(right, given);
}
