import { darker, lighter, mix, multiply, recolour } from "./colour.ts";
import { type Extent, glints, peak, rolling } from "./land.ts";
import { createInk } from "./motifs/motif.ts";
import { motifs } from "./motifs/table.ts";
import type { Palette } from "./palette.ts";
import { between, createRandom, type Random } from "./random.ts";
import type { Place, Scene } from "./scene.ts";
import { box, dot, glow, gradient, group, n, oval, shape, stroke } from "./svg.ts";

/** What a place is painted with. */
interface Brush extends Extent {
  readonly random: Random;
  readonly palette: Palette;
  readonly scene: Scene;
  /** A colour as seen from afar: 0 near, 1 lost in the haze, and dimmed by the light. */
  far(colour: string, distance: number): string;
}

/** The layers of a place: `defs` once, `back` behind the figures, `front` before them, `lights` over the dimming. */
export interface Backdrop {
  readonly defs: string;
  readonly back: string;
  readonly front: string;
  readonly lights: string;
}

type Painted = {
  readonly back: string;
  readonly front?: string;
  readonly lights?: string;
  readonly defs?: string;
};

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
  const painted = paint[scene.place](brush);
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
  return { defs, back: painted.back, front: painted.front ?? "", lights: painted.lights ?? "" };
}

/** The sky with its sun or moon, stars and clouds, down to the horizon. */
function sky(brush: Brush, horizon: number): string {
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
function row(
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
  return Array.from({ length: count }, (_, k) => {
    const x = ((k + between(random, 0.1, 0.9)) / count) * w;
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

function tufts(brush: Brush, from: number, count: number, colour: string): string {
  const { random, w, h } = brush;
  return Array.from({ length: count }, () => {
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

function blooms(brush: Brush, from: number, count: number): string {
  const { random, w, h } = brush;
  const tones = ["#f5788a", "#f8c74f", "#ffffff", "#c48ad8", "#f2935a"];
  return Array.from({ length: count }, (_, k) => {
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

const paint: Readonly<Record<Place, (brush: Brush) => Painted>> = {
  meadow(brush) {
    const { w, h, random, far } = brush;
    const horizon = h * 0.6;
    return {
      back: [
        sky(brush, horizon),
        shape(rolling(random, brush, horizon - 10, 46, 2), far("#7fae9a", 0.62)),
        row(brush, "tree", 9, () => horizon + 26, [46, 86], 0.45),
        shape(rolling(random, brush, horizon + 44, 34, 2.4), far("#86bb6a", 0.34)),
        row(brush, "tree", 4, () => horizon + 96, [90, 150], 0.2),
        shape(rolling(random, brush, h * 0.74, 26, 1.8), far("#79b35a", 0.14)),
        shape(rolling(random, brush, h * 0.83, 18, 1.4), far("#5f9d4c", 0)),
        tufts(brush, h * 0.84, Math.round(w / 16), far("#3f7f45", 0)),
        blooms(brush, h * 0.85, 26),
      ].join(""),
    };
  },
  garden(brush) {
    const { w, h, random, far } = brush;
    const horizon = h * 0.56;
    return {
      back: [
        sky(brush, horizon),
        row(brush, "tree", 8, () => horizon + 30, [110, 190], 0.5),
        shape(rolling(random, brush, horizon + 10, 16, 6), far("#5f9a58", 0.22)),
        box(0, horizon + 26, w, h, far("#8cc46a", 0.12)),
        shape(
          `M${n(w * 0.46)},${n(horizon + 26)} C${n(w * 0.4)},${n(h * 0.7)} ${n(w * 0.62)},${n(h * 0.78)} ${n(w * 0.3)},${n(h)} L${n(w * 0.74)},${n(h)} C${n(w * 0.76)},${n(h * 0.8)} ${n(w * 0.5)},${n(h * 0.72)} ${n(w * 0.54)},${n(horizon + 26)} Z`,
          far("#ecd9b0", 0.08),
        ),
        ...Array.from({ length: Math.ceil(w / 62) }, (_, k) =>
          shape(`M${n(k * 62 + 8)},${n(horizon + 62)} v-66 l17,-18 l17,18 v66 Z`, far("#fbf4e6", 0.1)),
        ),
        box(0, horizon + 6, w, 12, far("#f2e6d0", 0.1)),
        row(brush, "flower", Math.round(w / 90), () => horizon + 104, [80, 120], 0.1),
        tufts(brush, h * 0.78, 40, far("#4f8f4a", 0)),
      ].join(""),
      front: blooms(brush, h * 0.9, 34),
    };
  },
  mountains(brush) {
    const { w, h, random, far } = brush;
    const base = h * 0.68;
    const range = (count: number, tall: number, distance: number, lift: number) =>
      Array.from({ length: count }, (_, k) => {
        const x = ((k + between(random, 0.25, 0.75)) / count) * w;
        const high = tall * between(random, 0.7, 1.1);
        const { body, shade, snow } = peak(random, x, base + lift, high, high * between(random, 0.85, 1.1));
        return (
          shape(body, far("#7f86a8", distance)) +
          shape(shade, far("#545c86", distance * 0.92), 'opacity="0.75" class="shade"') +
          shape(snow, far("#fdfbf4", distance * 0.55))
        );
      }).join("");
    return {
      back: [
        sky(brush, base),
        range(5, h * 0.36, 0.66, 0),
        range(3, h * 0.5, 0.28, 20),
        shape(rolling(random, brush, base + 10, 24, 3), far("#5f8f7a", 0.34)),
        row(brush, "pine", 16, () => base + 50, [50, 110], 0.32),
        shape(rolling(random, brush, base + 58, 20, 2), far("#5a9464", 0.15)),
        row(brush, "pine", 7, () => base + 110, [100, 180], 0.12),
        shape(rolling(random, brush, h * 0.83, 16, 1.5), far("#4c8355", 0)),
        tufts(brush, h * 0.85, 44, far("#35683f", 0)),
        blooms(brush, h * 0.87, 12),
      ].join(""),
    };
  },
  sea(brush) {
    const { w, h, random, palette, far, scene } = brush;
    const horizon = h * 0.52;
    const deep = far(
      scene.time === "night" ? "#3f6fb0" : scene.time === "sunset" ? "#5f5a9a" : "#2f86a8",
      0.04,
    );
    return {
      defs: gradient("water", [
        [0, mix(deep, palette.haze, 0.55)],
        [0.35, mix(deep, palette.haze, 0.2)],
        [1, darker(deep, 0.35)],
      ]),
      back: [
        sky(brush, horizon),
        shape(rolling(random, brush, horizon - 6, 34, 1.6), far("#6f8fa8", 0.6)),
        box(0, horizon, w, h - horizon, "url(#water)"),
        stroke(
          glints(random, brush, horizon + 6, h * 0.92, 120, w * 0.5),
          lighter(palette.light, 0.2),
          3.4,
          'opacity="0.42"',
        ),
        ...[0.6, 0.68, 0.77].map((at, k) =>
          shape(
            wave(random, brush, h * at, 6 + k * 3),
            mix(deep, "#ffffff", 0.12 - k * 0.03),
            'opacity="0.5"',
          ),
        ),
      ].join(""),
      front:
        shape(rolling(random, brush, h * 0.91, 16, 1.3), far("#caa97c", 0)) +
        shape(rolling(random, brush, h * 0.945, 12, 1.7), far("#a8845c", 0)) +
        tufts(brush, h * 0.93, 26, far("#5f7f4c", 0)),
    };
  },
  beach(brush) {
    const { w, h, random, palette, far } = brush;
    const horizon = h * 0.5;
    const water = far("#35b5c0", 0.02);
    return {
      defs: gradient("water", [
        [0, mix(water, palette.haze, 0.35)],
        [1, water],
      ]),
      back: [
        sky(brush, horizon),
        shape(rolling(random, brush, horizon - 4, 40, 1.2), far("#6fa08a", 0.5)),
        box(0, horizon, w, h, "url(#water)"),
        stroke(glints(random, brush, horizon + 6, h * 0.7, 70, w * 0.6), "#ffffff", 3, 'opacity="0.4"'),
        shape(rolling(random, brush, h * 0.72, 12, 1.4), "#ffffff", 'opacity="0.8"'),
        shape(rolling(random, brush, h * 0.735, 12, 1.4), far("#dcc08c", 0)),
        shape(rolling(random, brush, h * 0.77, 14, 1.2), far("#f3deb0", 0)),
        ...Array.from({ length: 40 }, () =>
          dot(
            random() * w,
            between(random, h * 0.8, h),
            between(random, 1, 3),
            far("#c8a56f", 0),
            'opacity="0.6"',
          ),
        ),
        row(brush, "palm", 2, () => h * 0.82, [330, 420], 0.04),
      ].join(""),
    };
  },
  forest(brush) {
    const { w, h, random, palette, far } = brush;
    const trunks = (count: number, distance: number, wide: number) =>
      Array.from({ length: count }, (_, k) => {
        const x = ((k + random()) / count) * w;
        const thick = wide * between(random, 0.7, 1.3);
        const tone = far("#4a3b3a", distance);
        return (
          shape(
            `M${n(x - thick / 2)},0 L${n(x + thick / 2)},0 L${n(x + thick * 0.72)},${n(h * 0.86)} L${n(x - thick * 0.72)},${n(h * 0.86)} Z`,
            tone,
          ) +
          box(
            x + thick * 0.1,
            0,
            thick * 0.35,
            h * 0.84,
            darker(tone, 0.22),
            0,
            'opacity="0.5" class="shade"',
          )
        );
      }).join("");
    return {
      defs: glow("clearing", lighter(palette.light, 0.3), 0.9),
      back: [
        box(0, 0, w, h, mix(palette.haze, far("#8fb88a", 0.2), 0.45)),
        oval(w * 0.5, h * 0.4, w * 0.42, h * 0.46, "url(#clearing)"),
        row(brush, "pine", 15, () => h * 0.66, [170, 300], 0.72),
        trunks(10, 0.6, 16),
        shape(rolling(random, brush, h * 0.66, 16, 3), far("#6f9a6a", 0.5)),
        row(brush, "pine", 9, () => h * 0.74, [240, 420], 0.4),
        shape(rolling(random, brush, h * 0.74, 14, 2.5), far("#5c8a56", 0.25)),
        group(trunks(2, 0.15, 52), 'class="near"'),
        shape(rolling(random, brush, h * 0.84, 14, 2), far("#41703f", 0)),
        row(brush, "mushroom", 3, () => h * 0.9, [34, 56], 0),
        tufts(brush, h * 0.85, 54, far("#2f5a36", 0)),
        ...[0.22, 0.44, 0.7].map((x) =>
          shape(
            `M${n(w * x)},0 L${n(w * x + 70)},0 L${n(w * x - 60)},${n(h * 0.86)} L${n(w * x - 260)},${n(h * 0.86)} Z`,
            lighter(palette.light, 0.2),
            'opacity="0.1" class="shade"',
          ),
        ),
      ].join(""),
      front: ferns(brush),
    };
  },
  city(brush) {
    const { w, h, random, palette, far, scene } = brush;
    const street = h * 0.8;
    const lit = scene.time === "night" || scene.time === "sunset";
    const lights: string[] = [];
    const block = (
      count: number,
      tall: readonly [number, number],
      distance: number,
      tones: readonly string[],
    ) =>
      Array.from({ length: count }, (_, k) => {
        const wide = (w / count) * between(random, 0.85, 1.2);
        const x = (k / count) * w - 8;
        const high = between(random, tall[0], tall[1]) * h;
        const tone = far(tones[Math.floor(random() * tones.length)] ?? "#8a7f90", distance);
        const top = street - high;
        const panes: string[] = [];
        const [cols, rows] = [Math.max(2, Math.floor(wide / 30)), Math.max(2, Math.floor(high / 42))];
        for (let c = 0; c < cols; c++)
          for (let r = 0; r < rows; r++) {
            if (random() < 0.2) continue;
            const glass = box(
              x + 10 + c * ((wide - 14) / cols),
              top + 18 + r * ((high - 24) / rows),
              12,
              18,
              lit && random() < 0.6 ? "#ffd98a" : mix(tone, lit ? "#0a1030" : "#eaf4fa", 0.35),
              2,
            );
            (lit && glass.includes("#ffd98a") && distance < 0.4 ? lights : panes).push(glass);
          }
        const roof =
          random() < 0.3
            ? stroke(`M${n(x + wide / 2)},${n(top)} v-46`, tone, 4) +
              dot(x + wide / 2, top - 48, 4, "#f0604c")
            : random() < 0.4
              ? box(x + wide * 0.2, top - 18, wide * 0.34, 18, darker(tone, 0.15))
              : "";
        return (
          roof +
          box(x, top, wide, high + 20, tone) +
          box(
            x + wide * 0.66,
            top,
            wide * 0.34,
            high + 20,
            darker(tone, 0.2),
            0,
            'opacity="0.5" class="shade"',
          ) +
          panes.join("")
        );
      }).join("");
    const back = [
      sky(brush, street * 0.8),
      block(14, [0.26, 0.56], 0.66, ["#8a86a8", "#9a90a8"]),
      block(10, [0.2, 0.46], 0.36, ["#b07a72", "#7f86a0", "#c09a7a"]),
      block(7, [0.14, 0.32], 0.08, ["#c8695a", "#d8a060", "#5f7f9a", "#8a6a8a", "#c8b08a"]),
      box(0, street, w, h - street, far("#6b6878", 0.06)),
      box(0, street, w, 20, far("#b8b0b0", 0.1)),
      ...Array.from({ length: Math.ceil(w / 130) }, (_, k) =>
        box(k * 130 + 24, street + (h - street) * 0.6, 70, 8, far("#f2e6c8", 0.1), 4),
      ),
      stroke(`M0,${n(street + 20)} H${n(w)}`, far("#4f4c5c", 0), 4),
    ].join("");
    void palette;
    return { back, lights: lights.join("") };
  },
  desert(brush) {
    const { h, w, random, palette, far } = brush;
    const dune = (y: number, tone: string) => {
      const top = w * between(random, 0.3, 0.7);
      return (
        shape(rolling(random, brush, y, 36, 1.3), tone) +
        shape(
          `M${n(top)},${n(y + 40)} C${n(top + 60)},${n(y + 50)} ${n(top - 60)},${n(y + 60)} ${n(top + 100)},${n(h)} L${n(w)},${n(h)} L${n(w)},${n(y + 40)} C${n(top + 300)},${n(y + 44)} ${n(top + 140)},${n(y + 40)} ${n(top)},${n(y + 40)} Z`,
          darker(tone, 0.2),
          'opacity="0.4" class="shade"',
        )
      );
    };
    void palette;
    return {
      back: [
        sky(brush, h * 0.6),
        shape(`M${n(w * 0.06)},${n(h * 0.62)} l60,-130 h90 l26,50 h60 l40,80 Z`, far("#b8644c", 0.42)),
        shape(`M${n(w * 0.66)},${n(h * 0.62)} l40,-190 h110 l50,190 Z`, far("#b8644c", 0.5)),
        dune(h * 0.62, far("#e8b070", 0.35)),
        dune(h * 0.7, far("#e6a45e", 0.16)),
        dune(h * 0.8, far("#dd9450", 0)),
        row(brush, "cactus", 3, () => h * 0.78, [90, 150], 0.1),
        ...Array.from({ length: 6 }, (_, k) =>
          stroke(
            `M${n(random() * w)},${n(h * 0.86 + k * 16)} q60,-12 140,0`,
            far("#b8743c", 0),
            3,
            'opacity="0.4"',
          ),
        ),
      ].join(""),
    };
  },
  river(brush) {
    const { w, h, random, palette, far } = brush;
    const horizon = h * 0.54;
    const water = mix(far("#4f9fc0", 0.05), palette.sky[1], 0.25);
    return {
      back: [
        sky(brush, horizon),
        shape(rolling(random, brush, horizon - 20, 60, 2), far("#7f9aa8", 0.62)),
        shape(rolling(random, brush, horizon + 14, 36, 2.6), far("#78a878", 0.4)),
        row(brush, "tree", 10, () => horizon + 46, [60, 110], 0.36),
        box(0, horizon + 36, w, h, far("#7fb062", 0.16)),
        shape(
          `M${n(w * 0.56)},${n(horizon + 36)} C${n(w * 0.44)},${n(h * 0.64)} ${n(w * 0.9)},${n(h * 0.66)} ${n(w * 0.5)},${n(h * 0.75)} C${n(w * 0.18)},${n(h * 0.83)} ${n(w * 0.12)},${n(h * 0.86)} ${n(-20)},${n(h * 0.88)} L${n(-20)},${n(h * 0.7)} C${n(w * 0.34)},${n(h * 0.7)} ${n(w * 0.6)},${n(h * 0.68)} ${n(w * 0.5)},${n(h * 0.65)} C${n(w * 0.4)},${n(h * 0.62)} ${n(w * 0.52)},${n(horizon + 60)} ${n(w * 0.54)},${n(horizon + 36)} Z M${n(w * 0.3)},${n(h * 0.74)} L${n(w + 20)},${n(h * 0.72)} L${n(w + 20)},${n(h * 0.84)} C${n(w * 0.7)},${n(h * 0.86)} ${n(w * 0.4)},${n(h * 0.84)} 0,${n(h * 0.86)} Z`,
          water,
        ),
        stroke(glints(random, brush, h * 0.74, h * 0.83, 40, w * 0.5), "#ffffff", 3, 'opacity="0.45"'),
        shape(rolling(random, brush, h * 0.86, 14, 1.6), far("#5f9a50", 0)),
        tufts(brush, h * 0.86, 50, far("#3f7a42", 0)),
        blooms(brush, h * 0.88, 18),
      ].join(""),
    };
  },
  snow(brush) {
    const { h, w, random, far } = brush;
    const base = h * 0.6;
    return {
      back: [
        sky(brush, base),
        ...Array.from({ length: 4 }, (_, k) => {
          const { body, shade } = peak(
            random,
            ((k + 0.5) / 4) * w,
            base + 20,
            h * between(random, 0.2, 0.36),
            w * 0.22,
          );
          return shape(body, far("#dfe8f4", 0.45)) + shape(shade, far("#9fb0d4", 0.4), 'class="shade"');
        }),
        shape(rolling(random, brush, base + 20, 26, 2), far("#e6eef8", 0.2)),
        row(brush, "pine", 12, () => base + 50, [80, 150], 0.4, "#4f8a86"),
        shape(rolling(random, brush, base + 66, 24, 1.8), far("#eef4fb", 0.1)),
        row(brush, "pine", 5, () => base + 130, [150, 250], 0.14, "#3f7a72"),
        shape(rolling(random, brush, h * 0.8, 20, 1.4), far("#f6fafd", 0)),
        shape(rolling(random, brush, h * 0.9, 14, 1.2), far("#dde8f4", 0)),
      ].join(""),
      front: flakes(random, w, h, 60),
    };
  },
  sky(brush) {
    const { w, h, random, palette, scene } = brush;
    const white = mix(palette.sky[2], "#ffffff", scene.time === "night" ? 0.1 : 0.7);
    const heap = (y: number, size: number, opacity: number) =>
      Array.from({ length: Math.ceil(w / (size * 0.8)) + 1 }, (_, k) =>
        dot(
          k * size * 0.8 + between(random, -30, 30),
          y + between(random, -0.2, 0.3) * size,
          size * between(random, 0.6, 1),
          white,
          `opacity="${n(opacity)}"`,
        ),
      ).join("");
    return {
      back: [sky(brush, h), heap(h * 0.86, 120, 0.35), heap(h * 0.95, 150, 0.6)].join(""),
      front: heap(h * 1.04, 120, 0.95),
    };
  },
  space(brush) {
    const { w, h, random, palette, scene } = brush;
    const deep = mix("#0a0d28", palette.sky[0], 0.18);
    const cloud =
      scene.tint ?? ["#7a3f9a", "#2f5fa8", "#a83f6a", "#2f8a8a"][Math.floor(random() * 4)] ?? "#7a3f9a";
    return {
      defs:
        glow("nebula", cloud, 0.55) +
        glow("nebula2", mix(cloud, "#ff9a6a", 0.5), 0.4) +
        gradient("planet", [
          [0, mix(cloud, "#ffd0a0", 0.55)],
          [1, darker(cloud, 0.45)],
        ]),
      back: [
        box(0, 0, w, h, deep),
        oval(w * 0.3, h * 0.34, w * 0.52, h * 0.4, "url(#nebula)"),
        oval(w * 0.76, h * 0.56, w * 0.46, h * 0.36, "url(#nebula2)"),
        ...Array.from({ length: 220 }, () =>
          dot(
            random() * w,
            random() * h,
            random() ** 3 * 3.4 + 0.6,
            random() < 0.2 ? "#ffd9a8" : "#ffffff",
            `opacity="${n(between(random, 0.3, 1))}"`,
          ),
        ),
        dot(w * 0.82, h * 0.22, 84, "url(#planet)"),
        stroke(
          `M${n(w * 0.82 - 136)},${n(h * 0.22 + 26)} A142,34 -14 0 0 ${n(w * 0.82 + 136)},${n(h * 0.22 - 30)}`,
          mix(cloud, "#ffe6c0", 0.7),
          7,
          'opacity="0.8"',
        ),
        oval(w * 0.5, h * 1.26, w * 0.86, h * 0.46, mix("#c8c2d0", cloud, 0.2)),
        ...Array.from({ length: 16 }, () =>
          oval(
            between(random, 0.02, 0.98) * w,
            between(random, 0.87, 0.99) * h,
            between(random, 12, 46),
            between(random, 4, 12),
            mix("#9a94a8", cloud, 0.25),
            'opacity="0.7"',
          ),
        ),
      ].join(""),
    };
  },
  underwater(brush) {
    const { w, h, random, far } = brush;
    const blue = far("#2a9ac0", 0);
    return {
      defs: gradient("deep", [
        [0, mix(blue, "#e6fbf4", 0.55)],
        [0.4, blue],
        [1, darker(blue, 0.6)],
      ]),
      back: [
        box(0, 0, w, h, "url(#deep)"),
        ...[0.1, 0.3, 0.52, 0.78].map((x) =>
          shape(
            `M${n(w * x)},0 h${n(between(random, 40, 90))} L${n(w * (x + 0.12))},${n(h)} h-220 Z`,
            "#ffffff",
            'opacity="0.09" class="shade"',
          ),
        ),
        shape(rolling(random, brush, h * 0.76, 40, 2), mix(blue, "#123a5a", 0.55)),
        ...Array.from({ length: 7 }, (_, k) =>
          coral(
            random,
            ((k + random()) / 7) * w,
            h * 0.88,
            between(random, 60, 150),
            ["#f0788a", "#f2a35a", "#c47ad0", "#f6d06a"][k % 4] ?? "#f0788a",
          ),
        ),
        shape(rolling(random, brush, h * 0.87, 18, 1.6), far("#e8d09c", 0.05)),
      ].join(""),
      front: [
        ...Array.from({ length: 9 }, (_, k) =>
          weed(random, ((k + random()) / 9) * w, h, between(random, 90, 240), k % 2 ? "#2f8f6a" : "#4fae6a"),
        ),
        ...Array.from({ length: 26 }, () =>
          stroke(
            circle(random() * w, random() * h * 0.85, between(random, 3, 12)),
            "#ffffff",
            2,
            'opacity="0.5"',
          ),
        ),
      ].join(""),
    };
  },
  room(brush) {
    const { w, h, random, palette, far, scene } = brush;
    const walls = ["#d9b9a0", "#9fb8a8", "#c9a8b0", "#a8b4c8", "#e0c48f"];
    const wall = scene.tint ?? walls[Math.floor(random() * walls.length)] ?? "#d9b9a0";
    const floor = h * 0.74;
    const [x, y, ww, wh] = [w * 0.5 - 190, h * 0.12, 380, h * 0.4];
    const dimmed = (tone: string) => far(tone, 0.02);
    return {
      defs:
        gradient("wall", [
          [0, dimmed(darker(wall, 0.1))],
          [1, dimmed(lighter(wall, 0.25))],
        ]) + glow("warm", "#ffd79a", scene.time === "night" ? 0.5 : 0.3),
      back: [
        box(0, 0, w, h, "url(#wall)"),
        ...Array.from({ length: Math.ceil(w / 84) }, (_, k) =>
          box(k * 84, 0, 3, floor, dimmed(darker(wall, 0.16)), 0, 'opacity="0.25"'),
        ),
        box(x - 16, y - 16, ww + 32, wh + 32, dimmed("#f6ecdc"), 10),
        box(x, y, ww, wh, "url(#sky)"),
        scene.time === "night"
          ? Array.from({ length: 26 }, () =>
              dot(x + random() * ww, y + random() * wh * 0.8, between(random, 1, 2.6), "#fff6dc"),
            ).join("") + dot(x + ww * 0.7, y + wh * 0.28, 30, palette.light)
          : dot(x + ww * 0.7, y + wh * 0.36, 36, palette.light),
        shape(
          `M${n(x)},${n(y + wh)} V${n(y + wh * 0.74)} q95,-54 190,-10 q95,40 190,-20 V${n(y + wh)} Z`,
          far("#6fa070", 0.35),
        ),
        stroke(
          `M${n(x + ww / 2)},${n(y)} v${n(wh)} M${n(x)},${n(y + wh * 0.5)} h${n(ww)}`,
          dimmed("#f6ecdc"),
          10,
        ),
        box(x - 30, y + wh + 10, ww + 60, 16, dimmed("#e6d4bc"), 5),
        shape(
          `M${n(x - 60)},${n(y - 30)} h110 c6,120 -50,190 -70,${n(wh + 20)} h-60 c14,-140 20,-240 20,-${n(wh + 20)} Z`,
          dimmed(mix(wall, "#c8503c", 0.55)),
          'opacity="0.92"',
        ),
        shape(
          `M${n(x + ww + 60)},${n(y - 30)} h-110 c-6,120 50,190 70,${n(wh + 20)} h60 c-14,-140 -20,-240 -20,-${n(wh + 20)} Z`,
          dimmed(mix(wall, "#c8503c", 0.55)),
          'opacity="0.92"',
        ),
        box(0, floor, w, h - floor, dimmed("#b07f58")),
        ...[0.18, 0.42, 0.72].map((at) =>
          stroke(`M0,${n(floor + (h - floor) * at)} H${n(w)}`, dimmed("#8a5f40"), 3, 'opacity="0.5"'),
        ),
        box(0, floor - 12, w, 14, dimmed("#f2e4cf")),
        oval(w * 0.5, h * 0.9, w * 0.4, h * 0.08, dimmed(mix("#c8604c", wall, 0.35))),
        stroke(ellipse(w * 0.5, h * 0.9, w * 0.36, h * 0.068), dimmed("#f6e6cc"), 5, 'opacity="0.7"'),
        figureAt(brush, "plant", w * 0.1, floor + 34, 0.3),
        figureAt(brush, "lamp", w * 0.9, floor + 26, 0.5, "#5a4a48"),
        ...[0.2, 0.8].map((at, k) => frame(brush, w * at, h * 0.26, k)),
      ].join(""),
      lights: oval(w * 0.9, floor + 26 - 415, 210, 210, "url(#warm)"),
    };
  },
  pool(brush) {
    const { w, h, random, far } = brush;
    const edge = h * 0.52;
    const water = far("#3fc4d0", 0);
    return {
      back: [
        sky(brush, edge),
        row(brush, "palm", 5, () => edge + 6, [240, 360], 0.25),
        box(0, edge - 70, w, 80, far("#f2e2d0", 0.12)),
        box(0, edge, w, 40, far("#f6e9d8", 0.04)),
        ...Array.from({ length: Math.ceil(w / 70) }, (_, k) => box(k * 70, edge, 2, 40, far("#cdb8a4", 0))),
        box(0, edge + 40, w, h * 0.36, water),
        box(0, edge + 40, w, 16, darker(water, 0.25), 0, 'opacity="0.6"'),
        ...Array.from({ length: 46 }, () =>
          stroke(
            `M${n(random() * w)},${n(between(random, edge + 70, h * 0.87))} q16,-11 32,0 t32,0`,
            "#ffffff",
            4,
            'opacity="0.5"',
          ),
        ),
        box(0, h * 0.88, w, h * 0.12, far("#f6e9d8", 0)),
        ...Array.from({ length: Math.ceil(w / 120) }, (_, k) =>
          box(k * 120, h * 0.88, 3, h * 0.12, far("#d8c4b0", 0)),
        ),
        stroke(
          `M${n(w * 0.84)},${n(edge + 150)} V${n(edge - 10)} q0,-34 34,-34 M${n(w * 0.9)},${n(edge + 150)} V${n(edge - 10)} q0,-34 34,-34 M${n(w * 0.84)},${n(edge + 70)} h60 M${n(w * 0.84)},${n(edge + 110)} h60`,
          far("#c8ccd6", 0),
          8,
        ),
      ].join(""),
    };
  },
  studio(brush) {
    const { w, h, random, palette, scene } = brush;
    const tones = ["#e8604c", "#2f7f8f", "#f0b03c", "#5a4f9a", "#3f8a5f", "#d8587a"];
    const tone = scene.tint ?? tones[Math.floor(random() * tones.length)] ?? "#e8604c";
    const paper = mix(scene.time === "night" ? "#1f2440" : "#fbf1de", tone, 0.08);
    const s = Math.min(w, h);
    const rings = Array.from({ length: 7 }, (_, k) =>
      dot(
        w / 2,
        h * 0.47,
        s * (0.43 - k * 0.052),
        k % 2 ? mix(tone, paper, 0.18 + k * 0.07) : mix(mix(tone, "#2a2540", 0.12), paper, k * 0.07),
      ),
    );
    const arcs = Array.from({ length: 5 }, (_, k) => {
      const [cx, cy] = [w * (0.08 + 0.21 * k), h * 0.9];
      const fill = mix(tones[(k + Math.floor(random() * 6)) % 6] ?? tone, paper, 0.12);
      return (
        shape(
          `M${n(cx - s * 0.11)},${n(h)} A${n(s * 0.11)},${n(s * 0.11)} 0 0 1 ${n(cx + s * 0.11)},${n(h)} Z`,
          fill,
        ) + dot(cx, cy - s * 0.09, s * 0.02, mix(fill, "#2a2540", 0.3))
      );
    });
    void palette;
    const plain = scene.figures.length > 0;
    return {
      back: [
        box(0, 0, w, h, paper),
        ...(plain
          ? [
              dot(w / 2, h * 0.5, s * 0.4, mix(tone, paper, 0.3)),
              dot(w / 2, h * 0.5, s * 0.33, mix(tone, paper, 0.15)),
              box(0, h * 0.84, w, h, mix(tone, paper, 0.62)),
            ]
          : [...rings, ...arcs]),
      ].join(""),
    };
  },
};

function figureAt(brush: Brush, name: string, x: number, y: number, size: number, colour?: string): string {
  const motif = motifs[name];
  if (!motif) return "";
  const drawn = motif.draw(createInk(motif, colour, brush.scene.seed, name));
  return group(
    recolour(drawn, (one) => brush.far(one, 0.02)),
    `transform="translate(${n(x)},${n(y)}) scale(${n((size * 1000) / 200)})"`,
  );
}

function frame(brush: Brush, x: number, y: number, k: number): string {
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

function wave(random: Random, extent: Extent, y: number, swell: number): string {
  const { w } = extent;
  const length = between(random, 120, 200);
  const count = Math.ceil(w / length) + 1;
  const shift = -random() * length;
  const crest = Array.from({ length: count }, () => `q${n(length / 2)},${n(-swell * 2)} ${n(length)},0`).join(
    " ",
  );
  return `M${n(shift)},${n(y)} ${crest} v${n(swell * 2.4)} h${n(-count * length)} Z`;
}

function ferns(brush: Brush): string {
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

function coral(random: Random, x: number, y: number, tall: number, tone: string): string {
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

function weed(random: Random, x: number, y: number, tall: number, tone: string): string {
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

function circle(x: number, y: number, r: number): string {
  return ellipse(x, y, r, r);
}

function ellipse(x: number, y: number, rx: number, ry: number): string {
  return `M${n(x - rx)},${n(y)} a${n(rx)},${n(ry)} 0 1 1 ${n(rx * 2)},0 a${n(rx)},${n(ry)} 0 1 1 ${n(-rx * 2)},0`;
}
