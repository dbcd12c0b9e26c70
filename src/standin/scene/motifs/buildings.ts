import { darker, lighter, mix } from "../pen/colour.ts";
import { box, dot, group, oval, shape, stroke } from "../pen/svg.ts";
import type { Motif } from "./motif.ts";

const stone = "#b9aeb4";
const lit = "#ffd98a";

const pane = (x: number, y: number, w: number, h: number, fill = "#5b6f8f") =>
  box(x, y, w, h, fill, 2) + stroke(`M${x + w / 2},${y} v${h} M${x},${y + h / 2} h${w}`, "#f7ecd8", 2.4);

const house: Motif = {
  stands: "ground",
  size: 0.5,
  behind: true,
  colour: "#f0dcc0",
  accent: "#c4553f",
  words: ["house", "home", "cottage", "hut", "cabin", "barn", "building", "shop", "bakery", "school"],
  draw: ({ main, dark, accent }) =>
    [
      box(38, -176, 22, 50, darker(accent, 0.3)),
      box(-74, -112, 148, 112, main),
      box(10, -112, 64, 112, dark, 0, 'opacity="0.22" class="shade"'),
      shape("M-92,-108 L0,-188 L92,-108 Z", accent),
      shape("M0,-188 L92,-108 L40,-108 Z", darker(accent, 0.25), 'class="shade"'),
      stroke("M-92,-108 L0,-188 L92,-108", darker(accent, 0.4), 5),
      dot(0, -136, 13, "#5b6f8f") + stroke("M0,-149 v26 M-13,-136 h26", "#f7ecd8", 2.4),
      pane(-58, -86, 36, 38),
      pane(24, -86, 36, 38),
      shape("M-16,0 L-16,-52 C-16,-72 16,-72 16,-52 L16,0 Z", darker(accent, 0.45)),
      dot(9, -28, 2.6, "#f6cf7a"),
      box(-60, -46, 40, 7, darker(accent, 0.1)) + box(22, -46, 40, 7, darker(accent, 0.1)),
      ...[-52, -40, -28, 30, 42, 54].map((x) => dot(x, -50, 6, "#6fae5c") + dot(x + 2, -53, 2.6, "#f58a9a")),
    ].join(""),
  lights: () =>
    box(-58, -86, 36, 38, lit, 2) +
    box(24, -86, 36, 38, lit, 2) +
    dot(0, -136, 13, lit) +
    stroke("M-40,-86 v38 M-58,-67 h36 M42,-86 v38 M24,-67 h36 M0,-149 v26 M-13,-136 h26", "#8a5a3a", 2.2),
};

const tower = (x: number, width: number, top: number, main: string, dark: string, roof: string) =>
  [
    box(x - width / 2, top, width, -top, main),
    box(x, top, width / 2, -top, dark, 0, 'opacity="0.3" class="shade"'),
    shape(`M${x - width / 2 - 7},${top} L${x},${top - width * 1.25} L${x + width / 2 + 7},${top} Z`, roof),
    shape(
      `M${x},${top - width * 1.25} L${x + width / 2 + 7},${top} L${x + 4},${top} Z`,
      darker(roof, 0.3),
      'class="shade"',
    ),
    stroke(`M${x},${top - width * 1.25} v-16`, "#5a4a4a", 2.5),
    shape(`M${x},${top - width * 1.25 - 16} l20,6 l-20,6 Z`, "#f0b54a"),
  ].join("");

const slit = (x: number, y: number, fill = "#4a4f6a") =>
  shape(`M${x - 5},${y} v-14 c0,-8 10,-8 10,0 v14 Z`, fill);

const castle: Motif = {
  stands: "ground",
  size: 0.66,
  behind: true,
  colour: "#c9bcc0",
  accent: "#5f6fa8",
  words: ["castle", "palace", "fortress", "keep", "chateau"],
  draw: ({ main, dark, accent }) =>
    [
      tower(-34, 34, -150, mix(main, dark, 0.2), dark, accent),
      tower(36, 30, -138, mix(main, dark, 0.2), dark, accent),
      box(-76, -92, 152, 92, main),
      ...[-76, -50, -24, 2, 28, 54].map((x) => box(x, -104, 16, 14, main)),
      box(20, -92, 56, 92, dark, 0, 'opacity="0.2" class="shade"'),
      tower(-80, 38, -118, main, dark, accent),
      tower(80, 38, -118, main, dark, accent),
      shape("M-24,0 V-42 C-24,-72 24,-72 24,-42 V0 Z", darker(main, 0.55)),
      stroke("M-12,0 V-58 M0,0 V-64 M12,0 V-58 M-24,-22 H24 M-24,-42 H24", darker(main, 0.75), 2.5),
      slit(-80, -78) + slit(80, -78) + slit(-34, -112) + slit(36, -108) + slit(-50, -58) + slit(50, -58),
      stroke(
        "M-70,-30 h14 M-58,-22 h12 M40,-34 h14 M52,-24 h12 M-40,-76 h12 M26,-80 h12",
        dark,
        2.5,
        'opacity="0.5"',
      ),
    ].join(""),
  lights: () =>
    [
      [-80, -78],
      [80, -78],
      [-34, -112],
      [36, -108],
      [-50, -58],
      [50, -58],
    ]
      .map(([x = 0, y = 0]) => slit(x, y, lit))
      .join(""),
};

