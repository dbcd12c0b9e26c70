import { darker, lighter, mix } from "../pen/colour.ts";
import { letters } from "../pen/lettering.ts";
import { box, dot, group, oval, shape, stroke } from "../pen/svg.ts";
import type { Ink, Motif } from "./motif.ts";

const ink = "#2f2a36";

const boat: Motif = {
  stands: "water",
  size: 0.42,
  colour: "#d8523f",
  accent: "#fdf6e8",
  words: ["boat", "sailboat", "sail", "ship", "yacht", "raft", "canoe"],
  draw: ({ main, dark, accent }) =>
    [
      stroke("M0,-28 V-190", "#6b4a38", 5),
      shape("M6,-186 C60,-150 78,-100 80,-46 L6,-46 Z", accent),
      shape(
        "M6,-186 C60,-150 78,-100 80,-46 L52,-46 C52,-100 40,-150 6,-186 Z",
        darker(accent, 0.16),
        'class="shade"',
      ),
      shape("M-6,-164 C-40,-130 -56,-90 -60,-46 L-6,-46 Z", mix(accent, main, 0.25)),
      shape("M0,-190 l26,-7 l-26,-9 Z", main),
      shape("M-92,-34 H96 C88,-10 70,2 50,2 H-56 C-76,0 -86,-14 -92,-34 Z", main),
      shape("M-88,-20 C-84,-6 -74,1 -56,2 H50 C70,2 84,-6 90,-20 Z", dark),
      stroke("M-92,-34 H96", lighter(main, 0.6), 5),
      oval(0, 6, 110, 5, "#ffffff", 'opacity="0.35"'),
    ].join(""),
};

const car: Motif = {
  stands: "ground",
  size: 0.3,
  colour: "#3f8fa8",
  accent: "#cfe8ee",
  words: ["car", "taxi", "van", "truck", "bus", "vehicle", "beetle"],
  draw: ({ main, dark, light, accent }) =>
    [
      shape("M-66,-64 C-52,-108 -36,-112 0,-112 C40,-112 52,-100 70,-64 Z", main),
      shape("M-52,-66 C-42,-98 -32,-102 -6,-102 V-66 Z M4,-102 C34,-102 42,-92 56,-66 H4 Z", accent),
      shape("M-104,-20 C-106,-54 -92,-64 -66,-66 H72 C100,-62 110,-50 108,-20 Z", main),
      shape("M-104,-30 H108 V-20 H-104 Z", dark),
      stroke("M-90,-52 H96", light, 4, 'opacity="0.6"'),
      oval(100, -44, 7, 9, "#ffe7a0") + oval(-99, -44, 5, 8, "#f0604c"),
      ...[-58, 62].map((x) => dot(x, -20, 24, ink) + dot(x, -20, 12, "#cfcad2") + dot(x, -20, 5, ink)),
      stroke("M-2,-64 V-30 M-14,-54 h-8", dark, 2.5),
    ].join(""),
  lights: () =>
    shape("M104,-50 L230,-90 L230,0 L104,-36 Z", "#ffeeb0", 'opacity="0.3"') +
    oval(100, -44, 8, 10, "#fff6d0"),
};

