import { colours } from "./lexicon.ts";

/** The nearest colour word, for `#rrggbb`. */
export function colourName(colour: string): string {
  const [r, g, b] = channels(colour);
  let [best, least] = ["grey", Number.POSITIVE_INFINITY];
  for (const [name, known] of Object.entries(colours)) {
    const [kr, kg, kb] = channels(known);
    const apart = (r - kr) ** 2 * 0.3 + (g - kg) ** 2 * 0.59 + (b - kb) ** 2 * 0.11;
    if (apart < least) [best, least] = [name, apart];
  }
  return best;
}

function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
