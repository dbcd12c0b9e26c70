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

/** Options from outside (a form, JSON, a command's fields), checked value by value. Throws BotError `bad_option`. */
export function parseOptions(raw: Readonly<Record<string, unknown>>): Partial<ImageOptions> {
  const parsed: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || value === null || value === "") continue;
    const spec = specs.get(name);
    if (!spec) throw new BotError("bad_option", `There is no option “${name}”. There are: ${names()}.`);
    parsed[name] = parseValue(spec, String(value));
  }
  return parsed as Partial<ImageOptions>; // every value has just passed its row
}

/**
 * Takes `--name value` and `--name=value` out of a text; the value may stand in quotes.
 *
 * A word after `--` that is no option stays in the text and is named in `unknown`; a known option with a value it
 * cannot have throws BotError `bad_option`, since drawing something else would cost money.
 */
export function parseFlags(text: string): {
  text: string;
  options: Partial<ImageOptions>;
  unknown: readonly string[];
} {
  const raw: Record<string, string> = {};
  const unknown: string[] = [];
  const rest = text.replace(
    /(^|\s)--([a-z][a-z-]*)(?:(?:=|\s+(?!--))("[^"\n]*"|“[^”\n]*”|\S+))?/gi,
    (all, before: string, name: string, value) => {
      const spec = specs.get(name.toLowerCase());
      if (!spec) {
        unknown.push(name);
        return all;
      }
      if (value === undefined)
        throw new BotError("bad_option", `--${spec.name} needs a value: ${takes(spec)}.`);
      raw[spec.name] = value.replace(/^["'“‘]|["'”’]$/g, "");
      return before;
    },
  );
  return { text: rest.trim(), options: parseOptions(raw), unknown };
}

/** What a person is told of a flag there is none of; `then`: what becomes of it, as the rest of a sentence. */
export function sayUnknown(name: string, then: string): string {
  return `I don't know --${name}, so ${then}. The options are: ${names()}.`;
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
  const found = spec.values?.find((choice) => choice.value === value);
  if (!found) throw new BotError("bad_option", `${spec.label} takes ${takes(spec)}, not “${text}”.`);
  return found.value;
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
