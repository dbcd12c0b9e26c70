import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { APIError } from "openai/error";
import { BotError } from "../../seam/errors.ts";
import { isBehind, takePlaces, takeShare } from "../../seam/share.ts";
import { createHeap } from "./heap.ts";
import { createLift, createSkip, type Lift } from "./lift.ts";
import { within } from "./within.ts";

/** What reading a stream may cost. */
export interface StreamLimits {
  /** Bytes of one event. */
  readonly bytes: number;
  /** Ms without a byte: any is a sign of life, also one of a comment that keeps the connection open. */
  readonly idleMs: number;
}

/**
 * The events of a stream, unchecked, in one pass over its bytes, whose memory is free after that. A picture in one of them
 * is a Uint8Array in place of its base64; that of a call that `isKnown`, by its id, is an empty string. So is a sketch that
 * is left out where streams wait for long: all of a stream may be, but the first picture in it.
 *
 * It does what the SDK's own iterator does, which looks at every byte several times, and more: it rejects with BotError
 * `unreachable` when the stream falls silent and `rejected` when an event becomes too long; otherwise as the SDK's does.
 */
export async function* readEvents(
  body: Readable,
  headers: Headers,
  { bytes, idleMs }: StreamLimits,
  isKnown: (callId: string) => boolean,
): AsyncGenerator<unknown> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const cutter = createCutter(isKnown, bytes);
  const places = takePlaces();
  const broken = Promise.withResolvers<void>();
  body.once("error", () => broken.resolve()); // a stream that was cancelled waits for nothing
  try {
    for (;;) {
      const read = await within(chunks.next(), idleMs);
      if (!read) throw new BotError("unreachable", "OpenAI has gone silent. Try again in a minute.");
      const length = read.done ? 0 : read.value.length;
      const wait = takeShare(length, cutter.hasPicture ? places.later : places.early);
      if (wait) await Promise.race([wait, broken.promise]);
      // One by one: whose picture is known is told by what went before, which may be in the same chunk. What comes behind
      // the first may be gone over in a later turn than that which had room for it; it is a chunk at most.
      for (const text of read.done ? cutter.rest() : cutter.take(read.value)) {
        const told = parseEvent(text, headers, cutter.pictures);
        if (told === "over") return;
        if (told) yield told.data;
      }
      if (read.done) return;
      free(read.value);
    }
  } finally {
    body.destroy(); // it ends the connection, where that is not over
  }
}

/** Bytes of a chunk that is worth it. */
const worthFreeing = 4096;

/**
 * Gives back the memory of what has been read, where it is the chunk's alone: when the collector comes to it there are
 * many, none of which the processor has near it any more.
 */
function free({ buffer, byteLength }: Uint8Array): void {
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isOwn && byteLength >= worthFreeing) buffer.transfer(0);
}

export function tooLong(bytes: number): BotError {
  const size = bytes < 1024 * 1024 ? `${bytes} bytes` : `${Math.round(bytes / (1024 * 1024))} MB`;
  return new BotError(
    "rejected",
    `OpenAI sent more than ${size} in one piece, which is no picture. Tell the admin: OPENAI_BASE_URL may name the wrong server.`,
  );
}

/** Undefined for a block without data. Throws as the SDK does for what is an error, or no JSON. */
function parseEvent(
  block: string,
  headers: Headers,
  pictures: Map<string, Uint8Array>,
): { readonly data: unknown } | "over" | undefined {
  const lines = block.split(/\r\n|\n|\r/);
  const valuesOf = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ""));
  const values = valuesOf("data");
  if (values.length === 0) return undefined;
  const text = values.join("\n");
  if (text.startsWith("[DONE]")) return "over";
  const data = parse(text, pictures);
  const error = data && typeof data === "object" && "error" in data ? data.error : undefined;
  if (valuesOf("event").at(-1) === "error" || error) {
    throw new APIError(undefined, (error ?? data) as object, undefined, headers);
  }
  return { data };
}

function parse(text: string, pictures: Map<string, Uint8Array>): unknown {
  try {
    if (pictures.size === 0) return JSON.parse(text);
    return JSON.parse(text, (_, value: unknown) => {
      const bytes = typeof value === "string" ? pictures.get(value) : undefined;
      if (bytes) pictures.delete(String(value));
      return bytes ?? value;
    });
  } catch {
    throw new SyntaxError("Error reading response: malformed server-sent event JSON.");
  }
}

const [lineFeed, carriageReturn] = [10, 13];

