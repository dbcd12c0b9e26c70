import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { APIError } from "openai/error";
import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { once } from "../../seam/once.ts";
import { orAborted } from "../../seam/timeout.ts";
import type { LazyClient } from "../client.ts";
import type { Commission, Engine, Tools } from "../engine.ts";
import { isGone, isPassing, toLost, toPaintError, wasNotBegun } from "../failure.ts";
import type { PaintEvent } from "../painted.ts";
import { patience } from "../patience.ts";
import { createAsk, type Drawn, type Progress } from "./asking.ts";
import { noTokens } from "./events.ts";
import { gather } from "./gather.ts";
import { refusedField, toRefusedOption } from "./refusal.ts";
import { type Order, toFields } from "./request.ts";

/**
 * What is drawn has no name at the Image API, and is lost with the process that asked for it. These marks are noted in
 * place of one, before it is asked for: what was cut off is asked for once more by the next process, and not again.
 */
const marks = ["images:1", "images:2"] as const;

/** Whether a name is one of those marks: there is nothing by it at OpenAI. */
export function isMark(name: string): boolean {
  return marks.some((mark) => mark === name);
}

/** The Image API as an engine: each request says and brings all there is to it. */
export function createImagesEngine(
  client: LazyClient,
  options: {
    /** Whose answers these are, as an error says it. */
    readonly server: string;
    readonly backoffMs: number;
    readonly stuckMs: number;
    readonly log: Log;
  },
): Engine {
  const { backoffMs, log } = options;
  const ask = createAsk(client, options);
  /** By model, the fields that the server has refused: they are not sent again. */
  const refused = new Map<string, Set<string>>();

  function refusedBy(model: string): Set<string> {
    const known = refused.get(model) ?? new Set();
    refused.set(model, known);
    return known;
  }

  /** Asks until it is drawn, or there is no use in it. What may be drawn by now is never asked for again. */
  async function* draw(
    order: Order,
    key: string,
    { say, mayAsk }: Pick<Tools, "say" | "mayAsk">,
    signal: AbortSignal,
  ): AsyncGenerator<PaintEvent, Drawn> {
    const without = refusedBy(order.imageModel);
    let failures = 0;
    for (let asks = 1; ; asks += 1) {
      const fields = toFields(order, without);
      const progress: Progress = { drawing: false };
      try {
        signal.throwIfAborted();
        await mayAsk?.();
        return yield* ask(order, fields, `${key}-${asks}`, progress, signal, mayAsk);
      } catch (cause) {
        signal.throwIfAborted();
        const field = refusedField(cause, fields);
        if (field?.isOurs) {
          log.warn({ field: field.name, error: toPaintError(cause) }, "field.off");
          without.add(field.name);
          if (order.options.partials && isOfSketches(field.name)) say(noSketches);
          continue;
        }
        if (order.pictures.length > 0 && isNowhere(cause)) throw editsNothing(cause);
        const error = (field && toRefusedOption(field, cause, fields)) ?? toPaintError(cause);
        const mayAgain = isPassing(error) && wasNotBegun(cause) && !progress.drawing;
        failures += 1;
        const waitMs = error.retryAfterMs ?? Math.min(backoffMs * 2 ** (failures - 1), patience.backoffMs);
        if (!mayAgain || failures >= patience.tries || waitMs > patience.waitMs) {
          const isLost = error.code === "unreachable" && !wasNotBegun(cause) && !progress.isDrawn;
          throw isLost ? toLost(error) : error;
        }
        log.info({ failures, waitMs, error }, "paint.retry");
        if (waitMs >= patience.noticeableMs) yield { kind: "waiting", ms: waitMs };
        await sleep(waitMs, null, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  return {
    begin(commission, tools, signal) {
      const { count = 1, format, partials = 0 } = commission.options;
      const without = refusedBy(commission.imageModel);
      const order = once(() => gather(commission, tools));
      const name = toName(commission);
      // One request for all of them, whose pictures are read once and which shows no sketches. Who asks for sketches
      // is shown them: by as many requests.
      const isSketched = partials > 0 && ![...without].some(isOfSketches);
      if (partials > 0 && !isSketched) tools.say(noSketches);
      const isTogether = count > 1 && !isSketched && format !== "svg" && !without.has("n");
      const all = isTogether ? Promise.withResolvers<Drawn>() : undefined;
      all?.promise.catch(() => {}); // whoever waits for it hears of it

      async function* alone(place: number): AsyncGenerator<PaintEvent> {
        const drawn = yield* draw({ ...(await order()), n: 1 }, `${name}-${place + 1}`, tools, signal);
        for (const picture of drawn.pictures) yield { kind: "picture", picture };
        yield { kind: "final", ...(drawn.usage && { usage: drawn.usage }) };
      }

      async function* drawAll(): AsyncGenerator<PaintEvent> {
        try {
          all?.resolve(yield* draw({ ...(await order()), n: count }, name, tools, signal));
        } catch (error) {
          all?.reject(error);
          throw error;
        }
      }

      return async function* (place, taken) {
        yield { kind: "started", responseId: toMark(taken) };
        if (!all) return yield* alone(place);
        if (place === 0) yield* drawAll();
        const { pictures, usage } = await orAborted(all.promise, signal);
        const picture = pictures[place];
        if (!picture) {
          without.add("n"); // the server takes it, and draws one
          return yield* alone(place);
        }
        yield { kind: "picture", picture };
        // What all of them used is told once.
        yield { kind: "final", ...(usage && { usage: place === 0 ? usage : { base: noTokens } }) };
      };
    },
  };
}

const noSketches = "The server that draws here shows no sketches, so there were none.";

/** Without one of these no sketch comes. */
function isOfSketches(field: string): boolean {
  return field === "stream" || field === "partial_images";
}

/** There is no such thing there; of a model that is not there OpenAI says so. */
function isNowhere(cause: unknown): boolean {
  return isGone(cause) && cause instanceof APIError && !cause.code && !cause.param;
}

/** Of a server that has no such thing. */
function editsNothing(cause: unknown): BotError {
  return new BotError(
    "rejected",
    "The server that draws here draws from words alone and edits no pictures. Say all that it should show, with --action generate and without pictures.",
    { cause },
  );
}

/** Throws BotError `stopped` for what was cut off twice. */
function toMark(taken: string | undefined): string {
  if (taken === undefined) return marks[0];
  if (taken !== marks[1]) return marks[1];
  throw new BotError(
    "stopped",
    "I was restarted twice while this was being drawn, and each time it may have been paid for, so I stopped. Redo draws it again.",
  );
}

/** The same for the same commission, also after a restart. */
function toName({ name, attempt, inputs }: Commission): string {
  const sources = inputs.map(({ source }) => source);
  return createHash("sha256")
    .update(JSON.stringify([name, attempt, "images", sources]))
    .digest("hex");
}
