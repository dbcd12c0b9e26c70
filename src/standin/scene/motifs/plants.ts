import { darker, lighter, mix } from "../pen/colour.ts";
import { between } from "../pen/random.ts";
import { dot, group, oval, shape, stroke } from "../pen/svg.ts";
import type { Ink, Motif } from "./motif.ts";

const bark = "#7a4f38";

const tree: Motif = {
  stands: "ground",
  size: 0.56,
  behind: true,
  colour: "#5f9a58",
  words: ["tree", "oak", "maple", "cherry tree", "blossom"],
  draw: (ink) => {
    const blooming = /cherry|blossom/.test(ink.word) && ink.main === tree.colour;
    const main = blooming ? "#f2a3b8" : ink.main;
    const [dark, light] = blooming ? ["#c8688a", "#ffe0e6"] : [ink.dark, ink.light];
    return [
      shape("M-12,0 C-8,-40 -12,-70 -6,-100 L8,-100 C10,-70 8,-40 16,0 Z", bark),
      stroke("M0,-74 L-30,-104 M2,-64 L32,-94", bark, 8),
      ...(
        [
          [-44, -112, 42],
          [42, -108, 44],
          [0, -150, 52],
          [-24, -86, 34],
          [26, -82, 34],
        ] as const
      ).map(([x, y, r]) => dot(x, y, r, main)),
      ...(
        [
          [46, -98, 32],
          [16, -84, 28],
          [24, -128, 30],
        ] as const
      ).map(([x, y, r]) => dot(x, y, r, dark, 'opacity="0.4" class="shade"')),
      ...(
        [
          [-52, -126, 20],
          [-16, -172, 24],
          [-10, -120, 16],
        ] as const
      ).map(([x, y, r]) => dot(x, y, r, light, 'opacity="0.45" class="shade"')),
    ].join("");
  },
};

const pine: Motif = {
  stands: "ground",
  size: 0.56,
  behind: true,
  colour: "#3f7f63",
  words: ["pine", "fir", "spruce", "christmas tree", "evergreen"],
  draw: ({ main, dark, light }) =>
    [
      shape("M-8,0 V-30 H8 V0 Z", bark),
      ...[0, 1, 2, 3].map((k) => {
        const [y, w] = [-24 - k * 38, 66 - k * 13];
        return (
          shape(`M${-w},${y} Q0,${y + 14} ${w},${y} L0,${y - 76} Z`, main) +
          shape(
            `M0,${y + 7} Q${w / 2},${y + 6} ${w},${y} L0,${y - 76} Z`,
            dark,
            'opacity="0.55" class="shade"',
          ) +
          stroke(`M${-w * 0.62},${y - 18} L${-w * 0.2},${y - 54}`, light, 3, 'opacity="0.35" class="shade"')
        );
      }),
    ].join(""),
};

const palm: Motif = {
  stands: "ground",
  size: 0.66,
  behind: true,
  colour: "#4f9a5c",
  words: ["palm", "palm tree", "coconut tree"],
  draw: ({ main, dark }) =>
    [
      shape("M-8,0 C-4,-60 4,-110 26,-150 L36,-146 C18,-104 10,-60 14,0 Z", "#9a7048"),
      stroke("M-4,-20 h16 M-1,-44 h14 M3,-68 h13 M8,-92 h13 M15,-116 h13", "#7a5438", 2.5),
      ...(
        [
          [-70, -150, -40, -190],
          [-58, -108, -30, -160],
          [100, -120, 80, -176],
          [120, -164, 80, -196],
          [40, -214, 10, -200],
          [70, -104, 66, -150],
        ] as const
      ).map(([x, y, cx, cy], k) =>
        shape(`M31,-150 Q${cx},${cy} ${x},${y} Q${cx + 8},${cy + 28} 31,-150 Z`, k % 2 ? dark : main),
      ),
      dot(26, -146, 8, "#8a5a38") + dot(38, -144, 8, "#7a4a30"),
    ].join(""),
};

