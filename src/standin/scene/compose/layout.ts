import { motifs } from "../motifs/table.ts";
import { between, createRandom } from "../pen/random.ts";
import type { Figure, Hole, Place } from "../scene.ts";
import type { Mention } from "../words/words.ts";

/** Where the ground is, as a fraction of the height, for things that stand. */
const grounds: Readonly<Partial<Record<Place, number>>> = {
  sea: 0.9,
  beach: 0.88,
  river: 0.88,
  pool: 0.9,
  lounge: 0.9,
  room: 0.9,
  studio: 0.84,
  sky: 0.74,
  space: 0.84,
  underwater: 0.9,
};

/**
 * Places things that a scene does not have yet: the first in the middle, buildings behind, the rest around. `across`: the
 * picture's shorter side as a part of its width.
 */
export function arrange(
  mentions: readonly Mention[],
  {
    place,
    seed,
    present = [],
    squeeze = 1,
    across = 1,
  }: { place: Place; seed: number; present?: readonly Figure[]; squeeze?: number; across?: number },
): readonly Figure[] {
  const random = createRandom(seed ^ 0x51f15e);
  const ground = grounds[place] ?? 0.88;
  const placed: Figure[] = [];
  const every = () => [...present, ...placed];
  const crowded = mentions.length + present.length > 2 ? 0.8 : 1;
  const heroes = mentions.filter(({ motif }) => motifs[motif]?.stands === "ground").length + present.length;

  for (const [index, mention] of mentions.entries()) {
    const motif = motifs[mention.motif];
    if (!motif) continue;
    const crowd = mention.count > 1 ? 1 / Math.sqrt(mention.count * 0.72) : 1;
    const alone = heroes <= 1 && motif.stands === "ground" && !motif.behind && mention.count === 1 ? 1.15 : 1;
    const size = motif.size * mention.scale * crowd * alone * squeeze * crowded;
    for (let k = 0; k < mention.count; k++) {
      const grown = size * (mention.count > 1 ? between(random, 0.85, 1.12) : 1);
      const lane =
        motif.stands === "sky"
          ? between(random, 0.26, 0.34)
          : motif.stands === "air"
            ? between(random, 0.3, 0.52) + grown * 0.28
            : motif.stands === "water"
              ? waterline(place, random)
              : motif.behind
                ? ground - 0.14 - 0.02 * k
                : ground + between(random, -0.015, 0.05);
      const spots =
        mention.side === "left"
          ? [0.2, 0.28, 0.13]
          : mention.side === "right"
            ? [0.8, 0.72, 0.87]
            : wish(motif.stands, motif.behind ?? false, every().length === 0);
      const held = mentions[index - 1]?.hugs && k === 0 ? placed.at(-1) : undefined;
      const reach = held && (held.size + grown) * 0.27 * across;
      if (held && reach) placed[placed.length - 1] = { ...held, x: 0.5 - reach / 2, flip: true, hugs: true };
      const x = reach ? 0.5 + reach / 2 : freest(spots, lane, grown, every(), random);
      placed.push({
        motif: mention.motif,
        word: mention.word,
        x,
        y: held ? held.y - 0.004 : lane,
        size: grown,
        flip: x > 0.55 ? random() < 0.75 : random() < 0.2,
        seed: Math.floor(random() * 1e9),
        ...(mention.colour ? { colour: mention.colour } : {}),
        ...(mention.wears ? { wears: mention.wears } : {}),
      });
    }
  }
  return placed;
}

/** Figures of which those from `first` on are new: these are made to fit into what a mask leaves open. */
export function intoHole(
  figures: readonly Figure[],
  first: number,
  hole: Hole,
  { width, height }: { readonly width: number; readonly height: number },
): readonly Figure[] {
  const short = Math.min(width, height);
  const count = figures.length - first;
  const tall = (hole.height * height) / short;
  const wide = (hole.width * width) / short / Math.max(1, count);
  return figures.map((figure, index) => {
    if (index < first) return figure;
    const size = Math.min(figure.size * 1.2, tall * 0.94, wide * 0.9);
    const x = hole.x + (hole.width * (index - first + 0.5)) / count;
    return { ...figure, size, x, y: hole.y + hole.height * 0.97 };
  });
}

function waterline(place: Place, random: () => number): number {
  if (place === "underwater") return between(random, 0.45, 0.7);
  if (place === "sea" || place === "beach") return between(random, 0.66, 0.74);
  return ["river", "pool", "lounge"].includes(place)
    ? between(random, 0.72, 0.78)
    : between(random, 0.8, 0.88);
}

function wish(stands: string, behind: boolean, empty: boolean): readonly number[] {
  if (stands === "sky") return [0.76, 0.24, 0.5, 0.88, 0.12];
  if (stands === "air") return [0.7, 0.3, 0.5, 0.85, 0.15, 0.6];
  if (behind) return [0.64, 0.34, 0.5, 0.82, 0.18, 0.92, 0.08];
  return empty ? [0.5] : [0.46, 0.28, 0.72, 0.6, 0.14, 0.86, 0.38];
}

/** Of the wished-for places the one with the most room around. */
function freest(
  spots: readonly number[],
  y: number,
  size: number,
  others: readonly Figure[],
  random: () => number,
): number {
  let best = spots[0] ?? 0.5;
  let most = Number.NEGATIVE_INFINITY;
  for (const [rank, spot] of spots.entries()) {
    const x = spot + between(random, -0.03, 0.03);
    const room = others.reduce((least, other) => {
      const apart = Math.hypot(x - other.x, (y - size / 2 - (other.y - other.size / 2)) * 0.6);
      return Math.min(least, apart / ((size + other.size) * 0.42));
    }, 1.2);
    const score = room - rank * 0.04;
    if (score > most) [best, most] = [x, score];
  }
  return best;
}
