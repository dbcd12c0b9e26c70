import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mostWords, ruleSpecs } from "../../src/seam/rules.ts";

const page = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");

test("the docs' table has each rule as the rules table has it", () => {
  const wanted = ruleSpecs.map(({ name, label, hint, scopes, unset }) => {
    const where = scopes.some((scope) => scope === "channel") ? "everywhere, or a channel" : "everywhere";
    return `| \`${name}\` | ${label}: ${hint[0]?.toLowerCase()}${hint.slice(1)} | ${where} | ${unset} |`;
  });
  const [, table = ""] = /\| Rule \|.*\n.*---.*\n((?:\|.*\n)*)/.exec(page) ?? [];
  assert.equal(table.trim(), wanted.join("\n"));
});

test("what a row says fits into the forms of the platforms", () => {
  assert.ok(mostWords > 0);
  for (const { name, label, hint, values = [] } of ruleSpecs) {
    assert.ok(label.length <= 45, `${name}: a field's label on Discord`);
    assert.ok(hint.length <= 100, `${name}: a field's description on Discord`);
    assert.ok(values.length <= 25, `${name}: what a select holds on Discord`);
  }
  assert.ok(ruleSpecs.length <= 25, "a select of all of them");
});
