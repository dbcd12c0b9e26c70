import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { finished } from "node:stream/promises";
import { lookAt } from "../../../../src/seam/spare.ts";

/**
 * Posts a body piece by piece, each from where it lies: Node's fetch would copy all of it, twice. The answer's status,
 * when the answer is over; one that leads elsewhere is not followed. It may come before the body is sent: the rest is
 * not wanted then. Rejects as the network does, with the signal's reason, or where a piece is gone.
 */
export async function postParts(
  url: string,
  headers: Readonly<Record<string, string>>,
  parts: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<number> {
  const looked = lookAt(...parts);
  const to = new URL(url);
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const how = { method: "POST", headers: { ...headers, "content-length": length }, signal };
  const asked = (to.protocol === "https:" ? request : plainRequest)(to, how);
  asked.on("error", () => {}); // what goes wrong after the answer has begun is told by the answer
  asked.once("finish", looked); // the system has all of it
  try {
    for (const part of parts) asked.write(part);
    asked.end();
    const [incoming] = await once(asked, "response");
    await finished(incoming.resume());
    return incoming.statusCode;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
