import { darker, lighter, mix } from "../pen/colour.ts";
import { box, dot, group, oval, shape, stroke } from "../pen/svg.ts";
import type { Motif } from "./motif.ts";

const soap: Motif = {
  stands: "ground",
  size: 0.3,
  colour: "#b8c99a",
  accent: "#ffffff",
  words: ["soap", "bar of soap", "soap bar"],
  draw: ({ main, dark, light, accent }) =>
    [
      box(-96, -92, 192, 90, dark, 34),
      box(-96, -104, 192, 86, main, 34),
      box(-66, -86, 132, 48, light, 22, 'opacity="0.7"'),
      stroke("M-36,-62 C-18,-78 -6,-46 12,-62 C24,-72 32,-60 38,-56", dark, 5),
      ...[
        [-84, -118, 20],
        [-50, -132, 13],
        [70, -122, 24],
        [96, -92, 12],
      ].map(([x = 0, y = 0, r = 0]) =>
        [dot(x, y, r, accent, 'opacity="0.75"'), dot(x - r * 0.3, y - r * 0.3, r * 0.25, "#ffffff")].join(""),
      ),
    ].join(""),
};

const bottle: Motif = {
  stands: "ground",
  size: 0.44,
  colour: "#e8a8a0",
  accent: "#fdf6ea",
  words: ["bottle", "lotion", "body lotion", "shampoo", "perfume", "jar"],
  draw: ({ main, dark, accent }) =>
    [
      stroke("M0,-158 V-188 M-46,-176 C-42,-190 -20,-190 0,-190", "#6b6470", 9),
      box(-22, -166, 44, 24, "#6b6470", 5),
      shape("M-50,-122 C-50,-140 -30,-146 0,-146 C30,-146 50,-140 50,-122 V0 H-50 Z", main),
      shape("M20,-145 C40,-142 50,-138 50,-122 V0 H22 Z", dark, 'opacity="0.4" class="shade"'),
      box(-50, -104, 100, 66, accent),
      shape("M0,-92 C20,-78 20,-62 0,-50 C-20,-62 -20,-78 0,-92 Z", mix(main, "#4f7f55", 0.6)),
    ].join(""),
};

const candle: Motif = {
  stands: "ground",
  size: 0.34,
  colour: "#f2dfc4",
  accent: "#c8795a",
  words: ["candle", "scented candle", "tealight"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M0,-196 C22,-168 16,-148 0,-146 C-16,-148 -22,-168 0,-196 Z", "#f7a23c"),
      shape("M0,-176 C9,-162 7,-152 0,-150 C-7,-152 -9,-162 0,-176 Z", "#fff0a8"),
      stroke("M0,-150 V-128", "#4a3a34", 4),
      box(-64, -130, 128, 128, main, 12) + box(22, -130, 42, 128, dark, 12, 'opacity="0.3" class="shade"'),
      oval(0, -128, 62, 10, lighter(main, 0.5)),
      box(-64, -92, 128, 52, accent) + stroke("M-30,-66 H30", "#fff6e8", 6),
    ].join(""),
  lights: () => dot(0, -168, 60, "#ffd98a", 'opacity="0.35"') + dot(0, -168, 14, "#fff0b8"),
};

const bathBomb: Motif = {
  stands: "ground",
  size: 0.28,
  colour: "#b58ad0",
  accent: "#f6d06a",
  words: ["bath bomb", "bath ball", "ball"],
  draw: ({ main, dark, light, accent, random }) =>
    [
      dot(0, -92, 90, main),
      shape(
        "M0,-182 C60,-180 90,-140 90,-92 C90,-40 50,-4 0,-2 C60,-30 60,-150 0,-182 Z",
        dark,
        'opacity="0.35" class="shade"',
      ),
      stroke("M-89,-88 C-40,-70 40,-70 89,-88", light, 11),
      oval(-36, -136, 20, 13, light, 'opacity="0.8" transform="rotate(-30 -36 -136)"'),
      ...Array.from({ length: 16 }, () => {
        const [angle, far] = [random() * 6.28, random() * 72];
        return dot(Math.cos(angle) * far, -92 + Math.sin(angle) * far, 4, accent);
      }),
    ].join(""),
};

