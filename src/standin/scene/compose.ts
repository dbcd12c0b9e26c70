import { createHash } from "node:crypto";
import type { Scene } from "./scene.ts";

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

export function compose(ask: Ask): Composed {
  const seed = createHash("sha256").update(`${ask.prompt}/${ask.take}`).digest().readUInt32LE(0);
  const scene: Scene = {
    seed,
    width: 1024,
    height: 1024,
    place: "meadow",
    time: "day",
    weather: "clear",
    style: "plain",
    grade: "none",
    figures: [],
    transparent: ask.transparent,
    cards: [],
  };
  return { scene, revised: ask.prompt, action: ask.parent || ask.pictures.length > 0 ? "edit" : "generate" };
}
