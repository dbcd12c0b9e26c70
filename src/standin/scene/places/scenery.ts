import { createInk } from "../motifs/motif.ts";
import { motifs } from "../motifs/table.ts";
import { darker, lighter, mix, recolour } from "../pen/colour.ts";
import type { Extent } from "../pen/outlines.ts";
import type { Palette } from "../pen/palette.ts";
import { between, type Random } from "../pen/random.ts";
import { box, dot, group, n, shape, stroke } from "../pen/svg.ts";
import type { Scene } from "../scene.ts";

/** What a place is painted with. */
export interface Brush extends Extent {
  readonly random: Random;
  readonly palette: Palette;
  readonly scene: Scene;
  /** A colour as seen from afar: 0 near, 1 lost in the haze, and dimmed by the light. */
  far(colour: string, distance: number): string;
}

/** What a place is made of: `back` behind the figures, `front` before them, `lights` over the dimming. */
export type Painted = {
  readonly back: string;
  readonly front?: string;
  readonly lights?: string;
  readonly defs?: string;
};

/** How much of what grows and stands about there is, of the usual amount, by the complexity asked for. */
function amount(count: number, { scene }: Brush): number {
  return Math.round(count * (scene.complexity === "low" ? 0.35 : scene.complexity === "high" ? 1.7 : 1));
}

/** The sky with its sun or moon, stars and clouds, down to the horizon. */
export function sky(brush: Brush, horizon: number): string {
  const { w, h, random, palette, scene } = brush;
  const high = scene.time === "day" ? 0.24 : scene.time === "night" ? 0.26 : 0.8;
  const [x, y] = [w * (0.2 + 0.6 * random()), horizon * high];
  const own = scene.figures.some(({ motif }) => motif === "moon" || motif === "sun");
  const disc = scene.time === "night" ? 46 : scene.time === "day" ? 52 : 78;
  const parts = [box(0, 0, w, h, "url(#sky)")];
  if (scene.time === "night") {
    for (let k = 0; k < 110; k++)
      parts.push(
        dot(
          random() * w,
          random() * horizon * 0.95,
          between(random, 0.8, 2.6),
          "#fff6dc",
          `opacity="${n(between(random, 0.25, 0.95))}"`,
        ),
      );
  }
  if (!own && scene.weather === "clear") {
    parts.push(dot(x, y, disc * 4.6, "url(#sun)"));
    parts.push(dot(x, y, disc, palette.light));
    if (scene.time === "night")
      parts.push(
        dot(x - 14, y - 10, 10, "#d8cfa8", 'opacity="0.5"'),
        dot(x + 16, y + 8, 13, "#d8cfa8", 'opacity="0.4"'),
        dot(x - 4, y + 22, 7, "#d8cfa8", 'opacity="0.4"'),
      );
  }
  const cover = scene.weather === "clear" ? 5 : 9;
  const white = mix(palette.sky[2], "#ffffff", scene.time === "night" ? 0.04 : 0.6);
  for (let k = 0; k < cover; k++)
    parts.push(
      bank(
        random,
        random() * w,
        horizon * between(random, 0.1, 0.72),
        between(random, 90, 240),
        white,
        scene.time === "night" ? 0.16 : between(random, 0.4, 0.8),
      ),
    );
  return parts.join("");
}

/** A long flat cloud, as posters have them. */
function bank(random: Random, x: number, y: number, length: number, fill: string, opacity: number): string {
  const rows = [
    [0, 1],
    [-0.14, 0.62],
    [0.13, 0.7],
  ] as const;
  return group(
    rows
      .map(([dy, part]) => {
        const wide = length * part * between(random, 0.8, 1.2);
        const thick = length * 0.13;
        return box(
          x - wide / 2 + between(random, -0.25, 0.25) * length,
          y + dy * length - thick / 2,
          wide,
          thick,
          fill,
          thick / 2,
        );
      })
      .join(""),
    `opacity="${n(opacity)}"`,
  );
}

/** A row of one motif, as scenery. */
export function row(
  brush: Brush,
  name: string,
  count: number,
  y: (x: number) => number,
  size: readonly [number, number],
  distance: number,
  colour?: string,
): string {
  const { random, w } = brush;
  const motif = motifs[name];
  if (!motif) return "";
  const many = Math.max(1, amount(count, brush));
  return Array.from({ length: many }, (_, k) => {
    const x = ((k + between(random, 0.1, 0.9)) / many) * w;
    const tall = between(random, size[0], size[1]);
    const tone = mix(colour ?? motif.colour, "#2f4f4a", between(random, 0, 0.25));
    const drawn = motif.draw({
      ...createInk(motif, tone, k, name),
      dark: darker(tone, 0.3),
      light: lighter(tone, 0.25),
    });
    return group(
      recolour(drawn, (one) => brush.far(one, distance)),
      `transform="translate(${n(x)},${n(y(x))}) scale(${n(tall / 200)})"`,
    );
  }).join("");
}

/** Grass, larger towards the eye. `from` is where it begins. */
export function tufts(brush: Brush, from: number, count: number, colour: string): string {
  const { random, w, h } = brush;
  return Array.from({ length: amount(count, brush) }, () => {
    const y = between(random, from, h + 10);
    const x = random() * w;
    const tall = 8 + ((y - from) / (h - from)) * 22;
    return stroke(
      `M${n(x)},${n(y)} q-3,${n(-tall * 0.6)} -7,${n(-tall)} M${n(x)},${n(y)} q1,${n(-tall * 0.7)} 2,${n(-tall * 1.15)} M${n(x)},${n(y)} q4,${n(-tall * 0.5)} 9,${n(-tall * 0.9)}`,
      colour,
      2.6,
      'opacity="0.6"',
    );
  }).join("");
}

