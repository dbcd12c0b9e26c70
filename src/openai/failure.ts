import { APIConnectionError, APIError } from "openai/error";
import { BotError } from "../seam/errors.ts";
import { toVerdict } from "./verdict.ts";

/** What the SDK and the network throw: an APIError, or a raw TypeError or SyntaxError from a stream that broke. */
export function toPaintError(cause: unknown): BotError {
  if (cause instanceof BotError) return cause;
  // What broke a body off stands behind the SDK's own error.
  if (cause instanceof Error && cause.cause instanceof BotError) return cause.cause;
  const unreachable = () =>
    new BotError("unreachable", "OpenAI cannot be reached right now. Try again in a minute.", { cause });
  if (!(cause instanceof APIError)) return unreachable();
  const { status, code, type, param, headers } = cause;
  if (status === undefined && !code && !type) return unreachable();
  const verdict = toVerdict(
    {
      ...{ status, code, type, param, headers },
      message: ownMessage(cause),
      moderation: moderationOf(cause),
    },
    cause,
  );
  return verdict.code === "rejected" && status === undefined && !code ? unreachable() : verdict;
}

/** APIError puts the status before OpenAI's sentence. */
function ownMessage({ message, status }: APIError): string {
  return status === undefined ? message : message.replace(`${status} `, "");
}

function moderationOf({ error }: APIError): { categories: string[]; stage: string } | undefined {
  const details = error && typeof error === "object" ? Reflect.get(error, "moderation_details") : undefined;
  if (!details || typeof details !== "object") return undefined;
  const { categories, moderation_stage: stage } = details as {
    categories?: unknown;
    moderation_stage?: unknown;
  };
  return { categories: Array.isArray(categories) ? categories.map(String) : [], stage: String(stage) };
}

/** OpenAI names the field; other servers speak of it in words alone. A picture has a background, too. */
export function refusesBackground(cause: unknown): boolean {
  if (!(cause instanceof APIError) || cause.status !== 400) return false;
  if (cause.param) return cause.param === "background";
  return /\bbackground\b/.test(cause.message) && !/transparent|opaque/i.test(cause.message);
}

/** It may go better the next time. */
export function isPassing({ code }: BotError): boolean {
  return code === "unreachable" || code === "busy";
}

/** There is nothing there by that name, or the server keeps nothing by any name. */
/** Of a body that is no JSON, though no stream either. `wanted`: what was asked for, as in “a picture”. */
export function answeredWith(type: string, server: string, wanted: string): BotError {
  const said = /^[\w.+-]{1,40}\/[\w.+-]{1,60}(?=$|[;\s])/.exec(type)?.[0] ?? "something else";
  return new BotError("rejected", `${server} answered with ${said} and not with ${wanted}. Tell the admin.`);
}

export function isGone(cause: unknown): boolean {
  return cause instanceof APIError && [404, 405, 410, 501].includes(cause.status ?? 0);
}

/** Statuses of a gateway, or of a request that is worked on: what was asked for may be under way all the same. */
const mayBeUnderWay = new Set([409, 504, 520, 524]);

/**
 * A request that failed in this way has set nothing going: the server said so, or was never reached. Of one whose answer
 * was lost on its way that is not known.
 */
export function wasNotBegun(cause: unknown): boolean {
  if (cause instanceof APIConnectionError) return causesOf(cause).some(isNeverReached);
  return cause instanceof APIError && !mayBeUnderWay.has(cause.status ?? 0);
}

function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let at = error; at instanceof Error && found.length < 8; at = at.cause) {
    found.push(at, ...(at instanceof AggregateError ? at.errors : []));
  }
  return found;
}

/** No connection came about. Source: the error codes of Node, of undici and of OpenSSL. */
function isNeverReached(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  return (
    syscall === "connect" ||
    syscall === "getaddrinfo" ||
    code === "UND_ERR_CONNECT_TIMEOUT" ||
    /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code ?? "") ||
    /before secure TLS connection was established/.test(cause.message)
  );
}

/** What a person is told of a request whose answer was lost. */
export function toLost({ cause }: BotError): BotError {
  return new BotError(
    "unreachable",
    "OpenAI's answer got lost on its way. It may be drawing all the same, so I did not ask it a second time. Try again.",
    { cause },
  );
}
