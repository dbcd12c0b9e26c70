import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { print } from "../compare.ts";
import { type Cell, measureCell, type Platform, platforms, type Subject, subjects, TooSlow } from "./cell.ts";
import { writePage } from "./page.ts";
import { perPicture, quantile, toRatios, toTable } from "./table.ts";

/** Ours, a plain bot and the least there is, side by side, for so many pictures at once. */
const usualLoads = [1, 8, 32, 128, 256];
const usualPaceMs = 1700;

/**
 * Prints a table for each platform. `--at=1,8`: so many at once; `--on=slack`; `--of=ours,floor`; `--pace=500`: ms between
 * two sketches; `--profiles=folder`: writes what took the time; `--flags=--no-opt`: of Node, for ours. `--chart`: writes the
 * numbers of docs/performance.md anew, and its chart. All of it takes half an hour, and longer nowhere: what is not done
 * in two minutes is told of and left out.
 */
export async function benchPictures(args: readonly string[] = []): Promise<void> {
  const said = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const loads = said("at")?.split(",").map(Number) ?? usualLoads;
  const on = platforms.filter((platform) => said("on")?.split(",").includes(platform) ?? true);
  const of = subjects.filter((subject) => said("of")?.split(",").includes(subject) ?? true);
  const paceMs = Number(said("pace") ?? usualPaceMs);
  const profiles = said("profiles");
  const flags = said("flags")?.split(",") ?? [];
  const processors = availableParallelism();
  print(
    "Times in ms, as p50 / p99. acknowledged, asked, in all: from the event; sketches, there: from the last byte.",
  );
  const all: Cell[] = [];
  for (const platform of on) {
    const cells: Cell[] = [];
    for (const pictures of loads) {
      for (const subject of of) {
        const cell = await measureAgain({ platform, subject, pictures, paceMs, processors, profiles, flags });
        if (!cell) continue;
        cells.push(cell);
        // A run that is broken off has said something, too.
        print(
          `${platform}, ${pictures} at once, ${subject}: ${Math.round(perPicture(cell))} ms CPU a picture`,
        );
      }
    }
    all.push(...cells);
    print(`\n${platform}\n\n${toTable(cells)}\n`);
    for (const line of toRatios(cells)) print(line);
  }
  const idle = on.flatMap((platform) => of.map((subject) => toIdle(all, platform, subject)));
  print(`\nidle:\n${idle.join("\n")}`);
  const conditions = toConditions(all, paceMs, processors);
  print(`\n${conditions.join("\n")}`);
  if (args.includes("--chart")) writePage({ cells: all, conditions, idle });
}

/** A cell that comes to nothing is told of, and tried once more; undefined when that comes to nothing, too. */
async function measureAgain(of: Parameters<typeof measureCell>[0]): Promise<Cell | undefined> {
  for (let tried = 0; tried < 2; tried += 1) {
    try {
      return await measureCell(of);
    } catch (error) {
      print(`came to nothing: ${error}`);
      if (error instanceof TooSlow) return undefined;
    }
  }
  return undefined;
}

function toIdle(all: readonly Cell[], platform: Platform, subject: Subject): string {
  const cells = all.filter((cell) => cell.platform === platform && cell.subject === subject);
  const middle = (values: readonly number[]) => Math.round(quantile(values, 0.5));
  const [readyMs, own, whole] = [
    middle(cells.map((cell) => cell.readyMs)),
    middle(cells.map(({ idleMb }) => idleMb.own)),
    middle(cells.map(({ idleMb }) => idleMb.all)),
  ];
  return `${platform}, ${subject}: ready after ${readyMs} ms, ${own} MB when idle, ${whole} with its decoders`;
}

/** What it was measured with, and how quiet the machine was. */
function toConditions(all: readonly Cell[], paceMs: number, processors: number): readonly string[] {
  const others = all.map((cell) => cell.others);
  const names = ["discord.js", "@slack/bolt", "openai", "sharp"];
  return [
    `Node ${process.version}, ${names.map((name) => `${name} ${versionOf(name)}`).join(", ")}; a sketch every ${paceMs} ms.`,
    `${processors} processors: ${cpus()[0]?.model ?? "unknown"}.`,
    `Noise: others took ${percent(quantile(others, 0.5))} of the machine at the median, ${percent(Math.max(...others))} at the most; load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(" ")}.`,
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL(`../../../node_modules/${name}/package.json`, import.meta.url), "utf8"),
  );
  return String(manifest && typeof manifest === "object" && "version" in manifest ? manifest.version : "");
}
