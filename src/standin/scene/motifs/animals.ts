import { darker, mix } from "../pen/colour.ts";
import { dot, oval, shape, stroke } from "../pen/svg.ts";
import type { Ink, Motif } from "./motif.ts";

const night = "#2a2733";

/** What makes one sitting animal differ from another. */
interface Sitter {
  readonly ears: (ink: Ink) => string;
  readonly tail: (ink: Ink) => string;
  readonly face?: (ink: Ink) => string;
  readonly belly?: (ink: Ink) => string;
  readonly marks?: (ink: Ink) => string;
  readonly head?: readonly [rx: number, ry: number];
}

/** Where sitting animals wear things. */
const seated = { neck: -102, half: 40, crown: -168 } as const;

function sitting(sitter: Sitter): (ink: Ink) => string {
  return (ink) => {
    const { main, dark, light } = ink;
    const [rx, ry] = sitter.head ?? [47, 39];
    const pale = sitter.belly?.(ink) ?? light;
    const eye = (x: number) => oval(x, -137, 6, 8, night) + dot(x + 2, -140, 2.2, "#ffffff");
    return [
      sitter.tail(ink),
      shape("M-52,0 C-62,-60 -40,-112 0,-114 C40,-112 62,-60 52,0 Z", main),
      shape(
        "M14,-113 C44,-106 62,-58 52,0 L22,0 C34,-40 34,-80 14,-113 Z",
        dark,
        'opacity="0.35" class="shade"',
      ),
      shape("M-31,-104 C-38,-66 -24,-40 0,-34 C24,-40 38,-66 31,-104 C14,-96 -14,-96 -31,-104 Z", pale),
      shape("M-30,-52 C-31,-20 -32,-6 -34,0 L-4,0 C-5,-20 -6,-36 -8,-52 Z", main),
      shape("M30,-52 C31,-20 32,-6 34,0 L4,0 C5,-20 6,-36 8,-52 Z", mix(main, dark, 0.35)),
      oval(-21, -4, 17, 8, pale),
      oval(21, -4, 17, 8, pale),
      sitter.ears(ink),
      oval(0, -135, rx, ry, main),
      shape(
        `M10,${-135 - ry} C${rx + 8},${-135 - ry + 2} ${rx + 4},${-135 + ry} 12,${-135 + ry} C34,-118 34,-150 10,${-135 - ry} Z`,
        dark,
        'opacity="0.25" class="shade"',
      ),
      sitter.marks?.(ink) ?? "",
      sitter.face?.(ink) ?? muzzle(pale, ink.accent),
      eye(-19),
      eye(19),
      dot(-33, -124, 7, "#ff8d7a", 'opacity="0.35"'),
      dot(33, -124, 7, "#ff8d7a", 'opacity="0.35"'),
    ].join("");
  };
}

function muzzle(pale: string, nose: string): string {
  return [
    oval(-8, -119, 11, 9, pale),
    oval(8, -119, 11, 9, pale),
    shape("M-5,-126 L5,-126 L0,-119 Z", nose, `stroke="${nose}" stroke-width="3" stroke-linejoin="round"`),
    stroke("M0,-119 C-1,-113 -6,-111 -10,-113 M0,-119 C1,-113 6,-111 10,-113", night, 2.2),
  ].join("");
}

function whiskers(): string {
  return stroke(
    "M-24,-119 L-56,-124 M-24,-115 L-55,-111 M24,-119 L56,-124 M24,-115 L55,-111",
    night,
    1.6,
    'opacity="0.6"',
  );
}

const pointed = ({ main, accent }: Ink, inner = accent) =>
  [
    shape("M-46,-142 C-50,-170 -46,-190 -42,-197 C-30,-190 -16,-178 -8,-168 Z", main),
    shape("M46,-142 C50,-170 46,-190 42,-197 C30,-190 16,-178 8,-168 Z", main),
    shape("M-40,-156 C-42,-172 -41,-182 -39,-187 C-32,-182 -24,-175 -19,-169 Z", inner),
    shape("M40,-156 C42,-172 41,-182 39,-187 C32,-182 24,-175 19,-169 Z", inner),
  ].join("");