const feather: Motif = {
  stands: "air",
  size: 0.3,
  colour: "#f7f3ec",
  accent: "#b9a48c",
  words: ["feather", "owl feather", "plume", "quill"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-6,-40 C-52,-80 -50,-160 8,-200 C52,-160 46,-80 6,-40 Z", main),
      shape("M8,-200 C52,-160 46,-80 6,-40 L0,-40 C14,-90 16,-150 8,-200 Z", dark, 'opacity="0.22"'),
      stroke(
        "M-34,-96 L-4,-72 M-36,-128 L0,-100 M-24,-156 L4,-130 M34,-100 L4,-80 M36,-134 L6,-108",
        accent,
        3,
        'opacity="0.6"',
      ),
      stroke("M0,0 C-6,-60 10,-140 8,-190", accent, 5),
    ].join(""),
};

const emblem: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#3f6fb0",
  accent: "#f6c93c",
  words: ["logo", "emblem", "badge", "crest"],
  draw: ({ main, dark, accent }) =>
    [
      dot(0, -100, 100, dark) + dot(0, -100, 90, accent) + dot(0, -100, 80, main),
      shape(
        "M0,-164 L19,-121 L66,-116 L31,-85 L41,-39 L0,-63 L-41,-39 L-31,-85 L-66,-116 L-19,-121 Z",
        accent,
      ),
    ].join(""),
};

const scarf: Motif = {
  stands: "ground",
  size: 0.3,
  colour: "#dc4238",
  words: ["scarf", "shawl", "muffler"],
  draw: ({ main, dark, light }) =>
    [
      shape("M-20,-120 L-40,-8 H0 L14,-120 Z", dark) + shape("M14,-124 L26,-20 H66 L44,-124 Z", main),
      stroke("M-36,-28 H2 M26,-40 H60 M22,-60 H56", light, 6),
      shape("M-80,-150 C-60,-210 60,-210 80,-150 C84,-112 -84,-112 -80,-150 Z", main),
      shape("M-44,-150 C-34,-176 34,-176 44,-150 C34,-140 -34,-140 -44,-150 Z", darker(main, 0.5)),
    ].join(""),
};

const hat: Motif = {
  stands: "ground",
  size: 0.26,
  colour: "#5a4a6a",
  accent: "#e2574c",
  words: ["hat", "cap", "beanie", "bowler"],
  draw: ({ main, dark, accent }) =>
    [
      oval(0, -24, 100, 22, dark),
      shape("M-60,-28 C-64,-150 64,-150 60,-28 C40,-16 -40,-16 -60,-28 Z", main),
      shape("M-60,-56 C-40,-42 40,-42 60,-56 L60,-28 C40,-16 -40,-16 -60,-28 Z", accent),
    ].join(""),
};

const sofa: Motif = {
  stands: "ground",
  size: 0.4,
  colour: "#5f8f8a",
  words: ["sofa", "couch", "armchair", "settee", "lounger"],
  draw: ({ main, dark, light }) =>
    group(
      [
        box(-84, -14, 14, 16, "#5a4238") + box(70, -14, 14, 16, "#5a4238"),
        box(-92, -150, 184, 100, dark, 26),
        box(-84, -92, 168, 44, light, 16) + box(-84, -62, 168, 52, main, 12),
        box(-110, -112, 38, 102, main, 18) + box(72, -112, 38, 102, main, 18),
        box(-52, -126, 52, 48, "#f0b03c", 10, 'transform="rotate(-12 -26 -100)"'),
      ].join(""),
      'transform="scale(0.95,1)"',
    ),
};

/** What is given, worn and put on show. */
export const goods: Readonly<Record<string, Motif>> = {
  soap,
  bottle,
  candle,
  bathBomb,
  feather,
  emblem,
  scarf,
  hat,
  sofa,
};
