import { darker, mix } from "../pen/colour.ts";
import { between } from "../pen/random.ts";
import { box, dot, glow, gradient, n, oval, stroke } from "../pen/svg.ts";
import { type Brush, type Painted, sky } from "./scenery.ts";

/** Places without any ground. */
export const air: Readonly<Record<"sky" | "space", (brush: Brush) => Painted>> = {
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
};
