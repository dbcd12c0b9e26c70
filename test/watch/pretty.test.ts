import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../../src/seam/log.ts";
import { toPretty } from "../../src/watch/pretty.ts";

/** What a terminal shows of what is logged. */
function shown(work: (log: ReturnType<typeof createLog>) => void, isColoured = false): string {
  const lines: string[] = [];
  work(createLog("debug", { write: (line) => void lines.push(toPretty(line, isColoured)) }));
  return lines.join("");
}

test("a line says when, how grave, what, and the fields; words in quotes", () => {
  const line = shown((log) => {
    const fields = {
      thread: "discord:1",
      shownMs: 4120,
      tokens: { input: 1, output: 2 },
      reason: "Say what to draw.",
    };
    log.child({ adapter: "discord" }).info(fields, "turn.done");
  });
  assert.match(
    line,
    /^\d\d:\d\d:\d\d info {2}turn\.done adapter=discord thread=discord:1 shownMs=4120 tokens=\{"input":1,"output":2\} reason="Say what to draw\."\n$/,
  );
});

test("an error has its stack below, and what caused it", () => {
  const error = new Error("the disk is full", { cause: new Error("ENOSPC") });
  const text = shown((log) => log.error({ error }, "store.failed"));
  const [head = "", ...lines] = text.trimEnd().split("\n");
  assert.match(head, /ERROR store\.failed$/);
  assert.equal(lines[0], "    Error: the disk is full");
  assert.match(lines[1] ?? "", /^ {4}at /);
  assert.ok(lines.includes("    caused by") && lines.includes("    Error: ENOSPC"), text);
});

test("nobody can command the terminal through the log", () => {
  const evil = "\u001b[2J\u0007\u009b31m\rred";
  const text = shown((log) => {
    log.warn({ name: evil, error: new Error(evil) }, "odd");
    log.warn({ error: evil }, "odder");
  });
  assert.doesNotMatch(text, /[^\P{Cc}\n]/u);
});

test("colours come where they are shown, secrets never, and what is no line of the log stays as it is", () => {
  const coloured = shown((log) => log.warn({}, "odd"), true);
  assert.ok(coloured.endsWith(" \u001b[33mwarn \u001b[39m odd\n"), coloured);
  assert.doesNotMatch(
    shown((log) => log.info({ token: "xoxb-1-secret" }, "x")),
    /secret/,
  );
  assert.equal(toPretty("(node:1) Warning: x\n", false), "(node:1) Warning: x\n");
  assert.equal(toPretty('{"a":1}\n', false), '{"a":1}\n');
});
