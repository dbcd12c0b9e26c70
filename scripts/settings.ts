import { readFile, writeFile } from "node:fs/promises";
import { toTable as toKeptTable } from "../src/privacy/kept.ts";
import { toEnvExample, toTable } from "../src/setup/written.ts";

/** Writes anew what is made of the tables in the source: `.env.example`, and the tables in the docs. */
const [before, after] = ["<!-- made by npm run settings -->\n\n", "\n\n<!-- to here -->"];

await write("docs/settings.md", toTable());
await write("docs/privacy.md", toKeptTable());
await writeFile(".env.example", toEnvExample());

async function write(page: string, table: string): Promise<void> {
  const text = await readFile(page, "utf8");
  const [head = ""] = text.split(before);
  const [, tail = ""] = text.split(after);
  await writeFile(page, `${head}${before}${table}${after}${tail}`);
}
