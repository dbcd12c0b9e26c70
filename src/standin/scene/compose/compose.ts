import { createHash } from "node:crypto";
import { between, createRandom } from "../pen/random.ts";
import type { Ask, Scene } from "../scene.ts";
import { describe } from "../words/describe.ts";
import { understand } from "../words/words.ts";
import { change } from "./edit.ts";
import { blank, imagine } from "./imagine.ts";
import { intoHole } from "./layout.ts";
import { isPut, spotOf, targetOf } from "./target.ts";

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
    const base = { ...parent, transparent: ask.transparent, ...tinted(ask) };
    const { scene, done } = revise(base, pictures, ask, seed);
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
      ...tinted(ask),
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

function tinted({ tint }: Ask): Pick<Ask, "tint"> {
  return tint ? { tint } : {};
}

/** Which of the given pictures is drawn on; undefined: none. */
function onto({ action, hole, pictures, prompt }: Ask): number | undefined {
  if (pictures.length === 0) return undefined;
  // A mask lies on the first. Source: the image generation guide.
  return hole ? 0 : (targetOf(prompt.slice(0, mostRead), pictures) ?? (action === "edit" ? 0 : undefined));
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
  const pasted = pictures.length > 0 && isPut(text);
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

/** A shape like the picture's, its sides multiples of 16, within what can be drawn. */
function fit(width: number, height: number): [number, number] {
  const scale = Math.min(1, 1536 / Math.max(width, height)) * Math.max(1, 512 / Math.max(width, height));
  const side = (length: number) => Math.max(256, Math.round((length * scale) / 16) * 16);
  const [w, h] = [side(width), side(height)];
  // Pictures longer than 3:1 cannot be drawn: the far ends are cropped.
  return [Math.min(w, h * 3), Math.min(h, w * 3)];
}
