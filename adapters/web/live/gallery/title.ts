import { readFlags } from "../../../../src/seam/words/flags.ts";

/** Spaces, control characters, and marks that turn the direction of what follows. */
const blank = /[\p{Cc}\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A thread's title from the words of its first prompt, cut at a word near 60 characters. Empty without words. */
export function toTitle(text: string): string {
  const words = readFlags(text.slice(0, 2000)).text.replace(blank, " ").trim();
  const letters = [...words];
  if (letters.length <= 64) return letters.join("");
  const start = letters.slice(0, 60).join("");
  const end = start.lastIndexOf(" ");
  return `${(end > 30 ? start.slice(0, end) : start).replace(/[\s,;:.–—-]+$/u, "")}…`;
}
