import { animals } from "./animals.ts";
import { buildings } from "./buildings.ts";
import { goods } from "./goods.ts";
import type { Motif } from "./motif.ts";
import { plants } from "./plants.ts";
import { skies } from "./skies.ts";
import { things } from "./things.ts";

/** Every motif by name. */
export const motifs: Readonly<Record<string, Motif>> = {
  ...animals,
  ...buildings,
  ...plants,
  ...things,
  ...goods,
  ...skies,
};

/** The names of motifs by the words that mean them, the longest words first. */
export const nouns: readonly { readonly word: string; readonly motif: string }[] = Object.entries(motifs)
  .flatMap(([motif, { words }]) => words.map((word) => ({ word, motif })))
  .toSorted((a, b) => b.word.length - a.word.length);
