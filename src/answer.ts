import sharp from "sharp";
import type { Adapter, Attachment, Image, ImageLimits, MessageKey, View } from "./adapter.ts";
import { toDetails } from "./details.ts";
import { toLimits, toSketch } from "./encode.ts";
import { BotError } from "./errors.ts";
import type { Generation, History } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Ledger, OpenTurn } from "./ledger.ts";
import type { Log } from "./log.ts";
import { fitOptions } from "./options.ts";
import type { Painted, PaintedPicture } from "./painted.ts";
import type { Painter } from "./painter.ts";
import { prepare, recallInputs } from "./prepare.ts";
import { costOf, type Usage } from "./prices.ts";
import { type RequestDefaults, toRequest } from "./request.ts";
import type { StoredInput } from "./stored.ts";
import * as views from "./views.ts";

/** How far a turn's answer has come. It outlives a failure: what is there is still shown. */
export interface Answer {
  turn: OpenTurn;
  status: string;
  text: string;
  readonly notes: string[];
  parent?: MessageKey;
  sketch?: Image;
  readonly pictures: PaintedPicture[];
}

interface Tools {
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
  tools: Tools,
  limits: ImageLimits,
  offer: (view: View) => void,
  signal: AbortSignal,
): Promise<{ generation: Generation; view: View }> {
  const { painter, defaults, ledger, now } = tools;
  const startedAt = now();
  const step = (status: string) => {
    state.status = status;
    offer(views.workingView(state));
  };
  const note = async (more: Partial<OpenTurn>) => {
    state.turn = { ...state.turn, ...more };
    await ledger.note(state.turn);
  };

  step(files.length > 0 ? views.readingStatus : views.startingStatus);
  const { base, inputs, notes } = await prepare(state.turn, files, tools, signal);
  const fitted = fitOptions(state.turn.options, defaults.imageModel);
  state.notes.push(...notes, ...fitted.notes);
  if (base) state.parent = base.message;
  await note({ inputs, from: base?.message ?? null, notes: state.notes });

  const wish = {
    text: state.turn.text,
    options: fitted.options,
    mustDraw: state.turn.mustDraw,
    safetyId: tools.identity(state.turn.user.id),
  };
  const build = (pictures: readonly StoredInput[], previousResponseId?: string) =>
    toRequest({ ...wish, inputs: pictures, ...(previousResponseId && { previousResponseId }) }, defaults);

  async function* paint(): AsyncGenerator<Painted> {
    try {
      yield* painter.paint(build(inputs, base?.responseId), signal, state.turn.responseId);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== "parent_gone" || !base) throw error;
      tools.log.info({ parent: base.message }, "parent.gone");
      const recalled = await recallInputs(base, tools, signal);
      if (recalled.length === 0) throw error;
      state.notes.push("OpenAI no longer had this conversation, so I showed it the picture again.");
      yield* painter.paint(build([...recalled, ...inputs]), signal);
    }
  }

  let final: { responseId: string; usage?: Usage } | undefined;
  for await (const painted of paint()) {
    switch (painted.kind) {
      case "started":
        await note({ responseId: painted.responseId });
        step(views.drawingStatus);
        break;
      case "waiting":
        step(views.waitingStatus(painted.ms));
        break;
      case "text":
        state.text += painted.delta;
        step(views.answeringStatus);
        break;
      case "partial":
        await sketch(state, painted.bytes, limits, tools.log);
        step(views.sketchStatus(painted.index));
        break;
      case "picture":
        state.pictures.push(painted.picture);
        break;
      case "final":
        final = painted;
        break;
    }
  }
  if (!final || (state.pictures.length === 0 && state.text.trim() === "")) {
    throw new BotError("empty", "OpenAI sent neither a picture nor words. Try again, or say it differently.");
  }

  const imageModel = fitted.options.model ?? defaults.imageModel;
  const images = await toImages(state, limits);
  const details = toDetails({
    prompt: state.turn.text,
    asked: state.turn.options,
    picture: state.pictures[0],
    imageModel,
    elapsedMs: now() - startedAt,
    usage: final.usage,
    cost: final.usage && costOf(final.usage, defaults.model, imageModel),
    painter: painter.name,
  });
  return {
    generation: await toGeneration(state, inputs, final.responseId, now()),
    view: views.doneView({
      message: state.turn.message,
      text: state.text,
      notes: state.notes,
      images,
      details,
      parent: state.parent,
    }),
  };
}

/** A sketch that cannot be opened is not worth failing for. */
async function sketch(state: Answer, bytes: Uint8Array, limits: ImageLimits, log: Log): Promise<void> {
  try {
    const encoded = await toSketch(bytes, limits);
    state.sketch = {
      ...encoded,
      name: nameOf(state.turn.text, encoded.mediaType),
      alt: "A sketch, still being drawn",
    };
  } catch (error) {
    log.debug({ error }, "sketch.lost");
  }
}

async function toImages(state: Answer, limits: ImageLimits): Promise<readonly Image[]> {
  const images: Image[] = [];
  for (const [index, picture] of state.pictures.slice(0, limits.images).entries()) {
    const { bytes, mediaType, note } = await toLimits(picture, limits);
    if (note && !state.notes.includes(note)) state.notes.push(note);
    const name = nameOf(state.turn.text, mediaType, index);
    images.push({ name, mediaType, bytes, alt: (picture.revisedPrompt ?? state.turn.text).slice(0, 1000) });
  }
  return images;
}

/** `a-red-fox-in-snow.png`, and `-2` from the second on. */
function nameOf(prompt: string, mediaType: string, index = 0): string {
  const words = prompt
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 48)
    .replace(/^-|-$/g, "");
  const type = mediaType.slice("image/".length).replace("svg+xml", "svg").replace("jpeg", "jpg");
  return `${words || "picture"}${index > 0 ? `-${index + 1}` : ""}.${type}`;
}

async function toGeneration(
  { turn, parent, pictures }: Answer,
  inputs: readonly StoredInput[],
  responseId: string,
  createdAt: number,
): Promise<Generation> {
  return {
    message: turn.message,
    thread: turn.thread,
    ...(parent && { parent }),
    user: turn.user.id,
    prompt: turn.text,
    options: turn.options,
    inputs,
    outcome: "done",
    responseId,
    pictures: await Promise.all(
      pictures.map(async ({ callId, mediaType, bytes, revisedPrompt }) => {
        const { width = 0, height = 0 } = await sharp(bytes).metadata();
        return { callId, mediaType, width, height, ...(revisedPrompt && { revisedPrompt }) };
      }),
    ),
    createdAt,
  };
}
