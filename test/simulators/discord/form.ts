import { ApiError, type ErrorTree, type FieldError } from "./api-error.ts";

/** Where in a body something is, e.g. `["components", 0, "label"]`. */
export type Path = readonly (string | number)[];

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a number or text must keep to. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** Reads the fields of one object and notes everything wrong with them. Null counts as absent, as with Discord. */
export interface Reader {
  readonly fields: Fields;
  readonly path: Path;
  has(key: string): boolean;
  /** Length is counted in code points, as Discord does. */
  text(key: string, bounds?: Bounds & { readonly pattern?: RegExp }): string | undefined;
  whole(key: string, bounds?: Bounds & { readonly oneOf?: readonly number[] }): number | undefined;
  flag(key: string): boolean | undefined;
  list(key: string, bounds?: Bounds): readonly unknown[] | undefined;
  object(key: string, required?: boolean): Reader | undefined;
  /** Notes a field that must not be there. */
  forbid(keys: readonly string[], code: string, message: string): void;
  /** Notes every field that is none of these. */
  only(keys: readonly string[]): void;
  fail(key: string | undefined, code: string, message: string): void;
}

/** The check of one request body. */
export interface Form {
  add(path: Path, code: string, message: string): void;
  /** The reader of an object; a failure is noted when it is none. */
  read(value: unknown, path: Path): Reader | undefined;
  /** Throws 50035 with all that was noted. Source: docs, reference, "Error Messages". */
  check(): void;
  /** Whether fields that Discord does not document are refused. */
  readonly strict: boolean;
}

/** A form without a fault so far. */
export function createForm(strict = true): Form {
  const noted: { path: Path; error: FieldError }[] = [];
  const form: Form = {
    strict,
    add: (path, code, message) => void noted.push({ path, error: { code, message } }),
    read(value, path) {
      if (isFields(value)) return createReader(form, value, path);
      form.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
      return undefined;
    },
    check() {
      if (noted.length > 0) throw new ApiError(400, 50035, "Invalid Form Body", { errors: toTree(noted) });
    },
  };
  return form;
}

/** True for a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How long Discord counts a text to be. */
export function lengthOf(text: string): number {
  return [...text].length;
}

function createReader(form: Form, fields: Fields, path: Path): Reader {
  const fail: Reader["fail"] = (key, code, message) =>
    form.add(key === undefined ? path : [...path, key], code, message);
  /** The value, or undefined when there is none; an absence that matters is noted. */
  function take(key: string, required: boolean | undefined): unknown {
    const value = fields[key] ?? undefined;
    if (value === undefined && required) fail(key, "BASE_TYPE_REQUIRED", "This field is required");
    return value;
  }
  return {
    fields,
    path,
    fail,
    has: (key) => fields[key] !== undefined && fields[key] !== null,
    text(key, { min = 0, max = Infinity, required, pattern } = {}) {
      const value = take(key, required);
      if (value === undefined) return undefined;
      if (typeof value !== "string") {
        fail(key, "STRING_TYPE_CONVERT", "Could not interpret value as string.");
        return undefined;
      }
      if (value === "" && min > 0 && required) fail(key, "BASE_TYPE_REQUIRED", "This field is required");
      else outside(lengthOf(value), min, max, (code, words) => fail(key, code, `${words} in length.`));
      if (pattern && !pattern.test(value))
        fail(key, "STRING_TYPE_REGEX", "String value did not match validation regex.");
      return value;
    },
    whole(key, { min = -Infinity, max = Infinity, required, oneOf } = {}) {
      const value = take(key, required);
      if (value === undefined) return undefined;
      const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number)) {
        fail(key, "NUMBER_TYPE_COERCE", `Value "${String(value)}" is not int.`);
        return undefined;
      }
      if (oneOf && !oneOf.includes(number))
        fail(key, "BASE_TYPE_CHOICES", `Value must be one of {${oneOf.join(", ")}}.`);
      if (number < min) fail(key, "NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`);
      if (number > max) fail(key, "NUMBER_TYPE_MAX", `int value should be less than or equal to ${max}.`);
      return number;
    },
    flag(key) {
      const value = take(key, false);
      if (value === undefined || typeof value === "boolean") return value;
      fail(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
      return undefined;
    },
    list(key, { min = 0, max = Infinity, required } = {}) {
      const value = take(key, required);
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) {
        fail(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return undefined;
      }
      outside(value.length, min, max, (code, words) => fail(key, code, `${words} in length.`));
      return value;
    },
    object(key, required) {
      const value = take(key, required);
      return value === undefined ? undefined : form.read(value, [...path, key]);
    },
    forbid(keys, code, message) {
      for (const key of keys) if (fields[key] !== undefined && fields[key] !== null) fail(key, code, message);
    },
    only(keys) {
      if (!form.strict) return;
      for (const key of Object.keys(fields))
        if (!keys.includes(key)) fail(key, "UNKNOWN_FIELD", `There is no field "${key}" here.`);
    },
  };
}

function outside(size: number, min: number, max: number, note: (code: string, words: string) => void): void {
  if (size >= min && size <= max) return;
  if (min > 0 && max < Infinity) note("BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max}`);
  else if (size > max) note("BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer`);
  else note("BASE_TYPE_MIN_LENGTH", `Must be ${min} or more`);
}

function toTree(noted: readonly { path: Path; error: FieldError }[]): ErrorTree {
  const root: ErrorTree = {};
  for (const { path, error } of noted) {
    let at = root;
    for (const key of path) {
      const next = at[key];
      if (next && !isErrors(next)) at = next;
      else {
        const made: ErrorTree = {};
        at[key] = made;
        at = made;
      }
    }
    const before = at._errors;
    at._errors = [...(before && isErrors(before) ? before : []), error];
  }
  return root;
}

function isErrors(value: ErrorTree | readonly FieldError[]): value is readonly FieldError[] {
  return Array.isArray(value);
}
