import { createHash } from "node:crypto";
import { inputLimits } from "../../pictures/picture.ts";
import type { Source } from "../../pictures/uploads.ts";
import { BotError } from "../../seam/errors.ts";
import { once } from "../../seam/once.ts";
import { type Generation, responseOf } from "../../store/history.ts";
import type { StoredInput } from "../../store/stored.ts";
import type { Commission, Conversation, Engine } from "../engine.ts";
import { type RequestInput, rulesId, toItems, toRequest } from "./request.ts";
import type { PaintRequest, Responses } from "./responses.ts";

/**
 * The Responses API as an engine: a mainline model reads the conversation, which OpenAI keeps, and has pictures drawn by
 * the image tool. What OpenAI does not have is told again.
 */
export function createResponsesEngine(responses: Responses): Engine {
  return {
    begin(commission, { uploads, defaults, say, mayAsk, log }, signal) {
      const { text, options, imageModel, style, mustDraw, safetyId, attempt, inputs } = commission;
      const { base, shown } = commission.before;
      const wish = {
        ...{ text, options, imageModel, mustDraw, safetyId },
        ...(style && { style }),
        ...(attempt && { attempt }),
      };
      const address = ({ role, source }: Pick<StoredInput, "role" | "source">): Promise<RequestInput> =>
        uploads.address(source).then((found) => ({ role, address: found }));
      const addressed = once(() => Promise.all(inputs.map(address)));
      const masked = inputs.some(({ role }) => role === "mask");

      /** The picked picture of several as the person sees it, for where its id is not enough. */
      const seen = once(async (): Promise<readonly RequestInput[]> => {
        const found = await commission.before.seen();
        return Promise.all(found.map((source: Source) => address({ role: "current", source })));
      });

      async function goingOn(place: number, more: readonly RequestInput[] = []) {
        const previousResponseId = base && responseOf(base);
        const own = await addressed();
        const all = own.some(({ role }) => role === "current") ? own : [...more, ...own];
        const along = masked ? all : all.slice(0, inputLimits.references);
        return toRequest(
          {
            ...{ ...wish, place, inputs: along, hasRules: base?.rules === rulesId },
            ...(previousResponseId && { previousResponseId }),
          },
          defaults,
        );
      }

      /**
       * By the picture's own id, from the response before the one that drew it: named beside that one, OpenAI refuses it
       * as a duplicate, and alone that one goes on from its last picture.
       */
      async function fromPicked(place: number, picked: Generation, pickedCallId: string) {
        const before = await commission.before.of(picked);
        const previousResponseId = before && responseOf(before);
        const hasRules = before?.rules === rulesId;
        return toRequest(
          {
            ...{ ...wish, place, inputs: await addressed(), pickedCallId, hasRules },
            ...(previousResponseId && { previousResponseId }),
          },
          defaults,
        );
      }

      /** The pictures of the conversation are those that the person sees: no other has to be put right. */
      async function anew(place: number, { turns }: Conversation) {
        const own = (await addressed()).filter(({ role }) => role !== "current");
        return toRequest({ ...wish, place, inputs: own, conversation: toItems(turns) }, defaults);
      }

      /** What OpenAI has lost is not named to it again. */
      async function* paint(request: PaintRequest, how: How, told: Conversation, responseId?: string) {
        try {
          const key = toWishKey(commission, request, how);
          yield* responses.paint(request, signal, responseId, key, mayAsk);
        } catch (error) {
          const isGone = error instanceof BotError && error.code === "inputs_gone";
          if (isGone) await uploads.forget([...inputs.map(({ source }) => source), ...told.sources]);
          throw error;
        }
      }

      async function* paintAnew(place: number, told: Conversation, responseId?: string) {
        yield* paint(await anew(place, told), "anew", told, responseId);
      }

      /** Goes on from what OpenAI has. */
      async function* paintOn(place: number, responseId: string | undefined) {
        const pickedCallId = shown && !masked ? pickedCallOf(shown) : undefined;
        if (!shown || !pickedCallId) return yield* paint(await goingOn(place), "on", nothing, responseId);
        // With words in between, going on from before the picture would forget them.
        if (base === shown) {
          try {
            const request = await fromPicked(place, shown, pickedCallId);
            return yield* paint(request, "picked", nothing, responseId);
          } catch (error) {
            // Some models take no item back without what they thought when they made it.
            const isRefused = error instanceof BotError && ["rejected", "parent_gone"].includes(error.code);
            if (!isRefused) throw error;
            log.info({ error }, "picked.refused");
          }
        }
        const request = await goingOn(place, await seen());
        yield* paint(request, "seen", nothing, base === shown ? undefined : responseId);
      }

      return async function* (place, taken) {
        if (!defaults.store) return yield* paintAnew(place, await commission.before.told());
        // The Image API drew it: OpenAI has no response to go on from.
        if (base && !responseOf(base)) return yield* paintAnew(place, await commission.before.told(), taken);
        try {
          yield* paintOn(place, taken);
        } catch (error) {
          if (!(error instanceof BotError) || error.code !== "parent_gone") throw error;
          const told = await commission.before.told().catch((failure: unknown) => {
            signal.throwIfAborted();
            log.warn({ error: failure }, "recall.failed");
            if (!masked) throw error;
            return nothing;
          });
          say("OpenAI no longer had this conversation, so I showed it the picture again.");
          yield* paintAnew(place, told);
        }
      };
    },
  };
}

/** How a request goes on from what came before: each is a wish of its own. */
type How = "on" | "picked" | "seen" | "anew";

/** The same for the same request of the same turn, also after a restart. */
function toWishKey({ name, inputs }: Commission, { metadata }: PaintRequest, how: How): string {
  const sources = inputs.map(({ source }) => source);
  return createHash("sha256")
    .update(JSON.stringify([name, metadata, how, sources]))
    .digest("hex");
}

const nothing: Conversation = { turns: [], sources: [] };

/** A response that drew several pictures goes on from its last one, unless another is named. */
function pickedCallOf({ pictures, picked }: Generation): string | undefined {
  const one = picked === undefined ? undefined : pictures[picked];
  if (!one?.responseId) return undefined;
  const beside = pictures.filter(({ responseId }) => responseId === one.responseId);
  return beside.length > 1 ? one.callId : undefined;
}