const rocket: Motif = {
  stands: "air",
  size: 0.46,
  colour: "#f4efe8",
  accent: "#e2574c",
  words: ["rocket", "spaceship", "spacecraft", "shuttle", "ufo"],
  draw: ({ main, dark, accent }) =>
    group(
      [
        shape("M-16,-26 C-14,10 0,30 0,34 C0,30 14,10 16,-26 Z", "#f7a23c"),
        shape("M-8,-26 C-7,0 0,12 0,16 C0,12 7,0 8,-26 Z", "#fff0a8"),
        shape(
          "M-32,-72 C-62,-56 -64,-30 -60,-14 C-50,-26 -42,-30 -28,-32 Z M32,-72 C62,-56 64,-30 60,-14 C50,-26 42,-30 28,-32 Z",
          accent,
        ),
        shape("M0,-200 C40,-160 44,-90 30,-28 H-30 C-44,-90 -40,-160 0,-200 Z", main),
        shape(
          "M0,-200 C40,-160 44,-90 30,-28 H10 C24,-90 22,-160 0,-200 Z",
          dark,
          'opacity="0.3" class="shade"',
        ),
        shape("M0,-200 C16,-184 26,-166 31,-148 H-31 C-26,-166 -16,-184 0,-200 Z", accent),
        dot(0, -112, 19, "#5a6f9a") +
          dot(0, -112, 13, "#a8d8ee") +
          stroke("M-7,-118 a10,10 0 0 1 8,-5", "#fff", 3),
        shape("M-5,-70 H5 V-22 H-5 Z", accent),
      ].join(""),
      'transform="rotate(18 0 -100)"',
    ),
  lights: () =>
    group(
      shape("M-13,-24 C-12,6 0,26 0,30 C0,26 12,6 13,-24 Z", "#ffc35a") +
        dot(0, 0, 40, "#ffc35a", 'opacity="0.25"'),
      'transform="rotate(18 0 -100)"',
    ),
};

const plane: Motif = {
  stands: "air",
  size: 0.24,
  colour: "#f2efe9",
  accent: "#e2574c",
  words: ["plane", "airplane", "aeroplane", "jet", "helicopter"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-96,-96 L-110,-140 L-84,-140 L-62,-98 Z", accent),
      shape("M-102,-86 C-60,-112 60,-116 96,-96 C110,-86 104,-74 84,-70 C40,-62 -60,-62 -90,-74 Z", main),
      shape(
        "M-90,-74 C-60,-62 40,-62 84,-70 C96,-72 104,-78 103,-84 C60,-76 -60,-74 -98,-82 Z",
        dark,
        'opacity="0.35" class="shade"',
      ),
      shape("M10,-84 L-36,-24 L-14,-24 L44,-80 Z", accent),
      shape("M8,-100 L-18,-140 L-2,-140 L36,-102 Z", darker(accent, 0.2)),
      ...[-50, -28, -6, 16, 38, 60].map((x) => dot(x, -90, 4.5, "#5b7f9f")),
    ].join(""),
};

const balloon: Motif = {
  stands: "air",
  size: 0.32,
  colour: "#e2453f",
  words: ["balloon"],
  draw: ({ main, dark, light }) =>
    [
      stroke("M0,-84 C-14,-60 12,-40 0,0", "#8a7a78", 2.2),
      shape(
        "M0,-200 C44,-200 58,-166 54,-142 C48,-112 18,-96 0,-88 C-18,-96 -48,-112 -54,-142 C-58,-166 -44,-200 0,-200 Z",
        main,
      ),
      shape(
        "M20,-196 C50,-188 57,-162 54,-142 C48,-112 18,-96 0,-88 C34,-116 40,-160 20,-196 Z",
        dark,
        'opacity="0.4" class="shade"',
      ),
      oval(-24, -170, 10, 17, light, 'opacity="0.75" transform="rotate(20 -24 -170)"'),
      shape("M-8,-80 L0,-92 L8,-80 Z", dark),
    ].join(""),
};

const airship: Motif = {
  stands: "air",
  size: 0.4,
  colour: "#e8694c",
  accent: "#f7d08a",
  words: ["hot air balloon", "hot-air balloon", "airship", "zeppelin"],
  draw: ({ main, dark, accent }) =>
    [
      shape(
        "M0,-200 C64,-200 84,-152 72,-116 C62,-88 36,-68 20,-54 H-20 C-36,-68 -62,-88 -72,-116 C-84,-152 -64,-200 0,-200 Z",
        main,
      ),
      shape("M-14,-199 C-48,-180 -52,-110 -14,-54 H14 C52,-110 48,-180 14,-199 Z", accent),
      shape("M-4,-200 C-14,-170 -14,-100 -4,-54 H4 C14,-100 14,-170 4,-200 Z", main),
      shape(
        "M26,-196 C74,-180 82,-146 72,-116 C62,-88 36,-68 20,-54 H10 C50,-100 56,-160 26,-196 Z",
        dark,
        'opacity="0.3" class="shade"',
      ),
      stroke("M-18,-54 L-12,-24 M18,-54 L12,-24 M0,-54 V-24", "#6b4a38", 2),
      box(-16, -26, 32, 24, "#a8713f", 4) + stroke("M-16,-18 h32 M-16,-10 h32", "#7a4f2c", 2),
    ].join(""),
};

