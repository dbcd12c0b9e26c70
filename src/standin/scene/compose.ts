import { createHash } from "node:crypto";
import { describe } from "./describe.ts";
import { change } from "./edit.ts";
import { arrange } from "./layout.ts";
import { between, createRandom, pick } from "./random.ts";
import type { Place, Scene, Time } from "./scene.ts";
import { type Mention, type Understood, understand } from "./words.ts";

/** What a picture is asked to show. */
export interface Ask {
  readonly prompt: string;
  /** Which of several pictures of one prompt, from 0. */
  readonly take: number;
  readonly transparent: boolean;
  readonly pictures: readonly { readonly hash: string; readonly width: number; readonly height: number }[];
  /** The picture to change. */
  readonly parent?: Scene;
}

export interface Composed {
  readonly scene: Scene;
  /** The prompt as understood. */
  readonly revised: string;
  readonly action: "generate" | "edit";
}

/** As much of a prompt as is read for what it wants to see; all of it counts for the seed. */
const mostRead = 4000;

/** A prompt, and what it goes on from, as a scene. Pure: the same ask gives the same scene. */
export function compose(ask: Ask): Composed {
  const { pictures, parent, take } = ask;
  const prompt = ask.prompt.slice(0, mostRead);
  const hash = createHash("sha256").update(
    JSON.stringify([ask.prompt, take, pictures.map((one) => one.hash)]),
  );
  const seed = hash.digest().readUInt32LE(0);
  if (parent) {
    const base = {
      ...parent,
      transparent: ask.transparent,
      cards: [...parent.cards, ...pictures.map((one) => one.hash)],
    };
    const { scene: changed, done } = change(base, prompt, seed);
    // What lies around an earlier mask is part of the picture too.
    const { patch } = parent;
    const scene = patch
      ? { ...changed, patch: { ...patch, base: change(patch.base, prompt, seed).scene } }
      : changed;
    return { scene, revised: `${done} Everything else stays: ${describe(scene)}`, action: "edit" };
  }
  const [only] = pictures;
  if (only && pictures.length === 1) {
    const [width, height] = fit(only.width, only.height);
    const empty: Scene = { ...blank(seed, width, height), canvas: only.hash, transparent: ask.transparent };
    const { scene, done } = change(empty, prompt, seed);
    return { scene, revised: `${done} Otherwise the given picture as it is.`, action: "edit" };
  }
  const scene = imagine(understand(prompt), seed, ask);
  return { scene, revised: describe(scene), action: pictures.length > 0 ? "edit" : "generate" };
}

function imagine(told: Understood, seed: number, ask: Ask): Scene {
  const random = createRandom(seed);
  const sticker = ask.transparent;
  const place =
    told.place ?? homeOf(told.mentions) ?? pick(random, ["meadow", "mountains", "garden", "meadow"]);
  const time = told.time ?? pick<Time>(random, ["day", "day", "dawn", "sunset"]);
  const unknown = told.mentions.length === 0 && told.place === undefined;
  const bare = unknown && ask.pictures.length === 0;
  const mentions: readonly Mention[] =
    sticker && told.mentions.length === 0
      ? [{ motif: "star", word: "star", count: 1, scale: 2 }]
      : told.mentions;
  const backed: Place = bare ? "studio" : place;
  const shape =
    told.shape ??
    (bare || sticker || backed === "studio" || backed === "room" ? "square" : wideOf(backed, random));
  const [width, height] = shape === "wide" ? [1536, 1024] : shape === "tall" ? [1024, 1536] : [1024, 1024];
  const title = told.lettering ?? (bare ? told.unknown.slice(0, 3).join(" ") || "hello" : undefined);
  const figures = sticker
    ? arrange(mentions, {
        place: "studio",
        seed,
        squeeze: mentions.length === 1 && mentions[0]?.count === 1 ? 1.5 : 1.1,
      }).map((one, index) => ({
        ...one,
        y: Math.min(0.92, one.y + (index === 0 && one.y < 0.7 ? 0.2 : 0.06)),
      }))
    : arrange(mentions, { place: backed, seed, squeeze: ask.pictures.length > 0 ? 0.85 : 1 });
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
    ...(told.backdrop ? { tint: told.backdrop } : {}),
    ...(title ? { lettering: title } : {}),
  };
}

function blank(seed: number, width: number, height: number): Scene {
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

/** A shape like the picture's, its sides multiples of 16, within what can be drawn. */
function fit(width: number, height: number): [number, number] {
  const scale = Math.min(1, 1536 / Math.max(width, height)) * Math.max(1, 512 / Math.max(width, height));
  const side = (length: number) => Math.max(256, Math.round((length * scale) / 16) * 16);
  const [w, h] = [side(width), side(height)];
  // Pictures longer than 3:1 cannot be drawn: the far ends are cropped.
  return [Math.min(w, h * 3), Math.min(h, w * 3)];
}
