import { BotError } from "../../seam/errors.ts";
import type { DirectFetch } from "./direct-fetch.ts";
import { createHeap } from "./heap.ts";
import { tooLong } from "./read-events.ts";
import { within } from "./within.ts";

/** What a body may cost. */
export interface BodyLimits {
  /** Bytes of one event of a stream, and of a body that is none. */
  readonly bytes: number;
  /** Ms without a byte. */
  readonly idleMs: number;
}

/**
 * Bytes of one event. The last event of a response repeats its pictures: four of them (as many as a request may draw),
 * of 3840x2160 at three bytes a pixel, as if PNG saved nothing, are 127 MiB in base64.
 */
export const mostEventBytes = 128 * 1024 * 1024;

/** Bytes of a body that says what is wrong: a few sentences. */
const mostErrorBytes = 1024 * 1024;

/**
 * A `fetch` whose bodies are broken off when they fall silent or become too long: the SDK sets neither limit. Any byte
 * is a sign of life, also one of a comment that keeps the connection open.
 *
 * Reading such a body rejects with BotError `unreachable` (silent) or `rejected` (too long). `direct`: what it has the
 * body of is left to who reads that, as `readEvents` does, which sets the same limits.
 */
export function createBoundedFetch(limits: BodyLimits, direct?: DirectFetch): typeof fetch {
  return async (input, init) => {
    const response = await (direct?.fetch ?? fetch)(input, init);
    if (!response.body || direct?.bodyOf(response)) return response;
    const { status, statusText, headers } = response;
    const isStream = !/json|html/.test(headers.get("content-type") ?? "");
    const most = response.ok ? limits.bytes : Math.min(limits.bytes, mostErrorBytes);
    const buffer = response.ok && isStream ? createEventBuffer() : createPassage();
    const body = bound(response.body, buffer, { ...limits, bytes: most });
    return new Response(body, { status, statusText, headers });
  };
}

/** What a body goes through on its way to the SDK. */
interface Buffering {
  /** Takes the next bytes; gives those that may go on. */
  take(chunk: Uint8Array): Uint8Array | undefined;
  /** Bytes so far of what must not become too long. */
  readonly length: number;
  /** What is left at the end. */
  rest(): Uint8Array;
}

function bound(
  body: ReadableStream<Uint8Array>,
  buffer: Buffering,
  { bytes, idleMs }: BodyLimits,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const breakOff = (error: BotError): never => {
    reader.cancel(error).catch(() => {}); // it ends the connection
    throw error;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const read = await within(reader.read(), idleMs);
          if (!read) {
            return breakOff(new BotError("unreachable", "OpenAI has gone silent. Try again in a minute."));
          }
          if (read.done) {
            const rest = buffer.rest();
            if (rest.length > 0) controller.enqueue(rest);
            return controller.close();
          }
          const ready = buffer.take(read.value);
          if (buffer.length > bytes) return breakOff(tooLong(bytes));
          if (ready) return controller.enqueue(ready);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** In pieces that are worth their trouble; what must not become too long is the whole. */
function createPassage(): Buffering {
  const held = createHeap();
  let length = 0;
  return {
    take(chunk) {
      length += chunk.length;
      held.add(chunk);
      return held.size() < blockBytes ? undefined : held.empty();
    },
    get length() {
      return length;
    },
    rest: () => held.empty(),
  };
}

/**
 * Whole events only: the SDK's own buffer, which doubles each time it is full, then fits. Lines end in LF or CRLF, and an
 * empty one ends an event; a server that ends them in CR alone has its stream handed on in one piece. Source: the HTML
 * standard, 9.2.5.
 */
function createEventBuffer(): Buffering {
  const [lineFeed, carriageReturn] = [10, 13];
  const held = createHeap();
  let length = 0;
  let longest = 0;
  let isEmpty = true; // the line so far
  return {
    take(chunk) {
      longest = 0;
      let cut = 0;
      for (let from = 0; from < chunk.length; ) {
        const end = chunk.indexOf(lineFeed, from);
        const to = end < 0 ? chunk.length : end;
        length += to - from;
        longest = Math.max(longest, length);
        isEmpty &&= to === from || (to - from === 1 && chunk[from] === carriageReturn);
        if (end < 0) break;
        from = end + 1;
        if (isEmpty) cut = from;
        length = isEmpty ? 0 : length + 1;
        isEmpty = true;
      }
      if (cut === 0) {
        held.add(chunk);
        return undefined;
      }
      held.add(chunk.subarray(0, cut));
      const ready = held.empty();
      held.add(chunk.subarray(cut));
      return ready;
    },
    get length() {
      return longest;
    },
    rest: () => held.empty(),
  };
}

const blockBytes = 64 * 1024;
