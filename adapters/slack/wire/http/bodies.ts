import type { IncomingMessage } from "node:http";
import { httpLimits } from "../limits.ts";
import { checkSignature, tooLarge } from "./headers.ts";
import { Refusal } from "./refusal.ts";

/** What is being read. */
interface Reading {
  bytes: Buffer;
  stop(reason: Refusal): void;
}

/**
 * Reads bodies that Slack signed, within a limit for each and one for all together: where that is reached, whoever holds
 * most has to go, which is never a request of Slack's as it usually is. What is refused is let go of at once.
 *
 * Rejects with Refusal.
 */
export function createBodies(signingSecret: string): (request: IncomingMessage) => Promise<Buffer> {
  const readings = new Set<Reading>();

  function makeRoom(): void {
    let held = 0;
    let largest: Reading | undefined;
    for (const reading of readings) {
      held += reading.bytes.length;
      if (reading.bytes.length > (largest?.bytes.length ?? 0)) largest = reading;
    }
    if (held > httpLimits.bodies) largest?.stop(new Refusal(503, "Too much comes in at once."));
  }

  return async (request) => {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const declared = Number(request.headers["content-length"] ?? 0);
    const reading: Reading = { bytes: Buffer.allocUnsafeSlow(declared), stop: reject };
    let length = 0;
    const take = (chunk: Buffer) => {
      const longer = length + chunk.length;
      if (longer > httpLimits.body) return reject(tooLarge());
      if (longer > reading.bytes.length) {
        // One buffer and not a list: a million chunks of a byte would take a hundred times as much.
        const size = Math.min(Math.max(longer, 2 * reading.bytes.length), httpLimits.body);
        const bytes = Buffer.allocUnsafeSlow(size);
        reading.bytes.copy(bytes, 0, 0, length);
        free(reading.bytes);
        reading.bytes = bytes;
        makeRoom();
      }
      chunk.copy(reading.bytes, length);
      length = longer;
    };
    const finish = () => resolve(reading.bytes.subarray(0, length));
    const leave = () => reject(new Refusal(400, "The request broke off."));
    readings.add(reading);
    makeRoom();
    request.on("data", take).on("end", finish).on("close", leave).on("error", leave);
    try {
      const body = await promise;
      checkSignature(request.headers, body, signingSecret);
      return body;
    } catch (error) {
      request.off("data", take);
      free(reading.bytes);
      throw error;
    } finally {
      readings.delete(reading);
    }
  };
}

/** Gives the memory back now; the garbage collector would let hundreds of such buffers pile up. */
function free({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
