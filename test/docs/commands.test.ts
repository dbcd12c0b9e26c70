import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";

/** How a command begins that the pages show, and the test that runs it, or why none does. */
const commands: readonly (readonly [RegExp, { readonly by: string } | { readonly why: string }])[] = [
  [/^npm ci$/, { why: "every run of the tests stands on it" }],
  [/^npm test$/, { why: "it runs this" }],
  [/^npm start$/, { by: "test/setup/start.e2e.test.ts" }],
  [/^npm run doctor$|^npm run doctor -- --json$/, { by: "test/doctor/main.e2e.test.ts" }],
  [/^npm run doctor -- --draw$/, { why: "it is for OpenAI itself, and costs a cent" }],
  [/^npm run test:quick$/, { why: "it runs this" }],
  [/^npm run (?:check|format)$/, { why: "it is run before each commit, over all of this" }],
  [/^npm run test:faults$/, { by: "test/faults/storm.e2e.test.ts" }],
  [/^npm run test:scale(?: --.*)?$/, { by: "test/scale/storm.e2e.test.ts" }],
  [/^npm run bench(?::scale)?(?: --.*)?$/, { why: "it measures, and takes minutes" }],
  [/^npm run screenshot$/, { why: "what it draws is looked at by people" }],
  [/^npm run (?:--silent )?spending(?: --.*)?$/, { by: "test/report/main.e2e.test.ts" }],
  [/^npm run slim$/, { by: "test/docker/slim.test.ts" }],
  [/^npm run image:rehearse$/, { by: "test/docker/rehearsal.e2e.test.ts" }],
  [
    /^npm run settings$/,
    { why: "test/setup/written.test.ts and test/privacy/docs.test.ts hold what it writes" },
  ],
  [/^cp \.env\.example \.env$/, { why: "test/setup/written.test.ts holds what is copied" }],
  [
    /^docker (?:compose|build|run|exec)\b/,
    {
      why: "there may be no engine: test/docker/ reads what they name, and npm run image:rehearse carries it out",
    },
  ],
  [/^sqlite3 .*\.dump/, { why: "it needs SQLite's own tool, and a file that is damaged" }],
];

interface Shown {
  readonly page: string;
  readonly command: string;
}

/** Those that stand in a block of a shell's, one each, without what is set for them and what is said of them. */
function shownIn(page: string): readonly Shown[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)];
  return blocks
    .flatMap(([, block = ""]) => block.replaceAll(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .flatMap((line) => (line === "" || line.startsWith("#") ? [] : line.split(" && ")))
    .map((command) => ({ page, command: command.replace(/^(?:[A-Z_]+=(?:"[^"]*"|\S+) )+/, "") }));
}

const shown = [...globSync("docs/*.md"), "README.md", "CONTRIBUTING.md"].sort().flatMap(shownIn);

test("every command in the docs is run by a test, or said not to be", () => {
  assert.ok(shown.length > 20);
  const untold = shown.filter(
    ({ command }) => commands.filter(([pattern]) => pattern.test(command)).length !== 1,
  );
  assert.deepEqual(untold, []);
});

test("the tests that run them are there, and no row is left over", () => {
  for (const [pattern, how] of commands) {
    if ("by" in how) assert.ok(existsSync(how.by), how.by);
    assert.ok(
      shown.some(({ command }) => pattern.test(command)),
      `${pattern} is in no page`,
    );
  }
});

test("every script of npm's that is shown is there", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  for (const { command } of shown) {
    const [, name] = /^npm run (?:--silent )?([\w:-]+)/.exec(command) ?? [];
    assert.ok(name === undefined || name in scripts, command);
  }
});
