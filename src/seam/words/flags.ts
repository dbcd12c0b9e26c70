import { BotError } from "../errors.ts";
import { type ImageOptions, type OptionName, type OptionSpec, optionSpecs } from "../options.ts";
import { faultOf } from "./size.ts";

/** Names for the usual shapes, in pixels. */
const shapes: Readonly<Record<string, string>> = {
  auto: "auto",
  square: "1024x1024",
  wide: "1536x1024",
  tall: "1024x1536",
};

const specs = new Map<string, OptionSpec>(optionSpecs.map((spec) => [spec.name, spec]));

/** What was set of the options: those that can be, and a sentence for each of the others. */
export interface Checked {
  readonly options: Partial<ImageOptions>;
  readonly problems: readonly string[];
}

/** Flags as they stand in a text. */
export interface Flags extends Checked {
  /** What is left of it. */
  readonly text: string;
  /** What stands after `--` and is no option: it stays in the text. */
  readonly unknown: readonly string[];
}

/** Options from outside (a form, JSON, a command's fields), checked value by value. */
export function checkOptions(raw: Readonly<Record<string, unknown>>): Checked {
  const options: Record<string, string | number> = {};
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || value === null || value === "") continue;
    const spec = specs.get(name);
    if (!spec) {
      unknown.push(`“${name}”`);
      continue;
    }
    try {
      options[name] = parseValue(spec, String(value));
    } catch (error) {
      if (!(error instanceof BotError)) throw error;
      problems.push(error.message);
    }
  }
  if (unknown.length > 0) problems.push(`There is no option ${inWords(unknown)}. There are: ${names()}.`);
  return { options: options as Partial<ImageOptions>, problems }; // every value has just passed its row
}

/** The same, for where all of it has to be right. Throws one BotError `bad_option` that names all that is wrong. */
export function parseOptions(raw: Readonly<Record<string, unknown>>): Partial<ImageOptions> {
  const { options, problems } = checkOptions(raw);
  if (problems.length > 0) throw badOptions(problems);
  return options;
}

/** Whatever is wrong with the options somebody set, in one BotError `bad_option`: they are put right in one go. */
export function badOptions(problems: readonly string[]): BotError {
  return new BotError("bad_option", [...new Set(problems)].join("\n"));
}

/** Phones make an em or en dash of two hyphens. Before an option's name it is one: dashes in prose stay what they are. */
const dashes = `--|[—–](?=(?:${optionSpecs.map(({ name }) => name).join("|")})(?![a-z-]))`;
const quoted = /"[^"\n]*"|'[^'\n]*'(?!\S)|[“„”][^“”\n]*[“”]|‘[^‘’\n]*’/.source;
const flag = new RegExp(`(^|\\s)(${dashes})([a-z][a-z-]*)(?:(=|\\s+(?!${dashes}))(${quoted}|\\S+))?`, "gi");
const isQuoted = new RegExp(`^(?:${quoted})$`);
/** The end of a text, or of what is said before the next flag. */
const end = new RegExp(`^\\s*(?:$|${dashes})`, "i");

/** Whether a word is that flag, such as `--private`, also as phones write it: `—private`. */
export function isFlag(word: string, name: string): boolean {
  const [, said = ""] = /^(?:--|[—–])(\S+)$/.exec(word.trim()) ?? [];
  return said.toLowerCase() === name;
}

/**
 * Takes `--name value` and `--name=value` out of a text; the value may stand in quotes, also “curly” ones, and `—name`
 * and `–name` are the same where there is an option of that name: at either end of what is said, beside another flag, and
 * wherever a value of that option comes after.
 *
 * A word after `--` that is no option stays in the text and is named in `unknown`.
 */
