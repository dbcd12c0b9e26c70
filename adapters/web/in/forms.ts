import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { HTTPException } from "hono/http-exception";
import { BotError } from "../../../src/seam/errors.ts";
import type { Arrived, Uploads } from "../live/uploads.ts";
import { wireLimits } from "../wire/limits.ts";
import { type FileClaim, type Part, readMultipart, TooMuch } from "../wire/multipart.ts";

/** Stands before what takes files: no form too large, and not too many large ones at once. */
export function createFormGate(): MiddlewareHandler {
  return every(limitUploads(), refuseLarge(wireLimits.body));
}

/** Refuses a body of more bytes than that; one that does not say how many it has is held in memory until it is known. */
export function limitBody(bytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    onError() {
      throw tooLarge(bytes);
    },
  });
}

/** Refuses a body that says it has more bytes than that. */
function refuseLarge(bytes: number): MiddlewareHandler {
  return async (c, next) => {
    if (Number(c.req.header("content-length") ?? 0) > bytes) throw tooLarge(bytes);
    await next();
  };
}

function tooLarge(bytes: number): HTTPException {
  const most = bytes < wireLimits.smallBody ? `${bytes / 1000} kB` : `${bytes / wireLimits.smallBody} MB`;
  return new HTTPException(413, { message: `That is too much at once. Send ${most} at most.` });
}

/** A form, in the order in which it was sent. */
export type Form = readonly Part<FormFile>[];

/** A file in a form. */
export interface FormFile extends FileClaim {
  /** It had more bytes than one may send. */
  readonly isCut: boolean;
  /** Absent where no file is meant to be. */
  readonly arrived?: Arrived;
}

/** Fields that are files. */
const fileFields = new Set(["attachment", "mask"]);

/** The first value of that name. */
export function fieldOf(form: Form, field: string): string | FormFile | undefined {
  return form.find(([name]) => name === field)?.[1];
}

/**
 * Does something with a form, whose files are on disk by then: those that are not kept are gone afterwards. Throws
 * BotError `bad_prompt` for what is no form, `storage` when the disk takes no file, and what the work throws.
 */
export async function withForm<Result>(
  c: Context,
  uploads: Uploads,
  work: (form: Form) => Promise<Result>,
): Promise<Result> {
  const ids: string[] = [];
  try {
    return await work(await receiveForm(c, uploads, ids));
  } finally {
    await uploads.discard(ids);
  }
}

async function receiveForm(c: Context, uploads: Uploads, ids: string[]): Promise<Form> {
  const type = c.req.header("content-type") ?? "";
  const { body } = c.req.raw;
  if (!type.startsWith("multipart/form-data") || !body) throw unreadable();
  try {
    return await readMultipart(body, type, wireLimits, async (field, claim, chunks, isCut) => {
      if (!fileFields.has(field)) return { ...claim, isCut: false };
      const arrived = await uploads.receive(chunks);
      ids.push(arrived.id);
      return { ...claim, isCut: isCut(), arrived };
    });
  } catch (error) {
    if (error instanceof BotError) throw error;
    if (!(error instanceof TooMuch)) throw unreadable(error);
    if (error.what === "parts") throw new BotError("bad_prompt", "The form has too many fields.");
    throw tooLarge(wireLimits.body);
  }
}

/** A small form, which is held in memory. Throws BotError `bad_prompt` for what is no form. */
export async function readForm(c: Context): Promise<FormData> {
  try {
    if (c.req.header("content-type")?.startsWith("multipart/form-data")) return await c.req.formData();
  } catch {} // said below
  throw unreadable();
}

function unreadable(cause?: unknown): BotError {
  return new BotError("bad_prompt", "The form could not be read. Reload the page and send it again.", {
    cause,
  });
}

/** Disk and processor are shared by all, so only some large forms are read at the same time. */
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