const robot: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#7fb3c2",
  accent: "#f2a13c",
  wear: { neck: -114, half: 36, crown: -180 },
  words: ["robot", "android", "machine", "cyborg"],
  draw: ({ main, dark, light, accent }) =>
    [
      stroke("M-22,-40 V-10 M22,-40 V-10", dark, 14),
      box(-40, -12, 36, 12, dark, 5) + box(4, -12, 36, 12, dark, 5),
      stroke("M-48,-96 C-78,-88 -78,-60 -70,-50", dark, 12) +
        stroke("M48,-96 C80,-100 84,-126 78,-140", dark, 12),
      dot(-70, -46, 11, accent) + dot(78, -144, 11, accent),
      box(-50, -110, 100, 76, main, 14) + box(8, -110, 42, 76, dark, 14, 'opacity="0.35" class="shade"'),
      box(-30, -94, 60, 34, darker(main, 0.6), 6) +
        stroke("M-22,-76 l10,0 l6,-10 l8,18 l6,-8 h14", "#8df0c0", 3),
      dot(-24, -48, 4, "#f0604c") + dot(-10, -48, 4, accent) + dot(4, -48, 4, "#7be0a0"),
      box(-10, -122, 20, 14, dark),
      stroke("M0,-180 V-196", dark, 4) + dot(0, -198, 6, accent),
      box(-44, -180, 88, 62, light, 18) + box(6, -180, 38, 62, main, 18, 'opacity="0.6" class="shade"'),
      box(-34, -168, 68, 34, darker(main, 0.7), 14),
      dot(-16, -151, 8, "#8df0e0") +
        dot(16, -151, 8, "#8df0e0") +
        dot(-14, -153, 3, "#fff") +
        dot(18, -153, 3, "#fff"),
      stroke("M-12,-127 h24", dark, 3.5),
    ].join(""),
  lights: () => dot(-16, -151, 8, "#8df0e0") + dot(16, -151, 8, "#8df0e0") + dot(0, -198, 6, "#ffd060"),
};

/** Long hair, on both sides of a face. */
const tresses = (hair: string) =>
  shape(
    "M-25,-176 C-42,-160 -38,-126 -30,-116 C-24,-124 -22,-150 -20,-172 Z M25,-176 C42,-160 38,-126 30,-116 C24,-124 22,-150 20,-172 Z",
    hair,
  );

