import assert from "node:assert/strict";
import type { Finding } from "../../src/seam/watch/finding.ts";

/** The finding of that name, in that state, with those words and that advice. */
export function assertFound(
  findings: readonly Finding[],
  id: string,
  state: Finding["state"],
  words: RegExp,
  mend?: RegExp,
): void {
  const found = findings.filter((one) => one.id === id);
  const all = JSON.stringify(findings, undefined, 1);
  assert.ok(
    found.some(
      (one) =>
        one.state === state && words.test(one.words) && (mend === undefined || mend.test(one.mend ?? "")),
    ),
    `${id}, ${state}, ${words}, ${mend} in ${all}`,
  );
  for (const { words: line, mend: advice = "" } of findings) {
    assert.ok(!`${line}${advice}`.includes("\n"), `one line: ${line}`);
  }
}

/** Nothing is found that is to be mended, or looked at; what could not be told is named. */
export function assertWell(findings: readonly Finding[], unknown: readonly string[] = []): void {
  const rest = findings.filter(({ id, state }) => state !== "ok" && !unknown.includes(id));
  assert.deepEqual(rest, []);
}
