import { n } from "./svg.ts";

/**
 * Letters as strokes, since no font can be counted on. Each is drawn in a box 10 wide (or as said) and 14 high, its
 * top at 0; a path, and its width when it is not 10.
 */
const glyphs: Readonly<Record<string, readonly [path: string, width?: number]>> = {
  A: ["M0,14 L5,0 L10,14 M2,9 H8"],
  B: ["M0,0 V14 H5 C10.5,14 10.5,6.8 5,6.8 H0 M0,0 H4.5 C9.3,0 9.3,6.8 4.5,6.8", 9],
  C: ["M10,3 C8,-1 0,-1.4 0,7 C0,15.4 8,15 10,11"],
  D: ["M0,0 V14 H3.5 C12,14 12,0 3.5,0 Z"],
  E: ["M8,0 H0 V14 H8 M0,7 H6.5", 8],
  F: ["M8,0 H0 V14 M0,7 H6.5", 8],
  G: ["M10,3 C8,-1 0,-1.4 0,7 C0,15.4 10,15.4 10,8 H6"],
  H: ["M0,0 V14 M10,0 V14 M0,7 H10"],
  I: ["M0,0 V14", 0.5],
  J: ["M7,0 V10 C7,15.3 0.5,15.3 0,11", 7],
  K: ["M0,0 V14 M9,0 L0,8 M3.4,5.4 L9.5,14", 9.5],
  L: ["M0,0 V14 H8", 8],
  M: ["M0,14 V0 L6,9 L12,0 V14", 12],
  N: ["M0,14 V0 L10,14 V0"],
  O: ["M5.5,0 C-1.8,0 -1.8,14 5.5,14 C12.8,14 12.8,0 5.5,0 Z", 11],
  P: ["M0,14 V0 H5 C10.6,0 10.6,7.6 5,7.6 H0", 9],
  Q: ["M5.5,0 C-1.8,0 -1.8,14 5.5,14 C12.8,14 12.8,0 5.5,0 Z M7,10 L11,15", 11],
  R: ["M0,14 V0 H5 C10.6,0 10.6,7.4 5,7.4 H0 M4.6,7.4 L9.5,14", 9.5],
  S: ["M9,2.6 C7,-1 0.4,-0.8 0.4,3.6 C0.4,8.4 9.4,5.8 9.4,10.4 C9.4,15 2,15.2 0,11.2", 9.4],
  T: ["M0,0 H10 M5,0 V14"],
  U: ["M0,0 V9 C0,15.7 10,15.7 10,9 V0"],
  V: ["M0,0 L5,14 L10,0"],
  W: ["M0,0 L3.6,14 L7.5,3 L11.4,14 L15,0", 15],
  X: ["M0,0 L9.5,14 M9.5,0 L0,14", 9.5],
  Y: ["M0,0 L5,7 L10,0 M5,7 V14"],
  Z: ["M0.5,0 H9.5 L0,14 H9.8"],
  "0": ["M4.5,0 C-1.5,0 -1.5,14 4.5,14 C10.5,14 10.5,0 4.5,0 Z", 9],
  "1": ["M0,3 L4,0 V14", 4.5],
  "2": ["M0,3.6 C0.4,-1.4 9,-1.2 8.6,4 C8.4,7.4 2,10 0,14 H9", 9],
  "3": [
    "M0,1.8 C3,-1.4 8.6,-0.2 8,3.8 C7.6,6.4 5,6.7 3,6.7 C5.6,6.7 9,7.4 8.8,10.4 C8.4,15.2 1.6,15 0,12",
    9,
  ],
  "4": ["M7,14 V0 L0,10 H10"],
  "5": ["M8.4,0 H1.2 L0.6,6.2 C4,4.2 9,5.6 9,9.6 C9,14.8 2,15.2 0,12.2", 9],
  "6": ["M8,1 C2,-1.4 -0.6,5 0.2,9.6 C1,15.4 9,15.2 9,9.8 C9,4.8 2,4.6 0.2,9", 9],
  "7": ["M0,0 H9 L3.4,14", 9],
  "8": [
    "M4.5,0 C-0.8,0 -0.6,6.6 4.5,6.6 C9.6,6.6 9.8,0 4.5,0 Z M4.5,6.6 C-1.6,6.6 -1.6,14 4.5,14 C10.6,14 10.6,6.6 4.5,6.6 Z",
    9,
  ],
  "9": ["M1,13 C7,15.4 9.6,9 8.8,4.4 C8,-1.4 0,-1.2 0,4.2 C0,9.2 7,9.4 8.8,5", 9],
  "!": ["M0,0 V9.4 M0,13.6 V14", 0.5],
  "?": ["M0,3 C0.6,-1.2 8.4,-1 8,3.8 C7.8,6.4 4,6.8 4,9.8 M4,13.6 V14", 8],
  ".": ["M0,13.6 V14", 0.5],
  ",": ["M0.6,13 L0,16", 1],
  "-": ["M0,7.4 H5", 5],
  "'": ["M0,0 V3", 0.5],
  ":": ["M0,4.6 V5 M0,12.6 V13", 0.5],
  "&": ["M10,14 L2,4 C0.4,-1 7,-1.2 6.4,2.8 C5.6,6.4 0,6.6 0,10.4 C0,15.4 8,15 9.6,8"],
  "+": ["M0,7.5 H8 M4,3.5 V11.5", 8],
  "/": ["M0,15 L6,-1", 6],
  "#": ["M3,0 L1,14 M8,0 L6,14 M0,4.6 H10 M-0.6,9.6 H9.4"],
};

