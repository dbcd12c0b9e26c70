import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/** Makes a painter, then has it ask OpenAI for something; prints how many files of the SDK's API were loaded by then. */
const work = `
import { registerHooks } from "node:module";
let loaded = 0;
registerHooks({
  load(url, context, next) {
    if (url.includes("/node_modules/openai/resources/")) loaded += 1;
    return next(url, context);
  },
});
const [, painterFile, logFile] = process.argv;
const { createPainter } = await import(painterFile);
const { createLog } = await import(logFile);
const painter = createPainter({ apiKey: "x", baseUrl: "http://127.0.0.1:9/v1", standIn: false, log: createLog("silent"), backoffMs: 0 });
const before = loaded;
await painter.cancel("resp_1");
process.stdout.write(JSON.stringify([before, loaded]));
process.exit();
`;

test("the SDK is loaded when it is first needed, and not before", async () => {
  const files = ["openai/painter", "seam/log"].map((name) =>
    new URL(`../../src/${name}.ts`, import.meta.url).toString(),
  );
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", work, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [before, after] = JSON.parse(stdout);
  assert.equal(before, 0);
  assert.ok(after > 0, `${after}`);
});
