import type { Fields } from "./fields.ts";

/** A call that is answered `{ ok: false, error }`, with status 200 as Slack does. Source: docs.slack.dev, apis/web-api. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Slack's code, e.g. `channel_not_found`. */
  readonly code: string;
  /** What stands beside it: `needed` and `provided`, or `response_metadata`. */
  readonly extra: Fields;

  constructor(code: string, extra: Fields = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal that carries nothing but its code. */
export function refuse(code: string): ApiError {
  return new ApiError(code);
}

/** A refusal that says where the fault is, each message as Slack words it: `… [json-pointer:/blocks/0/text]`. */
export function refuseWith(code: string, messages: readonly string[]): ApiError {
  const response_metadata = { messages: messages.map((message) => `[ERROR] ${message}`) };
  return new ApiError(
    code,
    code === "invalid_blocks" ? { errors: messages, response_metadata } : { response_metadata },
  );
}

/** The JSON body of a refusal. */
export function toErrorBody(error: ApiError): Fields {
  return { ok: false, error: error.code, ...error.extra };
}
