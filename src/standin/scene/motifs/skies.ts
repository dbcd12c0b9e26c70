import { lighter } from "../pen/colour.ts";
import { dot, group, oval, shape, stroke } from "../pen/svg.ts";
import type { Motif } from "./motif.ts";

const moon: Motif = {
  stands: "sky",
  size: 0.26,
  colour: "#fbeec2",
  words: ["moon", "crescent"],
  draw: ({ main, dark }) =>
    dot(0, -100, 150, main, 'opacity="0.1"') +
    dot(0, -100, 116, main, 'opacity="0.14"') +
    dot(0, -100, 84, main) +
    [
      [-26, -126, 18],
      [24, -96, 24],
      [-20, -66, 12],
      [34, -142, 9],
      [-50, -92, 8],
    ]
      .map(([x = 0, y = 0, r = 0]) => dot(x, y, r, dark, 'opacity="0.16"'))
      .join(""),
};

const sun: Motif = {
  stands: "sky",
  size: 0.28,
  colour: "#ffd56b",
  words: ["sun", "sunshine"],
  draw: ({ main, light }) =>
    dot(0, -100, 150, main, 'opacity="0.14"') +
    dot(0, -100, 112, main, 'opacity="0.25"') +
    dot(0, -100, 78, main) +
    dot(0, -100, 60, light, 'opacity="0.5"'),
};

const star: Motif = {
  stands: "sky",
  size: 0.16,
  colour: "#ffe08a",
  words: ["star", "comet", "sparkle"],
  draw: ({ main, light }) =>
    dot(0, -100, 110, main, 'opacity="0.12"') +
    shape(
      "M0,-188 L24,-126 L90,-122 L39,-81 L56,-16 L0,-52 L-56,-16 L-39,-81 L-90,-122 L-24,-126 Z",
      main,
      `stroke="${main}" stroke-width="10" stroke-linejoin="round"`,
    ) +
    shape("M0,-188 L24,-126 L0,-100 L-24,-126 Z", light, 'opacity="0.6"'),
};

const planet: Motif = {
  stands: "sky",
  size: 0.36,
  colour: "#d98a5a",
  accent: "#f6e0b8",
  words: ["planet", "saturn", "jupiter", "mars", "earth", "globe", "world"],
  draw: ({ main, dark, light, accent }) =>
    [
      stroke("M-98,-76 A104,30 -18 0 1 98,-130", accent, 9, 'opacity="0.6"'),
      dot(0, -100, 70, main),
      shape(
        "M-66,-122 C-20,-106 30,-118 62,-132 C52,-150 30,-168 8,-170 C-30,-172 -56,-152 -66,-122 Z",
        light,
        'opacity="0.45"',
      ),
      shape(
        "M-68,-84 C-20,-70 30,-82 69,-96 C69,-86 67,-78 64,-70 C20,-54 -30,-52 -62,-66 Z",
        dark,
        'opacity="0.4"',
      ),
      shape(
        "M20,-167 C60,-158 72,-120 69,-96 C64,-50 30,-30 0,-30 C46,-60 52,-130 20,-167 Z",
        dark,
        'opacity="0.4" class="shade"',
      ),
      stroke("M-98,-76 A104,30 -18 0 0 98,-130", accent, 9),
    ].join(""),
};

const puff = (fill: string, more = "") =>
  [
    [-56, -56, 36],
    [-16, -84, 48],
    [36, -74, 42],
    [70, -52, 28],
    [0, -50, 40],
  ]
    .map(([x = 0, y = 0, r = 0]) => dot(x, y, r, fill, more))
    .join("") + oval(6, -34, 96, 22, fill, more);

const cloud: Motif = {
  stands: "sky",
  size: 0.22,
  colour: "#ffffff",
  words: ["cloud"],
  draw: ({ main }) =>
    group(puff("#b9c6dc", 'opacity="0.5"'), 'transform="translate(5,9)"') +
    puff(main) +
    dot(-24, -96, 22, lighter(main), 'opacity="0.8"'),
};

const rainbow: Motif = {
  stands: "sky",
  size: 0.66,
  colour: "#e2574c",
  words: ["rainbow"],
  draw: () =>
    ["#e8574a", "#f2953c", "#f7d04f", "#6fbf6a", "#4f9fd8", "#7f6fc8"]
      .map((fill, k) =>
        stroke(
          `M${-190 + k * 13},0 A${190 - k * 13},${190 - k * 13} 0 0 1 ${190 - k * 13},0`,
          fill,
          13.5,
          'opacity="0.72" style="stroke-linecap:butt"',
        ),
      )
      .join(""),
};

const lightning: Motif = {
  stands: "sky",
  size: 0.34,
  colour: "#ffd94f",
  words: ["lightning", "thunder", "storm"],
  draw: ({ main, light }) =>
    group(puff("#6b7390"), 'transform="translate(0,-90)"') +
    shape("M10,-110 L-34,-44 H-6 L-22,14 L38,-62 H8 L30,-110 Z", main) +
    shape("M10,-110 L-34,-44 H-20 L20,-110 Z", light, 'opacity="0.6"'),
};

const fireworks: Motif = {
  stands: "sky",
  size: 0.4,
  colour: "#ff7a7a",
  accent: "#ffd56b",
  words: ["firework", "fireworks", "confetti"],
  draw: ({ main, accent, light }) =>
    Array.from({ length: 16 }, (_, k) => {
      const turn = k * 22.5;
      return group(
        stroke("M0,-26 V-74", k % 2 ? main : accent, 5) + dot(0, -88, 5, k % 2 ? accent : light),
        `transform="translate(0,-100) rotate(${turn})"`,
      );
    }).join("") + dot(0, -100, 8, "#fff"),
};

/** Everything that hangs in the sky. */
export const skies: Readonly<Record<string, Motif>> = {
  moon,
  sun,
  star,
  planet,
  cloud,
  rainbow,
  lightning,
  fireworks,
};
