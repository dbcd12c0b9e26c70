import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openStore } from "../../src/store/store.ts";
import { compare } from "./compare.ts";

/** What a write costs that survives a power cut. */
export async function benchStore(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-bench-"));
  const [memory, sqlite] = await Promise.all([
    openStore("memory:"),
    openStore(`sqlite:${join(folder, "x.db")}`),
  ]);
  const value = { words: "a red fox in snow ".repeat(100) };
  const schema = z.object({ words: z.string() });
  const map = new Map<string, string>();
  const [inMemory, onDisk] = [memory.table("bench", schema), sqlite.table("bench", schema)];
  const times = Array.from({ length: 50 }, (_, index) => `key ${index}`);

  await compare(
    "50 values of 2 KB, written",
    {
      "memory:": async () => {
        for (const key of times) await inMemory.set(key, value);
      },
      "sqlite:": async () => {
        for (const key of times) await onDisk.set(key, value);
      },
      "a Map of JSON": async () => {
        for (const key of times) map.set(key, JSON.stringify(value));
      },
    },
    9,
  );
  await compare(
    "1000 values of 2 KB, written at once",
    {
      "memory:": async () => {
        await Promise.all(Array.from({ length: 1000 }, (_, index) => inMemory.set(`key ${index}`, value)));
      },
      "sqlite:": async () => {
        await Promise.all(Array.from({ length: 1000 }, (_, index) => onDisk.set(`key ${index}`, value)));
      },
    },
    9,
  );
  await compare(
    "50 values of 2 KB, read and checked",
    {
      "memory:": async () => {
        for (const key of times) await inMemory.get(key);
      },
      "sqlite:": async () => {
        for (const key of times) await onDisk.get(key);
      },
      "a Map of JSON": async () => {
        for (const key of times) schema.parse(JSON.parse(map.get(key) ?? ""));
      },
    },
    9,
  );
  await Promise.all([memory.close(), sqlite.close()]);
  await rm(folder, { recursive: true, force: true });
}
