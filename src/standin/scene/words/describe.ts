import type { Scene } from "../scene.ts";
import { colourName } from "./colour-name.ts";

const placeNames: Readonly<Record<Scene["place"], string>> = {
  meadow: "in rolling meadows",
  sea: "by the open sea",
  beach: "on a sandy beach",
  mountains: "among mountains",
  forest: "in a deep forest",
  city: "in a city of many windows",
  desert: "in a desert of dunes",
  river: "by a winding river",
  garden: "in a garden",
  snow: "in a snowy land",
  sky: "high among the clouds",
  space: "out among the stars",
  underwater: "under water",
  room: "in a quiet room",
  pool: "by a swimming pool",
  lounge: "in a lounge with a pool",
  studio: "before a plain backdrop",
};

const timeNames: Readonly<Record<Scene["time"], string>> = {
  day: "in daylight",
  dawn: "at dawn",
  sunset: "at sunset",
  night: "at night",
};

/** A scene in a sentence. */
export function describe(scene: Scene): string {
  const things = counted(scene);
  const subject = things.length > 0 ? listWords(things) : "an open view";
  const where = scene.canvas
    ? "on the given picture"
    : scene.transparent
      ? "cut out, without a background"
      : `${placeNames[scene.place]} ${timeNames[scene.time]}`;
  const course = scene.course ? `, through which runs a river of ${plural(scene.course.motif)}` : "";
  const weather = scene.weather === "clear" ? "" : `, with ${scene.weather}`;
  const style = scene.style === "plain" ? "a flat illustration" : `${scene.style} style`;
  const cards =
    scene.cards.length > 0
      ? `, with ${scene.cards.length === 1 ? "the given picture" : `the ${scene.cards.length} given pictures`} in it`
      : "";
  const lettering = scene.lettering ? `, lettered “${scene.lettering}”` : "";
  return `${capital(subject)} ${where}${course}${weather}${cards}${lettering}; ${style}.`;
}

/** The things in a scene: "a cat", "3 birds". */
export function counted(scene: Scene): readonly string[] {
  const counts = new Map<string, number>();
  const count = (plain: string, colour: string | undefined) => {
    const name = colour ? `${colourName(colour)} ${plain}` : plain;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { word, motif, colour, wears } of scene.figures) {
    count(motif === "sign" ? `sign reading “${word}”` : word, colour);
    if (wears) count(wears.item, wears.colour);
  }
  return [...counts].map(([word, many]) =>
    many === 1 ? `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}` : `${many} ${plural(word)}`,
  );
}

function plural(word: string): string {
  return word.endsWith("s") ? word : `${word}s`;
}

/** "a, b and c". */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
