import { BotError } from "../seam/errors.ts";
import { optionOf, RefusedOption } from "./refused-option.ts";
import { toWait, toWaitText } from "./wait.ts";

/** What OpenAI says of a failure: over HTTP, in a failed response, or in a failed picture. */
export interface Failure {
  /** HTTP status; absent inside a stream. */
  readonly status?: number | undefined;
  readonly code?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly param?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly headers?: Headers | undefined;
  readonly moderation?: { readonly categories: readonly string[]; readonly stage: string } | undefined;
}

const refusals = new Set([
  "moderation_blocked",
  "content_filter",
  "content_policy_violation",
  "image_content_policy_violation",
  "misalignment_policy_violation",
  "bio_policy",
]);
const outOfMoney = new Set(["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"]);
/** Source: OpenAI's error codes, for compatible servers that name no code. */
const noQuota = /exceeded your current quota/i;
const transient = new Set([
  "server_error",
  "vector_store_timeout",
  "timeout",
  "image_generation_server_error",
]);

/** Words for a request that goes on from something that is no longer there, or not whole: no other words will mend it. */
const brokenConversation =
  /No tool (?:output|call) found for |Item '?[\w-]+'? of type '?\w+'? was provided without its required |Items? with id '?[\w-]+'? not found|Previous response with id '?[\w-]+'? not found/i;

/** OpenAI's failure as one a person can be told about. Codes decide; its own words are passed on only where they help. */
export function toVerdict(failure: Failure, cause?: unknown): BotError {
  const { status, code, type, param } = failure;
  const words = failure.message?.trim() ?? "";
  const isBusy = status === 429 || code === "rate_limit_exceeded";
  const retryAfterMs = toWait(failure.headers, isBusy ? words : "");
  const options = { cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const error = (kind: BotError["code"], message: string) => new BotError(kind, message, options);

  if (code && refusals.has(code)) return error("refused", refusalText(failure));
  if ([code, type].some((name) => name && outOfMoney.has(name)) || (isBusy && noQuota.test(words))) {
    return error("quota", "The OpenAI account has run out of credit. Tell the admin; nothing was drawn.");
  }
  const mayBlame = status === undefined || status === 400 || status === 404;
  if (
    code === "previous_response_not_found" ||
    param === "previous_response_id" ||
    (mayBlame && brokenConversation.test(words))
  ) {
    return error("parent_gone", "OpenAI no longer has this conversation. Attach the picture and ask again.");
  }
  if (status === 401 || status === 403 || code === "invalid_api_key") {
    return error(
      "auth",
      "OpenAI does not accept this bot's key, or the key may not use this model. Tell the admin.",
    );
  }
  if (isBusy) {
    return error("busy", `OpenAI is busy right now. Try again in ${toWaitText(retryAfterMs)}.`);
  }
  if (
    (status === 404 || status === 400) &&
    /\bfile(?:[-_]\w+)?\b.*(?:not found|no such|expired)|no such file/i.test(words)
  ) {
    return error("inputs_gone", "OpenAI no longer has the pictures you sent. Attach them again.");
  }
  if (
    (status !== undefined && (status >= 500 || status === 408 || status === 409)) ||
    [code, type].some((name) => name && transient.has(name))
  ) {
    return error("unreachable", `OpenAI has trouble right now. Try again in ${toWaitText(retryAfterMs)}.`);
  }
  const message = `OpenAI did not take the request: ${reasonOf(failure)}`;
  const option = optionOf(param);
  return option ? new RefusedOption(option, message, cause) : error("rejected", message);
}

/** OpenAI's own words, cut to what can be read in a chat. A gateway in between may send a whole page instead. */
function reasonOf({ message, status }: Failure): string {
  const words = message?.trim() ?? "";
  if (words === "" || words.startsWith("<")) return `it gave no reason${status ? ` (HTTP ${status})` : ""}`;
  return words.length > 600 ? `${words.slice(0, 600)}…` : words;
}

function refusalText({ moderation }: Failure): string {
  const what =
    moderation?.stage === "input"
      ? "what was asked for"
      : moderation?.stage === "output"
        ? "the picture that came out"
        : "this picture";
  const why = moderation?.categories.length
    ? ` (${moderation.categories.join(", ").replaceAll("_", " ")})`
    : "";
  return `OpenAI's safety check refused ${what}${why}. Change the words and try again; the conversation goes on from where it was.`;
}
