import type { Grade, Scene, Time } from "../scene.ts";
import { mix } from "./colour.ts";
import { between, createRandom, pick } from "./random.ts";

/** The colours of a scene's air and light. */
export interface Palette {
  /** From the top of the sky down to the horizon. */
  readonly sky: readonly [string, string, string];
  /** Sun or moon. */
  readonly light: string;
  /** What far things fade into. */
  readonly haze: string;
  /** What things are multiplied with by the light, red, green and blue. */
  readonly dim: readonly [number, number, number];
}

type Skies = readonly [readonly [string, string, string], ...(readonly [string, string, string])[]];

const skies: Readonly<Record<Time, Skies>> = {
  day: [
    ["#5fb4dc", "#a8dbe8", "#fbf1d9"],
    ["#6cc0c8", "#b9e4dc", "#fdf0d0"],
    ["#7aa8e0", "#b8d4f0", "#fde8d8"],
    ["#f0c9a0", "#f8e2c0", "#fdf4e2"],
  ],
  dawn: [
    ["#8797cf", "#eeb9c2", "#fde3bd"],
    ["#7fa6c9", "#f3c7b4", "#ffe9c9"],
    ["#a08fc8", "#f4b8b0", "#ffdca8"],
  ],
  sunset: [
    ["#3b3f86", "#df6470", "#fcc56a"],
    ["#5a3a7a", "#ee6f5c", "#ffce7a"],
    ["#2f5a80", "#ef8a62", "#ffdb8f"],
    ["#7a2f5a", "#f05f4f", "#ffb65c"],
  ],
  night: [
    ["#0b1536", "#1d2f63", "#48599a"],
    ["#0d1a30", "#17406a", "#3a7f9a"],
    ["#1a1040", "#3a2670", "#8a5a9a"],
  ],
};

const lights: Readonly<Record<Time, string>> = {
  day: "#fff3c4",
  dawn: "#ffe2b0",
  sunset: "#ffe08a",
  night: "#f6edc8",
};

const dims: Readonly<Record<Time, Palette["dim"]>> = {
  day: [1, 1, 1],
  dawn: [1, 0.93, 0.93],
  sunset: [1, 0.87, 0.82],
  night: [0.6, 0.63, 0.86],
};

/** The palette of a scene: by its time of day, one of a few, leaning to its tint. */
export function toPalette({ seed, time, tint, weather, place }: Scene): Palette {
  const sky = pick(createRandom(seed ^ 0xc0102), skies[time]);
  const veil = weather === "clear" ? 0 : weather === "fog" ? 0.45 : 0.3;
  const grey = time === "night" ? "#3a4560" : "#c4ccd4";
  const lean = (colour: string, part: number) => mix(tint ? mix(colour, tint, part) : colour, grey, veil);
  return {
    sky: [lean(sky[0], 0.75), lean(sky[1], 0.55), lean(sky[2], 0.3)],
    light: lights[time],
    haze: mix(lean(sky[2], 0.3), lean(sky[1], 0.4), 0.4),
    // A room has lamps of its own.
    dim: place === "room" && time === "night" ? [0.86, 0.76, 0.74] : dims[time],
  };
}

/** What red, green and blue are multiplied with in one of the many lights of an edit that was asked for again. */
export function leanOf(seed: number): readonly [number, number, number] {
  const random = createRandom(seed ^ 0x1ea4);
  const gain = () => between(random, 0.9, 1.08);
  return [gain(), gain(), gain()];
}

/** A grade as what sharp does to the finished picture. */
export const grades: Readonly<
  Record<
    Grade,
    {
      readonly saturation?: number;
      readonly brightness?: number;
      readonly tint?: string;
      readonly part?: number;
      readonly contrast?: number;
    }
  >
> = {
  none: {},
  warm: { tint: "#ff9a3c", part: 0.2, saturation: 1.08 },
  cool: { tint: "#3c8cff", part: 0.2 },
  mono: { saturation: 0, contrast: 1.08 },
  vivid: { saturation: 1.55, contrast: 1.08 },
  faded: { saturation: 0.6, brightness: 1.06, contrast: 0.84 },
  dark: { brightness: 0.66, contrast: 1.1, saturation: 0.85 },
  bright: { brightness: 1.2, saturation: 1.1 },
};
