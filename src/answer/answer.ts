import type { MayAsk } from "../openai/engine.ts";
import type { Identity } from "../openai/identity.ts";
import type { Painter, Plan } from "../openai/painter.ts";
import { RefusedOption } from "../openai/refused-option.ts";
import { type Fitted, fitOptions } from "../options/fit.ts";
import { permittedModels } from "../options/permitted.ts";
import type { Refusals } from "../options/refusals.ts";
import { sizeLike, toLike, withShape } from "../options/shape.ts";
import { warmUp } from "../pictures/jobs.ts";
import type { Uploads } from "../pictures/uploads.ts";
import { BotError } from "../seam/errors.ts";
import { inPlaceOf } from "../seam/models.ts";
import type { Attachment, MessageKey } from "../seam/turn.ts";
import type { ImageLimits, View } from "../seam/view.ts";
import { type Size, sameShape, shapeGap, toSize } from "../seam/words/size.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { DrawnBy } from "./bill.ts";
import { createDrawing, type Drawing } from "./drawing.ts";
import { type Finished, type FinishTools, finish } from "./finish.ts";
import { sayOnce } from "./notes.ts";
import { createPaint, saidOf } from "./paint.ts";
import { type Prepared, type PrepareTools, prepare } from "./prepare.ts";
import * as views from "./views.ts";

/** How far a turn's answer has come. It outlives a failure: what is there is still shown. */
export interface Answer {
  turn: OpenTurn;
  readonly notes: string[];
  parent?: MessageKey;
  /** One for each picture that was asked for. */
  drawings: readonly Drawing[];
  /** Who draws it, once that is known. */
  by?: DrawnBy;
}

/** Where people see how far it has come. */
export interface Display {
  /** Shows the view as soon as the platform's pace allows, unless a newer one is there by then. */
  offer(view: View): void;
  /** Resolves when a view with a new picture would be shown at once; false: none will be shown any more. */
  ready(): Promise<boolean>;
}

export interface AnswerTools extends Omit<PrepareTools, "uploads">, FinishTools {
  /** Pictures on their way to OpenAI: as files that it stores, or as bytes that are kept here. */
  readonly uploadsAs: (files: boolean, owner: string) => Uploads;
  readonly painter: Painter;
  /** Notes in the ledger what has become known of the turn. */
  readonly note: (turn: OpenTurn) => Promise<void>;
  /** Whether the turn is still this process's to have drawn: see `Tools`. */
  readonly mayAsk: MayAsk;
  readonly identity: Identity;
  readonly refusals: Refusals;
  /** Unix time in ms, by which models have ended or not. */
  readonly today: () => number;
}

/**
 * Draws the answer to one turn, offering a view at each step. Where OpenAI has lost the pictures that go along and they
 * can be read again, it is begun once more with them.
 *
 * Throws BotError, or the signal's reason.
 */
export async function answer(
  state: Answer,
  files: readonly Attachment[],
  tools: AnswerTools,
  limits: ImageLimits,
  display: Display,
  signal: AbortSignal,
): Promise<Finished> {
  warmUp();
  const asked = state.turn;
  const isReadable = !asked.inputs && !asked.brought?.length && files.length === asked.attachments;
  try {
    return await draw(state, files, tools, limits, display, signal);
  } catch (error) {
    if (!isReadable || !(error instanceof BotError) || error.code !== "inputs_gone") throw error;
    tools.log.info({ error }, "inputs.again");
    const { begunAt } = state.turn;
    state.turn = { ...asked, ...(begunAt !== undefined && { begunAt }) };
    return draw(state, files, tools, limits, display, signal);
  }
}

async function draw(...parts: Parameters<typeof answer>): Promise<Finished> {
  const [state, files, given, limits, display, signal] = parts;
  const { log, now, today } = given;
  const model = inPlaceOf(given.defaults.model, today());
  const defaults = { ...given.defaults, model };
  const plan = given.painter.planOf(saidOf(state.turn), defaults);
  const tools = { ...given, defaults, plan, uploads: given.uploadsAs(plan.files, state.turn.user.id) };
  // A process that died had begun it, and the person has waited since then.
  const { begunAt = now() } = state.turn;
  const note = async (more: Partial<OpenTurn>) => {
    state.turn = { ...state.turn, ...more };
    await tools.note(state.turn);
  };

  display.offer(
    views.workingView(state, files.length > 0 ? views.readingStatus : views.startingStatus(state.turn)),
  );
  const prepared = await prepare(state.turn, files, tools, signal);
  const { base, parent, inputs, under, linksFrom } = prepared;
  const like = likeOf(state.turn, prepared);
  // After a restart they have been said before.
  for (const said of prepared.notes) sayOnce(state.notes, said);
  if (base) state.parent = base.message;
  await note({
    ...{ begunAt, inputs, from: parent?.message ?? null, notes: state.notes },
    ...(linksFrom !== undefined && { linksFrom }),
    ...(under && { under }),
    ...(like && { like }),
  });

  const said = state.notes.length;
  /** What was refused on the way: a server that refuses the same again is not asked a third time. */
  const refused = new Set<string>();
  for (;;) {
    state.notes.splice(said); // what was said of options that were refused is not so
    const fitted = fit(state.turn, prepared, like, tools);
    for (const said of fitted.notes) sayOnce(state.notes, said);
    const engine = plan.mainline ? "responses" : "images";
    state.by = { model: plan.mainline ? model : "", imageModel: fitted.imageModel, engine };
    try {
      await drawAll(state, prepared, fitted, tools, limits, display, signal);
    } catch (error) {
      if (!(error instanceof RefusedOption) || !(await isLearnt(error, fitted, tools))) throw error;
      const what = `${fitted.imageModel} ${error.option} ${fitted.options[error.option]}`;
      if (refused.has(what)) throw error;
      refused.add(what);
      log.info({ error }, "option.refused");
      const { responseIds: _, ...again } = state.turn; // what was refused was not begun
      state.turn = again;
      continue;
    }
    return finish(state, prepared, fitted, tools, limits, now() - begunAt);
  }
}

