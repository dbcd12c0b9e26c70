import { type Cell, type Platform, type Subject, subjects } from "./cell.ts";
import { perPicture, quantile } from "./table.ts";

const names: Readonly<Record<Subject, string>> = {
  ours: "Drawbridge",
  plain: "a plain bot",
  floor: "the least there is",
};
const titles: Readonly<Record<Platform, string>> = { discord: "Discord", slack: "Slack" };

/** Colours that are told apart on light and on dark, and by who sees few. Source: Okabe and Ito, 2008. */
const style = `
  text { font: 11px system-ui, sans-serif; fill: #424a53 }
  .title { font-size: 14px; font-weight: 600; fill: #1f2328 }
  .value { font-size: 9px }
  .ground { fill: #fff }
  .grid { stroke: #d1d9e0 }
  .ours { fill: #0072b2; stroke: #0072b2 }
  .plain { fill: #d55e00; stroke: #d55e00 }
  .floor { fill: #8c959f; stroke: #8c959f }
  @media (prefers-color-scheme: dark) {
    text { fill: #b1bac4 }
    .title { fill: #f0f6fc }
    .ground { fill: #0d1117 }
    .grid { stroke: #30363d }
    .ours { fill: #56b4e9; stroke: #56b4e9 }
    .plain { fill: #e69f00; stroke: #e69f00 }
  }`;

const [width, left, top, gap] = [820, 44, 64, 56];
const panel = { width: (width - 2 * left - gap) / 2, height: 150 } as const;
const rowHeight = panel.height + 74;

/**
 * A row of two panels for each platform: the processor's time a picture, as bars from zero; and how long it takes from
 * asking until the picture is there, as dots on a logarithmic axis, with a line up to the slowest of a hundred. `note`: a
 * line below. Light or dark, as whoever looks at it likes.
 */
export function toChart(cells: readonly Cell[], note: string): string {
  const platforms = [...new Set(cells.map(({ platform }) => platform))];
  const loads = [...new Set(cells.map(({ pictures }) => pictures))].toSorted((a, b) => a - b);
  const height = top + platforms.length * rowHeight + 36;
  const legend = subjects.map(
    (subject, at) =>
      `<circle class="${subject}" cx="${left + 5 + at * 130}" cy="40" r="5"/><text x="${left + 15 + at * 130}" y="44">${names[subject]}</text>`,
  );
  const rows = platforms.flatMap((platform, row) => {
    const own = cells.filter((cell) => cell.platform === platform);
    const y = top + row * rowHeight + 30;
    return [
      drawBars(own, loads, left, y, `${titles[platform]}: processor time a picture, ms`),
      drawDots(
        own,
        loads,
        left + panel.width + gap,
        y,
        `${titles[platform]}: from asking to the picture, s (line: to p99)`,
      ),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="What a picture takes, by how many are drawn at once">
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="${left}" y="22">What a picture takes, by how many are drawn at once: lower is better</text>
${[...legend, ...rows].join("\n")}
<text x="${left}" y="${height - 26}">${note}</text>
<text x="${left}" y="${height - 10}">What is not there came to nothing, or took more than two minutes.</text>
</svg>
`;
}

function drawBars(
  cells: readonly Cell[],
  loads: readonly number[],
  x: number,
  y: number,
  title: string,
): string {
  const tallest = Math.max(...cells.map(perPicture), 1) * 1.1; // its number stands above it
  const step = roundUp(tallest / 4);
  const most = step * Math.ceil(tallest / step);
  const up = (value: number) => y + panel.height * (1 - value / most);
  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, at) => at * step);
  const place = toPlaces(loads, x);
  const marks = cells.map((cell) => {
    const value = perPicture(cell);
    const { from, wide } = place(cell);
    const middle = from + wide / 2;
    return `<rect class="${cell.subject}" stroke="none" x="${round(from)}" y="${round(up(value))}" width="${round(wide - 1)}" height="${round(y + panel.height - up(value))}"/><text class="value" x="${round(middle)}" y="${round(up(value) - 3)}" text-anchor="middle">${Math.round(value)}</text>`;
  });
  return drawFrame({ loads, x, y, title, ticks, up, place }) + marks.join("");
}

function drawDots(
  cells: readonly Cell[],
  loads: readonly number[],
  x: number,
  y: number,
  title: string,
): string {
  const seconds = cells.flatMap(({ inAll }) => [quantile(inAll, 0.5) / 1000, quantile(inAll, 0.99) / 1000]);
  const marked = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
  const lowest = marked.findLast((one) => one <= Math.min(...seconds)) ?? 0.1;
  const highest = marked.find((one) => one >= Math.max(...seconds)) ?? 500;
  const ticks = marked.filter((one) => one >= lowest && one <= highest);
  const up = (value: number) =>
    y + panel.height * (1 - Math.log(value / lowest) / Math.log(highest / lowest || 1));
  const place = toPlaces(loads, x);
  const marks = cells.map((cell) => {
    const [middle, slowest] = [quantile(cell.inAll, 0.5) / 1000, quantile(cell.inAll, 0.99) / 1000];
    const { from, wide } = place(cell);
    const at = round(from + wide / 2);
    return `<line class="${cell.subject}" stroke-width="1.5" x1="${at}" x2="${at}" y1="${round(up(middle))}" y2="${round(up(slowest))}"/><circle class="${cell.subject}" cx="${at}" cy="${round(up(middle))}" r="4"/><text class="value" x="${at}" y="${round(up(middle) + 13)}" text-anchor="middle">${middle.toFixed(1)}</text>`;
  });
  return drawFrame({ loads, x, y, title, ticks, up, place }) + marks.join("");
}

type Place = (of: Pick<Cell, "pictures" | "subject">) => { readonly from: number; readonly wide: number };

/** Where a bot's mark stands among those of its load. */
function toPlaces(loads: readonly number[], x: number): Place {
  const step = panel.width / loads.length;
  const wide = Math.min(28, (step * 0.8) / subjects.length);
  return ({ pictures, subject }) => {
    const middle = x + (loads.indexOf(pictures) + 0.5) * step;
    return { from: middle + (subjects.indexOf(subject) - subjects.length / 2) * wide, wide };
  };
}

/** The title, the lines with what they stand for, and how many are drawn at once. */
function drawFrame(of: {
  readonly loads: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly ticks: readonly number[];
  readonly up: (value: number) => number;
  readonly place: Place;
}): string {
  const { loads, x, y, title, ticks, up, place } = of;
  const lines = ticks.map(
    (tick) =>
      `<line class="grid" x1="${x}" x2="${x + panel.width}" y1="${round(up(tick))}" y2="${round(up(tick))}"/><text x="${x - 6}" y="${round(up(tick) + 4)}" text-anchor="end">${tick}</text>`,
  );
  const labels = loads.map((pictures) => {
    const { from, wide } = place({ pictures, subject: "plain" });
    return `<text x="${round(from + wide / 2)}" y="${y + panel.height + 16}" text-anchor="middle">${pictures}</text>`;
  });
  const below = `<text x="${x + panel.width / 2}" y="${y + panel.height + 32}" text-anchor="middle">pictures at once</text>`;
  return `<text x="${x}" y="${y - 12}">${title}</text>${lines.join("")}${labels.join("")}${below}`;
}

/** The next of 1, 2, 5, 10, 20, 50 and so on. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((one) => one * power >= value) ?? 10) * power;
}

function round(value: number): string {
  return value.toFixed(1);
}
