import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import { text as readAll } from "node:stream/consumers";
import type { RESTOptions } from "discord.js";
import { checkHeld } from "../../../src/seam/held.ts";
import { lookAt } from "../../../src/seam/spare.ts";

/**
 * How discord.js sends its requests: with Node's own fetch, and files with Node's own `request`.
 *
 * Its default is an undici of its own, which can upload no file any more once another version of undici has been loaded
 * into the process, as other platforms' libraries do. `hear` is shown each response.
 */
export function toMakeRequest(hear: (response: Response) => void = () => {}): RESTOptions["makeRequest"] {
  const makeRequest = async (url: string, init: RequestInit) => {
    if (init.method !== "GET") checkHeld();
    const response = await ask(url, init);
    hear(response);
    return response;
  };
  return makeRequest as unknown as RESTOptions["makeRequest"]; // the same types by other names: theirs are undici's
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  if (init.body instanceof Parts) return upload(new URL(url), init, init.body);
  try {
    return await fetch(url, init);
  } catch (error) {
    // discord.js looks for a connection that was cut, to try again; fetch wraps it.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  }
}

/** A message as discord.js is to send it. */
export interface Sent {
  readonly body: unknown;
  readonly passThroughBody?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file of a message. */
export interface SentFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Its media type. */
  readonly contentType: string;
}

/** A body that is sent piece by piece, each as it is. */
class Parts {
  readonly all: readonly Uint8Array[];
  /** Discord knows it by a nonce of its own: sent twice, it is posted once. */
  readonly isNamed: boolean;

  constructor(all: readonly Uint8Array[], isNamed: boolean) {
    this.all = all;
    this.isNamed = isNamed;
  }
}

/**
 * A message with its files, none of which is copied. discord.js would make a form of it, from which fetch reads each file
 * bit by bit, several copies on the way. Source: Discord's reference, "Uploading Files".
 */
export function toSent(body: object, files: readonly SentFile[]): Sent {
  if (files.length === 0) return { body };
  const boundary = `drawbridge-${randomUUID()}`;
  const part = (name: string, more: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const parts = files.flatMap(({ name, data, contentType }, index) => [
    Buffer.from(part(`files[${index}]`, `; filename="${toQuoted(name)}"\r\nContent-Type: ${contentType}`)),
    data,
    Buffer.from("\r\n"),
  ]);
  const end = `${part("payload_json", "")}${JSON.stringify(body)}\r\n--${boundary}--\r\n`;
  return {
    body: new Parts([...parts, Buffer.from(end)], "nonce" in body),
    passThroughBody: true,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

/**
 * Rejects as the network does, or with the signal's reason. What was sent to its end Discord may have taken: where the
 * connection ends then, and it would be posted twice, the error is none that discord.js tries again by itself.
 */
async function upload(url: URL, { method = "POST", headers, signal }: RequestInit, parts: Parts) {
  const looked = lookAt(...parts.all);
  const length = parts.all.reduce((sum, part) => sum + part.length, 0);
  const how = {
    method,
    headers: { ...Object.fromEntries(new Headers(headers)), "content-length": length },
    ...(signal && { signal }),
  };
  const asked = (url.protocol === "https:" ? request : plainRequest)(url, how);
  asked.on("error", () => {}); // what goes wrong after the answer has begun is told by the answer
  asked.once("finish", looked); // the system has all of it
  try {
    for (const part of parts.all) asked.write(part);
    asked.end();
    const [incoming]: IncomingMessage[] = await once(asked, "response");
    if (!incoming) throw new TypeError("no response");
    const text = await readAll(incoming);
    const { statusCode: status = 502, headers: told } = incoming;
    const pairs = Object.entries(told).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: pairs });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const isTwice = asked.writableFinished && method === "POST" && !parts.isNamed;
    throw isTwice ? new Error("the connection ended", { cause: error }) : error;
  }
}

/** Source: the HTML standard, "multipart/form-data encoding algorithm". */
function toQuoted(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}
