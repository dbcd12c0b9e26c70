import { APIError } from "openai/error";
import { Stream } from "openai/streaming";
import { toFile } from "openai/uploads";
import type { Usage } from "../../money/prices.ts";
import { BotError } from "../../seam/errors.ts";
import { once } from "../../seam/once.ts";
import type { Encoded } from "../../seam/view.ts";
import type { LazyClient } from "../client.ts";
import type { MayAsk } from "../engine.ts";
import { answeredWith } from "../failure.ts";
import { askLooking } from "../last-look.ts";
import type { PaintEvent, PaintedPicture } from "../painted.ts";
import { soon } from "../patience.ts";
import { toPictureBytes } from "../picture-bytes.ts";
import { type Answered, type Sent, toAnswered } from "./events.ts";
import { createFetchPicture } from "./fetched.ts";
import type { Fields, Order } from "./request.ts";

/** How far a request has come. */
export interface Progress {
  /** A sketch has come: asking anew could draw, and cost, twice. */
  drawing: boolean;
  /** The answer has come: what goes wrong now is not the drawing. */
  isDrawn?: boolean;
}

/** What came of a request, in order; `usage` is absent when the server does not tell it. */
export interface Drawn {
  readonly pictures: readonly PaintedPicture[];
  readonly usage?: Usage;
}

/**
 * Sends one request, and gives its sketches as they come, and then what came of it, whether the server streams or answers
 * in one piece. `key`: the same for the same wish, for servers that mind it. Rejects with whatever breaks it off.
 */
export type Ask = (
  order: Order,
  fields: Fields,
  key: string,
  progress: Progress,
  signal: AbortSignal,
  mayAsk?: MayAsk,
) => AsyncGenerator<PaintEvent, Drawn>;

export function createAsk(
  client: LazyClient,
  options: { readonly server: string; readonly backoffMs: number; readonly stuckMs: number },
): Ask {
  const { server, backoffMs, stuckMs } = options;
  const fetcher = once(async () => createFetchPicture((await client()).baseURL, backoffMs));

  async function send(order: Order, fields: Fields, key: string, signal: AbortSignal): Promise<Response> {
    // Headers may come no sooner than the picture.
    const how = { signal, timeout: stuckMs, headers: { "idempotency-key": key } };
    const { pictures, mask } = order;
    const { images } = await client();
    if (pictures.length === 0) return images.generate(fields, how).asResponse();
    const [first, ...others] = await Promise.all(pictures.map((one, index) => toNamed(one, index + 1)));
    // Alone it is called `image` and not `image[]`: some servers know no other name.
    const image = first && others.length === 0 ? first : [...(first ? [first] : []), ...others];
    const more = mask && { mask: await toNamed(mask, "mask") };
    return images.edit({ ...fields, image, ...more }, how).asResponse();
  }

  async function receive(
    { pictures: sent, usage }: Extract<Answered, { kind: "pictures" }>,
    taken: PaintedPicture["applied"],
    signal: AbortSignal,
  ): Promise<Drawn> {
    const pictures: PaintedPicture[] = [];
    for (const [index, one] of sent.entries()) {
      const found = await bytesOf(one, signal);
      if (!found) continue;
      const { applied, ...about } = one.about;
      pictures.push({
        ...{ callId: `image ${index + 1}`, ...found, ...about },
        applied: { format: found.mediaType.replace(/^image\/|\+.*$/g, ""), ...taken, ...applied },
      });
    }
    if (pictures.length > 0) return { pictures, ...(usage && { usage }) };
    throw new BotError("unreachable", "OpenAI sent a picture that cannot be opened. Try again.");
  }

  async function bytesOf({ base64, url }: Sent, signal: AbortSignal) {
    if (base64) return toPictureBytes(base64.replace(/^data:[^,]{0,100},/, ""));
    if (!url) return undefined;
    const fetchPicture = await fetcher();
    return toPictureBytes(await fetchPicture(url, signal));
  }

  return async function* (order, fields, key, progress, signal, mayAsk) {
    const stop = new AbortController();
    // What a server says nothing of, it took without a complaint.
    const { quality, background } = fields;
    const taken = {
      action: order.pictures.length > 0 ? "edit" : "generate",
      ...(quality && { quality }),
      ...(background && { background }),
    };
    try {
      const response = await soon(
        askLooking(mayAsk, () => send(order, fields, key, stop.signal)),
        stuckMs,
        signal,
      );
      for await (const answered of answersOf(response, stop, signal)) {
        if (answered.kind === "pictures") {
          progress.isDrawn = true;
          return await receive(answered, taken, signal);
        }
        progress.drawing = true;
        yield { kind: "partial", index: answered.index, bytes: answered.bytes };
      }
      throw new BotError("unreachable", "The connection to OpenAI broke off. Try again.");
    } finally {
      stop.abort();
    }
  };

  /** A stream's events that mean something to us, or the one answer of a server that does not stream. */
  async function* answersOf(
    response: Response,
    stop: AbortController,
    signal: AbortSignal,
  ): AsyncGenerator<Answered> {
    const type = response.headers.get("content-type") ?? "";
    if (/event-stream/.test(type)) {
      const events = Stream.fromSSEResponse<unknown>(response, stop, await client())[Symbol.asyncIterator]();
      for (;;) {
        const { value, done } = await soon(events.next(), stuckMs, signal);
        if (done) return;
        const answered = toAnswered(value);
        if (answered) yield answered;
      }
    }
    if (!/json/.test(type)) throw answeredWith(type, server, "a picture");
    const body: unknown = await soon(response.json(), stuckMs, signal);
    const answered = toAnswered(body);
    if (answered) return yield answered;
    if (body && typeof body === "object" && Reflect.get(body, "error")) {
      throw APIError.generate(400, body, undefined, response.headers);
    }
    throw new BotError("empty", "OpenAI sent no picture. Try again, or say it differently.");
  }
}

/** As a file of a form: some servers go by its name. */
function toNamed({ bytes, mediaType }: Encoded, name: number | string) {
  const kind = mediaType.slice(mediaType.indexOf("/") + 1);
  return toFile(bytes, `${typeof name === "number" ? `picture-${name}` : name}.${kind}`, { type: mediaType });
}
