import { BotError } from "../errors.ts";
import { displayName } from "./file-name.ts";

/** Bytes of one file that a person sends. Source: what OpenAI takes, in the image guide. */
export const mostFileBytes = 50 * 1024 * 1024;

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
    if (length > mostFileBytes) {
      const most = mostFileBytes / 1024 / 1024;
      throw badFile(name, `has more than ${most} MB. Save it smaller and send it again.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
