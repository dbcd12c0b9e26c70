import { displayName, inputLimits } from "../../pictures/inputs.ts";
import { BotError } from "../errors.ts";

/** BotError `bad_attachment` about a file somebody sent: its name in quotes, and what is to be said of it. */
export function badFile(name: string, what: string, cause?: unknown): BotError {
  return new BotError("bad_attachment", `“${displayName(name)}” ${what}`, { cause });
}

/** The bytes of a file somebody sent, as they come. Rejects with `badFile` when there are more than the core reads. */
export async function collect(body: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > inputLimits.bytes) {
      const most = inputLimits.bytes / 1024 / 1024;
      throw badFile(name, `has more than ${most} MB. Save it smaller and send it again.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
