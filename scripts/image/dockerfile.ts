/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals, e.g. `RUN`. */
  readonly name: string;
  /** `--from=dependencies` as `from`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows, on one line. */
  readonly rest: string;
  /** The same in its parts, where it is written as JSON. */
  readonly json?: readonly string[];
  /** Rules of hadolint's that the comment above it turns off. */
  readonly ignored: readonly string[];
}

/** The instructions of a Dockerfile, in order. Source: docs.docker.com/reference/dockerfile. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  let ignored: readonly string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    const comment = /^\s*#\s*(.*)$/.exec(line)?.[1];
    if (comment !== undefined) {
      const rules = /^hadolint ignore=(.+)$/.exec(comment)?.[1];
      if (rules) ignored = rules.split(",").map((rule) => rule.trim());
      continue;
    }
    open = `${open} ${line.replace(/\\\s*$/, "").trim()}`.trim();
    if (/\\\s*$/.test(line) || open === "") continue;
    instructions.push(toInstruction(open, ignored));
    [open, ignored] = ["", []];
  }
  return instructions;
}

function toInstruction(line: string, ignored: readonly string[]): Instruction {
  const [, name = "", tail = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  const [marks = ""] = /^(?:--[\w-]+=\S+\s+)*/.exec(tail) ?? [];
  const flags = Object.fromEntries(
    [...marks.matchAll(/--([\w-]+)=(\S+)/g)].map(([, key, value]) => [key, value]),
  );
  const rest = tail.slice(marks.length);
  const json = /\[.*\]$/.exec(rest)?.[0];
  return {
    ...{ name: name.toUpperCase(), flags, rest, ignored },
    ...(json && { json: JSON.parse(json) }),
  };
}

/** `NAME=value` pairs, as ENV and LABEL have them. */
export function toPairs(rest: string): Readonly<Record<string, string>> {
  const pairs = rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g);
  return Object.fromEntries([...pairs].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? ""]));
}

/** The instructions of each stage, its FROM first. */
export function toStages(instructions: readonly Instruction[]): readonly (readonly Instruction[])[] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === "FROM") stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}