/** What a turn is drawn with. */
type DrawTools = AnswerTools & PrepareTools & { readonly plan: Plan };

/** Whether the API has said of an option that this model does not take it, and that was not known: then it goes without. */
async function isLearnt(
  error: RefusedOption,
  { options, imageModel }: Fitted,
  { refusals, log }: AnswerTools,
) {
  if (!refusals.isOpen(imageModel)) return false;
  const value = options[error.option];
  if (value === undefined || refusals.has(imageModel, error.option, value)) return false;
  await refusals
    .learn(imageModel, error.option, error.isWhole ? undefined : value, error.sizes)
    .catch((failure: unknown) => log.error({ error: failure }, "store.failed"));
  return true;
}

/** Draws all the pictures that were asked for, side by side; rejects where none of them came to anything. */
async function drawAll(
  state: Answer,
  prepared: Prepared,
  fitted: Fitted,
  tools: DrawTools,
  limits: ImageLimits,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  const { log } = tools;
  const note = async (more: Partial<OpenTurn>) => {
    state.turn = { ...state.turn, ...more };
    await tools.note(state.turn);
  };
  const paint = createPaint(state, prepared, fitted, tools, signal);
  const count = fitted.options.count ?? 1;
  const known = state.turn.responseIds ?? [];
  const show = () => display.offer(views.workingView(state, views.progressStatus(state.drawings)));
  const isOneOfSeveral = count > 1;
  state.drawings = Array.from({ length: count }, (_, index) =>
    createDrawing({
      ...{ prompt: state.turn.text, index, limits, log, isOneOfSeveral },
      ...{ ready: display.ready, onSketch: show },
    }),
  );
  const results = await Promise.allSettled(
    state.drawings.map(async (drawing, index) => {
      for await (const painted of paint(index, known[index] ?? undefined)) {
        const taken = drawing.take(painted);
        // The stream is not held up by a sketch, which brings its own line.
        if (painted.kind === "partial") continue;
        await taken;
        if (painted.kind === "started") {
          // It is being drawn, and paid for: that a restart will not know of it is no reason to drop it.
          await note({ responseIds: state.drawings.map(({ responseId }) => responseId ?? null) }).catch(
            (error: unknown) => log.error({ error }, "store.failed"),
          );
        }
        // What follows is the picture itself, which is not to wait for a line about it.
        if (state.drawings.some(({ pictures }) => pictures.length === 0)) show();
      }
      drawing.check();
    }),
  );
  signal.throwIfAborted();
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (failures.length === count) throw failures[0];
  for (const failure of failures) {
    log.warn({ error: failure }, "stroke.failed");
    sayOnce(state.notes, views.partlyFailed(failures.length, count, failure));
  }
}

/** Under a mask the picture's own shape is kept with its pixels, unless all is left as it is drawn. */
function likeOf({ options, from, like }: OpenTurn, { shown, inputs, unpicked }: Prepared): Size | undefined {
  if (inputs.some(({ role }) => role === "mask")) return undefined;
  const references = inputs.filter(({ role }) => role === "reference").slice(unpicked);
  const found = toLike(options, { from, like, references, shown: shown?.pictures[shown.picked ?? 0] });
  return found && found.width > 0 ? { width: found.width, height: found.height } : undefined;
}

/** The options as this turn can have them. */
function fit(
  { options, models }: OpenTurn,
  { inputs, under }: Prepared,
  like: Size | undefined,
  { defaults, refusals, today, plan }: DrawTools,
): Fitted {
  const masked = inputs.some(({ role }) => role === "mask");
  const learnt = { refused: refusals.has, sizesOf: refusals.sizesOf };
  const given = { masked, now: today(), ...learnt, mainline: plan.mainline };
  const fitted = fitOptions(options, permittedModels(defaults.imageModels, models, today()), given);
  const keepsShape = under && options.outside !== "redraw";
  const size = keepsShape && sizeLike(under, fitted.imageModel, refusals);
  if (!keepsShape || !size) return withShape(fitted, like, refusals);
  // What is put back has to lie where it lay: the picture is drawn in the shape of the one under the mask.
  const { size: asked = "auto" } = fitted.options;
  const isOther = asked !== "auto" && shapeGap(toSize(asked), under) > sameShape;
  const note = `Around a mask your picture stays as it is, and so does its shape: I left out ${asked}. To have it, add --outside redraw.`;
  return {
    ...fitted,
    options: { ...fitted.options, size },
    notes: isOther ? [...fitted.notes, note] : fitted.notes,
  };
}
