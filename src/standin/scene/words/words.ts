import { motifs, nouns } from "../motifs/table.ts";
import type { Grade, Place, Scene, Style, Time, Weather, Worn } from "../scene.ts";
import {
  colours,
  counts,
  filler,
  gradeWords,
  placeWords,
  scales,
  styleWords,
  type Table,
  timeWords,
  weatherWords,
} from "./lexicon.ts";

/** A thing that a text names. */
export interface Mention {
  readonly motif: string;
  readonly word: string;
  readonly count: number;
  readonly colour?: string;
  /** Of its usual size. */
  readonly scale: number;
  readonly side?: "left" | "right";
  readonly wears?: Worn;
  /** It has an arm around the next. */
  readonly hugs?: boolean;
}

/** What a text says, as far as it is understood. */
export interface Understood {
  readonly mentions: readonly Mention[];
  readonly place?: Place;
  readonly time?: Time;
  readonly weather?: Weather;
  readonly style?: Style;
  readonly grade?: Grade;
  /** Text to letter: what stood in quotes. */
  readonly lettering?: string;
  readonly shape?: "wide" | "tall" | "square";
  readonly backdrop?: string;
  /** What a river is made of. */
  readonly course?: NonNullable<Scene["course"]>;
  /** Words that nothing here knows, in order. */
  readonly unknown: readonly string[];
}

/** Reads a text for what it wants to see. Pure; English only. */
export function understand(prompt: string): Understood {
  const lettering = quoted(prompt);
  const whole = ` ${prompt
    .toLowerCase()
    .replace(/["“”„«»][^"“”„«»]*["“”„«»]/g, " ")
    .replace(/\s+/g, " ")} `;
  const { course, rest: text } = takeCourse(whole);
  const mentions = findMentions(text);
  const found = {
    place: first(placeWords, text),
    time: first(timeWords, text),
    weather: first(weatherWords, text),
    style: first(styleWords, text),
    grade: first(gradeWords, text),
    shape: shapeOf(text),
    backdrop: backdropOf(text),
    lettering,
    course,
  };
  return { ...drop(found), mentions, unknown: unknownWords(text, mentions) };
}

/** A river made of something, and the text without it. */
function takeCourse(text: string): { course?: NonNullable<Scene["course"]>; rest: string } {
  const match = /\b(?:river|stream|path|road)(?: \w+){0,2}? of ([^.,;]*)/.exec(text);
  const made = findMentions(` ${match?.[1] ?? ""} `)[0];
  if (!match || !made) return { rest: text };
  const end = text.indexOf(made.word, match.index) + made.word.length + 1;
  const { motif, colour } = made;
  return {
    course: { motif, ...(colour ? { colour } : {}) },
    rest: `${text.slice(0, match.index)}${text.slice(end)}`,
  };
}

/** The motifs that a piece of text names, with what is said of each. */
export function findMentions(text: string): readonly Mention[] {
  const taken: [number, number][] = [];
  const found: (Mention & { at: number })[] = [];
  for (const { word, motif } of nouns) {
    const pattern = new RegExp(`\\b${word.replaceAll(" ", "[ -]")}(s|es)?\\b`, "g");
    for (const match of text.matchAll(pattern)) {
      const at = match.index;
      if (taken.some(([from, to]) => at < to && at + match[0].length > from)) continue;
      taken.push([at, at + match[0].length]);
      // What is said of a thing stands before it, up to the thing before.
      const before =
        text
          .slice(0, at)
          .split(/[,.;]|\b(?:and|with|on|in|over|beside|hug\w*|cuddl\w*|embrac\w*)\b/)
          .at(-1)
          ?.trim()
          .split(/\s+/)
          .slice(-4) ?? [];
      const after = text.slice(at + match[0].length, at + match[0].length + 40);
      const amount = before.map((one) => counts[one]).findLast((one) => one !== undefined);
      const colour =
        before.map((one) => colours[one]).findLast((one) => one !== undefined) ??
        colours[/^ (?:is |be |to |into |in )?(?:bright |dark |light )?([a-z]+)\b/.exec(after)?.[1] ?? ""];
      const scale = before.map((one) => scales[one]).findLast((one) => one !== undefined) ?? 1;
      const side = /^[^,.]{0,16}\b(?:to|on|at) the (left|right)/.exec(after)?.[1];
      const many = match[1] !== undefined && !word.endsWith("s");
      found.push({
        at,
        motif,
        word,
        scale,
        count: Math.min(6, amount === undefined || (many && amount === 1) ? (many ? 3 : 1) : amount),
        ...(colour ? { colour } : {}),
        ...(side === "left" || side === "right" ? { side } : {}),
        ...(/^(?: \w+)? (?:hug|cuddl|embrac)/.test(after) ? { hugs: true } : {}),
      });
    }
  }
  const unique = new Map<string, Mention>();
  for (const { at: _, ...mention } of found.toSorted((a, b) => a.at - b.at)) {
    if (!unique.has(mention.motif)) unique.set(mention.motif, mention);
  }
  return dress([...unique.values()]);
}

