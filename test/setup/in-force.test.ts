import assert from "node:assert/strict";
import { test } from "node:test";
import { listSettings } from "../../src/setup/in-force.ts";
import { knownNames, variables } from "../../src/setup/variables.ts";

const heldBy = (env: Record<string, string>, wanted: string) => {
  const found = listSettings(env).find(({ name }) => name === wanted);
  assert.ok(found, wanted);
  return [found.value, found.isSet];
};

test("each setting is told with what holds: what is set, else what that comes to", () => {
  assert.deepEqual(
    listSettings({}).map(({ name }) => name),
    Object.keys(variables),
  );
  assert.deepEqual(heldBy({}, "PORT"), ["8080", false]);
  assert.deepEqual(heldBy({ PORT: " 9000 " }, "PORT"), ["9000", true]);
  assert.deepEqual(heldBy({ PORT: "" }, "PORT"), ["8080", false]);
  assert.deepEqual(heldBy({}, "DISCORD_TOKEN"), ["Discord is off", false]);
  assert.deepEqual(heldBy({}, "DISCORD_GUILD_ID"), ["not set", false]);
  assert.ok(!listSettings({}).some(({ about, value }) => /\]\(|`/.test(about + value)), "words, no Markdown");
});

test("no secret is told, wherever it stands", () => {
  const secret = "hunter2-hunter2-hunter2";
  const env = Object.fromEntries(
    Object.entries(variables).flatMap(([name, { secret: isSecret }]) => (isSecret ? [[name, secret]] : [])),
  );
  const told = listSettings({ ...env, OPENAI_BASE_URL: `https://me:${secret}@gateway.example.com/v1` });
  assert.ok(!JSON.stringify(told).includes("hunter2"));
  assert.deepEqual(heldBy(env, "STORE_URL"), ["set", true]);
  assert.equal(knownNames.includes("ADMIN_PASSWORD_FILE"), true);
});