const round = ({ main, dark }: Ink) =>
  [-36, 36].map((x) => dot(x, -166, 19, main) + dot(x, -165, 10, dark, 'opacity="0.6"')).join("");

const cat: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#e39a4b",
  accent: "#e87b86",
  wear: seated,
  words: ["cat", "kitten", "kitty", "tabby"],
  draw: sitting({
    tail: ({ main, dark }) =>
      stroke("M44,-12 C104,-2 118,-58 88,-84", main, 19) + stroke("M96,-70 C96,-76 93,-81 88,-84", dark, 19),
    ears: (ink) => pointed(ink),
    marks: ({ dark }) =>
      stroke(
        "M0,-172 L0,-158 M-12,-170 L-9,-158 M12,-170 L9,-158 M-44,-138 L-34,-136 M44,-138 L34,-136",
        dark,
        5,
      ),
    face: ({ light, accent }) => muzzle(light, accent) + whiskers(),
  }),
};

const dog: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#c98f5a",
  accent: "#2f2a30",
  wear: seated,
  words: ["dog", "puppy", "hound", "corgi", "labrador", "retriever", "dachshund"],
  draw: sitting({
    tail: ({ main }) => stroke("M46,-16 C84,-18 98,-44 92,-68", main, 17),
    ears: () => "",
    head: [45, 41],
    marks: ({ dark }) =>
      shape("M-34,-166 C-62,-170 -72,-132 -60,-104 C-46,-102 -40,-126 -36,-146 Z", dark) +
      shape("M34,-166 C62,-170 72,-132 60,-104 C46,-102 40,-126 36,-146 Z", dark),
    face: ({ light, accent }) =>
      [
        oval(0, -116, 24, 17, light),
        shape("M-7,-108 C-8,-90 8,-90 7,-108 Z", "#ef7b82"),
        oval(0, -125, 9, 6.5, accent),
        stroke(
          "M0,-119 L0,-111 M0,-111 C-4,-106 -12,-106 -15,-111 M0,-111 C4,-106 12,-106 15,-111",
          night,
          2.4,
        ),
      ].join(""),
  }),
};

const fox: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#e2703a",
  accent: "#2f2a30",
  wear: seated,
  words: ["fox", "vixen", "wolf"],
  draw: sitting({
    tail: ({ main }) =>
      shape("M34,-8 C88,10 130,-40 96,-104 C92,-72 76,-60 50,-44 Z", main) +
      shape("M96,-104 C112,-74 108,-50 98,-36 C94,-52 86,-64 78,-68 C88,-78 94,-90 96,-104 Z", "#fff4e2"),
    ears: (ink) => pointed(ink, darker(ink.main, 0.7)),
    belly: () => "#fff1dd",
    marks: () =>
      shape(
        "M-47,-132 C-40,-112 -20,-96 0,-96 C20,-96 40,-112 47,-132 C30,-136 14,-128 0,-116 C-14,-128 -30,-136 -47,-132 Z",
        "#fff1dd",
      ),
    face: ({ accent }) =>
      oval(0, -108, 7, 5.5, accent) +
      stroke("M0,-103 C-3,-99 -8,-99 -11,-101 M0,-103 C3,-99 8,-99 11,-101", night, 2),
  }),
};

const rabbit: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#cfc4bd",
  accent: "#ef9aa2",
  wear: seated,
  words: ["rabbit", "bunny", "hare"],
  draw: sitting({
    tail: () => dot(52, -20, 17, "#ffffff"),
    head: [41, 37],
    ears: ({ main, accent }) =>
      [-1, 1]
        .map(
          (s) =>
            shape(
              `M${s * 8},-164 C${s * 2},-200 ${s * 12},-236 ${s * 26},-236 C${s * 40},-232 ${s * 38},-188 ${s * 30},-158 Z`,
              main,
            ) +
            shape(
              `M${s * 15},-168 C${s * 12},-196 ${s * 17},-222 ${s * 25},-222 C${s * 32},-216 ${s * 30},-186 ${s * 26},-164 Z`,
              accent,
            ),
        )
        .join(""),
    face: ({ light, accent }) => muzzle(light, accent) + whiskers(),
  }),
};