const person: Motif = {
  stands: "ground",
  size: 0.52,
  colour: "#d9694a",
  accent: "#3f4f7a",
  wear: { neck: -140, half: 24, crown: -188 },
  words: [
    "person",
    "man",
    "woman",
    "girl",
    "boy",
    "child",
    "kid",
    "people",
    "wizard",
    "knight",
    "astronaut",
    "pirate",
    "king",
    "queen",
    "princess",
    "artist",
    "chef",
    "traveller",
    "hiker",
    "human",
    "friend",
    "lady",
  ],
  draw: ({ main, dark, accent, random, word }) => {
    const skin = ["#f1c6a4", "#c98d64", "#8a5a3f", "#e8b48a"][Math.floor(random() * 4)] ?? "#e8b48a";
    const hair = ["#3a2a2a", "#7a4a2c", "#d8a04a", "#5a3a5a"][Math.floor(random() * 4)] ?? "#3a2a2a";
    return [
      shape("M-20,-66 L-24,0 H-6 L0,-60 L6,0 H24 L20,-66 Z", accent),
      oval(-16, -2, 14, 6, ink) + oval(17, -2, 14, 6, ink),
      shape("M-30,-138 C-44,-100 -42,-74 -38,-52 H38 C42,-74 44,-100 30,-138 Z", main),
      shape(
        "M6,-140 L30,-138 C44,-100 42,-74 38,-52 H14 C22,-80 20,-116 6,-140 Z",
        dark,
        'opacity="0.45" class="shade"',
      ),
      stroke("M-30,-130 C-46,-112 -50,-92 -46,-76", main, 15) + dot(-46, -70, 8, skin),
      stroke("M30,-130 C46,-112 50,-92 46,-76", dark, 15) + dot(46, -70, 8, skin),
      box(-8, -150, 16, 18, skin),
      shape("M-26,-142 C-10,-130 10,-130 26,-142 L24,-130 C10,-120 -10,-120 -24,-130 Z", lighter(main, 0.55)),
      oval(0, -168, 23, 26, skin),
      word === "wizard"
        ? shape("M-40,-182 L6,-238 L40,-182 Z", accent) + dot(2, -206, 4, "#f6d060")
        : word === "astronaut"
          ? dot(0, -168, 37, "#cfe8f2", 'opacity="0.45"') +
            stroke("M-37,-168 a37,37 0 1 1 74,0 a37,37 0 1 1 -74,0", "#f2efe9", 6)
          : word === "knight"
            ? shape(
                "M-29,-146 V-174 C-29,-208 29,-208 29,-174 V-146 C10,-138 -10,-138 -29,-146 Z",
                "#b8bcc8",
              ) +
              box(-20, -172, 40, 8, ink, 3) +
              stroke("M0,-164 V-144 M-8,-154 h.1 M8,-154 h.1", "#8a8f9c", 3) +
              shape("M0,-198 C-4,-226 26,-226 34,-214 C22,-212 10,-206 4,-198 Z", main)
            : /king|queen|princess/.test(word)
              ? shape("M-22,-186 L-26,-212 L-10,-198 L0,-216 L10,-198 L26,-212 L22,-186 Z", "#f6c64c")
              : shape("M-26,-164 C-32,-202 32,-202 26,-164 C20,-182 -6,-186 -26,-164 Z", hair) +
                (/woman|girl|lady/.test(word) ? tresses(hair) : ""),
      dot(-8, -167, 2.6, ink) + dot(9, -167, 2.6, ink),
      stroke("M-5,-156 C-2,-152 4,-152 7,-156", ink, 2),
    ].join("");
  },
};

const cup: Motif = {
  stands: "ground",
  size: 0.32,
  colour: "#f4ead8",
  accent: "#6b4430",
  words: ["cup", "mug", "coffee", "tea", "cappuccino", "espresso", "latte", "teapot", "chocolate"],
  draw: ({ main, dark, accent }) =>
    [
      stroke(
        "M-22,-150 C-36,-166 -8,-176 -22,-196 M2,-150 C-12,-166 16,-176 2,-196 M26,-150 C12,-166 40,-176 26,-196",
        "#ffffff",
        5,
        'opacity="0.55"',
      ),
      oval(0, -6, 92, 13, dark) + oval(0, -10, 92, 13, main),
      stroke("M58,-108 C104,-116 104,-56 50,-58", main, 13),
      shape("M-66,-124 H66 C66,-60 44,-18 24,-14 H-24 C-44,-18 -66,-60 -66,-124 Z", main),
      shape(
        "M24,-124 H66 C66,-60 44,-18 24,-14 H2 C26,-40 34,-80 24,-124 Z",
        dark,
        'opacity="0.28" class="shade"',
      ),
      oval(0, -124, 66, 13, darker(main, 0.1)) + oval(0, -123, 58, 10, accent),
      shape(
        "M0,-117 C-16,-122 -16,-130 -6,-129 C-2,-129 0,-126 0,-125 C0,-126 2,-129 6,-129 C16,-130 16,-122 0,-117 Z",
        "#e8c8a0",
      ),
    ].join(""),
};