export function readFlags(text: string): Flags {
  const raw: Record<string, string> = {};
  const unknown: string[] = [];
  const bare: string[] = [];
  /** The first word behind the flag before, or of all: a flag that stands there is no prose. */
  let word = wordAfter(text, 0);
  const rest = text.replace(flag, (...found: readonly unknown[]) => {
    const [all, before, dash, name, between, value, offset] = found as Match;
    const spec = specs.get(name.toLowerCase());
    if (!spec) {
      unknown.push(name);
      return all;
    }
    const to = offset + all.length;
    if (value === undefined) {
      bare.push(`--${spec.name} needs a value: ${takes(spec)}.`);
      word = wordAfter(text, to);
      return before;
    }
    const isSure = dash === "--" || between === "=" || isQuoted.test(value);
    const isApart = end.test(text.slice(to)) || (spec.kind !== "style" && word >= offset);
    if (!isSure && !isApart && !isMeant(spec, value)) return all;
    word = wordAfter(text, to);
    raw[spec.name] = value.replace(/^["'“‘„”]|["'”’“]$/g, "");
    return before;
  });
  const { options, problems } = checkOptions(raw);
  return { text: rest.trim(), options, unknown, problems: [...bare, ...problems] };
}

/** Where the next word begins, or the text ends. */
function wordAfter(text: string, at: number): number {
  const found = text.slice(at).search(/\S/);
  return found < 0 ? text.length : at + found;
}

type Match = [
  all: string,
  before: string,
  dash: string,
  name: string,
  between: string,
  value: string | undefined,
  offset: number,
];

/**
 * Whether a dash before an option's name in the midst of what is said is a flag and not one of a sentence, such as “a fox
 * —size of a mouse”: what comes after it is a value of that option, or was meant to be one. A style can be called anything.
 */
function isMeant(spec: OptionSpec, value: string): boolean {
  if (spec.kind === "style") return false;
  if (spec.kind === "number" && /^\d+$/.test(value)) return true;
  if (spec.kind === "size" && /^\d+[x×]\d+$/i.test(value)) return true;
  return checkOptions({ [spec.name]: value }).problems.length === 0;
}

/** The same. An option with a value it cannot have throws BotError `bad_option`: drawing something else would cost money. */
export function parseFlags(text: string): Omit<Flags, "problems"> {
  const { problems, ...flags } = readFlags(text);
  if (problems.length > 0) throw badOptions(problems);
  return flags;
}

/** What a person is told of flags there are none of; `then`: what becomes of it or of several, as the rest of a sentence. */
export function sayUnknown(unknown: readonly string[], then: (several: boolean) => string): string {
  const flags = [...new Set(unknown)].map((name) => `--${name}`);
  return `I don't know ${inWords(flags)}, so ${then(flags.length > 1)}. The options are: ${names()}.`;
}

/** The names of those that only a moderator may set. */
export function adminOptions(options: Partial<ImageOptions>): readonly OptionName[] {
  return optionSpecs.flatMap(({ name, admin }) => (admin && options[name] !== undefined ? name : []));
}

function parseValue(spec: OptionSpec, text: string): string | number {
  const value = text.trim().toLowerCase();
  if (spec.kind === "size") return parseSize(value);
  if (spec.kind === "style") return parseStyleName(value);
  if (spec.kind === "number") {
    const number = Number(value);
    if (!Number.isInteger(number) || number < (spec.min ?? 0) || number > (spec.max ?? Infinity)) {
      throw new BotError("bad_option", `${spec.label} takes ${takes(spec)}, not “${text}”.`);
    }
    return number;
  }
  const isKnown = spec.values?.some((choice) => choice.value === value) || spec.former?.includes(value);
  if (!isKnown) throw new BotError("bad_option", `${spec.label} takes ${takes(spec)}, not “${text}”.`);
  return value;
}

function parseSize(value: string): string {
  const named = Object.hasOwn(shapes, value) ? shapes[value] : undefined;
  if (named) return named;
  const match = /^(\d{2,5})\s*[x×]\s*(\d{2,5})$/.exec(value);
  if (!match) {
    throw new BotError(
      "bad_option",
      `Size takes square, wide, tall, auto or pixels such as 1536x864, not “${value}”.`,
    );
  }
  const size = { width: Number(match[1]), height: Number(match[2]) };
  const said = `${size.width}x${size.height}`;
  const fault = faultOf(size);
  if (fault) throw new BotError("bad_option", `A picture of ${said} cannot be drawn: ${fault}.`);
  return said;
}

/** What a person says in place of a style to do without the one that is their default. */
export const noStyle = "none";

/** A style's name as it is kept: “Cosy evening” is `cosy-evening`. Throws BotError `bad_option`. */
export function parseStyleName(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return name;
  throw new BotError(
    "bad_option",
    "A style's name has letters a to z, digits and hyphens, 32 at most, such as cosy-evening.",
  );
}

function takes(spec: OptionSpec): string {
  if (spec.kind === "style") return "the name of a saved style";
  if (spec.kind === "number") return `a whole number from ${spec.min} to ${spec.max}`;
  return (spec.values ?? []).map(({ value }) => value).join(", ");
}

function names(): string {
  return optionSpecs.map(({ name }) => name).join(", ");
}

/** “a”, “a or b”, “a, b or c”. */
function inWords(all: readonly string[]): string {
  const [last = "", ...before] = all.toReversed();
  return before.length > 0 ? `${before.reverse().join(", ")} or ${last}` : last;
}
