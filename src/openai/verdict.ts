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

/** Characters that are read of what a server says: what it is stands at the beginning. */
const mostWords = 4000;

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

/**
 * OpenAI's failure as one a person can be told about, in our words. Those of the server are read and never shown: of a
 * gateway they may hold keys and addresses. They stand in the cause, for the log.
 */
export function toVerdict(failure: Failure, thrown?: unknown): BotError {
  const { status, code, type, param } = failure;
  const words = failure.message?.slice(0, mostWords).trim() ?? "";
  const cause = thrown ?? (words === "" ? undefined : new Error(words));
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
    /\bfile(?:[-_]\w+)?\b.{0,200}(?:not found|no such|expired)|no such file/i.test(words)
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

/** What a request may be refused for, by the code, and what to do about it. Source: OpenAI's error codes. */
const reasons: Readonly<Record<string, string>> = {
  model_not_found: "it has no such model, or this bot may not use it. Tell the admin, or ask for another.",
  context_length_exceeded: "the conversation has become too long for it. Begin a new one.",
  invalid_prompt: "it does not take these words. Say it in another way.",
  string_above_max_length: "the words are too long for it. Shorten them.",
  ...Object.fromEntries(
    ["invalid_image", "invalid_image_format", "image_parse_error", "unsupported_image_media_type"].map(
      (code) => [code, "it cannot read one of the pictures. Save it as PNG and attach it again."],
    ),
  ),
  ...Object.fromEntries(
    ["image_too_large", "image_too_small", "invalid_image_url", "failed_to_download_image"].map((code) => [
      code,
      "one of the pictures does not suit it. Attach another, or the same in another size.",
    ]),
  ),
};

/** The parts of a request that people choose, as OpenAI calls them and as people do. */
const chosen: Readonly<Record<string, string>> = {
  ...{ size: "size", quality: "quality", background: "background", output_format: "format" },
  ...{ output_compression: "compression", moderation: "moderation", input_fidelity: "fidelity" },
  ...{ input_image_mask: "mask", mask: "mask", model: "model", image_url: "picture", file_id: "picture" },
};

/** A code is a word of small letters: nothing else of it is shown. */
const isCode = /^[a-z][a-z_]{1,50}$/;

/** Why, by what the server names and not by what it says. */
function reasonOf({ status, code, param }: Failure): string {
  const known = code && Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  if (known) return known;
  const field = param
    ?.slice(0, 200)
    .split(/[.[\]]+/)
    .findLast((part) => Object.hasOwn(chosen, part));
  if (field) return `it cannot have that ${chosen[field]}. Choose another.`;
  const said = [...(status ? [`HTTP ${status}`] : []), ...(code && isCode.test(code) ? [code] : [])];
  const numbers = said.length > 0 ? ` (${said.join(", ")})` : "";
  return `it gave no reason that I know${numbers}. Try other words or options; the admin finds its own words in the log.`;
}

/** `violence/graphic`, `self_harm`. */
const isCategory = /^[a-z][a-z_/ -]{1,40}$/;

function refusalText({ moderation }: Failure): string {
  const what =
    moderation?.stage === "input"
      ? "what was asked for"
      : moderation?.stage === "output"
        ? "the picture that came out"
        : "this picture";
  const categories = moderation?.categories.filter((name) => isCategory.test(name)).slice(0, 10) ?? [];
  const why = categories.length > 0 ? ` (${categories.join(", ").replaceAll("_", " ")})` : "";
  return `OpenAI's safety check refused ${what}${why}. Change the words and try again; the conversation goes on from where it was.`;
}