const gift: Motif = {
  stands: "ground",
  size: 0.3,
  colour: "#d8504a",
  accent: "#f7d27a",
  words: ["gift", "present", "box", "package", "parcel"],
  draw: ({ main, dark, accent }) =>
    [
      box(-70, -106, 140, 106, main, 4) + box(14, -106, 56, 106, dark, 4, 'opacity="0.35" class="shade"'),
      box(-80, -134, 160, 32, lighter(main, 0.15), 4),
      box(-12, -134, 24, 134, accent),
      shape(
        "M0,-134 C-54,-186 -72,-150 -50,-138 C-34,-130 -14,-132 0,-134 C54,-186 72,-150 50,-138 C34,-130 14,-132 0,-134 Z",
        accent,
        `stroke="${darker(accent, 0.25)}" stroke-width="3"`,
      ),
    ].join(""),
};

/** The side of a basket that faces us, over whatever is in it. */
export function basketFront({ main, dark, accent }: Ink): string {
  return [
    shape("M-94,-84 H94 L76,0 H-76 Z", main),
    shape("M30,-84 H94 L76,0 H36 Z", dark, 'opacity="0.35" class="shade"'),
    ...[-66, -46, -26, -8].map((y, row) =>
      Array.from({ length: 8 }, (_, k) =>
        box(-79 + k * 20 + (row % 2) * 6, y, 13, 9, row % 2 ? dark : lighter(main, 0.25), 4, 'opacity="0.6"'),
      ).join(""),
    ),
    box(-98, -90, 196, 14, lighter(main, 0.12), 7),
    shape(
      "M0,-62 C-30,-90 -44,-66 -30,-60 C-20,-56 -8,-60 0,-62 C30,-90 44,-66 30,-60 C20,-56 8,-60 0,-62 L-16,-26 L0,-38 L16,-26 Z",
      accent,
    ),
  ].join("");
}

const basket: Motif = {
  stands: "ground",
  size: 0.42,
  colour: "#b9803f",
  accent: "#e2574c",
  words: ["gift basket", "basket", "hamper", "picnic"],
  draw: (colours) =>
    [
      stroke("M-82,-76 C-70,-210 70,-210 82,-76", colours.dark, 11) +
        stroke("M-82,-76 C-70,-210 70,-210 82,-76", colours.main, 6),
      dot(-40, -92, 26, "#e8574a") + dot(6, -98, 28, "#8fbf5a") + dot(48, -92, 25, "#f2a63c"),
      stroke("M-40,-116 l4,-10 M6,-124 l4,-10 M48,-116 l-4,-10", "#5a3f2c", 4),
      dot(-48, -100, 6, "#fff", 'opacity="0.4"') +
        dot(-2, -108, 6, "#fff", 'opacity="0.4"') +
        dot(40, -100, 6, "#fff", 'opacity="0.4"'),
      basketFront(colours),
    ].join(""),
};

const cake: Motif = {
  stands: "ground",
  size: 0.34,
  colour: "#f6c9c8",
  accent: "#e2574c",
  words: ["cake", "cupcake", "birthday", "pie", "dessert", "ice cream", "donut", "pizza", "bread", "food"],
  draw: ({ main, dark, accent }) =>
    [
      oval(0, -6, 98, 12, "#d8d2da"),
      box(-78, -76, 156, 70, main, 8) + box(20, -76, 58, 70, dark, 8, 'opacity="0.25" class="shade"'),
      shape(
        "M-78,-70 C-60,-44 -50,-44 -40,-60 C-30,-40 -14,-40 -4,-60 C8,-38 24,-38 34,-60 C44,-42 60,-42 78,-70 V-76 H-78 Z",
        "#fff6ec",
      ),
      box(-50, -124, 100, 52, lighter(main, 0.35), 8) +
        box(12, -124, 38, 52, dark, 8, 'opacity="0.2" class="shade"'),
      shape(
        "M-50,-118 C-36,-98 -26,-98 -18,-110 C-8,-94 8,-94 18,-110 C28,-98 38,-98 50,-118 V-124 H-50 Z",
        "#fff6ec",
      ),
      ...[-28, 0, 28].map(
        (x) =>
          box(x - 4, -158, 8, 36, "#7fb3d8", 2) +
          shape(
            `M${x},-182 C${x + 9},-170 ${x + 6},-160 ${x},-160 C${x - 6},-160 ${x - 9},-170 ${x},-182 Z`,
            "#f7b23c",
          ),
      ),
      ...[-62, -30, 2, 34, 62].map((x) => dot(x, -24, 6, accent)),
    ].join(""),
  lights: () =>
    [-28, 0, 28]
      .map((x) => dot(x, -168, 18, "#ffd98a", 'opacity="0.4"') + dot(x, -168, 6, "#fff0b8"))
      .join(""),
};

