import { motifs } from "../motifs/table.ts";
import type { Figure, Grade, Scene } from "../scene.ts";
import { colourName } from "../words/colour-name.ts";
import { colours } from "../words/lexicon.ts";
import { findMentions, understand, wornItem } from "../words/words.ts";
import { arrange } from "./layout.ts";

/** A scene with a request applied; `done` says in words what was understood. Keeps layout and seed. Pure. */
export function change(scene: Scene, prompt: string, seed: number): { scene: Scene; done: string } {
  const told = understand(prompt);
  const text = ` ${prompt.toLowerCase()} `;
  const done: string[] = [];
  let next: Scene = scene;
  const set = (part: Partial<Scene>, what: string) => {
    next = { ...next, ...part };
    done.push(what);
  };

  const away =
    /\b(?:remove|erase|delete|without|get rid of|take away|take out|drop|lose|no more|no)\b(?: all)?(?: the| a| an| any)?([^.,;]*)/.exec(
      text,
    );
  const gone = away ? findMentions(` ${away[1] ?? ""} `) : [];
  if (gone.length > 0) {
    // "Remove the otter's scarf" means the scarf.
    const names = new Set(gone.filter(({ wears }) => !wears).map(({ motif }) => motif));
    const shed = new Set(gone.map(({ motif, wears }) => wears?.item ?? wornItem(motif)));
    set(
      {
        figures: next.figures
          .filter(({ motif }) => !names.has(motif))
          .map(({ wears, ...figure }) => (wears && !shed.has(wears.item) ? { ...figure, wears } : figure)),
      },
      `Remove the ${gone.map(({ word }) => word).join(" and the ")}.`,
    );
  }

  const swap = /\b(?:replace|swap|change|turn)\b(?: the| a)?(.+?)\b(?:with|for|into|by|to)\b(.+)/.exec(text);
  const [from] = findMentions(` ${swap?.[1] ?? ""} `);
  const [to] = findMentions(` ${swap?.[2] ?? ""} `);
  if (from && to && next.figures.some(({ motif }) => motif === from.motif)) {
    const figures = next.figures.map((figure): Figure => {
      if (figure.motif !== from.motif) return figure;
      const { colour: _, ...rest } = figure;
      const size = (figure.size * (motifs[to.motif]?.size ?? 0.4)) / (motifs[from.motif]?.size ?? 0.4);
      return { ...rest, motif: to.motif, word: to.word, size, ...(to.colour ? { colour: to.colour } : {}) };
    });
    set({ figures }, `Replace the ${from.word} with the ${to.word}.`);
    return { scene: next, done: done.join(" ") };
  }

  const adding = /\b(add|put|place|another|give|include|also|more)\b|^\s*(with|and)\b/.test(text);
  const fresh = [];
  for (const mention of told.mentions) {
    if (gone.some(({ motif }) => motif === mention.motif)) continue;
    const item = wornItem(mention.motif);
    const wearer =
      item && (next.figures.find(({ wears }) => wears?.item === item) ?? next.figures.find(canWear));
    if (item && wearer) {
      const wears = { item, ...(mention.colour ? { colour: mention.colour } : {}) };
      const figures = next.figures.map((figure) => (figure === wearer ? { ...figure, wears } : figure));
      set({ figures }, `The ${wearer.word} wears a ${mention.word}.`);
      continue;
    }
    const there = next.figures.some(({ motif }) => motif === mention.motif);
    if (
      !there ||
      (adding &&
        !mention.wears &&
        /\b(add|another|more)\b/.test(text) &&
        !/\b(bigger|smaller|larger)\b/.test(text))
    ) {
      fresh.push(mention);
      continue;
    }
    const grown = /\b(bigger|larger|huge|giant|grow)\b/.test(text)
      ? 1.4
      : /\b(smaller|tiny|shrink)\b/.test(text)
        ? 0.65
        : 1;
    const flipped = /\b(flip|mirror|turn around|other way|face)\b/.test(text);
    const aside = mention.side ?? /\b(?:to|on) the (left|right)\b/.exec(text)?.[1];
    const colour = mention.colour ?? (mention.wears ? undefined : colourIn(text));
    const figures = next.figures.map(
      (figure): Figure =>
        figure.motif !== mention.motif
          ? figure
          : {
              ...figure,
              size: Math.min(1.1, figure.size * grown),
              flip: flipped ? !figure.flip : figure.flip,
              x: aside === "left" ? 0.22 : aside === "right" ? 0.78 : figure.x,
              ...(colour ? { colour } : {}),
              ...(mention.wears ? { wears: mention.wears } : {}),
            },
    );
    const what = [
      colour ? `in ${colourName(colour)}` : "",
      grown > 1 ? "bigger" : grown < 1 ? "smaller" : "",
      flipped ? "turned" : "",
      aside ? `to the ${aside}` : "",
      mention.wears ? `with a ${mention.wears.item}` : "",
    ].filter(Boolean);
    if (what.length > 0) set({ figures }, `The ${mention.word}: ${what.join(", ")}.`);
  }
  if (fresh.length > 0) {
    const added = arrange(fresh, {
      place: next.place,
      seed,
      present: next.figures,
      squeeze: next.canvas ? 0.9 : 0.8,
      across: Math.min(1, next.height / next.width),
    });
    set(
      { figures: [...next.figures, ...added] },
      `Add ${fresh.map(({ word, count }) => (count > 1 ? `${count} of ${word}` : word)).join(", ")}.`,
    );
  }

  if (told.time && told.time !== next.time) set({ time: told.time }, `Make it ${told.time}.`);
  if (told.weather && told.weather !== next.weather)
    set({ weather: told.weather }, `Weather: ${told.weather}.`);
  if (told.style && told.style !== next.style) set({ style: told.style }, `Draw it as ${told.style}.`);
  if (told.grade && told.grade !== next.grade) set({ grade: told.grade }, `Colours: ${told.grade}.`);
  if (told.lettering && told.lettering !== next.lettering)
    set({ lettering: told.lettering }, `Letter it “${told.lettering}”.`);
  if (told.backdrop) set({ tint: told.backdrop }, "A new colour for the background.");
  const moving =
    /\b(in|on|at|to|into|under)\b (?:the |a |an |outer )?/.test(text) &&
    told.place !== undefined &&
    told.place !== next.place &&
    fresh.length === 0;
  if (moving && told.place && !next.canvas) set({ place: told.place }, `Move it to: ${told.place}.`);
  if (told.shape) {
    const [width, height] =
      told.shape === "wide" ? [1536, 1024] : told.shape === "tall" ? [1024, 1536] : [1024, 1024];
    if (width !== next.width || height !== next.height) set({ width, height }, `Make it ${told.shape}.`);
  }
  if (/\b(real|natural|original|plain|normal) (style|colou?rs?)\b|\bundo the style\b/.test(text))
    set({ style: "plain", grade: "none" }, "Back to plain colours.");
  if (done.length > 0) return { scene: next, done: done.join(" ") };

  const colour = colourIn(text);
  if (colour)
    set(
      { tint: colour, ...(next.canvas ? { grade: "faded" as const } : {}) },
      "Lean the colours towards the one asked for.",
    );
  else
    return {
      scene: guess(next, told.unknown, seed),
      done: `Read “${prompt.slice(0, 80)}” as a change of mood.`,
    };
  return { scene: next, done: done.join(" ") };
}

/** Nothing was understood: the light changes, and a sign carries the word, so that something visibly happened. */
function guess(scene: Scene, unknown: readonly string[], seed: number): Scene {
  const turn: readonly Grade[] = ["warm", "vivid", "cool", "faded", "bright"];
  const moods = turn.filter((grade) => grade !== scene.grade);
  const word = unknown.toSorted((a, b) => b.length - a.length)[0];
  const sign = word
    ? arrange([{ motif: "sign", word, count: 1, scale: 0.8 }], {
        place: scene.place,
        seed,
        present: scene.figures,
      })
    : [];
  return { ...scene, grade: moods[seed % moods.length] ?? "warm", figures: [...scene.figures, ...sign] };
}

function canWear({ motif }: Figure): boolean {
  return motifs[motif]?.wear !== undefined;
}

function colourIn(text: string): string | undefined {
  const name = Object.keys(colours).find((one) =>
    new RegExp(`\\b${one}\\b`).test(text.replace(/\bblack[- ]and[- ]white\b/g, "")),
  );
  return name === undefined ? undefined : colours[name];
}
