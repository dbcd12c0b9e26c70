import { BotError } from "../seam/errors.ts";
import { mostNamed, mostWords, type Named, otherSizes, type RuleSpec } from "../seam/rules.ts";

/** What a form's field holds on every platform, in characters. */
const mostLetters = 3000;

/** A value that a rule can have. Which one it is, its row says. */
export type RuleValue = boolean | number | string | readonly string[] | readonly Named[];

/**
 * A rule's value, from a form's fields or from words. Undefined: it is laid down no more. Throws BotError `bad_option`
 * with what it can be.
 */
export function parseRule(spec: RuleSpec, raw: unknown): RuleValue | undefined {
  if (raw === undefined || raw === null || raw === "" || (Array.isArray(raw) && raw.length === 0)) {
    return undefined;
  }
  switch (spec.kind) {
    case "switch":
      return parseSwitch(spec, raw);
    case "number":
      return parseNumber(spec, raw);
    case "choices":
      return parseChoices(spec, raw);
    case "words":
      return parseWords(spec, raw);
    case "text":
      return parseText(spec, raw);
    case "people":
    case "channels":
      return parseNamed(spec, raw);
  }
}

function parseSwitch(spec: RuleSpec, raw: unknown): boolean {
  if (raw === true || raw === "on" || raw === "yes") return true;
  if (raw === false || raw === "off" || raw === "no") return false;
  throw bad(spec, "is on or off");
}

function parseNumber(spec: RuleSpec, raw: unknown): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, unit } = spec;
  const value =
    typeof raw === "number"
      ? raw
      : Number(
          String(raw)
            .trim()
            .replace(/^\$|\s*(?:s|days?)$/gi, ""),
        );
  const isOne = unit === "$" ? Number.isFinite(value) : Number.isInteger(value);
  if (isOne && value >= min && value <= max) return value;
  throw bad(spec, `is a ${unit === "$" ? "sum" : "whole number"} from ${min} to ${max}`);
}

function parseChoices(spec: RuleSpec, raw: unknown): readonly string[] {
  const { values = [] } = spec;
  const asked = toList(raw).map((one) => one.toLowerCase());
  const unknown = asked.filter((one) => !values.some((known) => isNamed(known, one)));
  const chosen = values.filter((known) => asked.some((one) => isNamed(known, one))).map(({ value }) => value);
  if (unknown.length > 0 || chosen.length === 0) {
    throw bad(spec, `can hold: ${values.map(({ value }) => value).join(", ")}`);
  }
  if (chosen.every((value) => value === otherSizes)) {
    throw bad(spec, "have to hold one that has a name: it is taken where nothing is said");
  }
  return chosen;
}

function isNamed(
  { value, label }: { readonly value: string; readonly label: string },
  word: string,
): boolean {
  return value.toLowerCase() === word || label.toLowerCase() === word;
}

function parseWords(spec: RuleSpec, raw: unknown): readonly string[] {
  const { length = 100 } = spec;
  const words = [...new Set(toList(raw))];
  if (words.length > mostWords) throw bad(spec, `can be ${mostWords} at most`);
  if (words.join("\n").length > mostLetters) throw bad(spec, `have ${mostLetters} characters at most in all`);
  const long = words.find((word) => word.length > length);
  if (long !== undefined) throw bad(spec, `have ${length} characters at most each`);
  if (!words.every((word) => /[\p{L}\p{N}]/u.test(word))) throw bad(spec, "need a letter or a digit each");
  return words;
}

function parseText(spec: RuleSpec, raw: unknown): string {
  const { length = 500 } = spec;
  const text = String(raw).trim();
  if (text.length <= length) return text;
  throw bad(spec, `has ${length} characters at most`);
}

function parseNamed(spec: RuleSpec, raw: unknown): readonly Named[] {
  const all = Array.isArray(raw) ? raw.filter(isNamedKey) : [];
  if (!Array.isArray(raw) || all.length !== raw.length) {
    throw bad(spec, "is chosen in the form: /settings on Discord, App Home on Slack");
  }
  if (all.length > mostNamed) throw bad(spec, `can name ${mostNamed} at most`);
  return all.map(({ key, name, role }) => ({ key, name: name.slice(0, 100), ...(role && { role }) }));
}

function isNamedKey(one: unknown): one is Named {
  return (
    typeof one === "object" &&
    one !== null &&
    "key" in one &&
    typeof one.key === "string" &&
    one.key.includes(":") &&
    "name" in one &&
    typeof one.name === "string" &&
    (!("role" in one) || one.role === true)
  );
}

function toList(raw: unknown): readonly string[] {
  const parts = Array.isArray(raw) ? raw.map(String) : String(raw).split(/[,\n]/);
  return parts.map((one) => one.trim()).filter((one) => one !== "");
}

function bad({ label }: RuleSpec, what: string): BotError {
  return new BotError("bad_option", `${label} ${what}.`);
}
