import { refuseWith } from "./api-error.ts";
import { type Fields, isFields } from "./fields.ts";

/** The arguments of one call: from a form, where nested values are JSON, or from JSON itself. */
export interface Args {
  readonly all: Fields;
  /** A text; numbers count as one, an empty one is absent. */
  text(key: string): string | undefined;
  /** The same, refused with `invalid_arguments` when it is absent. */
  need(key: string): string;
  flag(key: string): boolean;
  number(key: string): number | undefined;
  /** A nested value. Throws `code` when it is no JSON. */
  json(key: string, code: string): unknown;
}

/** Reads the arguments of a call. */
export function createArgs(all: Fields): Args {
  const args: Args = {
    all,
    text(key) {
      const value = all[key];
      if (typeof value === "number") return String(value);
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    need(key) {
      const value = args.text(key);
      if (value === undefined) throw refuseWith("invalid_arguments", [`missing required field: ${key}`]);
      return value;
    },
    flag: (key) => ["true", "1"].includes(String(all[key])),
    number(key) {
      const text = args.text(key);
      return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
    },
    json(key, code) {
      const value = all[key];
      if (typeof value !== "string") return value ?? undefined;
      if (value === "") return undefined;
      try {
        return JSON.parse(value);
      } catch {
        throw refuseWith(code, [`${key} is not valid JSON`]);
      }
    },
  };
  return args;
}

/** The objects of a JSON list. Throws `code` when it is no such list. */
export function needObjects(value: unknown, code: string): readonly Fields[] {
  if (!Array.isArray(value) || !value.every(isFields))
    throw refuseWith(code, ["must be an array of objects"]);
  return value;
}
