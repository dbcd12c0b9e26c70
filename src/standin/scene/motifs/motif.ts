import { darker, lighter } from "../pen/colour.ts";
import { createRandom, type Random } from "../pen/random.ts";

/** The colours a motif is drawn with. */
export interface Ink {
  readonly main: string;
  readonly dark: string;
  readonly light: string;
  readonly accent: string;
  readonly random: Random;
  /** What stands on a sign. */
  readonly word: string;
}

/** Something that can stand in a scene, drawn in a box from -100 to 100 across and from -200 up to 0, its feet at 0. */
export interface Motif {
  /** Where it belongs: on the ground, in the air, on water, or up in the sky. */
  readonly stands: "ground" | "air" | "water" | "sky";
  /** Its height as a fraction of the picture's shorter side. */
  readonly size: number;
  /** Buildings and trees stand behind the rest. */
  readonly behind?: boolean;
  /** Where it wears things: the height of its neck, half its neck's width, the height of its crown. */
  readonly wear?: { readonly neck: number; readonly half: number; readonly crown: number };
  readonly colour: string;
  readonly accent?: string;
  /** The nouns that mean it, singular. */
  readonly words: readonly string[];
  draw(ink: Ink): string;
  /** What shines in the dark: drawn after the light has been dimmed. */
  lights?(ink: Ink): string;
}

/** Ink for a motif in its own colour or the one asked for. */
export function createInk(motif: Motif, colour: string | undefined, seed: number, word: string): Ink {
  const main = colour ?? motif.colour;
  return {
    main,
    dark: darker(main),
    light: lighter(main, 0.45),
    accent: motif.accent ?? "#f08a6c",
    random: createRandom(seed),
    word,
  };
}
