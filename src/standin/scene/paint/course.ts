import { createInk } from "../motifs/motif.ts";
import { motifs } from "../motifs/table.ts";
import { multiply, recolour } from "../pen/colour.ts";
import type { Extent } from "../pen/outlines.ts";
import type { Palette } from "../pen/palette.ts";
import { between, createRandom } from "../pen/random.ts";
import { group, n, stroke } from "../pen/svg.ts";
import type { Scene } from "../scene.ts";

/** A river made of things, winding from the horizon to the eye; nothing when the scene has none. */
export function paintCourse({ course, seed }: Scene, { dim }: Palette, { w, h }: Extent): string {
  const motif = course && motifs[course.motif];
  if (!course || !motif) return "";
  const random = createRandom(seed ^ 0x21e2);
  const turn = random() < 0.5 ? 1 : -1;
  const count = 190;
  /** Where the river is, how wide and which way it runs; `near`: 0 at the horizon, 1 at the eye. */
  const along = (near: number) => {
    const swing = Math.sin(near * 9.2) * (0.08 + 0.2 * near) * turn;
    return { x: w * (0.5 + swing), y: h * (0.6 + 0.46 * near ** 1.3), wide: w * (0.02 + 0.12 * near) };
  };
  const bed = Array.from({ length: 40 }, (_, k) => along(k / 39));
  const ink = createInk(motif, course.colour, seed, course.motif);
  const colour = (one: string) => multiply(one, dim);
  return [
    // The bed shows between the things as a shadow, so that the river is seen as one.
    ...bed.map(({ x, y, wide }) =>
      stroke(`M${n(x - wide)},${n(y)} H${n(x + wide)}`, colour("#6d86b4"), h * 0.022),
    ),
    ...Array.from({ length: count }, (_, k) => {
      const near = k / count;
      const { x, y, wide } = along(near);
      const before = along(near - 0.02);
      const lean = (Math.atan2(y - before.y, x - before.x) * 180) / Math.PI - 90 + between(random, -34, 34);
      const size = (0.14 + 0.42 * near) * between(random, 0.8, 1.15);
      const at = `translate(${n(x + between(random, -1, 1) * wide)},${n(y)}) rotate(${n(lean)}) scale(${n(size)})`;
      return group(recolour(motif.draw(ink), colour), `transform="${at}"`);
    }),
  ].join("");
}