const book: Motif = {
  stands: "ground",
  size: 0.26,
  colour: "#4f6fa8",
  accent: "#f7f0e0",
  words: ["book", "diary", "notebook", "library", "letter", "map"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-104,-16 L0,0 L104,-16 V-112 L0,-94 L-104,-112 Z", dark),
      shape("M0,-4 C-30,-24 -70,-26 -98,-20 V-122 C-70,-128 -30,-122 0,-102 Z", accent),
      shape("M0,-4 C30,-24 70,-26 98,-20 V-122 C70,-128 30,-122 0,-102 Z", darker(accent, 0.08)),
      stroke(
        "M-84,-104 C-60,-106 -34,-102 -16,-92 M-84,-84 C-60,-86 -34,-82 -16,-72 M-84,-64 C-60,-66 -34,-62 -16,-52 M84,-104 C60,-106 34,-102 16,-92 M84,-84 C60,-86 34,-82 16,-72 M84,-64 C60,-66 34,-62 16,-52",
        main,
        3,
        'opacity="0.55"',
      ),
      shape("M52,-122 V-58 L60,-66 L68,-56 V-122 Z", "#e2574c"),
    ].join(""),
};

const umbrella: Motif = {
  stands: "ground",
  size: 0.46,
  colour: "#e2574c",
  accent: "#fdf6e8",
  words: ["umbrella", "parasol"],
  draw: ({ main, dark, accent }) =>
    [
      stroke("M0,-180 V-10", "#7a5a48", 5),
      shape(
        "M-104,-112 C-96,-170 -46,-190 0,-190 C46,-190 96,-170 104,-112 C88,-124 70,-124 56,-112 C40,-124 16,-124 0,-112 C-16,-124 -40,-124 -56,-112 C-70,-124 -88,-124 -104,-112 Z",
        main,
      ),
      shape(
        "M0,-190 C-30,-180 -52,-150 -56,-112 C-40,-124 -16,-124 0,-112 Z M0,-190 C46,-190 96,-170 104,-112 C88,-124 70,-124 56,-112 C52,-150 30,-180 0,-190 Z",
        accent,
      ),
      shape(
        "M60,-174 C88,-160 101,-136 104,-112 C88,-124 70,-124 56,-112 Z",
        dark,
        'opacity="0.3" class="shade"',
      ),
    ].join(""),
};

const lamp: Motif = {
  stands: "ground",
  size: 0.56,
  colour: "#3f4a5a",
  accent: "#ffe3a0",
  words: ["lamp", "lantern", "street lamp", "streetlight"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-20,0 L-8,-16 H8 L20,0 Z", main) + box(-4, -150, 8, 136, main) + box(0, -150, 4, 136, dark),
      shape("M-18,-184 H18 L12,-148 H-12 Z", accent) +
        stroke("M-18,-184 L-12,-148 M18,-184 L12,-148 M0,-184 V-148", main, 3),
      shape("M-24,-184 L0,-204 L24,-184 Z", main),
    ].join(""),
  lights: () =>
    dot(0, -166, 70, "#ffdf90", 'opacity="0.2"') +
    dot(0, -166, 36, "#ffdf90", 'opacity="0.3"') +
    shape("M-16,-182 H16 L11,-150 H-11 Z", "#fff3c8"),
};