const bear: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#8a5a3c",
  accent: "#2f2a30",
  wear: seated,
  words: ["bear", "teddy", "panda", "koala", "hamster", "mouse"],
  draw: sitting({ tail: () => "", ears: round, head: [50, 42] }),
};

const tiger: Motif = {
  stands: "ground",
  size: 0.48,
  colour: "#ef9a3a",
  accent: "#d96b5e",
  wear: seated,
  words: ["tiger", "lion", "leopard", "cheetah"],
  draw: sitting({
    tail: ({ main, dark }) =>
      stroke("M44,-12 C104,-2 118,-58 92,-90", main, 15) + stroke("M100,-76 L92,-90", dark, 19),
    ears: round,
    belly: () => "#fff1dd",
    marks: () =>
      stroke(
        "M0,-172 L0,-156 M-14,-170 L-10,-156 M14,-170 L10,-156 M-46,-140 L-34,-138 M-45,-128 L-35,-128 M46,-140 L34,-138 M45,-128 L35,-128 M-50,-40 L-38,-44 M-52,-22 L-40,-26 M50,-40 L38,-44 M52,-22 L40,-26",
        "#3a2a2a",
        5.5,
      ),
    face: ({ accent }) => muzzle("#fff1dd", accent) + whiskers(),
  }),
};

const otter: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#8b5e3f",
  accent: "#3a2a26",
  wear: { neck: -124, half: 34, crown: -190 },
  words: ["otter", "beaver", "seal", "weasel", "ferret"],
  draw: ({ main, dark, accent }) => {
    const pale = mix(main, "#f6dfc0", 0.72);
    return [
      shape("M20,-4 C70,8 104,-10 112,-30 C92,-30 70,-34 40,-40 Z", dark),
      shape("M-38,0 C-52,-50 -40,-110 -26,-136 L26,-136 C40,-110 54,-50 40,0 Z", main),
      shape(
        "M10,-130 L26,-136 C40,-110 54,-50 40,0 L18,0 C32,-40 28,-96 10,-130 Z",
        dark,
        'opacity="0.4" class="shade"',
      ),
      shape("M-22,-128 C-30,-84 -28,-40 -14,-12 C-4,-6 10,-6 16,-12 C28,-40 30,-84 22,-128 Z", pale),
      oval(-26, -3, 20, 8, dark),
      oval(26, -3, 20, 8, dark),
      dot(-36, -180, 10, main) + dot(-36, -179, 5, accent),
      dot(36, -180, 10, main) + dot(36, -179, 5, accent),
      oval(0, -160, 44, 35, main),
      oval(0, -150, 33, 24, pale),
      oval(0, -158, 9, 6.5, accent),
      stroke(
        "M0,-152 L0,-146 M0,-146 C-5,-140 -12,-141 -15,-145 M0,-146 C5,-140 12,-141 15,-145",
        accent,
        2.4,
      ),
      stroke(
        "M-20,-150 L-48,-156 M-20,-146 L-48,-143 M20,-150 L48,-156 M20,-146 L48,-143",
        accent,
        1.5,
        'opacity="0.6"',
      ),
      oval(-18, -167, 5.5, 7, night) + dot(-16, -170, 2, "#fff"),
      oval(18, -167, 5.5, 7, night) + dot(20, -170, 2, "#fff"),
      stroke("M-36,-108 C-34,-88 -18,-80 -7,-84", darker(main, 0.1), 17),
      stroke("M36,-108 C34,-88 18,-80 7,-84", darker(main, 0.2), 17),
    ].join("");
  },
};

