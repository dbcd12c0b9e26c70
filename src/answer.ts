import sharp from "sharp";
import type { Adapter, Attachment, ImageLimits, MessageKey, View } from "./adapter.ts";
import { toDetails } from "./details.ts";
import { toLimits } from "./encode.ts";
import { BotError } from "./errors.ts";
import { fitOptions } from "./fit.ts";
import { type Generation, type History, responseOf } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Ledger, OpenTurn } from "./ledger.ts";
import type { Log } from "./log.ts";
import type { ImageOptions } from "./options.ts";
import type { Painted } from "./painted.ts";
import type { Painter } from "./painter.ts";
import { type Prepared, prepare, recallInputs } from "./prepare.ts";
import { addUsage, costOf, publishedPrices } from "./prices.ts";
import { type RequestDefaults, toRequest } from "./request.ts";
import type { StoredInput } from "./stored.ts";
import { createStroke, nameOf, type Stroke } from "./stroke.ts";
import * as views from "./views.ts";

/** How far a turn's answer has come. It outlives a failure: what is there is still shown. */
export interface Answer {
  turn: OpenTurn;
  readonly notes: string[];
  parent?: MessageKey;
  /** One for each picture that was asked for. */
  strokes: readonly Stroke[];
}

export interface AnswerTools {
  readonly adapter: Adapter;
  readonly painter: Painter;
  readonly history: History;
  readonly ledger: Ledger;
  readonly identity: Identity;
  readonly defaults: RequestDefaults;
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
  const { defaults, ledger, now } = tools;
  const startedAt = now();
  const note = async (more: Partial<OpenTurn>) => {
    state.turn = { ...state.turn, ...more };
    await ledger.note(state.turn);
  };

  offer(views.workingView(state, files.length > 0 ? views.readingStatus : views.startingStatus));
  const prepared = await prepare(state.turn, files, tools, signal);
  const { base, inputs } = prepared;
  const fitted = fitOptions(state.turn.options, [defaults.imageModel]);
  // After a restart they have been said before.
  for (const said of [...prepared.notes, ...fitted.notes]) sayOnce(state.notes, said);
  if (base) state.parent = base.message;
  await note({ inputs, from: base?.message ?? null, notes: state.notes });

  const count = fitted.options.count ?? 1;
  const wish = {
    text: state.turn.text,
    options: fitted.options,
    mustDraw: state.turn.mustDraw || count > 1,
    safetyId: tools.identity(state.turn.user.id),
  };
  const build = (place: number, pictures: readonly StoredInput[], previousResponseId?: string) =>
    toRequest(
      { ...wish, place, inputs: pictures, ...(previousResponseId && { previousResponseId }) },
      defaults,
    );
  const recall = once(() => (base ? recallInputs(base, tools, signal) : Promise.resolve([])));

  async function* paint(place: number, responseId: string | undefined): AsyncGenerator<Painted> {
    try {
      yield* tools.painter.paint(build(place, inputs, base && responseOf(base)), signal, responseId);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== "parent_gone") throw error;
      const recalled = await recall().catch((failure: unknown) => {
        tools.log.warn({ error: failure }, "recall.failed");
        return [];
      });
      if (recalled.length === 0) throw error;
      sayOnce(state.notes, "OpenAI no longer had this conversation, so I showed it the picture again.");
      yield* tools.painter.paint(build(place, [...recalled, ...inputs]), signal);
    }
  }

  const known = state.turn.responseIds ?? [];
  state.strokes = Array.from({ length: count }, (_, index) =>
    createStroke({ prompt: state.turn.text, index, limits, log: tools.log }),
  );
  const results = await Promise.allSettled(
    state.strokes.map(async (stroke, index) => {
      for await (const painted of paint(index, known[index] ?? undefined)) {
        await stroke.take(painted);
        if (painted.kind === "started") {
          // It is being drawn, and paid for: that a restart will not know of it is no reason to drop it.
          await note({ responseIds: state.strokes.map(({ responseId }) => responseId ?? null) }).catch(
            (error: unknown) => tools.log.error({ error }, "store.failed"),
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
    tools.log.warn({ error: failure }, "stroke.failed");
    sayOnce(state.notes, views.partlyFailed(failures.length, count, failure));
  }
  return finish(state, prepared, tools, limits, fitted.options, now() - startedAt);
}

/** What the strokes have come to, within the platform's limits. */
async function finish(
  state: Answer,
  { base, inputs }: Prepared,
  tools: AnswerTools,
  limits: ImageLimits,
  sent: Partial<ImageOptions>,
  elapsedMs: number,
): Promise<{ generation: Generation; view: View }> {
  const { turn, strokes, notes } = state;
  const imageModel = sent.model ?? tools.defaults.imageModel;
  const all = strokes.flatMap(({ pictures, responseId = "" }) =>
    pictures.map((picture) => ({ picture, responseId })),
  );
  const drawn = all.slice(0, limits.images);
  if (drawn.length < all.length) {
    sayOnce(
      notes,
      `There are ${all.length} pictures and one message here holds ${limits.images}, so I left out the rest.`,
    );
  }
  const images = await Promise.all(
    drawn.map(async ({ picture }, index) => {
      const { bytes, mediaType, note } = await toLimits(picture, limits);
      if (note) sayOnce(notes, note);
      const alt = (picture.revisedPrompt ?? turn.text).slice(0, 1000).toWellFormed();
      return { name: nameOf(turn.text, mediaType, index), mediaType, bytes, alt };
    }),
  );
  const pictures = await Promise.all(
    drawn.map(async ({ picture, responseId }) => {
      const { callId, bytes, mediaType, revisedPrompt } = picture;
      const { width = 0, height = 0 } = await sharp(bytes).metadata();
      return { callId, responseId, mediaType, width, height, ...(revisedPrompt && { revisedPrompt }) };
    }),
  );
  const ended = strokes.filter((stroke) => stroke.pictures.length > 0 || stroke.text !== "");
  const usage = ended.map((stroke) => stroke.usage).reduce(addUsage);
  const details = toDetails({
    prompt: turn.text,
    asked: turn.options,
    sent,
    pictures: drawn.length,
    picture: drawn[0]?.picture,
    imageModel,
    elapsedMs,
    usage,
    cost: usage && costOf(usage, { model: tools.defaults.model, imageModel }, publishedPrices),
    painter: tools.painter.name,
  });
  const responseId = strokes.find((stroke) => stroke.responseId)?.responseId;
  const generation: Generation = {
    message: turn.message,
    thread: turn.thread,
    ...(base && { parent: base.message }),
    user: turn.user.id,
    prompt: turn.text,
    options: turn.options,
    inputs,
    outcome: "done",
    ...(responseId && { responseId }),
    pictures,
    details,
    createdAt: tools.now(),
  };
  const text = strokes.map((stroke) => stroke.text).find((words) => words.trim() !== "") ?? "";
  const { message } = turn;
  return {
    generation,
    view: views.doneView({ message, text, notes, images, details, parent: base?.message }),
  };
}

function sayOnce(notes: string[], note: string): void {
  if (!notes.includes(note)) notes.push(note);
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