const gap = 3.6;
const space = 6;

/** How letters are set: centred on `x`, `y`, as large as fits. */
export interface Setting {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
  /** Width of the stroke as a part of the letters' height; 0.12 is regular. */
  readonly weight: number;
  /** Extra space between letters, in fourteenths of their height. */
  readonly tracking?: number;
  readonly more?: string;
}

/** A line of text as vector paths, in capitals. Letters it does not know are left out. */
export function letters(text: string, setting: Setting): string {
  const { tracking = 0 } = setting;
  const line = [...plain(text)];
  const wide = line.reduce((sum, letter) => sum + advance(letter, tracking), 0) - gap - tracking;
  if (wide <= 0) return "";
  const scale = Math.min(setting.width / wide, setting.height / 14);
  let at = 0;
  const paths = line.map((letter) => {
    const glyph = glyphs[letter];
    const here = at;
    at += advance(letter, tracking);
    return glyph ? `<g transform="translate(${n(here)},0)"><path d="${glyph[0]}"/></g>` : "";
  });
  const left = setting.x - (wide * scale) / 2;
  const top = setting.y - 7 * scale;
  return `<g fill="none" stroke="${setting.colour}" stroke-width="${n(setting.weight * 14)}" stroke-linecap="round" stroke-linejoin="round" class="ink" ${setting.more ?? ""} transform="translate(${n(left)},${n(top)}) scale(${n(scale)})">${paths.join("")}</g>`;
}

/** A text broken into lines of about the same length. */
export function lines(text: string, most: number): readonly string[] {
  const words = plain(text).split(" ").filter(Boolean);
  const target = Math.max(
    ...words.map((word) => word.length),
    Math.min(most, Math.ceil(Math.sqrt(text.length * 3.2))),
  );
  const found: string[] = [];
  for (const word of words) {
    const last = found.at(-1);
    if (last !== undefined && last.length + word.length < target) found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}

function advance(letter: string, tracking: number): number {
  if (letter === " ") return space + tracking;
  const glyph = glyphs[letter];
  return glyph ? (glyph[1] ?? 10) + gap + tracking : 0;
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[’‘`]/g, "'")
    .replace(/[–—]/g, "-")
    .replace(/ß/g, "ss")
    .toUpperCase()
    .replace(/\s+/g, " ")
    .trim();
}