const drawbridge: Motif = {
  stands: "ground",
  size: 0.62,
  behind: true,
  colour: "#c2b3ac",
  accent: "#8a5a38",
  words: ["drawbridge", "gate", "gatehouse", "portcullis"],
  draw: ({ main, dark, accent }) =>
    [
      box(-60, -128, 120, 128, main),
      ...[-60, -34, -8, 18, 44].map((x) => box(x, -142, 16, 16, main)),
      shape("M-34,0 V-62 C-34,-104 34,-104 34,-62 V0 Z", darker(main, 0.7)),
      stroke(
        "M-22,-4 V-84 M-8,-4 V-92 M8,-4 V-92 M22,-4 V-84 M-34,-40 H34 M-34,-62 H34",
        darker(main, 0.35),
        3,
      ),
      tower(-78, 44, -150, main, dark, "#b6533f"),
      tower(78, 44, -150, main, dark, "#b6533f"),
      slit(-78, -96) + slit(78, -96) + slit(-78, -48) + slit(78, -48),
      shape("M-40,-2 L40,-2 L62,44 L-62,44 Z", accent),
      stroke("M-44,8 H44 M-50,20 H50 M-56,32 H56", darker(accent, 0.35), 3),
      stroke("M-38,-104 L-54,34 M38,-104 L54,34", "#4a4a55", 4, 'stroke-dasharray="7 5"'),
    ].join(""),
  lights: () =>
    [
      [-78, -96],
      [78, -96],
      [-78, -48],
      [78, -48],
    ]
      .map(([x = 0, y = 0]) => slit(x, y, lit))
      .join(""),
};

const lighthouse: Motif = {
  stands: "ground",
  size: 0.72,
  behind: true,
  colour: "#f7efe2",
  accent: "#d2493f",
  words: ["lighthouse", "beacon"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-84,0 C-60,-26 -40,-28 -26,-26 L30,-26 C56,-26 74,-14 90,0 Z", "#7f7a86"),
      shape("M30,-26 C56,-26 74,-14 90,0 L20,0 Z", "#5f5b6c", 'class="shade"'),
      shape("M-30,-20 L-19,-146 L19,-146 L30,-20 Z", main),
      shape("M-28,-48 L-25.5,-78 L25.5,-78 L28,-48 Z M-23,-106 L-20.6,-132 L20.6,-132 L23,-106 Z", accent),
      shape("M4,-20 L3,-146 L19,-146 L30,-20 Z", dark, 'opacity="0.28" class="shade"'),
      box(-27, -152, 54, 8, "#4a4a5a", 2),
      stroke("M-25,-160 H25 M-25,-160 V-152 M-9,-160 V-152 M9,-160 V-152 M25,-160 V-152", "#4a4a5a", 2.4),
      box(-14, -176, 28, 24, "#ffe9a8"),
      stroke("M-14,-176 V-152 M0,-176 V-152 M14,-176 V-152", "#4a4a5a", 2.4),
      shape("M-19,-176 C-16,-192 16,-192 19,-176 Z", accent),
      dot(0, -191, 4, darker(accent, 0.3)),
      shape("M-8,-20 v-18 c0,-9 16,-9 16,0 v18 Z", darker(accent, 0.45)),
      slit(0, -86, "#5b6f8f"),
    ].join(""),
  lights: () =>
    shape("M0,-166 L900,-400 L900,-10 Z", "#ffe9a8", 'opacity="0.17"') +
    shape("M0,-166 L-900,-290 L-900,20 Z", "#ffe9a8", 'opacity="0.12"') +
    dot(0, -164, 40, "#ffe9a8", 'opacity="0.3"') +
    box(-14, -176, 28, 24, "#fff6d0") +
    slit(0, -86, lit),
};

