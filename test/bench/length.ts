import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Generation } from "../../src/store/history.ts";
import { openStore } from "../../src/store/store.ts";
import { createStudio } from "../rig/studio.ts";
import { compare } from "./compare.ts";

const lengths = [1, 100, 10_000];
const usualGenerations = 1_000_000;
/** Rows that are written as one. */
const batch = 5000;

/**
 * What a turn costs at the end of a short thread and of a long one, in a store that holds little and in one that holds a
 * million generations; `--generations=100000`: so many.
 */
export async function benchLength(args: readonly string[] = []): Promise<void> {
  const said = args.find((arg) => arg.startsWith("--generations="))?.split("=")[1];
  const most = Number(said ?? usualGenerations);
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-bench-"));
  const store = await openStore(`sqlite:${join(folder, "x.db")}`);
  const studio = await createStudio({ store });
  const { key } = await studio.say("a fox");
  const first = await studio.history.find(key);
  if (!first) throw new Error("nothing was kept");

  /** A thread of so many turns, each of which goes on from the one before. */
  async function grow(generation: Generation, name: string, turns: number): Promise<void> {
    let parent: Generation["message"] | undefined;
    for (let from = 0; from < turns; from += batch) {
      const rows = Array.from({ length: Math.min(batch, turns - from) }, (_, at) => {
        const message = `paper:${name}-${from + at}` as const;
        const value = { ...generation, message, thread: `paper:${name}`, ...(parent && { parent }) };
        parent = message;
        return { table: "generation", key: message, value };
      });
      await store.write(rows);
    }
    if (parent) await studio.history.moveHead(`paper:${name}`, parent);
  }

  const ways = (prefix: string) =>
    Object.fromEntries(
      lengths.map((turns) => {
        const thread = `paper:${prefix}${turns}` as const;
        return [`after ${turns.toLocaleString("en")} turns`, () => studio.say("a fox at night", { thread })];
      }),
    );
  for (const turns of lengths) await grow(first, `few${turns}`, turns);
  await compare("A turn, in a store of 10,000 generations", ways("few"), 9);
  await grow(first, "others", most);
  for (const turns of lengths) await grow(first, `many${turns}`, turns);
  await compare(`A turn, in a store of ${most.toLocaleString("en")} generations`, ways("many"), 9);
  await studio.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