const bird: Motif = {
  stands: "air",
  size: 0.16,
  colour: "#e8604c",
  accent: "#f2b53c",
  words: [
    "bird",
    "sparrow",
    "robin",
    "parrot",
    "swallow",
    "seagull",
    "gull",
    "crow",
    "raven",
    "pigeon",
    "dove",
    "eagle",
  ],
  draw: ({ main, dark, light, accent }) =>
    [
      shape("M-70,-70 L-104,-88 L-96,-66 L-108,-52 L-66,-56 Z", dark),
      shape("M-74,-60 C-40,-110 30,-116 62,-92 C84,-74 60,-40 14,-36 C-24,-34 -56,-44 -74,-60 Z", main),
      shape("M-48,-52 C-20,-36 30,-38 56,-58 C40,-32 -18,-22 -48,-52 Z", light),
      shape("M-14,-84 C-30,-140 -64,-166 -88,-172 C-74,-120 -48,-84 -6,-70 Z", dark),
      shape("M0,-86 C-4,-140 -24,-172 -44,-186 C-48,-134 -26,-88 14,-72 Z", mix(main, dark, 0.45)),
      shape("M74,-88 L104,-82 L74,-72 Z", accent),
      dot(56, -86, 5, night) + dot(58, -88, 1.8, "#fff"),
    ].join(""),
};

const owl: Motif = {
  stands: "ground",
  size: 0.4,
  colour: "#9a6b4b",
  accent: "#f2a93b",
  wear: { neck: -112, half: 56, crown: -180 },
  words: ["owl", "chick", "hen", "chicken"],
  draw: ({ main, dark, light, accent }) =>
    [
      shape(
        "M-58,-20 C-78,-110 -60,-190 -48,-196 L-22,-178 L22,-178 L48,-196 C60,-190 78,-110 58,-20 C30,4 -30,4 -58,-20 Z",
        main,
      ),
      shape(
        "M20,-178 L48,-196 C60,-190 78,-110 58,-20 C48,-10 36,-4 24,-2 C52,-60 46,-140 20,-178 Z",
        dark,
        'opacity="0.35" class="shade"',
      ),
      shape("M-36,-24 C-44,-70 -24,-104 0,-104 C24,-104 44,-70 36,-24 C16,-8 -16,-8 -36,-24 Z", light),
      ...[-84, -66, -48].flatMap((y, row) =>
        [-18, 0, 18].map((x) => stroke(`M${x - 6 + row},${y} q6,8 12,0`, dark, 3, 'opacity="0.6"')),
      ),
      shape("M-60,-112 C-84,-84 -80,-40 -54,-20 C-48,-52 -50,-86 -60,-112 Z", dark),
      shape("M60,-112 C84,-84 80,-40 54,-20 C48,-52 50,-86 60,-112 Z", dark),
      ...[-24, 24].map(
        (x) =>
          dot(x, -142, 25, "#fff4e0") +
          dot(x, -142, 17, accent) +
          dot(x, -142, 10, night) +
          dot(x + 4, -147, 3.5, "#fff"),
      ),
      shape("M-8,-130 L8,-130 L0,-112 Z", "#e8842c"),
      stroke("M-22,-2 l-6,4 M-22,-2 l0,5 M-22,-2 l6,4 M22,-2 l-6,4 M22,-2 l0,5 M22,-2 l6,4", accent, 4),
    ].join(""),
};

const flamingo: Motif = {
  stands: "ground",
  size: 0.55,
  colour: "#f58aa0",
  accent: "#3a2a33",
  words: ["flamingo", "heron", "stork", "swan", "crane"],
  draw: ({ main, dark, light, accent }) =>
    [
      stroke("M4,-70 L2,0 L14,0", dark, 4.5),
      stroke("M10,-70 L34,-44 L6,-34", dark, 4.5),
      shape(
        "M-52,-88 C-40,-124 20,-130 62,-104 C84,-92 92,-74 96,-62 C66,-58 -20,-44 -46,-66 C-54,-74 -56,-80 -52,-88 Z",
        main,
      ),
      shape("M-16,-100 C20,-118 56,-100 92,-66 C56,-70 16,-68 -4,-80 Z", dark, 'opacity="0.55"'),
      shape("M-26,-92 C4,-108 36,-98 66,-78 C36,-78 0,-76 -26,-92 Z", light, 'opacity="0.7"'),
      stroke("M-42,-80 C-88,-104 -6,-140 -44,-176", main, 15),
      oval(-46, -180, 17, 13, main),
      shape("M-58,-186 C-78,-184 -86,-170 -78,-156 C-74,-164 -66,-170 -56,-172 Z", light),
      shape("M-84,-168 C-84,-162 -82,-158 -78,-156 C-76,-161 -73,-165 -70,-167 Z", accent),
      dot(-48, -183, 3.2, accent),
    ].join(""),
};