const flower: Motif = {
  stands: "ground",
  size: 0.36,
  colour: "#f0687c",
  accent: "#f7c34f",
  words: ["flower", "tulip", "rose", "daisy", "sunflower", "poppy", "lily", "blossom", "bouquet"],
  draw: ({ main, dark, accent, word }) => {
    const petals = (x: number, y: number, r: number, fill: string) =>
      word === "tulip"
        ? shape(
            `M${x - r},${y - r * 0.9} C${x - r * 1.1},${y + r} ${x + r * 1.1},${y + r} ${x + r},${y - r * 0.9} L${x + r * 0.45},${y - r * 0.25} L${x},${y - r * 1.1} L${x - r * 0.45},${y - r * 0.25} Z`,
            fill,
          )
        : Array.from({ length: 8 }, (_, k) =>
            group(
              oval(0, -r * 0.72, r * 0.34, r * 0.56, k % 2 ? fill : mix(fill, dark, 0.25)),
              `transform="translate(${x},${y}) rotate(${k * 45})"`,
            ),
          ).join("") + dot(x, y, r * 0.36, accent);
    return [
      stroke("M0,0 C-6,-60 4,-90 0,-140", "#4f8a4c", 7),
      stroke("M-4,0 C-26,-50 -40,-70 -50,-96", "#4f8a4c", 6),
      stroke("M4,0 C24,-40 42,-60 52,-84", "#4f8a4c", 6),
      shape(
        "M0,-30 C-30,-34 -46,-56 -50,-66 C-22,-66 -6,-52 0,-30 Z M2,-46 C26,-50 40,-66 44,-78 C20,-78 6,-66 2,-46 Z",
        "#6fae5c",
      ),
      petals(0, -152, 42, main),
      petals(-54, -106, 29, mix(main, "#fff1d0", 0.35)),
      petals(56, -94, 27, mix(main, "#8a4fa0", 0.3)),
    ].join("");
  },
};

const cactus: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#5a9a6a",
  accent: "#f2728c",
  words: ["cactus", "succulent"],
  draw: ({ main, dark, accent }) =>
    [
      stroke("M-2,-70 H-46 V-110", main, 27) + stroke("M2,-54 H48 V-96", mix(main, dark, 0.4), 27),
      stroke("M0,-14 V-166", main, 42),
      stroke("M10,-8 V-168 M-8,-6 V-168", dark, 3, 'opacity="0.5"'),
      dot(0, -190, 9, accent) + dot(-8, -187, 6, lighter(accent)) + dot(-46, -126, 6, accent),
    ].join(""),
};

const mushroom: Motif = {
  stands: "ground",
  size: 0.3,
  colour: "#d8503f",
  words: ["mushroom", "toadstool"],
  draw: ({ main, dark }) =>
    [
      shape("M-24,0 C-14,-40 -20,-70 -18,-92 L18,-92 C20,-70 16,-40 26,0 Z", "#f6ead6"),
      shape("M4,0 C10,-40 6,-70 6,-92 L18,-92 C20,-70 16,-40 26,0 Z", "#cbb79e", 'class="shade"'),
      shape("M-92,-84 C-84,-156 -34,-186 0,-186 C34,-186 84,-156 92,-84 C50,-66 -50,-66 -92,-84 Z", main),
      shape(
        "M20,-184 C50,-176 86,-146 92,-84 C76,-77 60,-73 44,-72 C62,-110 48,-160 20,-184 Z",
        dark,
        'opacity="0.5" class="shade"',
      ),
      oval(-36, -132, 15, 12, "#fff4e2") +
        oval(6, -156, 11, 8, "#fff4e2") +
        oval(34, -116, 13, 11, "#fff4e2") +
        oval(-64, -98, 8, 7, "#fff4e2") +
        oval(-4, -104, 9, 8, "#fff4e2"),
    ].join(""),
};

const potted = (ink: Ink): string =>
  [
    ...Array.from({ length: 9 }, (_, k) => {
      const lean = -80 + k * 20 + between(ink.random, -6, 6);
      return shape(
        `M0,-66 C${lean * 0.3},-120 ${lean * 0.8},-150 ${lean},-${170 - Math.abs(lean) * 0.7} C${lean * 0.9 + 16},-120 ${lean * 0.4 + 10},-100 4,-66 Z`,
        k % 2 ? ink.main : ink.dark,
      );
    }),
    shape("M-46,-70 H46 L36,0 H-36 Z", "#c8694a"),
    shape("M10,-70 H46 L36,0 H12 Z", darker("#c8694a", 0.25), 'class="shade"'),
    stroke("M-48,-68 H48", "#d98260", 10),
  ].join("");

const plant: Motif = {
  stands: "ground",
  size: 0.4,
  colour: "#5fa06a",
  words: ["plant", "fern", "houseplant", "bush", "herb"],
  draw: potted,
};

/** Everything that grows. */
export const plants: Readonly<Record<string, Motif>> = { tree, pine, palm, flower, cactus, mushroom, plant };
