import type { z } from "zod";
import { type ApiError, badRequest, invalidValue, listed } from "./api-error.ts";

/** A value that passed its schema. Throws ApiError in OpenAI's words; `at` is where the value stands, e.g. `input[0]`. */
export function check<T>(schema: z.ZodType<T>, value: unknown, at = ""): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  // What is wrong with a known parameter says more than a stray one, but the service reports strays first.
  const issues = result.error.issues;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  throw issue ? toApiError(issue, at) : badRequest("Invalid request.", at || null, null);
}

function toApiError(issue: z.core.$ZodIssue, at: string): ApiError {
  const param = toPath(issue.path, at);
  const input: unknown = issue.input;
  switch (issue.code) {
    case "unrecognized_keys": {
      const name = toPath([issue.keys[0] ?? ""], param);
      return badRequest(`Unknown parameter: '${name}'.`, name, "unknown_parameter");
    }
    case "invalid_type":
      if (input === undefined) {
        return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
      }
      return invalidType(param, expected[issue.expected] ?? `a ${issue.expected}`, input);
    case "invalid_value":
      if (input === undefined) {
        return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
      }
      return typeof input === "string"
        ? invalidValue(param, input, issue.values.map(String))
        : invalidType(param, `one of ${listed(issue.values.map(String), "or")}`, input);
    case "too_big":
      return tooMuch(param, issue.origin, Number(issue.maximum), input, "above");
    case "too_small":
      return tooMuch(param, issue.origin, Number(issue.minimum), input, "below");
    case "invalid_union": {
      if (input === undefined) {
        return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
      }
      const deeper = issue.errors.flat().find((inner) => inner.path.length > 0);
      if (deeper) return toApiError(deeper, param);
      // A tagged union whose tag is unknown reports the tags it knows.
      const tags = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      if (tags.length > 0) return invalidValue(param, input, tags);
      const types = issue.errors.flat().map((inner) => describe(inner));
      return invalidType(param, `one of ${[...new Set(types)].join(" or ")}`, input);
    }
    default:
      return badRequest(`Invalid value for '${param}': ${issue.message}.`, param, "invalid_value");
  }
}

const expected: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a decimal",
  int: "an integer",
  boolean: "a boolean",
  object: "an object",
  record: "an object",
  array: "an array",
  null: "null",
};

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return expected[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return listed(issue.values.map(String), "or");
  return "an object";
}

function invalidType(param: string, wanted: string, input: unknown): ApiError {
  return badRequest(
    `Invalid type for '${param}': expected ${wanted}, but got ${typeName(input)} instead.`,
    param,
    "invalid_type",
  );
}

function tooMuch(
  param: string,
  origin: string,
  bound: number,
  input: unknown,
  side: "above" | "below",
): ApiError {
  const above = side === "above";
  if (typeof input === "string") {
    return badRequest(
      `Invalid '${param}': ${
        above ? "string too long" : input === "" ? "empty string" : "string too short"
      }. Expected a string with ${above ? "maximum" : "minimum"} length ${bound}, but got ${
        input === "" ? "an empty string" : `a string with length ${input.length}`
      } instead.`,
      param,
      above ? "string_above_max_length" : input === "" ? "empty_string" : "string_below_min_length",
    );
  }
  if (Array.isArray(input)) {
    return badRequest(
      `Invalid '${param}': array too ${above ? "long" : "short"}. Expected an array with ${
        above ? "maximum" : "minimum"
      } length ${bound}, but got an array with length ${input.length} instead.`,
      param,
      above ? "array_above_max_length" : input.length === 0 ? "empty_array" : "array_below_min_length",
    );
  }
  if (typeof input === "number") {
    const kind = origin === "int" || Number.isInteger(input) ? "integer" : "decimal";
    return badRequest(
      `Invalid '${param}': ${kind} ${side} ${above ? "maximum" : "minimum"} value. Expected a value ${
        above ? "<=" : ">="
      } ${bound}, but got ${input} instead.`,
      param,
      `${kind}_${side}_${above ? "max" : "min"}_value`,
    );
  }
  return badRequest(`Invalid value for '${param}'.`, param, "invalid_value");
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function toPath(path: readonly PropertyKey[], at: string): string {
  return path.reduce<string>((sum, part) => {
    if (typeof part === "number") return `${sum}[${part}]`;
    return sum ? `${sum}.${String(part)}` : String(part);
  }, at);
}