const fish: Motif = {
  stands: "water",
  size: 0.22,
  colour: "#f2894b",
  accent: "#ffffff",
  words: ["fish", "goldfish", "koi", "salmon", "shark"],
  draw: ({ main, dark, light, accent }) =>
    [
      shape("M-58,-70 C-96,-108 -106,-96 -98,-70 C-106,-44 -96,-32 -58,-70 Z", dark),
      shape("M-14,-108 C0,-134 34,-134 40,-110 Z", dark),
      shape("M-66,-70 C-36,-122 50,-126 86,-70 C50,-18 -36,-20 -66,-70 Z", main),
      shape("M-52,-60 C-20,-24 50,-24 82,-64 C50,-42 -10,-40 -52,-60 Z", light, 'opacity="0.8"'),
      stroke("M34,-104 C22,-84 22,-56 34,-36", accent, 9, 'opacity="0.85"'),
      stroke("M-10,-106 C-22,-84 -22,-56 -10,-34", accent, 7, 'opacity="0.6"'),
      shape("M-4,-62 C-22,-56 -26,-42 -24,-34 C-10,-36 4,-46 4,-58 Z", dark, 'opacity="0.8"'),
      dot(58, -78, 8, "#fff") + dot(60, -78, 4.5, night),
    ].join(""),
};

const whale: Motif = {
  stands: "water",
  size: 0.36,
  colour: "#4f7fb0",
  words: ["whale", "dolphin", "orca"],
  draw: ({ main, dark, light }) =>
    [
      stroke("M-30,-112 C-34,-150 -60,-150 -62,-134 M-30,-112 C-26,-152 2,-152 4,-136", "#dff3fb", 6),
      shape(
        "M62,-62 C86,-80 84,-112 70,-128 C92,-126 100,-112 98,-104 C104,-118 118,-122 128,-118 C122,-96 108,-40 60,-18 Z",
        dark,
      ),
      shape(
        "M-98,-44 C-98,-104 -20,-118 30,-92 C58,-78 76,-66 84,-58 C70,-14 20,4 -30,2 C-74,0 -98,-16 -98,-44 Z",
        main,
      ),
      shape("M-97,-36 C-60,-20 10,-12 56,-26 C30,-2 -10,4 -36,2 C-74,0 -96,-14 -97,-36 Z", light),
      stroke("M-80,-14 C-60,-8 -40,-6 -24,-6 M-70,-6 C-54,0 -40,0 -30,0", darker(light, 0.2), 2.5),
      shape("M-14,-34 C-10,-10 10,4 26,4 C26,-14 14,-30 4,-36 Z", dark),
      dot(-66, -50, 5.5, night) + dot(-64, -52, 2, "#fff"),
    ].join(""),
};

const penguin: Motif = {
  stands: "ground",
  size: 0.4,
  colour: "#2f3a56",
  accent: "#f2a03b",
  wear: { neck: -130, half: 44, crown: -192 },
  words: ["penguin", "puffin"],
  draw: ({ main, dark, accent }) =>
    [
      oval(-24, -3, 22, 8, accent) + oval(24, -3, 22, 8, accent),
      shape("M-52,-4 C-74,-80 -56,-196 0,-198 C56,-196 74,-80 52,-4 C24,4 -24,4 -52,-4 Z", main),
      shape(
        "M-38,-8 C-52,-70 -40,-116 -30,-134 C-44,-160 -16,-178 0,-158 C16,-178 44,-160 30,-134 C40,-116 52,-70 38,-8 C16,-2 -16,-2 -38,-8 Z",
        "#fff7ea",
      ),
      shape("M-54,-126 C-88,-96 -92,-60 -82,-44 C-66,-58 -54,-90 -54,-126 Z", dark),
      shape("M54,-126 C88,-96 92,-60 82,-44 C66,-58 54,-90 54,-126 Z", dark),
      shape(
        "M-13,-146 L13,-146 L0,-130 Z",
        accent,
        `stroke="${accent}" stroke-width="4" stroke-linejoin="round"`,
      ),
      dot(-19, -157, 5.5, night) +
        dot(19, -157, 5.5, night) +
        dot(-17, -159, 2, "#fff") +
        dot(21, -159, 2, "#fff"),
    ].join(""),
};

