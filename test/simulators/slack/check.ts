import { type Fields, isFields } from "./fields.ts";

/** Notes what is wrong with a payload, in Slack's words and with its JSON pointers. */
export interface Check {
  readonly messages: readonly string[];
  add(pointer: string, message: string): void;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** Reads the fields of one object and notes everything wrong with them. */
export interface Reader {
  readonly fields: Fields;
  readonly pointer: string;
  readonly check: Check;
  text(key: string, bounds?: Bounds & { readonly oneOf?: readonly string[] }): string | undefined;
  whole(key: string, bounds?: Bounds): number | undefined;
  flag(key: string, required?: boolean): boolean | undefined;
  list(key: string, bounds?: Bounds): readonly unknown[] | undefined;
  object(key: string, required?: boolean): Reader | undefined;
  /** The readers of a list of objects. */
  objects(key: string, bounds?: Bounds): readonly Reader[];
  /** Notes every field that is none of these; Slack refuses what it does not know. */
  only(keys: readonly string[]): void;
  fail(message: string, key?: string): void;
}

/** A check without a fault so far. */
export function createCheck(): Check {
  const messages: string[] = [];
  return {
    messages,
    add: (pointer, message) => void messages.push(`${message} [json-pointer:${pointer}]`),
  };
}

/** The reader of an object at a pointer. */
export function createReader(check: Check, value: unknown, pointer: string): Reader | undefined {
  if (!isFields(value)) {
    check.add(pointer, "must provide an object");
    return undefined;
  }
  const fields = value;
  const at = (key?: string) => (key === undefined ? pointer : `${pointer}/${key}`);
  const fail = (message: string, key?: string) => check.add(at(key), message);
  const take = (key: string, required?: boolean): unknown => {
    const found = fields[key];
    if ((found === undefined || found === null) && required) fail(`missing required field: ${key}`);
    return found ?? undefined;
  };
  return {
    fields,
    pointer,
    check,
    fail,
    text(key, { min = 0, max = Infinity, required, oneOf } = {}) {
      const found = take(key, required);
      if (found === undefined) return undefined;
      if (typeof found !== "string") {
        fail("must provide a string", key);
        return undefined;
      }
      if (found.length < min) fail(`must be more than ${min - 1} characters`, key);
      if (found.length > max) fail(`must be less than ${max + 1} characters`, key);
      if (oneOf && !oneOf.includes(found)) fail(`value "${found}" does not match allowed values`, key);
      return found;
    },
    whole(key, { min = -Infinity, max = Infinity, required } = {}) {
      const found = take(key, required);
      if (found === undefined) return undefined;
      if (typeof found !== "number" || !Number.isInteger(found)) {
        fail("must provide an integer", key);
        return undefined;
      }
      if (found < min) fail(`must be greater than ${min - 1}`, key);
      if (found > max) fail(`must be less than ${max + 1}`, key);
      return found;
    },
    flag(key, required) {
      const found = take(key, required);
      if (found === undefined || typeof found === "boolean") return found;
      fail("must provide a boolean", key);
      return undefined;
    },
    list(key, { min = 0, max = Infinity, required } = {}) {
      const found = take(key, required);
      if (found === undefined) return undefined;
      if (!Array.isArray(found)) {
        fail("must provide an array", key);
        return undefined;
      }
      if (found.length < min) fail(`no fewer than ${min} items allowed`, key);
      if (found.length > max) fail(`no more than ${max} items allowed`, key);
      return found;
    },
    object(key, required) {
      const found = take(key, required);
      return found === undefined ? undefined : createReader(check, found, at(key));
    },
    objects(key, bounds) {
      const list = this.list(key, bounds) ?? [];
      return list.flatMap((item, index) => createReader(check, item, `${at(key)}/${index}`) ?? []);
    },
    only(keys) {
      for (const key of Object.keys(fields))
        if (!keys.includes(key)) fail(`invalid additional property: ${key}`);
    },
  };
}
