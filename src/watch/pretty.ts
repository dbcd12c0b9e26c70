import { z } from "zod";

const levels = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "ERROR", 60: "FATAL" } as const;
const colours = { 10: 90, 20: 90, 30: 32, 40: 33, 50: 31, 60: 31 } as const;
type Level = keyof typeof levels;

const shape = z.looseObject({
  level: z.literal([10, 20, 30, 40, 50, 60]),
  time: z.number(),
  msg: z.string(),
});

const failure = z.looseObject({
  stack: z.string().optional(),
  message: z.string(),
  cause: z.unknown().optional(),
});

/** Characters that a terminal takes for commands, and not for text; not the line's end. */
const commands = /[^\P{Cc}\n]/gu;

/**
 * One line of the log, as JSON, in words for a terminal: the time, how grave it is, what happened, the fields; a stack
 * below. What is no such line is left as it is. `isColoured`: the terminal shows colours.
 */
export function toPretty(line: string, isColoured: boolean): string {
  const parsed = shape.safeParse(toJson(line));
  if (!parsed.success) return line;
  const { level, time, msg, error, err, ...fields } = parsed.data;
  const paint = (words: string, colour: number) =>
    isColoured ? `\u001b[${colour}m${words}\u001b[39m` : words;
  const at = new Date(time);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  const told = Object.entries(fields).map(([name, value]) => `${paint(`${name}=`, 90)}${toWord(value)}`);
  const head = [
    paint(clock, 90),
    paint(levels[level as Level].padEnd(5), colours[level as Level]),
    toPlain(msg),
    ...told,
  ];
  return `${head.join(" ")}\n${toStack(error ?? err)}`;
}

function toJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A word as it is, and what could be taken for several in quotes. */
function toWord(value: unknown): string {
  if (typeof value === "string" && /^[\w.:/@#+-]+$/.test(value)) return value;
  return toPlain(JSON.stringify(value) ?? "");
}

function toStack(error: unknown): string {
  if (error === undefined) return "";
  const parsed = failure.safeParse(error);
  if (!parsed.success) return `    ${toWord(error)}\n`;
  const { stack, message, cause } = parsed.data;
  const lines = toPlain(stack ?? message).split("\n");
  const own = lines.map((line) => `    ${line.trim()}\n`).join("");
  return cause === undefined ? own : `${own}    caused by\n${toStack(cause)}`;
}

function toPlain(text: string): string {
  return text.replace(commands, "");
}
