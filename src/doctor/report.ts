import type { Finding } from "../seam/watch/finding.ts";

/** What was found of one part of it all. */
export interface Report {
  readonly part: string;
  readonly findings: readonly Finding[];
}

const marks = { ok: "✔", warning: "!", error: "✖", unknown: "?" } as const;
const colours = { ok: 32, warning: 33, error: 31, unknown: 36 } as const;

/** For people: a line for each finding, and below it what to do. `isColoured`: the terminal shows colours. */
export function toText(reports: readonly Report[], isColoured: boolean): string {
  const paint = (words: string, colour: number) =>
    isColoured ? `\u001b[${colour}m${words}\u001b[39m` : words;
  const parts = reports.map(({ part, findings }) => {
    const lines = findings.map(({ state, words, mend }) => {
      const line = `  ${paint(marks[state], colours[state])} ${words}`;
      return mend ? `${line}\n      → ${mend}` : line;
    });
    return `${part}\n${lines.join("\n")}`;
  });
  return `${parts.join("\n\n")}\n\n${toSum(reports)}\n`;
}

/** For scripts. */
export function toJson(reports: readonly Report[]): string {
  const findings = reports.flatMap(({ part, findings }) => findings.map((finding) => ({ part, ...finding })));
  return `${JSON.stringify({ ok: isWell(reports), findings }, undefined, 2)}\n`;
}

/** Nothing is so wrong that it will not work. */
export function isWell(reports: readonly Report[]): boolean {
  return numberOf(reports, "error") === 0;
}

function toSum(reports: readonly Report[]): string {
  const [errors, warnings, unknown] = (["error", "warning", "unknown"] as const).map((state) =>
    numberOf(reports, state),
  );
  if (errors === 0 && warnings === 0)
    return unknown === 0 ? "All is well." : "All is well, as far as can be told.";
  const words = [...(errors ? [`${errors} to mend`] : []), ...(warnings ? [`${warnings} to look at`] : [])];
  return `${words.join(", ")}.`;
}

function numberOf(reports: readonly Report[], state: Finding["state"]): number {
  return reports.reduce((sum, { findings }) => sum + findings.filter((one) => one.state === state).length, 0);
}
