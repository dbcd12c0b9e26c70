import { readFile, writeFile } from "node:fs/promises";
import { toEnvExample, toTable } from "../src/setup/written.ts";

/** Writes anew what is made of the table of variables: `.env.example`, and the tables in `docs/settings.md`. */
const page = "docs/settings.md";
const [before, after] = ["<!-- made by npm run settings -->\n\n", "\n\n<!-- to here -->"];

const text = await readFile(page, "utf8");
const [head = ""] = text.split(before);
const [, tail = ""] = text.split(after);
await writeFile(page, `${head}${before}${toTable()}${after}${tail}`);
await writeFile(".env.example", toEnvExample());
