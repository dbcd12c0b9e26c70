import type { IncomingMessage } from "node:http";
import { refuse } from "./api-error.ts";
import { isFields } from "./form.ts";
import type { PostRequest, Upload } from "./uploads.ts";

/** Longest body taken, in bytes: what no upload limit allows. */
const longestBody = 1100 * 1024 * 1024;

/** A body taken apart. */
export interface ParsedBody extends PostRequest {
  /** The JSON as it came: an array for a bulk overwrite of commands. */
  readonly json: unknown;
}

/** Reads and parses a body: JSON, or multipart with `payload_json` and `files[n]`. Throws ApiError. */
export async function readBody(request: IncomingMessage): Promise<ParsedBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > longestBody) throw refuse("tooLarge");
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (bytes.length === 0) return { json: undefined, body: {}, files: [] };
  if (!type.startsWith("multipart/form-data")) {
    const json = parse(bytes.toString("utf8"));
    return { json, body: isFields(json) ? json : {}, files: [] };
  }
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } })
    .formData()
    .catch(() => {
      throw refuse("badJson");
    });
  const payload = form.get("payload_json");
  const json = typeof payload === "string" ? parse(payload) : {};
  return { json, body: isFields(json) ? json : {}, files: await toUploads(form) };
}

async function toUploads(form: FormData): Promise<readonly Upload[]> {
  const files: Upload[] = [];
  for (const [key, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(key)?.[1];
    if (index === undefined || typeof value === "string") continue;
    files.push({
      index: Number(index),
      name: value.name,
      ...(value.type ? { contentType: value.type } : {}),
      bytes: Buffer.from(await value.arrayBuffer()),
    });
  }
  return files;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("badJson");
  }
}
