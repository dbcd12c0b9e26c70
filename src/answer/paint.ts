import { createHash } from "node:crypto";
import type { Identity } from "../openai/identity.ts";
import type { PaintEvent } from "../openai/paint-events.ts";
import type { Painter, PaintRequest } from "../openai/painter.ts";
import { type RequestDefaults, type RequestInput, rulesId, toRequest } from "../openai/request.ts";
import type { Fitted } from "../options/fit.ts";
import { readInputs } from "../pictures/inputs.ts";
import { withoutLinks } from "../pictures/links.ts";
import { inputLimits } from "../pictures/picture.ts";
import { BotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { type Generation, responseOf } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { StoredInput } from "../store/stored.ts";
import { type Conversation, toConversation } from "./conversation.ts";
import { sayOnce } from "./notes.ts";
import type { Prepared, PrepareTools } from "./prepare.ts";
import { recallPicked } from "./recall.ts";

/**
 * Draws one of a turn's pictures, by its place among them from 0, all from the same start; `responseId`: OpenAI is at
 * work on it already. Throws BotError, or the signal's reason.
 */
export type Paint = (place: number, responseId: string | undefined) => AsyncGenerator<PaintEvent>;

/** `turn`, with `notes` for what the person should know. */
export function createPaint(
  { turn, notes }: { readonly turn: OpenTurn; readonly notes: string[] },
  { base, shown, inputs, linksFrom }: Prepared,
  fitted: Fitted,
  tools: PrepareTools & {
    readonly painter: Painter;
    readonly identity: Identity;
    readonly defaults: RequestDefaults;
    readonly log: Log;
  },
  signal: AbortSignal,
): Paint {
  const { painter, uploads, defaults, log } = tools;
  const references = inputs.filter(({ role }) => role === "reference").length;
  const wish = {
    text: linksFrom === undefined ? turn.text : withoutLinks(turn.text, linksFrom, references),
    options: fitted.options,
    imageModel: fitted.imageModel,
    ...(turn.style && { style: turn.style }),
    mustDraw: turn.mustDraw || (fitted.options.count ?? 1) > 1,
    safetyId: tools.identity(turn.user.id),
    ...(turn.again && { attempt: String(turn.acceptedAt) }),
  };
  const address = ({ role, source }: StoredInput): Promise<RequestInput> =>
    uploads.address(source).then((found) => ({ role, address: found }));
  const addressed = once(() => Promise.all(inputs.map(address)));
  const masked = inputs.some(({ role }) => role === "mask");
  const retold = once(() =>
    base ? toConversation(base, tools, signal, masked ? 0 : undefined) : Promise.resolve(nothing),
  );

  /** The picked picture of several as the person sees it, for where its id is not enough. */
  const seen = once(async (): Promise<readonly RequestInput[]> => {
    const { pictures } = await readInputs(
      shown ? await recallPicked(shown, tools.adapter, signal) : [],
      signal,
    );
    const stored = await Promise.all(pictures.map((picture) => uploads.store(picture, signal)));
    const found = await Promise.all(stored.map((source) => uploads.address(source)));
    return found.map((address) => ({ role: "current", address }));
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
   * By the picture's own id, from the response before the one that drew it: named beside that one, OpenAI refuses it as
   * a duplicate, and alone that one goes on from its last picture.
   */
  async function fromPicked(place: number, picked: Generation, pickedCallId: string) {
    const before = await tools.history.before(picked);
    const previousResponseId = before && responseOf(before);
    return toRequest(
      {
        ...{ ...wish, place, inputs: await addressed(), pickedCallId, hasRules: before?.rules === rulesId },
        ...(previousResponseId && { previousResponseId }),
      },
      defaults,
    );
  }

  /** The pictures of the conversation are those that the person sees: no other has to be put right. */
  async function anew(place: number, { items }: Conversation) {
    const own = (await addressed()).filter(({ role }) => role !== "current");
    return toRequest({ ...wish, place, inputs: own, conversation: items }, defaults);
  }

  /** What OpenAI has lost is not named to it again. */
  async function* paint(request: PaintRequest, how: How, told: Conversation, responseId?: string) {
    try {
      yield* painter.paint(request, signal, responseId, toWishKey(turn, inputs, request, how));
    } catch (error) {
      const isGone = error instanceof BotError && error.code === "inputs_gone";
      if (isGone) await uploads.forget([...inputs.map(({ source }) => source), ...told.sources]);
      throw error;
    }
  }

  async function* paintAnew(place: number, told: Conversation) {
    yield* paint(await anew(place, told), "anew", told);
  }

  /** Goes on from what OpenAI has. */
  async function* paintOn(place: number, responseId: string | undefined) {
    const pickedCallId = shown && !masked ? pickedCallOf(shown) : undefined;
    if (!shown || !pickedCallId) return yield* paint(await goingOn(place), "on", nothing, responseId);
    // With words in between, going on from before the picture would forget them.
    if (base === shown) {
      try {
        return yield* paint(await fromPicked(place, shown, pickedCallId), "picked", nothing, responseId);
      } catch (error) {
        // Some models take no item back without what they thought when they made it.
        const isRefused = error instanceof BotError && ["rejected", "parent_gone"].includes(error.code);
        if (!isRefused) throw error;
        log.info({ error }, "picked.refused");
      }
    }
    yield* paint(
      await goingOn(place, await seen()),
      "seen",
      nothing,
      base === shown ? undefined : responseId,
    );
  }

  return async function* (place, responseId) {
    if (!defaults.store) return yield* paintAnew(place, await retold());
    try {
      yield* paintOn(place, responseId);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== "parent_gone") throw error;
      const told = await retold().catch((failure: unknown) => {
        signal.throwIfAborted();
        log.warn({ error: failure }, "recall.failed");
        if (!masked) throw error;
        return nothing;
      });
      sayOnce(notes, "OpenAI no longer had this conversation, so I showed it the picture again.");
      yield* paintAnew(place, told);
    }
  };
}

/** How a request goes on from what came before: each is a wish of its own. */
type How = "on" | "picked" | "seen" | "anew";

/** The same for the same request of the same turn, also after a restart. */
function toWishKey(
  { message, acceptedAt }: OpenTurn,
  inputs: readonly StoredInput[],
  { metadata }: PaintRequest,
  how: How,
): string {
  const sources = inputs.map(({ source }) => source);
  const wish = JSON.stringify([message, acceptedAt, metadata, how, sources]);
  return createHash("sha256").update(wish).digest("hex");
}

const nothing: Conversation = { items: [], sources: [] };

/** A response that drew several pictures goes on from its last one, unless another is named. */
function pickedCallOf({ pictures, picked }: Generation): string | undefined {
  const one = picked === undefined ? undefined : pictures[picked];
  const beside = one && pictures.filter(({ responseId }) => responseId === one.responseId);
  return beside && beside.length > 1 ? one.callId : undefined;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
