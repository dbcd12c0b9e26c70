import type { IncomingMessage } from "node:http";
import { httpLimits } from "../limits.ts";
import { checkSignature, tooLarge } from "./headers.ts";
import { Refusal } from "./refusal.ts";

/** A large body that is being read. */
interface Reading {
  readonly sinceMs: number;
  stop(reason: Refusal): void;
}

/**
 * Reads bodies that Slack signed. What is refused is let go of at once.
 *
 * Nearly all of Slack's are small. Only a few large ones are read at the same time, so that a flood of them costs others
 * neither memory nor time; one that dawdles makes room for the next. Rejects with Refusal.
 */
export function createBodies(signingSecret: string): (request: IncomingMessage) => Promise<Buffer> {
  const large = new Set<Reading>();

  function makeRoom(): void {
    const [oldest] = large;
    if (!oldest || large.size < httpLimits.large) return;
    const busy = new Refusal(503, "Too much comes in at once.");
    if (Date.now() - oldest.sinceMs < httpLimits.largeMs) throw busy;
    large.delete(oldest);
    oldest.stop(busy);
  }

  return async (request) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const length = request.headers["content-length"];
    const declared = Number(length ?? 0);
    const reading: Reading = { sinceMs: Date.now(), stop: reject };
    if (length === undefined || declared > httpLimits.small) {
      makeRoom();
      large.add(reading);
    }
    let bytes = Buffer.allocUnsafeSlow(declared);
    let read = 0;
    const take = (chunk: Buffer) => {
      const longer = read + chunk.length;
      if (longer > httpLimits.body) return reject(tooLarge());
      if (longer > bytes.length) {
        // One buffer and not a list: a million chunks of a byte would take a hundred times as much.
        const wider = Buffer.allocUnsafeSlow(Math.min(Math.max(longer, 2 * bytes.length), httpLimits.body));
        bytes.copy(wider, 0, 0, read);
        free(bytes);
        bytes = wider;
      }
      chunk.copy(bytes, read);
      read = longer;
    };
    const leave = () => reject(new Refusal(400, "The request broke off."));
    request
      .on("data", take)
      .on("end", () => resolve())
      .on("close", leave)
      .on("error", leave);
    try {
      await promise;
      const body = bytes.subarray(0, read);
      checkSignature(request.headers, body, signingSecret);
      return body;
    } catch (error) {
      request.off("data", take);
      free(bytes);
      throw error;
    } finally {
      // Not before others have had their turn: to read and to check a large one takes a while.
      setImmediate(() => large.delete(reading));
    }
  };
}

/** Gives the memory back now; the garbage collector would let hundreds of such buffers pile up. */
function free({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
