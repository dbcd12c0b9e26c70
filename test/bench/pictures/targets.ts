import { type Cell, subjects } from "./cell.ts";
import { perPicture, quantile } from "./table.ts";

/** Bytes of a picture in flight, in megabytes: the picture itself, which is the largest that is held of it. */
const pictureMb = 3;

interface Target {
  readonly what: string;
  readonly wanted: string;
  /** Undefined where it is not asked for, or cannot be said. */
  of(ours: Cell, plain: Cell | undefined, floor: Cell | undefined): number | undefined;
  readonly most: number;
  readonly digits: number;
}

type Measure = (cell: Cell) => number;

const ratio =
  (other: "plain" | "floor", measure: Measure): Target["of"] =>
  (ours, plain, floor) => {
    const to = other === "plain" ? plain : floor;
    return to && measure(ours) / measure(to);
  };
const inAll =
  (share: number): Measure =>
  (cell) =>
    quantile(cell.inAll, share);
const first: Measure = ({ firsts }) => quantile(firsts, 0.5);

const targets: readonly Target[] = [
  {
    what: "processor time, of the least there is",
    wanted: "1.25 x",
    most: 1.25,
    digits: 2,
    of: ratio("floor", perPicture),
  },
  {
    what: "processor time, of the plain bot's",
    wanted: "below 1 x",
    most: 1,
    digits: 2,
    of: ratio("plain", perPicture),
  },
  {
    what: "sketches seen, of the least there is",
    wanted: "",
    most: Number.POSITIVE_INFINITY,
    digits: 2,
    of: ratio("floor", ({ sketches }) => sketches.length),
  },
  {
    what: "until the picture is there, of the least there is, p50",
    wanted: "1.15 x",
    most: 1.15,
    digits: 2,
    of: ratio("floor", inAll(0.5)),
  },
  { what: "the same, p99", wanted: "1.3 x", most: 1.3, digits: 2, of: ratio("floor", inAll(0.99)) },
  {
    what: "first sketch, of the least there is",
    wanted: "1.2 x",
    most: 1.2,
    digits: 2,
    of: ratio("floor", first),
  },
  {
    what: "first sketch of a picture alone, ms",
    wanted: "150",
    most: 150,
    digits: 0,
    of: (ours) => (ours.pictures === 1 ? first(ours) : undefined),
  },
  { what: "longest stretch, ms", wanted: "20", most: 20, digits: 0, of: ({ held }) => held.stretchMs },
  {
    what: "acknowledged, p99, ms",
    wanted: "300",
    most: 300,
    digits: 0,
    of: ({ acknowledged }) => quantile(acknowledged, 0.99),
  },
  {
    what: "memory above idle each, MB, decoders included",
    wanted: `${1.5 * pictureMb}`,
    most: 1.5 * pictureMb,
    digits: 1,
    of: ({ peakMb, pictures }) => peakMb / pictures,
  },
];

/** What is aimed at beside what was measured on one platform, a column for each load; bold where it was missed. In Markdown. */
export function toTargets(cells: readonly Cell[]): string {
  const loads = [...new Set(cells.map(({ pictures }) => pictures))];
  const found = loads.map((load) =>
    subjects.map((one) => cells.find(({ pictures, subject }) => pictures === load && subject === one)),
  );
  const rows = targets.map(({ what, wanted, most, digits, of }) => {
    const values = found.map(([ours, plain, floor]) => {
      const value = ours && of(ours, plain, floor);
      if (value === undefined || Number.isNaN(value)) return "";
      const text = value.toFixed(digits);
      return Number(text) > most ? `**${text}**` : text;
    });
    return `| ${[what, wanted, ...values].join(" | ")} |`;
  });
  return [
    `| at once | wanted | ${loads.join(" | ")} |`,
    `| --- | --- |${loads.map(() => " ---: |").join("")}`,
    ...rows,
  ].join("\n");
}
