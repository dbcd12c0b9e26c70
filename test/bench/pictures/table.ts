import { type Cell, subjects } from "./cell.ts";

/** The value below which so many of them are, `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function perPicture({ cpuMs, pictures }: Cell): number {
  return cpuMs / pictures;
}

type Column = readonly [name: string, of: (cell: Cell) => string];

const ms = (value: number) => (Number.isNaN(value) ? "–" : Math.round(value).toLocaleString("en"));
const both = (values: readonly number[]) => `${ms(quantile(values, 0.5))} / ${ms(quantile(values, 0.99))}`;

const columns: readonly Column[] = [
  ["at once", ({ pictures }) => String(pictures)],
  ["", ({ subject }) => subject],
  ["CPU a picture", (cell) => ms(perPicture(cell))],
  ["of it the bot", ({ ownCpuMs, pictures }) => ms(ownCpuMs / pictures)],
  ["acknowledged", ({ acknowledged }) => both(acknowledged)],
  ["asked", ({ asked }) => both(asked)],
  ["first sketch", ({ firsts }) => both(firsts)],
  ["sketches", ({ sketches }) => both(sketches)],
  ["there", ({ there }) => both(there)],
  ["in all", ({ inAll }) => both(inAll)],
  ["loop delay", ({ held }) => ms(held.delayMs)],
  ["stretch", ({ held }) => ms(held.stretchMs)],
  ["MB each", ({ peakMb, pictures }) => (peakMb / pictures).toFixed(1)],
  ["sketches seen", ({ sketches }) => String(sketches.length)],
  ["dropped", ({ dropped }) => String(dropped)],
];

/** Those that a page shows. */
const few = [
  ...["at once", "", "CPU a picture", "of it the bot", "acknowledged", "first sketch", "there", "in all"],
  ...["stretch", "MB each", "sketches seen", "dropped"],
];

/** All cells of one platform, as a table in Markdown. */
export function toTable(cells: readonly Cell[]): string {
  return draw(cells, columns);
}

/** The same without what is of use to those alone who work on it. */
export function toShortTable(cells: readonly Cell[]): string {
  return draw(
    cells,
    columns.filter(([name]) => few.includes(name)),
  );
}

function draw(cells: readonly Cell[], columns: readonly Column[]): string {
  const rows = cells.map((cell) => columns.map(([, of]) => of(cell)));
  const heads = columns.map(([name]) => name);
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (values: readonly string[]) =>
    `| ${values.map((value, index) => (index === 1 ? value.padEnd(widths[index] ?? 0) : value.padStart(widths[index] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, index) => (index === 1 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

/** What ours takes of what the others take, a line for each load. */
export function toRatios(cells: readonly Cell[]): readonly string[] {
  const loads = [...new Set(cells.map(({ pictures }) => pictures))];
  return loads.flatMap((pictures) => {
    const [ours, plain, floor] = subjects.map((subject) =>
      cells.find((cell) => cell.pictures === pictures && cell.subject === subject),
    );
    if (!ours || !plain || !floor) return [];
    const of = (measure: (cell: Cell) => number) =>
      [plain, floor].map((other) => `${(measure(ours) / measure(other)).toFixed(2)} x`).join(", ");
    return [
      `${String(pictures).padStart(4)} at once, of plain and of the floor: CPU ${of(perPicture)}; in all p50 ${of(
        ({ inAll }) => quantile(inAll, 0.5),
      )}; p99 ${of(({ inAll }) => quantile(inAll, 0.99))}; first sketch ${of(({ firsts }) => quantile(firsts, 0.5))}`,
    ];
  });
}
