import { mix, multiply } from "../pen/colour.ts";
import type { Extent } from "../pen/outlines.ts";
import type { Palette } from "../pen/palette.ts";
import { createRandom } from "../pen/random.ts";
import { glow, gradient } from "../pen/svg.ts";
import { air } from "../places/air.ts";
import { built } from "../places/built.ts";
import { land } from "../places/land.ts";
import type { Brush, Painted } from "../places/scenery.ts";
import { water } from "../places/water.ts";
import type { Place, Scene } from "../scene.ts";
import { paintCourse } from "./course.ts";

/** The layers of a place: `defs` once, `back` behind the figures, `front` before them, `lights` over the dimming. */
export interface Backdrop {
  readonly defs: string;
  readonly back: string;
  readonly front: string;
  readonly lights: string;
}

/** Paints where a scene plays. */
export function paintBackdrop(scene: Scene, palette: Palette, extent: Extent): Backdrop {
  const random = createRandom(scene.seed ^ 0xbacd);
  const brush: Brush = {
    ...extent,
    random,
    palette,
    scene,
    far: (colour, distance) => mix(multiply(colour, palette.dim), palette.haze, distance),
  };
  const painted = places[scene.place](brush);
  const [top, middle, low] = palette.sky;
  const defs =
    gradient("sky", [
      [0, top],
      [0.52, middle],
      [0.82, low],
      [1, low],
    ]) +
    glow("sun", palette.light, 0.85) +
    (painted.defs ?? "");
  const back = painted.back + paintCourse(scene, palette, extent);
  return { defs, back, front: painted.front ?? "", lights: painted.lights ?? "" };
}

const places: Readonly<Record<Place, (brush: Brush) => Painted>> = { ...land, ...water, ...air, ...built };
