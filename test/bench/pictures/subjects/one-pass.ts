import { once } from "node:events";
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import sharp from "sharp";

/** What comes of one picture, when it is there; what is asked of the stream's end only when that is there, too. */
export type Drawn =
  | { readonly kind: "sketch"; readonly bytes: Buffer; readonly index: number }
  | { readonly kind: "picture"; readonly bytes: Buffer };

const agent = new Agent({ keepAlive: true });
sharp.concurrency(1);
sharp.cache(false);

/** The headers, once they are there; the body is still to be read. */
export async function send(
  url: string,
  method: string,
  headers: OutgoingHttpHeaders,
  parts: readonly (string | Uint8Array)[],
): Promise<IncomingMessage> {
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const asked = request(url, { method, agent, headers: { ...headers, "content-length": length } });
  for (const part of parts) asked.write(part);
  asked.end();
  try {
    const [response] = await once(asked, "response");
    return response;
  } catch (error) {
    // The server has closed a connection that was kept, while this was on its way.
    if (asked.reusedSocket && error instanceof Error && "code" in error && error.code === "ECONNRESET")
      return send(url, method, headers, parts);
    throw error;
  }
}

export async function readText(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

/** Asks for a picture and reads what comes in one pass: base64 becomes bytes as it arrives, once for each picture. */
export async function draw(prompt: string, take: (drawn: Drawn) => void): Promise<void> {
  const { OPENAI_BASE_URL: url, OPENAI_API_KEY: key } = process.env;
  const tools = [{ type: "image_generation", partial_images: 3 }];
  const response = await send(
    `${url}/responses`,
    "POST",
    { "content-type": "application/json", authorization: `Bearer ${key}` },
    [JSON.stringify({ model: "gpt-6-luna", input: prompt, stream: true, tools })],
  );
  let picture: Buffer | undefined;
  for await (const line of linesOf(response)) {
    if (line.base64 && line.head.includes("partial_image_b64")) {
      const index = Number(/"partial_image_index":(\d+)/.exec(line.head)?.[1] ?? 0);
      take({ kind: "sketch", bytes: line.base64, index });
    } else if (line.base64 && line.head.includes("output_item.done")) picture = line.base64;
    // What it cost is told at the end, and belongs below the picture.
    else if (line.head.includes("response.completed") && picture) take({ kind: "picture", bytes: picture });
  }
}

interface Line {
  /** Up to the picture, or all of it. */
  readonly head: string;
  readonly base64?: Buffer;
}

const keys = ['"partial_image_b64":"', '"result":"'];
const most = 4_000_000;

/** Lines of a stream, their pictures decoded; that of the last event, which came before, is passed over. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<Line> {
  let head = "";
  let bytes: Buffer | undefined;
  let used = 0;
  let rest = "";
  let isIn = false;
  const decode = (text: string) => {
    if (!bytes) return;
    const all = rest + text;
    const whole = all.length - (all.length % 4);
    used += bytes.write(all.slice(0, whole), used, "base64");
    rest = all.slice(whole);
  };
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(isIn ? 34 : 10, at); // the quote that ends the picture, or the line's end
      const text = chunk.toString("latin1", at, end < 0 ? chunk.length : end);
      if (isIn) decode(text);
      else head += text;
      const key: string | undefined = isIn ? undefined : keys.find((one) => head.includes(one));
      if (key) {
        const [before = "", after = ""]: readonly string[] = head.split(key);
        isIn = !after.includes('"');
        head = before + key.replace('":"', '" :'); // it is not found again
        if (isIn) {
          bytes = head.includes("response.completed") ? undefined : Buffer.allocUnsafe(most);
          [used, rest] = [0, ""];
          decode(after);
        }
      } else if (end >= 0 && isIn) isIn = false;
      else if (end >= 0) {
        yield { head, ...(bytes && { base64: bytes.subarray(0, used) }) };
        [head, bytes] = ["", undefined];
      }
      at = end < 0 ? chunk.length : end + 1;
    }
  }
}

/** As small as ours. */
export function toSketch(bytes: Buffer): Promise<Buffer> {
  const small = sharp(bytes).resize(768, 768, { fit: "inside", withoutEnlargement: true });
  return small.jpeg({ quality: 80 }).toBuffer();
}

/** One after the other, the newest alone of what waits: `last` waits for those before it. */
export function createShow(show: (drawn: Drawn) => Promise<void>): {
  offer(drawn: Drawn): void;
  last(drawn: Drawn): Promise<void>;
} {
  let newest: Drawn | undefined;
  let showing: Promise<void> | undefined;
  const run = async () => {
    for (let next = newest; next; next = newest) {
      newest = undefined;
      await show(next).catch((error: unknown) => process.stderr.write(`${error}\n`));
    }
    showing = undefined;
  };
  return {
    offer(drawn) {
      newest = drawn;
      showing ??= run();
    },
    async last(drawn) {
      newest = undefined;
      await showing;
      await show(drawn);
    },
  };
}
