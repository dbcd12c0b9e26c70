import { z } from "zod";
import { kept } from "../../src/privacy/kept.ts";
import type { Standin } from "../../src/standin/index.ts";
import type { Store } from "../../src/store/store.ts";

/** Every table that people are in, with what is in it: its keys and its values, as text. */
async function dump(store: Store): Promise<Readonly<Record<string, string>>> {
  const names = Object.values(kept).flatMap(({ tables }): readonly string[] => tables);
  const all = await Promise.all(
    names.map(async (name) => {
      const table = store.table(name, z.unknown());
      const lines: string[] = [];
      for await (const keys of table.keys()) {
        for (const key of keys) lines.push(`${key} ${JSON.stringify(await table.get(key))}`);
      }
      return [name, lines.sort().join("\n")] as const;
    }),
  );
  return Object.fromEntries(all.filter(([, text]) => text !== ""));
}

/** The tables in which a word stands. */
export async function tablesWith(store: Store, word: string): Promise<readonly string[]> {
  return Object.entries(await dump(store)).flatMap(([name, text]) => (text.includes(word) ? [name] : []));
}

/** What OpenAI was asked to delete, as `files/file_1` and the like. */
export function erasedAt(standin: Standin): readonly string[] {
  return standin.requests.flatMap(({ method, path }) =>
    method === "DELETE" ? [path.replace(/^\/v1\//, "")] : [],
  );
}