const duck: Motif = {
  stands: "water",
  size: 0.2,
  colour: "#f7c83c",
  accent: "#ee7f2d",
  words: ["duck", "duckling", "goose"],
  draw: ({ main, dark, light, accent }) =>
    [
      shape(
        "M-92,-72 C-76,-58 -50,-56 -30,-64 C-20,-80 -30,-98 -26,-122 C-20,-168 56,-166 54,-114 C54,-96 44,-88 46,-76 C66,-40 40,-4 -16,-4 C-72,-4 -98,-36 -92,-72 Z",
        main,
      ),
      shape("M-46,-46 C-30,-70 10,-68 24,-44 C10,-24 -30,-22 -46,-46 Z", dark, 'opacity="0.55"'),
      shape("M-10,-134 C0,-152 30,-152 38,-134 C24,-142 4,-142 -10,-134 Z", light, 'opacity="0.8"'),
      shape("M50,-126 C74,-130 84,-120 80,-112 C70,-104 56,-104 48,-108 Z", accent),
      dot(28, -124, 6, night) + dot(30, -126, 2.2, "#fff"),
    ].join(""),
};

const butterfly: Motif = {
  stands: "air",
  size: 0.15,
  colour: "#f0925a",
  accent: "#3a2d4a",
  words: ["butterfly", "moth", "bee", "dragonfly"],
  draw: ({ main, dark, light, accent }) =>
    [-1, 1]
      .map(
        (s) =>
          shape(
            `M0,-100 C${s * 30},-180 ${s * 104},-182 ${s * 96},-122 C${s * 90},-84 ${s * 40},-84 0,-92 Z`,
            main,
          ) +
          shape(
            `M0,-92 C${s * 40},-84 ${s * 86},-64 ${s * 66},-26 C${s * 46},-4 ${s * 12},-40 0,-80 Z`,
            dark,
          ) +
          dot(s * 66, -132, 12, light) +
          dot(s * 44, -50, 8, light),
      )
      .join("") +
    stroke("M0,-116 L0,-52", accent, 9) +
    stroke("M0,-116 C-4,-140 -16,-150 -24,-152 M0,-116 C4,-140 16,-150 24,-152", accent, 2.5),
};