/** Things worn go to who was named last before them, or else first after. */
function dress(mentions: readonly Mention[]): readonly Mention[] {
  const canWear = ({ motif }: Mention) => motifs[motif]?.wear !== undefined;
  const wearers = new Map<Mention, Worn>();
  const rest = mentions.filter((mention, index) => {
    const item = wornItem(mention.motif);
    const wearer =
      item && (mentions.slice(0, index).findLast(canWear) ?? mentions.slice(index).find(canWear));
    if (!item || !wearer) return true;
    wearers.set(wearer, { item, ...(mention.colour ? { colour: mention.colour } : {}) });
    return false;
  });
  return rest.map((mention) => {
    const wears = wearers.get(mention);
    return wears ? { ...mention, wears } : mention;
  });
}

/** What a motif is as a thing worn. */
export function wornItem(motif: string): Worn["item"] | undefined {
  return motif === "scarf" || motif === "hat" ? motif : undefined;
}

function quoted(prompt: string): string | undefined {
  const match =
    /["“”„«»]([^"“”„«»]{1,60})["“”„«»]/.exec(prompt) ?? /(?:^|\s)'([^']{2,60})'(?=$|[\s.,!?])/.exec(prompt);
  return match?.[1]?.trim() || undefined;
}

function first<T extends string>(table: Table<T>, text: string): T | undefined {
  return table.find(([, pattern]) => pattern.test(text))?.[0];
}

function shapeOf(text: string): "wide" | "tall" | "square" | undefined {
  if (/\b(wide|wider|widescreen|landscape (format|orientation)|panorama|panoramic|banner)\b/.test(text))
    return "wide";
  if (/\b(portrait|tall format|make it tall|taller|vertical|phone wallpaper|bookmark|poster)\b/.test(text))
    return "tall";
  return /\b(square|avatar)\b/.test(text) ? "square" : undefined;
}

function backdropOf(text: string): string | undefined {
  const name =
    /\b([a-z]+) (?:background|backdrop|sky)\b/.exec(text)?.[1] ??
    /\b(?:background|backdrop|sky) (?:is |to |in |be )?(?:bright |dark |light |deep )?([a-z]+)\b/.exec(
      text,
    )?.[1];
  const found = name === undefined ? undefined : colours[name];
  return (
    found ?? (/\b(plain|neutral|seamless) (?:background|backdrop)\b/.test(text) ? colours.white : undefined)
  );
}

function unknownWords(text: string, mentions: readonly Mention[]): readonly string[] {
  const known = new Set(mentions.flatMap(({ word }) => word.split(" ")));
  return [...new Set(text.match(/\p{L}{3,14}/gu) ?? [])].filter(
    (word) =>
      !filler.has(word) &&
      !known.has(word) &&
      !known.has(word.replace(/s$/, "")) &&
      !colours[word] &&
      !counts[word],
  );
}

function drop<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  }; // only the undefined were left out
}
