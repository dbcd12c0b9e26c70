import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { report } from "./test-report.ts";

/**
 * Runs the tests whose paths hold one of the words given, or all of them.
 *
 * `--quick` leaves out those that need a browser, a database server or a bot of their own (`*.e2e.test.ts`), those that
 * take long (`*.long.test.ts`, the contract among them), and those of what the tests stand on: the stand-in, the
 * simulators. `--coverage`, as always in CI, says how much of the code they ran; `--slowest` names the twenty that took
 * longest.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    coverage: { type: "boolean", default: Boolean(process.env.CI) },
    slowest: { type: "boolean", default: false },
  },
});

const isLong = (file: string) => /\.(?:e2e|long)\.test\.ts$/.test(file);
const isGround = (file: string) => /^test\/(?:standin|simulators)\//.test(file);
const files = globSync("test/**/*.test.ts")
  .filter((file) => !(values.quick && (isLong(file) || isGround(file))))
  .filter((file) => positionals.length === 0 || positionals.some((word) => file.includes(word)))
  .sort((one, other) => Number(isLong(other)) - Number(isLong(one)) || one.localeCompare(other));

if (files.length === 0) {
  process.stdout.write(`No test file has ${positionals.join(" or ")} in its path.\n`);
  process.exit(1);
}

// Files share their code's compiled form; counting what ran needs it compiled anew.
if (!values.coverage) process.env.NODE_COMPILE_CACHE ??= "node_modules/.cache/node";

/**
 * What a test starts is not counted: a process that a test kills while it writes down what it ran leaves half a file, and
 * Node then counts nothing at all, and fails.
 */
const countsAlone = "--import=data:text/javascript,delete process.env.NODE_V8_COVERAGE";

const events = run({
  files,
  // Some of what is tested goes by the clock: more at once than there are processors would make it late.
  concurrency: Math.max(2, availableParallelism()),
  timeout: 5 * 60 * 1000,
  execArgv: ["--disable-warning=ExperimentalWarning", ...(values.coverage ? [countsAlone] : [])],
  ...(values.coverage && { coverage: true, coverageIncludeGlobs: ["src/**", "adapters/**"] }),
});
process.exitCode = (await report(events, { files: files.length, slowest: values.slowest ? 20 : 0 })) ? 0 : 1;
