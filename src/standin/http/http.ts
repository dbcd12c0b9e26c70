import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badRequest } from "../errors/api-error.ts";

/** Longest body taken, in bytes: a picture of 50 MB as base64, a few of them, and some words. */
const longestBody = 256 * 1024 * 1024;

/** The whole body of a request. Throws ApiError 413 when it is too long. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > longestBody)
      throw new ApiError(413, "Request body too large.", { code: "request_too_large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A JSON body. Throws ApiError. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw badRequest(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      null,
      null,
    );
  }
}

/** A multipart body. Throws ApiError. */
export async function parseForm(body: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  } catch {
    throw badRequest("Could not parse multipart form", null, null);
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

/** Writes a piece of a body and waits until the client has room for more. False: the client is gone. */
export async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (response.write(text)) return true;
  const room = Promise.withResolvers<void>();
  const go = () => room.resolve();
  response.once("drain", go);
  signal.addEventListener("abort", go, { once: true });
  await room.promise;
  response.off("drain", go);
  signal.removeEventListener("abort", go);
  return !signal.aborted;
}