/** Small flowers, larger towards the eye. */
export function blooms(brush: Brush, from: number, count: number): string {
  const { random, w, h } = brush;
  const tones = ["#f5788a", "#f8c74f", "#ffffff", "#c48ad8", "#f2935a"];
  return Array.from({ length: amount(count, brush) }, (_, k) => {
    const y = between(random, from, h - 6);
    const size = 3 + ((y - from) / (h - from)) * 9;
    const x = random() * w;
    const tone = brush.far(tones[k % tones.length] ?? "#ffffff", 0.05);
    return (
      stroke(`M${n(x)},${n(y)} v${n(size * 2.2)}`, brush.far("#4f8a4c", 0), 2) +
      dot(x, y, size, tone) +
      dot(x, y, size * 0.4, brush.far("#f8d060", 0))
    );
  }).join("");
}

/** One motif as furniture. */
export function figureAt(
  brush: Brush,
  name: string,
  x: number,
  y: number,
  size: number,
  colour?: string,
): string {
  const motif = motifs[name];
  if (!motif) return "";
  const drawn = motif.draw(createInk(motif, colour, brush.scene.seed, name));
  return group(
    recolour(drawn, (one) => brush.far(one, 0.02)),
    `transform="translate(${n(x)},${n(y)}) scale(${n((size * 1000) / 200)})"`,
  );
}

/** A framed print on a wall. */
export function frame(brush: Brush, x: number, y: number, k: number): string {
  const tones = ["#e8a05c", "#5f8fa8", "#c8687a", "#6f9a6a"];
  const tone = brush.far(tones[(k + (brush.scene.seed % 4)) % 4] ?? "#e8a05c", 0.05);
  if (brush.scene.cards.length > 0) return ""; // the wall is needed for the pictures given
  return (
    box(x - 62, y - 78, 124, 156, brush.far("#5a4238", 0.05), 4) +
    box(x - 52, y - 68, 104, 136, brush.far("#faf2e2", 0.03)) +
    dot(x, y - 8, 34, tone) +
    shape(`M${n(x - 52)},${n(y + 68)} v-36 q52,-40 104,0 v36 Z`, darker(tone, 0.25))
  );
}

/** A crest of waves from side to side, closed below. */
export function wave(random: Random, extent: Extent, y: number, swell: number): string {
  const { w } = extent;
  const length = between(random, 120, 200);
  const count = Math.ceil(w / length) + 1;
  const shift = -random() * length;
  const crest = Array.from({ length: count }, () => `q${n(length / 2)},${n(-swell * 2)} ${n(length)},0`).join(
    " ",
  );
  return `M${n(shift)},${n(y)} ${crest} v${n(swell * 2.4)} h${n(-count * length)} Z`;
}

/** Ferns in the corners, close to the eye. */
export function ferns(brush: Brush): string {
  const { w, h, random, far } = brush;
  return [0.02, 0.16, 0.86, 0.99]
    .map((at) => {
      const x = w * at;
      return Array.from({ length: 7 }, (_, k) => {
        const lean = (k - 3) * 34 + between(random, -8, 8);
        const tall = between(random, 110, 190);
        return shape(
          `M${n(x)},${n(h + 10)} Q${n(x + lean * 0.4)},${n(h - tall * 0.8)} ${n(x + lean * 1.6)},${n(h - tall + Math.abs(lean) * 0.5)} Q${n(x + lean * 0.6 + 22)},${n(h - tall * 0.55)} ${n(x + 8)},${n(h + 10)} Z`,
          far(k % 2 ? "#2f5f3c" : "#27502f", 0),
        );
      }).join("");
    })
    .join("");
}

/** A branching coral. */
export function coral(random: Random, x: number, y: number, tall: number, tone: string): string {
  const branch = (bx: number, by: number, length: number, angle: number, width: number): string => {
    const [tx, ty] = [bx + Math.sin(angle) * length, by - Math.cos(angle) * length];
    const here = stroke(`M${n(bx)},${n(by)} L${n(tx)},${n(ty)}`, tone, width);
    return width < 7
      ? here
      : here +
          branch(tx, ty, length * 0.72, angle - between(random, 0.3, 0.6), width * 0.7) +
          branch(tx, ty, length * 0.72, angle + between(random, 0.3, 0.6), width * 0.7);
  };
  return branch(x, y, tall * 0.42, between(random, -0.15, 0.15), tall * 0.14);
}

/** A strand of sea grass. */
export function weed(random: Random, x: number, y: number, tall: number, tone: string): string {
  const bend = between(random, 18, 34);
  return stroke(
    `M${n(x)},${n(y)} q${n(-bend)},${n(-tall * 0.25)} 0,${n(-tall * 0.5)} t0,${n(-tall * 0.5)}`,
    tone,
    13,
    'opacity="0.9"',
  );
}

/** Snow in the air. */
export function flakes(random: Random, w: number, h: number, count: number): string {
  return Array.from({ length: count }, () =>
    dot(
      random() * w,
      random() * h,
      between(random, 2, 8),
      "#ffffff",
      `opacity="${n(between(random, 0.5, 0.95))}"`,
    ),
  ).join("");
}

/** The outline of a circle. */
export function circle(x: number, y: number, r: number): string {
  return ellipse(x, y, r, r);
}

/** The outline of an ellipse. */
export function ellipse(x: number, y: number, rx: number, ry: number): string {
  return `M${n(x - rx)},${n(y)} a${n(rx)},${n(ry)} 0 1 1 ${n(rx * 2)},0 a${n(rx)},${n(ry)} 0 1 1 ${n(-rx * 2)},0`;
}
