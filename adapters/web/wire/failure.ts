import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, toBotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";

const statuses: Partial<Readonly<Record<ErrorCode, ContentfulStatusCode>>> = {
  bad_prompt: 400,
  bad_option: 400,
  bad_attachment: 400,
  forbidden: 403,
  unknown_message: 404,
  expired: 410,
  busy: 503,
  stopped: 503,
  unreachable: 503,
};

/** What went wrong, for a person to read. What we did not foresee is logged, not shown. */
export function toFailure(
  error: unknown,
  c: Context,
  log: Log,
): { readonly status: ContentfulStatusCode; readonly message: string } {
  const known = toBotError(error);
  const status = statuses[known.code] ?? 500;
  // Who has the address of a page for painting can paint on it, and who has that of a picture sees it.
  const path = c.req.path.replace(/(\/(?:area|shared)\/)[^/]+/, "$1…");
  if (status === 500) log.error({ error, path }, "request.failed");
  return { status, message: known.message };
}

/** Any error as a page reads it. */
export function toErrorResponse(error: Error, c: Context, log: Log): Response {
  if (error instanceof HTTPException) {
    return c.json({ error: { message: error.message || "That cannot be done." } }, error.status);
  }
  const { status, message } = toFailure(error, c, log);
  return c.json({ error: { message } }, status);
}
