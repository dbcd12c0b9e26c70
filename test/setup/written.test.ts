import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { parseConfig } from "../../src/config.ts";
import { environment } from "../../src/environment.ts";
import { variables } from "../../src/setup/variables.ts";
import { toEnvExample, toTable } from "../../src/setup/written.ts";

const advice = "run npm run settings, and commit what it writes";

test("the table in the docs and .env.example are what the variables make of them", async () => {
  assert.equal(await readFile(".env.example", "utf8"), toEnvExample(), advice);
  assert.ok((await readFile("docs/settings.md", "utf8")).includes(toTable()), advice);
});

test("every variable of the schema is in both, and no other", () => {
  const names = Object.keys(environment.shape).sort();
  assert.deepEqual(Object.keys(variables).sort(), names);
  const example = toEnvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, "");
  assert.deepEqual(Object.keys(parseEnv(example)).sort(), names);
  const rows = [...toTable().matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(rows.sort(), names);
});

test("what the example shows as a default is the default", () => {
  const shown = parseEnv(toEnvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ""));
  const defaults = Object.entries(environment.parse({})).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  const written = Object.fromEntries(defaults.map((name) => [name, shown[name]]));
  assert.deepEqual(parseConfig(written), parseConfig({}));
});

test("every example is one that is taken", () => {
  const shown = parseEnv(toEnvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ""));
  for (const [name, value] of Object.entries(shown)) {
    if (value === "…") continue;
    const result = environment.safeParse({
      [name]: value,
      PLAYGROUND: "off",
      ...(name === "PLAYGROUND" && { PLAYGROUND: value }),
    });
    assert.ok(result.success, `${name}=${value}: ${result.error?.message}`);
  }
});