const dragon: Motif = {
  stands: "ground",
  size: 0.62,
  colour: "#3f9a78",
  accent: "#f2b04a",
  words: ["dragon", "dinosaur", "wyvern"],
  draw: ({ main, dark, light, accent }) =>
    [
      shape(
        "M30,-92 C50,-150 84,-178 112,-178 C104,-160 104,-148 110,-134 C96,-136 88,-126 88,-112 C76,-116 66,-106 64,-92 C54,-96 44,-90 38,-76 Z",
        dark,
      ),
      stroke(
        "M40,-98 C62,-140 90,-168 110,-177 M48,-92 C66,-116 88,-132 108,-134 M52,-86 C64,-100 76,-110 87,-112",
        mix(dark, main, 0.5),
        3,
      ),
      shape("M40,-8 C90,6 112,-10 110,-46 C108,-66 94,-72 84,-64 C96,-56 94,-32 70,-34 Z", main),
      shape("M86,-62 L104,-92 L112,-58 Z", accent),
      shape("M-26,0 C-40,-50 -20,-96 12,-102 C54,-104 76,-50 64,0 Z", main),
      shape("M30,-98 C62,-84 74,-40 64,0 L34,0 C48,-40 46,-74 30,-98 Z", dark, 'opacity="0.4" class="shade"'),
      shape("M-20,0 C-30,-44 -18,-80 2,-92 C18,-70 22,-30 14,0 Z", light),
      stroke("M-22,-62 L8,-62 M-25,-45 L13,-45 M-25,-28 L15,-28 M-24,-12 L15,-12", mix(light, main, 0.4), 3),
      // Neck and head, looking to the left.
      shape("M26,-84 C44,-120 30,-150 4,-166 L-26,-132 C-6,-124 -8,-104 -22,-78 Z", main),
      shape("M20,-152 L44,-156 L32,-132 Z M30,-126 L52,-122 L34,-104 Z M8,-172 L28,-184 L20,-160 Z", accent),
      shape(
        "M2,-168 C10,-182 22,-190 34,-190 C26,-180 20,-170 14,-158 Z M-14,-172 C-8,-188 2,-196 12,-198 C6,-186 4,-176 2,-166 Z",
        "#f6ead0",
      ),
      shape(
        "M6,-160 C2,-180 -30,-184 -46,-170 C-62,-164 -86,-158 -88,-144 C-90,-130 -70,-126 -50,-126 C-30,-124 -4,-124 2,-138 Z",
        main,
      ),
      shape(
        "M-84,-136 C-70,-130 -40,-134 -14,-138 C-20,-126 -44,-124 -56,-126 C-72,-126 -82,-130 -84,-136 Z",
        light,
      ),
      shape("M-58,-132 l5,9 l6,-9 Z M-40,-134 l5,9 l6,-9 Z", "#ffffff"),
      dot(-32, -160, 8, "#fff3c8") + oval(-33, -160, 2.8, 7.5, night),
      stroke("M-44,-171 C-38,-174 -30,-175 -24,-172", dark, 4),
      dot(-80, -149, 2.6, darker(main, 0.6)),
      oval(-8, -3, 24, 9, dark) + oval(48, -3, 24, 9, dark),
    ].join(""),
};

const horse: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#a8693f",
  accent: "#4a2f2a",
  words: ["horse", "pony", "unicorn", "donkey", "deer", "zebra"],
  draw: ({ main, dark, light, accent, word }) =>
    [
      shape("M-76,-96 C-104,-92 -104,-50 -96,-30 C-88,-50 -86,-66 -70,-80 Z", accent),
      ...[-62, -40, 34, 54].map((x, k) =>
        shape(`M${x},-76 L${x + 2},0 L${x + 16},0 L${x + 18},-76 Z`, k % 2 ? main : dark),
      ),
      shape(
        "M-78,-104 C-60,-128 20,-118 44,-128 C64,-110 84,-80 72,-62 C30,-48 -40,-48 -72,-58 C-86,-74 -86,-92 -78,-104 Z",
        main,
      ),
      shape(
        "M26,-112 C36,-150 50,-176 70,-184 C86,-178 98,-156 106,-138 C104,-126 92,-124 84,-134 C78,-118 76,-92 70,-72 Z",
        main,
      ),
      shape("M64,-186 C40,-178 22,-146 18,-112 C30,-116 42,-126 50,-150 C54,-164 60,-176 70,-182 Z", accent),
      shape("M62,-184 L66,-204 L76,-184 Z", main),
      word === "unicorn" ? shape("M76,-182 L98,-222 L86,-176 Z", "#f6c64c") : "",
      dot(82, -158, 4.5, night) + dot(83, -159.5, 1.6, "#fff"),
      oval(100, -134, 7, 5, light, 'opacity="0.6"'),
    ].join(""),
};

/** Everything that breathes. */
export const animals: Readonly<Record<string, Motif>> = {
  cat,
  dog,
  fox,
  rabbit,
  bear,
  tiger,
  otter,
  bird,
  owl,
  flamingo,
  fish,
  whale,
  penguin,
  duck,
  butterfly,
  dragon,
  horse,
};