const bicycle: Motif = {
  stands: "ground",
  size: 0.34,
  colour: "#e2574c",
  words: ["bicycle", "bike", "motorcycle", "scooter"],
  draw: ({ main }) =>
    [
      ...[-60, 60].map(
        (x) =>
          stroke(`M${x - 38},-40 a38,38 0 1 1 76,0 a38,38 0 1 1 -76,0`, ink, 6) +
          stroke(
            `M${x},-78 v76 M${x - 38},-40 h76 M${x - 27},-67 l54,54 M${x + 27},-67 l-54,54`,
            "#a8a2ac",
            1.5,
          ),
      ),
      stroke("M-60,-40 L-24,-104 L40,-104 L0,-40 Z M-24,-104 L0,-40 M60,-40 L36,-124", main, 7),
      stroke("M-28,-116 L-24,-104 M36,-124 L20,-130 M36,-124 C48,-128 54,-120 52,-114", ink, 6),
      stroke("M-44,-118 h30", ink, 9),
      dot(0, -40, 9, ink),
    ].join(""),
};

const heart: Motif = {
  stands: "air",
  size: 0.28,
  colour: "#e84a5f",
  words: ["heart", "love", "valentine"],
  draw: ({ main, dark, light }) =>
    shape(
      "M0,-20 C-120,-100 -84,-190 -34,-180 C-14,-176 -4,-162 0,-150 C4,-162 14,-176 34,-180 C84,-190 120,-100 0,-20 Z",
      main,
    ) +
    shape("M0,-20 C60,-70 70,-140 46,-181 C92,-178 112,-96 0,-20 Z", dark, 'opacity="0.4" class="shade"') +
    oval(-48, -144, 12, 19, light, 'opacity="0.7" transform="rotate(28 -48 -144)"'),
};

const kite: Motif = {
  stands: "air",
  size: 0.34,
  colour: "#e8574a",
  accent: "#f7c34f",
  words: ["kite", "flag"],
  draw: ({ main, dark, accent }) =>
    [
      stroke("M0,-70 C30,-40 -30,-30 10,0", "#8a7a78", 2),
      shape("M0,-200 L58,-136 L0,-70 Z", accent) +
        shape("M0,-200 L-58,-136 L0,-70 Z", main) +
        shape("M0,-70 L58,-136 H0 Z", darker(accent, 0.15)) +
        shape("M0,-70 L-58,-136 H0 Z", dark),
      shape(
        "M6,-46 l12,-6 l0,12 Z M6,-46 l-12,-6 l0,12 Z M2,-22 l12,-6 l0,12 Z M2,-22 l-12,-6 l0,12 Z",
        accent,
      ),
    ].join(""),
};

const crown: Motif = {
  stands: "ground",
  size: 0.26,
  colour: "#f2b93c",
  accent: "#d8405a",
  words: ["crown", "treasure", "ring", "diamond", "trophy", "sword"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-84,-20 L-96,-120 L-46,-74 L0,-150 L46,-74 L96,-120 L84,-20 Z", main),
      shape("M0,-150 L46,-74 L96,-120 L84,-20 H30 Z", dark, 'opacity="0.3" class="shade"'),
      box(-86, -26, 172, 24, darker(main, 0.12), 6),
      dot(-96, -124, 9, accent) + dot(0, -156, 10, "#4f8fd0") + dot(96, -124, 9, accent),
      dot(-50, -14, 7, "#4f8fd0") + dot(0, -14, 8, accent) + dot(50, -14, 7, "#5ab88a"),
    ].join(""),
};

