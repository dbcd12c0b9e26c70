import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/**
 * Tells on standard output how a run of tests goes: a line as each file ends, each failure as it happens, and the
 * numbers at the end, with every failure once more: who sees the last page of a long log sees what is wrong. False when
 * something failed. `files`: how many there are; `slowest`: so many tests to name.
 */
export async function report(
  events: AsyncIterable<TestEvent>,
  { files, slowest }: { readonly files: number; readonly slowest: number },
): Promise<boolean> {
  const startedAt = performance.now();
  /** By file and test, with the names of what it stands in. */
  const names = new Map<string, string>();
  const times: { readonly name: string; readonly ms: number }[] = [];
  const failures: string[] = [];
  let ended = 0;
  let isWell = true;

  for await (const { type, data } of events) {
    switch (type) {
      case "test:dequeue": {
        const within = names.get(`${data.file}:${data.parentId}`) ?? relative("test", data.file ?? "");
        names.set(`${data.file}:${data.testId}`, `${within} › ${data.name}`);
        break;
      }
      // The other events of a file come when those of the files before it have come.
      case "test:complete": {
        const { file = "", nesting, details } = data;
        const name = names.get(`${file}:${data.testId}`) ?? data.name;
        const isFile = nesting === 0 && file.endsWith(data.name);
        if (isFile) {
          ended += 1;
          const place = `[${String(ended).padStart(String(files).length)}/${files}]`;
          const mark = details.passed ? "✔" : "✖";
          say(`${place} ${mark} ${relative("test", file)}, ${seconds(details.duration_ms)}`);
        } else if (details.type !== "suite") times.push({ name, ms: details.duration_ms });
        if (!details.passed && details.error && !isTold(details.error)) {
          const failure = `✖ ${name}\n${inspect(details.error.cause ?? details.error)}`;
          failures.push(failure);
          say(failure);
        }
        break;
      }
      case "test:stdout":
      case "test:stderr":
        process.stdout.write(data.message);
        break;
      case "test:diagnostic":
        // The run fails with it, and no test does.
        if (data.message.startsWith("Warning: ")) {
          failures.push(data.message);
          say(data.message);
        }
        break;
      case "test:coverage": {
        const { coveredLinePercent: lines, coveredBranchPercent: branches } = data.summary.totals;
        say(`${lines.toFixed(1)} % of lines and ${branches.toFixed(1)} % of branches ran`);
        break;
      }
      case "test:summary": {
        const { counts, success } = data;
        isWell &&= success;
        if (data.file) break;
        times.sort((one, other) => other.ms - one.ms);
        for (const { name, ms } of times.slice(0, slowest)) say(`${seconds(ms).padStart(8)}  ${name}`);
        for (const failure of failures) say(failure);
        const { tests, passed, skipped } = counts;
        say(`${files} files in ${seconds(performance.now() - startedAt)}`);
        say(`${passed} passed, ${tests - passed - skipped} failed, ${skipped} skipped`);
        break;
      }
    }
  }
  return isWell;
}

/** A suite, or a test around others, fails with what is in it. */
function isTold(error: Error): boolean {
  return "failureType" in error && error.failureType === "subtestsFailed";
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