const bridge: Motif = {
  stands: "ground",
  size: 0.42,
  behind: true,
  colour: "#c8503c",
  words: ["bridge", "viaduct"],
  draw: ({ main, dark }) =>
    [
      box(-62, -160, 12, 170, main) + box(50, -160, 12, 170, main),
      box(-66, -166, 20, 8, dark) + box(46, -166, 20, 8, dark),
      box(-56, -160, 6, 170, dark, 0, 'class="shade"') + box(56, -160, 6, 170, dark, 0, 'class="shade"'),
      stroke("M-240,-50 Q-110,-70 -56,-158 Q0,-10 56,-158 Q110,-70 240,-50", dark, 4),
      ...Array.from({ length: 25 }, (_, k) => {
        const x = -228 + k * 19;
        const inside = Math.abs(x) < 56;
        const y = inside
          ? -158 + 112 * (1 - (x / 56) ** 2) * 0.92
          : -158 + 106 * (1 - ((240 - Math.abs(x)) / 184) ** 2);
        return stroke(`M${x},${Math.min(y, -46)} V-42`, dark, 1.4);
      }),
      box(-260, -44, 520, 11, main) + box(-260, -35, 520, 4, dark),
    ].join(""),
  lights: () => Array.from({ length: 9 }, (_, k) => dot(-220 + k * 55, -50, 3.6, lit)).join(""),
};

const tent: Motif = {
  stands: "ground",
  size: 0.32,
  colour: "#e8934a",
  words: ["tent", "camp", "camping", "tipi"],
  draw: ({ main, dark }) =>
    [
      shape("M0,-140 L-96,0 L96,0 Z", main),
      shape("M0,-140 L96,0 L34,0 Z", dark, 'class="shade"'),
      shape("M0,-112 L-30,0 L30,0 Z", darker(main, 0.65)),
      shape("M0,-112 L-30,0 L-46,0 C-30,-30 -14,-70 0,-112 Z", lighter(main, 0.3)),
      stroke("M0,-140 L-6,-152 M0,-140 L6,-152", "#6b4a38", 4),
    ].join(""),
  lights: () => shape("M0,-104 L-26,0 L26,0 Z", lit, 'opacity="0.85"'),
};

const windmill: Motif = {
  stands: "ground",
  size: 0.56,
  behind: true,
  colour: "#efe3cf",
  accent: "#a8543c",
  words: ["windmill", "mill"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-40,0 L-26,-128 L26,-128 L40,0 Z", main),
      shape("M4,0 L4,-128 L26,-128 L40,0 Z", dark, 'opacity="0.28" class="shade"'),
      shape("M-32,-126 C-28,-160 28,-160 32,-126 Z", accent),
      shape("M-11,0 v-28 c0,-12 22,-12 22,0 v28 Z", darker(accent, 0.4)),
      pane(-9, -84, 18, 20),
      ...[20, 110, 200, 290].map((turn) =>
        group(
          box(-4, -84, 8, 84, "#7a5a48") +
            box(4, -82, 22, 62, "#fdf6e8") +
            stroke("M4,-66 h22 M4,-50 h22 M4,-34 h22 M15,-82 v62", "#b89a80", 1.6),
          `transform="translate(0,-132) rotate(${turn})"`,
        ),
      ),
      dot(0, -132, 7, "#5a4238"),
    ].join(""),
};

const fountain: Motif = {
  stands: "ground",
  size: 0.36,
  colour: stone,
  accent: "#8fd3e8",
  words: ["fountain", "statue", "well"],
  draw: ({ main, dark, accent }) =>
    [
      stroke(
        "M0,-150 C-14,-190 -50,-170 -52,-96 M0,-150 C14,-190 50,-170 52,-96 M0,-150 C-8,-180 -24,-176 -26,-100 M0,-150 C8,-180 24,-176 26,-100",
        accent,
        5,
        'opacity="0.9"',
      ),
      box(-9, -140, 18, 100, main) + box(0, -140, 9, 100, dark, 0, 'opacity="0.4" class="shade"'),
      shape("M-62,-98 H62 C56,-78 20,-70 0,-70 C-20,-70 -56,-78 -62,-98 Z", main),
      oval(0, -98, 62, 8, accent),
      shape("M-100,-36 H100 L86,0 H-86 Z", main),
      shape("M20,-36 H100 L86,0 H30 Z", dark, 'opacity="0.3" class="shade"'),
      oval(0, -37, 100, 11, mix(accent, "#2f7fa0", 0.3)),
    ].join(""),
};

/** Everything that was built to stay where it is. */
export const buildings: Readonly<Record<string, Motif>> = {
  house,
  castle,
  drawbridge,
  lighthouse,
  bridge,
  tent,
  windmill,
  fountain,
};
