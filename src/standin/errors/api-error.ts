/** What OpenAI's error body holds, beside the message. Source: `APIError` in the openai package. */
export interface ErrorFields {
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  /** Set on a refusal by moderation. */
  readonly moderation_details?: { readonly categories: readonly string[]; readonly moderation_stage: string };
}

/** A request that is answered with an error in OpenAI's own shape. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  readonly fields: ErrorFields;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    fields: ErrorFields = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.fields = fields;
    this.headers = headers;
  }
}

/** The JSON body of an error. */
export function toErrorBody(error: ApiError): { error: ErrorFields & { message: string } } {
  const { type = "invalid_request_error", param = null, code = null, ...rest } = error.fields;
  return { error: { message: error.message, type, param, code, ...rest } };
}

/** 400: the request itself is wrong. `param` is a path such as `tools[0].size`. */
export function badRequest(message: string, param: string | null, code: string | null): ApiError {
  return new ApiError(400, message, { param, code });
}

/** 400: a value outside the ones on offer. */
export function invalidValue(param: string, value: unknown, supported: readonly string[]): ApiError {
  return badRequest(
    `Invalid value: '${String(value)}'. Supported values are: ${listed(supported, "and")}.`,
    param,
    "invalid_value",
  );
}

/** 404: no such thing by that id. */
export function notFound(message: string, param: string | null = null, code: string | null = null): ApiError {
  return new ApiError(404, message, { param, code });
}

/** `'a', 'b', and 'c'`, the way OpenAI's messages list things. */
export function listed(values: readonly string[], word: "and" | "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 3) return quoted.join(` ${word} `);
  return `${quoted.slice(0, -1).join(", ")}, ${word} ${quoted.at(-1)}`;
}
