import { createInk } from "../motifs/motif.ts";
import { motifs } from "../motifs/table.ts";
import { basketFront } from "../motifs/things.ts";
import type { Extent } from "../pen/outlines.ts";
import { between, createRandom } from "../pen/random.ts";
import { box, group, n } from "../pen/svg.ts";
import type { Figure, Scene, Spot } from "../scene.ts";

/** A given picture as a data URL; `cut`: without the ground it was photographed on. */
export interface Given {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly cut: boolean;
}

/** Whether given pictures are things in the scene rather than prints on its wall. */
export function takesCuts({ spot, figures }: Scene): boolean {
  return spot !== undefined || figures.some(({ motif }) => motif === "basket");
}

/** Pictures as prints, in order, a little askew. */
export function drawPrints(given: readonly Given[], { seed }: Scene, { w, h }: Extent): string {
  const count = given.length;
  const random = createRandom(seed ^ 0xca4d);
  const rows = count > 4 ? 2 : 1;
  const each = Math.ceil(count / rows);
  const side = Math.min((w * 0.86) / each, h * (rows === 2 ? 0.3 : 0.44));
  return given
    .map((picture, index) => {
      const [row, column] = [Math.floor(index / each), index % each];
      const inRow = row === rows - 1 ? count - each * (rows - 1) : each;
      const x = w / 2 + (column - (inRow - 1) / 2) * ((w * 0.9) / each);
      const y = h * (rows === 2 ? 0.26 + row * 0.34 : 0.42) + between(random, -14, 14);
      const ratio = Math.min(1.5, Math.max(0.67, picture.width / picture.height));
      const [cw, ch] = ratio > 1 ? [side * 0.88, (side * 0.88) / ratio] : [side * 0.88 * ratio, side * 0.88];
      const rim = side * 0.045;
      return group(
        [
          box(
            -cw / 2 - rim + 6,
            -ch / 2 - rim + 9,
            cw + rim * 2,
            ch + rim * 2.8,
            "#1d1638",
            3,
            'opacity="0.3" class="shade"',
          ),
          box(-cw / 2 - rim, -ch / 2 - rim, cw + rim * 2, ch + rim * 2.8, "#fffaf0", 3),
          `<image href="${picture.url}" x="${n(-cw / 2)}" y="${n(-ch / 2)}" width="${n(cw)}" height="${n(ch)}" preserveAspectRatio="xMidYMid slice"/>`,
          box(-34, -ch / 2 - rim - 12, 68, 24, "#f2cf7a", 2, 'opacity="0.8"'),
        ].join(""),
        `transform="translate(${n(x)},${n(y)}) rotate(${n(between(random, -4.5, 4.5))})"`,
      );
    })
    .join("");
}

/** Pictures put onto something, side by side. */
export function drawPasted(given: readonly Given[], spot: Spot, { w, h }: Extent): string {
  const each = (spot.width * w) / Math.max(1, given.length);
  return given
    .map((picture, index) => {
      const side = each * (given.length > 1 ? 0.92 : 1);
      const x = spot.x * w + (index - (given.length - 1) / 2) * each;
      return inBox(picture, x, spot.y * h, side, side);
    })
    .join("");
}

/** Pictures as things in a basket, in its own box: the later ones stand behind the first four. */
export function drawBasketful(given: readonly Given[], { colour, seed, word }: Figure): string {
  const rows = Array.from({ length: Math.ceil(given.length / 4) }, (_, back) =>
    given.slice(back * 4, back * 4 + 4),
  );
  const things = rows.map((row, back) => {
    const each = 176 / row.length;
    return row.map((picture, k) => {
      const x = (k - (row.length - 1) / 2) * each;
      return inBox(picture, x, -106 - back * 34 - (k % 2) * 6, Math.min(each * 1.06, 86), 84);
    });
  });
  const basket = motifs.basket;
  return `${things.toReversed().flat().join("")}${basket ? basketFront(createInk(basket, colour, seed, word)) : ""}`;
}

/** A picture as large as a box has room for, with a rim when it is not cut out. */
function inBox({ url, width, height, cut }: Given, x: number, y: number, wide: number, high: number): string {
  const scale = Math.min(wide / width, high / height);
  const [w, h] = [width * scale, height * scale];
  const rim = cut ? "" : box(x - w / 2 - 2, y - h / 2 - 2, w + 4, h + 4, "#fffaf0", 2);
  return `${rim}<image href="${url}" x="${n(x - w / 2)}" y="${n(y - h / 2)}" width="${n(w)}" height="${n(h)}" preserveAspectRatio="none"/>`;
}
