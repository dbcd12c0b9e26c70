import { readFileSync, writeFileSync } from "node:fs";
import { type Cell, platforms } from "./cell.ts";
import { toChart } from "./chart.ts";
import { toShortTable } from "./table.ts";
import { toTargets } from "./targets.ts";

const page = "docs/performance.md";
const chart = "docs/performance.svg";
const titles = { discord: "Discord", slack: "Slack" } as const;

/** What stands between these is written by the bench alone. */
const [before, after] = ["<!-- made by the bench -->\n\n", "\n\n<!-- to here -->"];

/** What a whole run comes to. */
export interface Run {
  readonly cells: readonly Cell[];
  /** What it was measured with, and how quiet the machine was, a line each. */
  readonly conditions: readonly string[];
  /** Ms until ready and memory when idle, a line for each bot. */
  readonly idle: readonly string[];
}

/** Writes the numbers of docs/performance.md anew, and its chart: a table is never about another run than the chart. */
export function writePage(run: Run): void {
  const { cells, conditions, idle } = run;
  writeFileSync(chart, toChart(cells, conditions.at(-1) ?? ""));
  const sections = platforms.flatMap((platform) => {
    const own = cells.filter((cell) => cell.platform === platform);
    if (own.length === 0) return [];
    return [`### ${titles[platform]}`, toTargets(own), toShortTable(own)];
  });
  const text = [
    "![Processor time and time until it is there, by how many pictures are drawn at once](performance.svg)",
    conditions.join(" "),
    "What is aimed at, and what was measured; bold where it was missed. Then the numbers themselves, in ms, as p50 / p99.",
    ...sections,
    "Ready and idle, when nobody has asked for anything:",
    idle.map((line) => `- ${line}`).join("\n"),
  ].join("\n\n");
  const whole = readFileSync(page, "utf8");
  const [head, rest] = whole.split(before);
  const tail = rest?.split(after)[1];
  if (head === undefined || tail === undefined) throw new Error(`${page} has no place for the numbers`);
  writeFileSync(page, `${head}${before}${text}${after}${tail}`);
}
