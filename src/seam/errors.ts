/**
 * What can go wrong, as codes. Code decides what happens; the message is for the person who asked.
 *
 * - `bad_prompt`, `bad_option`, `bad_attachment`: what was sent cannot be used as it is
 * - `unseen`: it cannot be known whether a picture is in view
 * - `refused`: moderation stopped it
 * - `parent_gone`, `inputs_gone`: OpenAI no longer has the conversation, or the uploaded pictures
 * - `busy`: OpenAI's rate limit, or too many wait in line; `retryAfterMs`, where known, says when to come back
 * - `budget`: an admin's budget for them, or for where they are, has no room for it
 * - `quota`, `auth`: the operator's account is out of money, or its key is wrong
 * - `unreachable`: the network or the server failed
 * - `rejected`: OpenAI called the request invalid
 * - `empty`: the answer held neither a picture nor words
 * - `forbidden`: this person may not do that
 * - `unknown_message`: the message is none of ours
 * - `storage`: the store failed
 * - `expired`: a link to a page has run out, or has been used
 * - `stopped`: it was ended before it was done: by a restart, by a person, by OpenAI, or because nothing came any more
 * - `internal`: a mistake of ours
 */
export type ErrorCode =
  | "bad_prompt"
  | "bad_option"
  | "bad_attachment"
  | "unseen"
  | "refused"
  | "parent_gone"
  | "inputs_gone"
  | "busy"
  | "budget"
  | "quota"
  | "auth"
  | "unreachable"
  | "rejected"
  | "empty"
  | "forbidden"
  | "unknown_message"
  | "storage"
  | "expired"
  | "stopped"
  | "internal";

/** An error a person can be told about: the message says what happened and what to do next. */
export class BotError extends Error {
  override readonly name = "BotError";
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** Any error as one a person can be told about. What we did not foresee keeps its cause for the log. */
export function toBotError(error: unknown): BotError {
  if (error instanceof BotError) return error;
  return new BotError(
    "internal",
    "Something went wrong on my side. Try again; if it stays, tell the admin.",
    {
      cause: error,
    },
  );
}

/**
 * What the log is told of it: of what the operator has to mend, everything; of everyday things the reason and no stack.
 */
export function toLogFields(error: BotError): object {
  const { code, message, cause } = error;
  if (severity(error) === "error") return { code, error };
  return { code, reason: message, ...(cause instanceof Error && { cause: cause.message }) };
}

/** What the operator has to mend is an error; the rest is everyday. */
export function severity({ code }: BotError): "error" | "info" {
  return code === "internal" || code === "storage" || code === "auth" || code === "quota" ? "error" : "info";
}
