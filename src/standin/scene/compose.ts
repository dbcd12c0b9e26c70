import { createHash } from "node:crypto";
import { describe } from "./describe.ts";
import { change } from "./edit.ts";
import { arrange, intoHole } from "./layout.ts";
import { between, createRandom, pick } from "./random.ts";
import type { Hole, Place, Scene, Time } from "./scene.ts";
import { spotOf, targetOf } from "./target.ts";
import { type Mention, type Understood, understand } from "./words.ts";

/** What a picture is asked to show. */
export interface Ask {
  readonly prompt: string;
  /** Which of the pictures of one response, from 0. */
  readonly take: number;
  /** Tells requests of the same words apart; empty for the first. */
  readonly variant: string;
  readonly action: "auto" | "generate" | "edit";
  readonly transparent: boolean;
  readonly complexity?: "low" | "medium" | "high";
  /** The given pictures need not be kept closely. */
  readonly loose: boolean;
  readonly pictures: readonly { readonly hash: string; readonly width: number; readonly height: number }[];
  /** The picture to change. */
  readonly parent?: Scene;
  /** The only part that changes. */
  readonly hole?: Hole;
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
  const { pictures, parent, take, variant } = ask;
  const prompt = ask.prompt.slice(0, mostRead);
  const told = [ask.prompt, take, pictures.map((one) => one.hash), ...(variant ? [variant] : [])];
  const seed = createHash("sha256").update(JSON.stringify(told)).digest().readUInt32LE(0);
  const again = take > 0 || variant !== "";
  if (parent) {
    const { scene, done } = revise({ ...parent, transparent: ask.transparent }, pictures, ask, seed);
    // What lies around an earlier mask is part of the picture too.
    const { patch } = parent;
    const whole = patch
      ? { ...scene, patch: { ...patch, base: change(patch.base, prompt, seed).scene } }
      : scene;
    const made = again ? vary(whole, seed) : whole;
    return { scene: made, revised: `${done} Everything else stays: ${describe(made)}`, action: "edit" };
  }
  const target = ask.action === "generate" ? undefined : onto(ask);
  const canvas = target === undefined ? undefined : pictures[target];
  if (canvas) {
    const [width, height] = fit(canvas.width, canvas.height);
    const empty: Scene = {
      ...blank(seed, width, height),
      canvas: canvas.hash,
      transparent: ask.transparent,
      ...(ask.loose ? { loose: true } : {}),
    };
    const others = pictures.filter((one) => one !== canvas);
    const { scene, done } = revise(empty, others, ask, seed);
    const made = again ? vary(scene, seed) : scene;
    return { scene: made, revised: `${done} Otherwise the given picture as it is.`, action: "edit" };
  }
  const scene = imagine(understand(prompt), seed, ask);
  const action = pictures.length > 0 && ask.action !== "generate" ? "edit" : "generate";
  return { scene, revised: describe(scene), action };
}

/** Which of the given pictures is drawn on; undefined: none. */
function onto({ action, hole, pictures, prompt }: Ask): number | undefined {
  if (pictures.length === 0) return undefined;
  // A mask lies on the first. Source: the image generation guide.
  return hole
    ? 0
    : (targetOf(prompt.slice(0, mostRead), pictures.length) ?? (action === "edit" ? 0 : undefined));
}

/** A scene with a request applied and further pictures put into it. */
function revise(
  scene: Scene,
  pictures: Ask["pictures"],
  { prompt, hole, loose }: Ask,
  seed: number,
): { scene: Scene; done: string } {
  const text = prompt.slice(0, mostRead);
  const cards = [...scene.cards, ...pictures.map((one) => one.hash)];
  const pasted = pictures.length > 0 && targetOf(text, pictures.length + 1) !== undefined;
  if (pasted) {
    // "The logo" is the one in the picture: nothing else is to be drawn for it.
    const spot = hole
      ? { x: hole.x + hole.width / 2, y: hole.y + hole.height / 2, width: hole.width * 0.7 }
      : spotOf(text, scene);
    const things = pictures.length === 1 ? "the other picture" : "the other pictures";
    return {
      scene: { ...scene, cards, spot, ...(loose ? { loose } : {}) },
      done: `Put ${things} where the words say.`,
    };
  }
  const { scene: changed, done } = change({ ...scene, cards }, text, seed);
  if (!hole) return { scene: changed, done };
  const figures = intoHole(changed.figures, scene.figures.length, hole, changed);
  return { scene: { ...changed, figures }, done };
}

/** The same edit again, in slightly other light and with everything moved a little. */
function vary(scene: Scene, seed: number): Scene {
  const random = createRandom(seed ^ 0x7a4e);
  const figures = scene.figures.map((one) => ({ ...one, x: one.x + between(random, -0.035, 0.035) }));
  return { ...scene, figures, lean: seed };
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
