import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { HTTPException } from "hono/http-exception";
import { BotError } from "../../../src/seam/errors.ts";
import { wireLimits } from "../wire/limits.ts";

/** Stands before what takes files: no form too large, and not too many large ones at once. */
export function createFormGate(): MiddlewareHandler {
  return every(limitUploads(), limitBody(wireLimits.body));
}

/** Refuses a body of more bytes than that. */
export function limitBody(bytes: number): MiddlewareHandler {
  const most = bytes < wireLimits.smallBody ? `${bytes / 1000} kB` : `${bytes / wireLimits.smallBody} MB`;
  return bodyLimit({
    maxSize: bytes,
    onError() {
      throw new HTTPException(413, { message: `That is too much at once. Send ${most} at most.` });
    },
  });
}

/** Throws BotError `bad_prompt` for what is no form. */
export async function readForm(c: Context): Promise<FormData> {
  try {
    if (c.req.header("content-type")?.startsWith("multipart/form-data")) return await c.req.formData();
  } catch {} // said below
  throw new BotError("bad_prompt", "The form could not be read. Reload the page and send it again.");
}

/** A form is held in memory while it is read, so only some large ones are read at the same time. */
function limitUploads(): MiddlewareHandler {
  let reading = 0;
  return async (c, next) => {
    const bytes = Number(c.req.header("content-length") ?? wireLimits.body);
    if (bytes < wireLimits.smallBody) return next();
    if (reading >= wireLimits.uploads) {
      throw new BotError("busy", "Too many files are on their way. Send yours again in a moment.");
    }
    reading++;
    try {
      await next();
    } finally {
      reading--;
    }
  };
}