const guitar: Motif = {
  stands: "ground",
  size: 0.5,
  colour: "#c8793f",
  words: ["guitar", "violin", "piano", "music", "instrument", "drum"],
  draw: ({ main, dark }) =>
    group(
      [
        box(-7, -188, 14, 110, "#5a3a2c") + box(-12, -204, 24, 24, "#3f2a24", 4),
        shape(
          "M0,-96 C34,-100 40,-74 30,-60 C52,-44 52,0 0,0 C-52,0 -52,-44 -30,-60 C-40,-74 -34,-100 0,-96 Z",
          main,
        ),
        shape(
          "M10,-96 C36,-96 40,-74 30,-60 C52,-44 52,0 0,0 C36,-14 34,-60 10,-96 Z",
          dark,
          'opacity="0.4" class="shade"',
        ),
        dot(0, -54, 13, "#3f2a24") + box(-16, -22, 32, 6, "#3f2a24", 2),
        stroke("M-3,-188 V-20 M3,-188 V-20", "#f2e6cf", 1.3),
      ].join(""),
      'transform="rotate(12)"',
    ),
};

const camera: Motif = {
  stands: "ground",
  size: 0.28,
  colour: "#4a5568",
  accent: "#e2574c",
  words: ["camera", "computer", "laptop", "phone", "television", "tv", "radio", "clock", "watch"],
  draw: ({ main, dark, accent }) =>
    [
      shape("M-34,-136 L-24,-156 H24 L34,-136 Z", dark),
      box(-98, -138, 196, 130, main, 16) + box(-98, -110, 196, 22, accent),
      dot(0, -70, 50, "#e6e0da") +
        dot(0, -70, 40, ink) +
        dot(0, -70, 26, "#3f6f9a") +
        dot(-9, -80, 9, "#bfe4f4"),
      box(60, -130, 24, 14, "#ffe7a0", 3) + dot(-74, -124, 7, "#e6e0da"),
    ].join(""),
};

const fruit: Motif = {
  stands: "ground",
  size: 0.26,
  colour: "#e0483f",
  accent: "#6fae5c",
  words: [
    "apple",
    "fruit",
    "pear",
    "orange fruit",
    "lemon",
    "peach",
    "pumpkin",
    "tomato",
    "strawberry",
    "cherry",
  ],
  draw: ({ main, dark, light, accent }) =>
    [
      shape(
        "M0,-150 C-40,-176 -92,-146 -88,-84 C-84,-30 -44,0 -20,0 C-8,0 -6,-6 0,-6 C6,-6 8,0 20,0 C44,0 84,-30 88,-84 C92,-146 40,-176 0,-150 Z",
        main,
      ),
      shape(
        "M30,-162 C66,-164 91,-134 88,-84 C84,-30 44,0 20,0 C64,-40 66,-110 30,-162 Z",
        dark,
        'opacity="0.4" class="shade"',
      ),
      oval(-48, -112, 14, 24, light, 'opacity="0.65" transform="rotate(24 -48 -112)"'),
      stroke("M0,-148 C-2,-166 4,-180 12,-190", "#6b4430", 7),
      shape("M6,-170 C20,-196 52,-198 66,-188 C54,-168 28,-160 6,-170 Z", accent),
    ].join(""),
};

const sign: Motif = {
  stands: "ground",
  size: 0.4,
  colour: "#c8955a",
  accent: "#4a3028",
  words: ["sign", "signpost", "banner"],
  draw: ({ main, dark, accent, word }) =>
    [
      box(-9, -120, 18, 120, dark) + box(-9, -120, 8, 120, main),
      shape("M-104,-186 L88,-190 L112,-150 L90,-112 L-102,-106 Z", dark, 'transform="translate(3,5)"'),
      shape("M-104,-186 L88,-190 L112,-150 L90,-112 L-102,-106 Z", main),
      stroke("M-92,-172 L82,-176 M-92,-122 L80,-126", lighter(main, 0.3), 3, 'opacity="0.6"'),
      letters(word, { x: -4, y: -148, width: 170, height: 40, colour: accent, weight: 0.13 }),
    ].join(""),
};

/** Everything made to be used, and the people who use it. */
export const things: Readonly<Record<string, Motif>> = {
  boat,
  car,
  rocket,
  plane,
  airship,
  balloon,
  robot,
  person,
  cup,
  basket,
  gift,
  cake,
  book,
  umbrella,
  lamp,
  bicycle,
  heart,
  kite,
  crown,
  guitar,
  camera,
  fruit,
  sign,
};
