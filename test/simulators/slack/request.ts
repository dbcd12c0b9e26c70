import type { IncomingMessage } from "node:http";
import { type Fields, isFields } from "./fields.ts";

/** A body taken apart. */
export interface ParsedBody {
  readonly bytes: Buffer;
  /** The arguments of a form, or JSON. Empty for anything else. */
  readonly args: Fields;
  /** Whether it was JSON that could not be read. */
  readonly broken: boolean;
}

/** Reads a body: `application/x-www-form-urlencoded`, JSON, or multipart without its files. */
export async function readBody(request: IncomingMessage): Promise<ParsedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/json")) {
    try {
      const json: unknown = JSON.parse(bytes.toString("utf8"));
      return { bytes, args: isFields(json) ? json : {}, broken: !isFields(json) };
    } catch {
      return { bytes, args: {}, broken: true };
    }
  }
  if (type.startsWith("application/x-www-form-urlencoded"))
    return { bytes, args: Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))), broken: false };
  return { bytes, args: {}, broken: false };
}

/** The bytes of an uploaded file: the first file of a multipart form, or the body itself. */
export async function readUpload(
  request: IncomingMessage,
  { bytes }: ParsedBody,
): Promise<Buffer | undefined> {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  for (const value of form.values())
    if (typeof value !== "string") return Buffer.from(await value.arrayBuffer());
  return undefined;
}
