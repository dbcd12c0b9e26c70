import { randomUUID } from "node:crypto";
import type { RawFile, RESTOptions } from "discord.js";

/**
 * How discord.js sends its requests: with Node's own fetch.
 *
 * Its default is an undici of its own, which can upload no file any more once another version of undici has been loaded
 * into the process, as other platforms' libraries do.
 */
export const makeRequest = (async (url: string, init: RequestInit) => {
  try {
    return await fetch(url, init);
  } catch (error) {
    // discord.js looks for a connection that was cut, to try again; fetch wraps it.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  }
}) as unknown as RESTOptions["makeRequest"]; // the same types by other names: theirs are undici's, ours are Node's

/** A message as discord.js is to send it. */
export interface Sent {
  readonly body: unknown;
  readonly passThroughBody?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A message with its files in one piece. discord.js would make a form of it, from which fetch reads each file bit by bit,
 * several copies on the way. Source: Discord's reference, "Uploading Files".
 */
export function toSent(body: unknown, files: readonly RawFile[]): Sent {
  if (files.length === 0) return { body };
  const boundary = `drawbridge-${randomUUID()}`;
  const part = (name: string, more: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const parts = files.flatMap(({ name, data, contentType = "application/octet-stream" }, index) => [
    Buffer.from(part(`files[${index}]`, `; filename="${toQuoted(name)}"\r\nContent-Type: ${contentType}`)),
    typeof data === "object" ? data : Buffer.from(String(data)),
    Buffer.from("\r\n"),
  ]);
  const end = `${part("payload_json", "")}${JSON.stringify(body)}\r\n--${boundary}--\r\n`;
  return {
    body: Buffer.concat([...parts, Buffer.from(end)]),
    passThroughBody: true,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

/** Source: the HTML standard, "multipart/form-data encoding algorithm". */
function toQuoted(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}
