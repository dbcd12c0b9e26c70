import { webApi } from "@slack/bolt";
import { BotError } from "../../../src/seam/errors.ts";
import { scopeWords } from "./permissions.ts";
import { NotTaken } from "./response-url.ts";

/**
 * What Slack's refusals mean to us.
 *
 * - `gone`: the message or the file is no more
 * - `uninvited`: the bot is not in that channel
 * - `expired`: the press, the form or the address for answers has run out
 * - `forbidden`: we may not do that here
 * - `unready`: a picture in a block is not ready, or Slack cannot show it
 * - `large`: the file is too large
 * - `limited`: not now
 * - `unauthorized`: the token is not taken, or no longer
 * - `unscoped`: a scope is missing
 * - `failed`: anything else, which may go better the next time
 */
export type Trouble =
  | "gone"
  | "uninvited"
  | "expired"
  | "forbidden"
  | "unready"
  | "large"
  | "limited"
  | "unauthorized"
  | "unscoped"
  | "failed";

export function toTrouble(error: unknown): Trouble {
  if (error instanceof webApi.WebAPIRateLimitedError) return "limited";
  if (error instanceof webApi.WebAPIPlatformError) return codes[error.data.error] ?? "failed";
  if (error instanceof webApi.WebAPIHTTPError && error.statusCode === 413) return "large";
  if (error instanceof NotTaken) return "expired";
  return "failed";
}

/** Whether Slack said no; a request that came to nothing may have been carried out all the same. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof webApi.WebAPIPlatformError ||
    error instanceof webApi.WebAPIRateLimitedError ||
    error instanceof NotTaken
  );
}

/** What Slack calls its refusal; undefined for what is none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
}

/** Whether it is a file that Slack does not have, and not a message. */
export function isFileGone(error: unknown): boolean {
  return error instanceof webApi.WebAPIPlatformError && /^file_(?:not_found|deleted)$/.test(error.data.error);
}

/** Ms to wait before the next try, where Slack says. */
export function retryAfterMs(error: unknown): number | undefined {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : undefined;
}

/** The scope that Slack missed in a call. */
export function neededScope(error: unknown): string | undefined {
  if (!(error instanceof webApi.WebAPIPlatformError)) return undefined;
  const { needed } = error.data as { needed?: unknown };
  return typeof needed === "string" ? needed : undefined;
}

/** What the log may hold of an error: no request, no address. */
export function toLogged(error: unknown): object {
  if (error instanceof webApi.WebAPIPlatformError) {
    const { error: code, response_metadata: more } = error.data;
    const needed = neededScope(error);
    return { code, ...(needed && { needed }), ...(more?.messages && { messages: more.messages }) };
  }
  if (error instanceof webApi.WebAPIHTTPError) return { status: error.statusCode };
  return { message: error instanceof Error ? error.message : String(error) };
}

/** A refusal as the core knows it. `name`: the bot's own, for those who are to invite it. */
export function toBotError(error: unknown, name: string): BotError {
  if (error instanceof BotError) return error;
  const cause = new Error(JSON.stringify(toLogged(error)));
  switch (toTrouble(error)) {
    case "uninvited":
      return new BotError("forbidden", `I am not in that channel. Type /invite @${name} there first.`, {
        cause,
      });
    case "gone":
    case "forbidden":
      return new BotError("forbidden", "I may not answer in that channel.", { cause });
    case "unauthorized":
      return new BotError("auth", "Slack no longer accepts SLACK_BOT_TOKEN.", { cause });
    case "unscoped":
      return new BotError("auth", scopeWords(neededScope(error) ?? "a scope that I need"), { cause });
    case "limited":
      return new BotError("unreachable", "Slack asks me to slow down. Try again in a minute.", { cause });
    default:
      return new BotError("unreachable", "Slack could not be reached.", { cause });
  }
}

/** Slack's words. Source: “Errors” of each method in its documentation. */
const codes: Readonly<Record<string, Trouble>> = {
  message_not_found: "gone",
  thread_not_found: "gone",
  file_not_found: "gone",
  file_deleted: "gone",
  not_in_channel: "uninvited",
  channel_not_found: "uninvited",
  user_not_in_channel: "uninvited",
  expired_trigger_id: "expired",
  trigger_expired: "expired",
  trigger_exchanged: "expired",
  invalid_trigger_id: "expired",
  expired_url: "expired",
  used_url: "expired",
  not_found: "gone",
  is_archived: "forbidden",
  cant_update_message: "forbidden",
  cant_delete_message: "forbidden",
  compliance_exports_prevent_deletion: "forbidden",
  edit_window_closed: "forbidden",
  restricted_action: "forbidden",
  restricted_action_read_only_channel: "forbidden",
  restricted_action_thread_locked: "forbidden",
  restricted_action_thread_only_channel: "forbidden",
  restricted_action_non_threadable_channel: "forbidden",
  no_permission: "forbidden",
  access_denied: "forbidden",
  cannot_dm_bot: "forbidden",
  file_upload_size_restricted: "large",
  file_uploads_disabled: "forbidden",
  file_uploads_except_images_disabled: "forbidden",
  team_access_not_granted: "forbidden",
  ekm_access_denied: "forbidden",
  invalid_blocks: "unready",
  invalid_blocks_format: "unready",
  ratelimited: "limited",
  rate_limited: "limited",
  invalid_auth: "unauthorized",
  not_authed: "unauthorized",
  account_inactive: "unauthorized",
  token_revoked: "unauthorized",
  token_expired: "unauthorized",
  not_allowed_token_type: "unauthorized",
  missing_scope: "unscoped",
};
