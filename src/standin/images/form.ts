import { badRequest } from "../errors/api-error.ts";

/** An edit's form, apart. */
export interface EditForm {
  /** As JSON would have them. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly images: readonly File[];
  readonly mask?: File;
  readonly markup?: File;
}

/** Most pictures in one edit. Source: openai's images.d.ts. */
const mostImages = 16;

const numbers = ["n", "partial_images", "output_compression", "frame_count", "frame_duration_ms"];

/** Throws ApiError. */
export function readEditForm(form: FormData): EditForm {
  const images: File[] = [];
  const files: { mask?: File; markup?: File } = {};
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const plain = name.replace(/\[\]$/, "");
    if (plain === "image") images.push(toFile(value, "image"));
    else if (name === "mask" || name === "markup") files[name] = toFile(value, name);
    else if (typeof value !== "string") throw unknown(name);
    else set(fields, name, value);
  }
  if (images.length === 0) {
    throw badRequest("Missing required parameter: 'image'.", "image", "missing_required_parameter");
  }
  if (images.length > mostImages) {
    throw badRequest(
      `Invalid 'image': array too long. Expected an array with maximum length ${mostImages}, but got an array with length ${images.length} instead.`,
      "image",
      "array_above_max_length",
    );
  }
  return { fields, images, ...files };
}

function toFile(value: File | string, param: string): File {
  if (typeof value !== "string") return value;
  throw badRequest(
    `Invalid type for '${param}': expected a file, but got a string instead.`,
    param,
    "invalid_type",
  );
}

/** `svg[model]` is `model` of `svg`. */
function set(fields: Record<string, unknown>, name: string, value: string): void {
  const [first = "", ...rest] = name.split(/\[|\]\[|\]/).filter(Boolean);
  let at = fields;
  let last = first;
  for (const part of rest) {
    const inner = at[last] ?? {};
    if (typeof inner !== "object" || inner === null) throw unknown(name);
    at[last] = inner;
    at = inner as Record<string, unknown>;
    last = part;
  }
  at[last] = toValue(last, value);
}

function toValue(name: string, value: string): unknown {
  if (name === "stream" && /^(?:true|false)$/.test(value)) return value === "true";
  return numbers.includes(name) && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function unknown(name: string) {
  return badRequest(`Unknown parameter: '${name}'.`, name, "unknown_parameter");
}
