import { darker, lighter, mix } from "../pen/colour.ts";
import { peak, rolling } from "../pen/outlines.ts";
import { between } from "../pen/random.ts";
import { box, glow, group, n, oval, shape, stroke } from "../pen/svg.ts";
import { type Brush, blooms, ferns, flakes, type Painted, row, sky, tufts } from "./scenery.ts";

/** Places under an open sky, on firm ground. */
export const land: Readonly<
  Record<"meadow" | "garden" | "mountains" | "forest" | "desert" | "snow", (brush: Brush) => Painted>
> = {
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
};
