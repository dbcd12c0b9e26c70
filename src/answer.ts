import type { Adapter, Attachment, ImageLimits, MessageKey, View } from "./adapter.ts";
import { type Conversation, toConversation } from "./conversation.ts";
import { BotError } from "./errors.ts";
import { finish } from "./finish.ts";
import { type Fitted, fitOptions } from "./fit.ts";
import { type Generation, responseOf } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Ledger, OpenTurn } from "./ledger.ts";
import { withoutLinks } from "./links.ts";
import type { Log } from "./log.ts";
import { sameShape, shapeGap } from "./mask.ts";
import { modelOf } from "./models.ts";
import { sayOnce } from "./notes.ts";
import type { Painted } from "./painted.ts";
import type { Painter } from "./painter.ts";
import { type Prepared, type PrepareTools, prepare } from "./prepare.ts";
import type { Prices } from "./prices.ts";
import { type RequestDefaults, type RequestInput, toRequest } from "./request.ts";
import { sizeFor, toSize } from "./size.ts";
import type { StoredInput } from "./stored.ts";
import { createStroke, type Stroke } from "./stroke.ts";
import * as views from "./views.ts";

/** How far a turn's answer has come. It outlives a failure: what is there is still shown. */
export interface Answer {
  turn: OpenTurn;
  readonly notes: string[];
  parent?: MessageKey;
  /** One for each picture that was asked for. */
  strokes: readonly Stroke[];
}

export interface AnswerTools extends PrepareTools {
  readonly adapter: Adapter;
  readonly painter: Painter;
  readonly ledger: Ledger;
  readonly identity: Identity;
  readonly defaults: RequestDefaults;
  readonly prices: Prices;
  /** There are pages to paint an area on. */
  readonly areas: boolean;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * Draws the answer to one turn, offering a view at each step; the generation to save and the last view to show.
 *
 * Throws BotError, or the signal's reason.
 */
export async function answer(
  state: Answer,
  files: readonly Attachment[],
  tools: AnswerTools,
  limits: ImageLimits,
  offer: (view: View) => void,
  signal: AbortSignal,
): Promise<{ generation: Generation; view: View }> {
  const { defaults, ledger, log, now } = tools;
  const startedAt = now();
  const note = async (more: Partial<OpenTurn>) => {
    state.turn = { ...state.turn, ...more };
    await ledger.note(state.turn);
  };

  offer(views.workingView(state, files.length > 0 ? views.readingStatus : views.startingStatus(state.turn)));
  const prepared = await prepare(state.turn, files, tools, signal);
  const { base, inputs, under, linksFrom } = prepared;
  const fitted = fit(state.turn, prepared, defaults);
  // After a restart they have been said before.
  for (const said of [...prepared.notes, ...fitted.notes]) sayOnce(state.notes, said);
  if (base) state.parent = base.message;
  await note({
    ...{ inputs, from: base?.message ?? null, notes: state.notes },
    ...(linksFrom !== undefined && { linksFrom }),
    ...(under && { under }),
  });

  const brushes = createBrushes(state, prepared, fitted, tools, signal);
  const count = fitted.options.count ?? 1;
  const known = state.turn.responseIds ?? [];
  state.strokes = Array.from({ length: count }, (_, index) =>
    createStroke({ prompt: state.turn.text, index, limits, log }),
  );
  const results = await Promise.allSettled(
    state.strokes.map(async (stroke, index) => {
      for await (const painted of brushes.paint(index, known[index] ?? undefined)) {
        await stroke.take(painted);
        if (painted.kind === "started") {
          // It is being drawn, and paid for: that a restart will not know of it is no reason to drop it.
          await note({ responseIds: state.strokes.map(({ responseId }) => responseId ?? null) }).catch(
            (error: unknown) => log.error({ error }, "store.failed"),
          );
        }
        offer(views.workingView(state, views.progressStatus(state.strokes)));
      }
      stroke.check();
    }),
  );
  signal.throwIfAborted();
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (failures.length === count) throw failures[0];
  for (const failure of failures) {
    log.warn({ error: failure }, "stroke.failed");
    sayOnce(state.notes, views.partlyFailed(failures.length, count, failure));
  }
  return finish(state, prepared, fitted, tools, limits, now() - startedAt);
}

/** The options as this turn can have them. */
function fit({ options }: OpenTurn, { inputs, under }: Prepared, defaults: RequestDefaults): Fitted {
  const masked = inputs.some(({ role }) => role === "mask");
  const fitted = fitOptions(options, defaults.imageModels, { masked });
  const model = modelOf(fitted.imageModel);
  if (!under || options.outside === "redraw" || !model) return fitted;
  // What is put back has to lie where it lay: the picture is drawn in the shape of the one under the mask.
  const size = sizeFor(under, model.sizes);
  const { size: asked = "auto" } = fitted.options;
  const isOther = asked !== "auto" && shapeGap(toSize(asked), under) > sameShape;
  const note = `Around a mask your picture stays as it is, and so does its shape: I left out ${asked}. To have it, add --outside redraw.`;
  return {
    ...fitted,
    options: { ...fitted.options, size },
    notes: isOther ? [...fitted.notes, note] : fitted.notes,
  };
}

/** One request for each picture, all from the same start. */
function createBrushes(
  { turn, notes }: Answer,
  { base, shown, inputs, linksFrom }: Prepared,
  fitted: Fitted,
  tools: AnswerTools,
  signal: AbortSignal,
): { paint(place: number, responseId: string | undefined): AsyncGenerator<Painted> } {
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

  async function goingOn(place: number) {
    const previousResponseId = base && responseOf(base);
    const pickedCallId = shown && pickedCallOf(shown);
    return toRequest(
      {
        ...wish,
        ...{ place, inputs: await addressed() },
        ...(previousResponseId && { previousResponseId }),
        ...(pickedCallId && { pickedCallId }),
      },
      defaults,
    );
  }

  /** The pictures of the conversation are those that the person sees: no other has to be put right. */
  async function anew(place: number, { items }: Conversation) {
    const own = (await addressed()).filter(({ role }) => role !== "current");
    return toRequest({ ...wish, place, inputs: own, conversation: items }, defaults);
  }

  async function* paint(place: number, responseId: string | undefined): AsyncGenerator<Painted> {
    if (!defaults.store) return yield* painter.paint(await anew(place, await retold()), signal);
    try {
      yield* painter.paint(await goingOn(place), signal, responseId);
    } catch (error) {
      if (!(error instanceof BotError)) throw error;
      if (error.code === "inputs_gone") await uploads.forget(inputs.map(({ source }) => source));
      if (error.code !== "parent_gone") throw error;
      const conversation = await retold().catch((failure: unknown) => {
        log.warn({ error: failure }, "recall.failed");
        return nothing;
      });
      if (conversation.pictures === 0 && !masked) throw error;
      const note = "OpenAI no longer had this conversation, so I showed it the picture again.";
      sayOnce(notes, note);
      yield* painter.paint(await anew(place, conversation), signal);
    }
  }
  return { paint };
}

const nothing: Conversation = { items: [], pictures: 0 };

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
