import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const pages = [...globSync("docs/*.md"), "README.md", "CONTRIBUTING.md", "SECURITY.md"].sort();

/** As the hosts of repositories make it of a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

const anchorsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => toAnchor(heading));

test("every link between the pages leads somewhere", () => {
  const lost: string[] = [];
  for (const page of pages) {
    for (const [, target = ""] of readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      if (!existsSync(file)) lost.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(file).includes(anchor)) lost.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(lost, []);
});

test("every page is in the index", () => {
  const index = readFileSync("docs/README.md", "utf8");
  const others = globSync("docs/*.md").filter((page) => page !== "docs/README.md");
  assert.deepEqual(
    others.filter((page) => !index.includes(`](${page.slice("docs/".length)})`)),
    [],
  );
});
