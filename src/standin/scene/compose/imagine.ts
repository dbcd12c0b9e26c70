import { between, createRandom, pick } from "../pen/random.ts";
import type { Ask, Figure, Place, Scene, Time } from "../scene.ts";
import type { Mention, Understood } from "../words/words.ts";
import { arrange } from "./layout.ts";

/** A new scene of what a text was understood to say. Pure. */
export function imagine(told: Understood, seed: number, ask: Ask): Scene {
  const random = createRandom(seed);
  const sticker = ask.transparent;
  const place =
    told.place ?? homeOf(told.mentions) ?? pick(random, ["meadow", "mountains", "garden", "meadow"]);
  const time = told.time ?? pick<Time>(random, ["day", "day", "dawn", "sunset"]);
  const unknown = told.mentions.length === 0 && told.place === undefined && !told.course;
  const bare = unknown && ask.pictures.length === 0;
  // "A logo of a star" is the star.
  const others = told.mentions.filter(({ motif }) => motif !== "emblem");
  const named = others.length > 0 ? others : told.mentions;
  const mentions: readonly Mention[] =
    sticker && told.mentions.length === 0 ? [{ motif: "star", word: "star", count: 1, scale: 2 }] : named;
  const backed: Place = bare ? "studio" : place;
  const shape =
    told.shape ??
    (bare || sticker || backed === "studio" || backed === "room" ? "square" : wideOf(backed, random));
  const [width, height] = shape === "wide" ? [1536, 1024] : shape === "tall" ? [1024, 1536] : [1024, 1024];
  const title = told.lettering ?? (bare ? told.unknown.slice(0, 3).join(" ") || "hello" : undefined);
  const shown = mentions.length === 1 && mentions[0]?.count === 1 && backed === "studio";
  const figures =
    sticker || (shown && ask.pictures.length === 0)
      ? display(mentions, seed)
      : arrange([...mentions, ...extras(backed, ask.complexity, random)], {
          place: backed,
          seed,
          // A basket is to hold the pictures; elsewhere they need the room.
          squeeze:
            ask.pictures.length === 0 ? 1 : mentions.some(({ motif }) => motif === "basket") ? 1.6 : 0.85,
          across: Math.min(1, height / width),
        });
  return {
    ...blank(seed, width, height),
    place: backed,
    time,
    weather: told.weather ?? "clear",
    style: told.style ?? "plain",
    grade: told.grade ?? "none",
    figures,
    cards: ask.pictures.map((one) => one.hash),
    transparent: sticker,
    ...(ask.tint ? { tint: ask.tint } : {}),
    ...(told.backdrop ? { tint: told.backdrop } : {}),
    ...(told.course ? { course: told.course } : {}),
    ...(ask.complexity ? { complexity: ask.complexity } : {}),
    ...(ask.loose && ask.pictures.length > 0 ? { loose: true } : {}),
    ...(title ? { lettering: title } : {}),
  };
}

/** Things on show: large, and a single one in the middle, also if it would fly elsewhere. */
function display(mentions: readonly Mention[], seed: number): readonly Figure[] {
  const single = mentions.length === 1 && mentions[0]?.count === 1;
  return arrange(mentions, { place: "studio", seed, squeeze: single ? 1.5 : 1.1 }).map((one, index) => {
    const y = Math.min(0.92, one.y + (index === 0 && one.y < 0.7 ? 0.2 : 0.06));
    return single ? { ...one, y, x: 0.5, size: Math.min(0.75, one.size) } : { ...one, y };
  });
}

/** A scene with nothing in it. Sizes in pixels. */
export function blank(seed: number, width: number, height: number): Scene {
  return {
    seed,
    width,
    height,
    place: "studio",
    time: "day",
    weather: "clear",
    style: "plain",
    grade: "none",
    figures: [],
    transparent: false,
    cards: [],
  };
}

/** What else stands about where much was planned. */
function extras(place: Place, complexity: Ask["complexity"], random: () => number): readonly Mention[] {
  if (complexity !== "high") return [];
  const among = company[place] ?? ["bird", "butterfly", "flower"];
  return among.map((motif) => ({ motif, word: motif, count: 1 + Math.floor(random() * 2), scale: 0.6 }));
}

const company: Readonly<Partial<Record<Place, readonly string[]>>> = {
  sea: ["bird", "boat", "fish"],
  beach: ["bird", "umbrella", "boat"],
  underwater: ["fish", "whale"],
  space: ["planet", "star", "rocket"],
  sky: ["bird", "kite", "balloon"],
  city: ["lamp", "bicycle", "bird"],
  room: ["plant", "book", "cup"],
  lounge: ["plant", "duck"],
  pool: ["duck", "umbrella"],
  studio: ["star", "heart", "balloon"],
  snow: ["bird", "penguin"],
};

const homes: Readonly<Record<string, Place>> = {
  whale: "sea",
  fish: "underwater",
  boat: "sea",
  lighthouse: "sea",
  rocket: "space",
  planet: "space",
  star: "space",
  airship: "sky",
  plane: "sky",
  kite: "meadow",
  butterfly: "garden",
  flower: "garden",
  cactus: "desert",
  palm: "beach",
  flamingo: "river",
  duck: "river",
  otter: "river",
  drawbridge: "river",
  bridge: "river",
  castle: "mountains",
  dragon: "mountains",
  pine: "snow",
  penguin: "snow",
  fox: "forest",
  bear: "forest",
  owl: "forest",
  mushroom: "forest",
  car: "city",
  bicycle: "city",
  lamp: "city",
  cup: "room",
  cake: "room",
  book: "room",
  gift: "room",
  basket: "room",
  sofa: "room",
  candle: "room",
  soap: "studio",
  bottle: "studio",
  bathBomb: "studio",
  emblem: "studio",
  scarf: "studio",
  hat: "studio",
  feather: "sky",
  fruit: "room",
  guitar: "room",
  camera: "room",
  plant: "room",
  robot: "city",
  tent: "mountains",
  heart: "studio",
  crown: "studio",
  fireworks: "city",
};

function homeOf(mentions: readonly Mention[]): Place | undefined {
  return mentions.map(({ motif }) => homes[motif]).find((place) => place !== undefined);
}

function wideOf(place: Place, random: () => number): "wide" | "square" {
  return ["sea", "mountains", "city", "desert", "river"].includes(place) && between(random, 0, 1) < 0.5
    ? "wide"
    : "square";
}