/** The field of a partial, and all fields that hold a picture, to where it begins. */
const partial = "partial_image_b64";
const picture = /"(partial_image_b64|b64_json|result)"\s*:\s*"/;
/** The same at the end of an object that has said which call it is. */
const ofCall = /\{[^{}]*"id"\s*:\s*"([^"\\]+)"[^{}]*"result"\s*:\s*"$/;
/** Letters in which such a field is looked for again, since it may come in two pieces. */
const longestField = 40;
/** Letters in which the call is looked for. */
const longestItem = 8192;

/**
 * Cuts a stream into events: each as text, with a name in place of a picture, which is in `pictures` by
 * that name. Lines end in LF or CRLF, and an empty one ends an event; a server that ends them in CR alone has its events
 * read when the stream is over. Source: the HTML standard, 9.2.5.
 */
function createCutter(isKnown: (callId: string) => boolean, mostBytes: number) {
  const prefix = randomUUID(); // no server can name one
  const held = createHeap(true);
  const pictures = new Map<string, Uint8Array>();
  let lift: Lift | undefined;
  /** The end of what is held, in which a field may begin. */
  let tail = "";
  /** Bytes of the event so far, and of the line without what ends it. */
  let length = 0;
  let line = 0;
  let names = 0;
  /** Of the chunk before. */
  let lastByte: number | undefined;

  const close = (): string => {
    const text = held.empty().toString("utf8");
    [length, line, tail] = [0, 0, ""];
    return text;
  };

  function lengthen(more: number): void {
    length += more;
    if (length > mostBytes) throw tooLong(mostBytes);
  }

  function add(bytes: Uint8Array): void {
    lengthen(bytes.length);
    held.add(bytes);
  }

  /** Puts what was lifted in its place; its letters where that is no picture. */
  function putBack(done: Lift): void {
    lift = undefined;
    tail = "";
    const bytes = done.bytes();
    if (bytes) {
      names += 1;
      pictures.set(`${prefix} ${names}`, bytes);
    }
    held.add(Buffer.from(bytes ? `${prefix} ${names}` : done.letters(), "latin1"));
  }

  function takeLifted(chunk: Buffer, at: number, own: Lift): number {
    const { to, state } = own.take(chunk, at);
    lengthen(to - at);
    line += to - at;
    if (state === "over") putBack(own);
    if (state === "spoilt") {
      lift = undefined;
      tail = "";
      held.add(Buffer.from(own.letters(), "latin1"));
    }
    return to;
  }

  /** Up to the end of a line, or to where a picture begins; with the event's text where that is its end. */
  function takePlain(chunk: Buffer, at: number): { readonly to: number; readonly text?: string } {
    const end = chunk.indexOf(lineFeed, at);
    const to = end < 0 ? chunk.length : end + 1;
    const come = chunk.toString("latin1", at, to);
    const before = tail.slice(-longestField);
    const found = picture.exec(before + come);
    if (found) {
      const begin = at + found.index + found[0].length - before.length;
      add(chunk.subarray(at, begin));
      line += begin - at;
      const item = (tail + come.slice(0, begin - at)).slice(-longestItem);
      const call = ofCall.exec(item)?.[1];
      const isKnownCopy = call !== undefined && isKnown(call);
      const isSketch = found[1] === partial;
      const isLeftOut = isSketch && names > 0 && isBehind();
      lift = isKnownCopy || isLeftOut ? createSkip() : createLift(`${found[1]}`, isSketch);
      return { to: begin };
    }
    add(chunk.subarray(at, to));
    if (end < 0) {
      line += to - at;
      tail = (tail + come).slice(-longestItem);
      return { to };
    }
    tail = "";
    const isCarried = (end > 0 ? chunk[end - 1] : lastByte) === carriageReturn;
    const content = line + end - at - (isCarried ? 1 : 0);
    line = 0;
    return content === 0 ? { to, text: close() } : { to };
  }

  return {
    pictures,
    /** One has come, a sketch at least. */
    get hasPicture() {
      return names > 0;
    },
    /** The events that end in it, each as it is come upon. Throws where one is too long. */
    *take(given: Uint8Array): Generator<string> {
      const chunk = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      for (let at = 0; at < chunk.length; ) {
        if (lift) {
          at = takeLifted(chunk, at, lift);
          continue;
        }
        const { to, text } = takePlain(chunk, at);
        at = to;
        if (text !== undefined) yield text;
      }
      lastByte = chunk.at(-1);
    },
    /** What has not been ended by an empty line. */
    rest(): readonly string[] {
      if (lift) putBack(lift);
      return close().split(/\r\r|\n\n|\r\n\r\n/);
    },
  };
}
