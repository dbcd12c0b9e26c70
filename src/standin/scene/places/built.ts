import { brightness, darker, lighter, mix } from "../pen/colour.ts";
import { between } from "../pen/random.ts";
import { box, dot, glow, gradient, n, oval, shape, stroke } from "../pen/svg.ts";
import type { Scene } from "../scene.ts";
import { type Brush, ellipse, figureAt, frame, type Painted, row, sky } from "./scenery.ts";

/** Whether things stand before white and nothing else. */
export function isBare({ place, tint, figures }: Scene): boolean {
  return place === "studio" && tint !== undefined && brightness(tint) > 0.9 && figures.length > 0;
}

/** Places that people made. */
export const built: Readonly<Record<"city" | "room" | "lounge" | "studio", (brush: Brush) => Painted>> = {
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
  lounge(brush) {
    const { w, h, random, far } = brush;
    const floor = h * 0.5;
    const [top, bottom] = [h * 0.6, h * 0.9];
    const water = far("#3fc4d0", 0);
    const pane = w / 5;
    return {
      defs: gradient("deck", [
        [0, far("#d8b48c", 0.15)],
        [1, far("#b98a60", 0)],
      ]),
      back: [
        box(0, 0, w, h, far("#f3e6d2", 0.05)),
        box(0, h * 0.06, w, floor - h * 0.06, "url(#sky)"),
        row(brush, "palm", 4, () => floor, [240, 330], 0.35),
        ...Array.from({ length: 6 }, (_, k) => box(k * pane - 9, 0, 18, floor, far("#f6ecdc", 0.02))),
        box(0, h * 0.05, w, 16, far("#f6ecdc", 0.02)) + box(0, h * 0.26, w, 9, far("#f6ecdc", 0.02)),
        box(0, floor, w, h - floor, "url(#deck)"),
        ...[0.1, 0.32, 0.54, 0.76].map((x) =>
          shape(
            `M${n(w * x)},${n(floor)} h${n(w * 0.12)} l${n(-w * 0.16)},${n(h - floor)} h${n(-w * 0.16)} Z`,
            "#fff3c8",
            'opacity="0.22" class="shade"',
          ),
        ),
        shape(
          `M${n(w * 0.2)},${n(top)} H${n(w * 0.84)} L${n(w * 0.96)},${n(bottom)} H${n(w * 0.06)} Z`,
          far("#fbf3e4", 0),
        ),
        shape(
          `M${n(w * 0.22)},${n(top + 14)} H${n(w * 0.82)} L${n(w * 0.925)},${n(bottom - 18)} H${n(w * 0.095)} Z`,
          water,
        ),
        shape(
          `M${n(w * 0.22)},${n(top + 14)} H${n(w * 0.82)} L${n(w * 0.827)},${n(top + 32)} H${n(w * 0.212)} Z`,
          darker(water, 0.35),
        ),
        ...Array.from({ length: 34 }, () => {
          const y = between(random, top + 44, bottom - 34);
          const inset = w * (0.22 - ((y - top) / (bottom - top)) * 0.1);
          return stroke(
            `M${n(between(random, inset + 20, w - inset - 90))},${n(y)} q14,-9 28,0 t28,0`,
            "#ffffff",
            3.4,
            'opacity="0.55"',
          );
        }),
        figureAt(brush, "sofa", w * 0.15, floor + 62, 0.22, "#c8795a"),
        figureAt(brush, "sofa", w * 0.87, floor + 62, 0.22, "#c8795a"),
        figureAt(brush, "plant", w * 0.03, floor + 84, 0.26),
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
    if (isBare(scene)) return { back: box(0, 0, w, h, tone) };
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
