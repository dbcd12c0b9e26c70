import { darker, lighter, mix } from "../pen/colour.ts";
import { glints, rolling } from "../pen/outlines.ts";
import { between } from "../pen/random.ts";
import { box, dot, gradient, n, shape, stroke } from "../pen/svg.ts";
import { type Brush, blooms, circle, coral, type Painted, row, sky, tufts, wave, weed } from "./scenery.ts";

/** Places at and under the water. */
export const water: Readonly<
  Record<"sea" | "beach" | "river" | "underwater" | "pool", (brush: Brush) => Painted>
> = {
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
};
