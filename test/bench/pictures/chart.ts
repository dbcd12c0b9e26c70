import { type Cell, type Subject, subjects } from "./cell.ts";
import { perPicture, quantile } from "./table.ts";

/** Colours that are told apart on light and on dark, and by who sees few. Source: Okabe and Ito, 2008. */
const colours: Readonly<Record<Subject, string>> = { ours: "#0072b2", plain: "#e69f00", floor: "#999999" };
const names: Readonly<Record<Subject, string>> = {
  ours: "Drawbridge",
  plain: "a plain bot",
  floor: "the least there is",
};

const [width, height, left, top, bottom] = [760, 300, 56, 56, 40];
const panel = (width - 2 * left) / 2 - 10;

/** Two panels of bars, each load beside the next: time of the processor a picture, and how long until it is there. */
export function toChart(cells: readonly Cell[], title: string): string {
  const panels = [
    drawPanel(cells, left, "Processor time a picture, ms", perPicture),
    drawPanel(
      cells,
      left + panel + 60,
      "From asking until it is there, s",
      ({ inAll }) => quantile(inAll, 0.5) / 1000,
    ),
  ];
  const legend = subjects.map(
    (subject, index) =>
      `<rect x="${left + index * 150}" y="30" width="10" height="10" fill="${colours[subject]}"/><text x="${left + 15 + index * 150}" y="39">${names[subject]}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#767676" role="img" aria-label="${title}">
<text x="${left}" y="18" font-size="13">${title}</text>
${[...legend, ...panels].join("\n")}
</svg>
`;
}

function drawPanel(cells: readonly Cell[], x: number, name: string, measure: (cell: Cell) => number): string {
  const loads = [...new Set(cells.map(({ pictures }) => pictures))];
  const most = Math.max(...cells.map(measure), 1e-9);
  const room = height - top - bottom - 20;
  const step = panel / loads.length;
  const bar = (step * 0.8) / subjects.length;
  const bars = cells.map((cell) => {
    const tall = (measure(cell) / most) * room;
    const at = x + loads.indexOf(cell.pictures) * step + subjects.indexOf(cell.subject) * bar;
    const value = measure(cell) >= 100 ? measure(cell).toFixed(0) : measure(cell).toFixed(1);
    const y = height - bottom - tall;
    return `<rect x="${at.toFixed(1)}" y="${y.toFixed(1)}" width="${(bar - 1).toFixed(1)}" height="${tall.toFixed(1)}" fill="${colours[cell.subject]}"/><text x="${(at + bar / 2).toFixed(1)}" y="${(y - 3).toFixed(1)}" font-size="7" text-anchor="middle">${value}</text>`;
  });
  const labels = loads.map(
    (pictures, index) =>
      `<text x="${(x + index * step + step * 0.4).toFixed(1)}" y="${height - bottom + 14}" text-anchor="middle">${pictures}</text>`,
  );
  return [
    `<text x="${x}" y="${top + 8}">${name}</text>`,
    ...bars,
    ...labels,
    `<text x="${x}" y="${height - 10}">pictures at once</text>`,
  ].join("\n");
}
