import { addUsage, costOf, type Prices } from "../money/prices.ts";
import type { RequestDefaults } from "../openai/engine.ts";
import type { PaintedPicture } from "../openai/painted.ts";
import type { Painter } from "../openai/painter.ts";
import type { Fitted } from "../options/fit.ts";
import { makeBlank, measure, putBack, rasterise, toLimits } from "../pictures/jobs.ts";
import type { PictureStore } from "../pictures/picture-store.ts";
import type { Log } from "../seam/log.ts";
import type { Encoded, Image, ImageLimits, View } from "../seam/view.ts";
import type { Generation } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { StoredUnder } from "../store/stored.ts";
import { toDetails } from "./details.ts";
import { type Drawing, nameOf } from "./drawing.ts";
import { sayOnce } from "./notes.ts";
import type { Prepared } from "./prepare.ts";
import { doneView } from "./views.ts";

/** Characters of an answer in words that are kept for the conversation to be told again. */
const mostText = 4000;

export interface FinishTools {
  readonly painter: Pick<Painter, "name" | "rules">;
  readonly pictureStore: PictureStore;
  readonly defaults: RequestDefaults;
  readonly prices: Prices;
  /** There are pages to paint an area on. */
  readonly areas: boolean;
  readonly log: Log;
  readonly now: () => number;
}

/** The generation to save and the last view to show. */
export interface Finished {
  readonly generation: Generation;
  readonly view: View;
}

/** A picture as it is shown, with what goes along. */
interface FinishedPicture {
  readonly image: Image;
  readonly file?: Image;
  readonly kept: Generation["pictures"][number];
}

/** Makes the generation and the last view of what the drawings have come to, within the platform's limits. */
export async function finish(
  {
    turn,
    drawings,
    notes,
  }: { readonly turn: OpenTurn; readonly drawings: readonly Drawing[]; readonly notes: string[] },
  { base, parent, inputs, under, linksFrom }: Prepared,
  { options: sent, imageModel }: Fitted,
  tools: FinishTools,
  limits: ImageLimits,
  elapsedMs: number,
): Promise<Finished> {
  const { message } = turn;
  const all = drawings.flatMap(({ pictures, responseId = "" }) =>
    pictures.map((picture) => ({ picture, responseId })),
  );
  const drawn = all.slice(0, limits.images);
  if (drawn.length < all.length) {
    sayOnce(
      notes,
      `There are ${all.length} pictures and one message here holds ${limits.images}, so I left out the rest.`,
    );
  }
  const { log } = tools;
  const isPutBack = under && drawn.length > 0 && turn.options.outside !== "redraw";
  const lain = isPutBack ? await readUnder(under, tools.pictureStore, notes, log) : undefined;
  const finished: FinishedPicture[] = [];
  // One at a time: a decoded picture can take hundreds of megabytes.
  for (const [index, { picture, responseId }] of drawn.entries()) {
    finished.push(await finishPicture(picture, { turn, index, responseId, lain, limits, notes, log }));
  }
  const images = finished.map(({ image }) => image);
  const files = finished.flatMap(({ file }) => file ?? []);

  const ended = drawings.filter((drawing) => drawing.pictures.length > 0 || drawing.text !== "");
  const usage = ended.map((drawing) => drawing.usage).reduce(addUsage);
  const details = toDetails({
    prompt: turn.text,
    asked: turn.options,
    sent,
    pictures: drawn.length,
    picture: drawn[0]?.picture,
    size: sizeOf(finished[0], drawn[0]?.picture),
    imageModel,
    elapsedMs,
    usage,
    cost: usage && costOf(usage, { model: tools.defaults.model, imageModel }, tools.prices),
    painter: tools.painter.name,
  });
  const responseId = drawings.find((drawing) => drawing.responseId)?.responseId;
  const named = [responseId, ...drawn.map((one) => one.responseId)];
  const others = (turn.responseIds ?? []).flatMap((id) => (id && !named.includes(id) ? [id] : []));
  const text = drawings.map((drawing) => drawing.text).find((words) => words.trim() !== "") ?? "";
  const generation: Generation = {
    ...{ message, thread: turn.thread, user: turn.user.id, prompt: turn.text, options: turn.options },
    ...(parent && { parent: parent.message }),
    ...(parent && !base && { fromView: true as const }),
    inputs,
    ...(turn.like && { like: turn.like }),
    ...(linksFrom !== undefined && { linksFrom }),
    ...(turn.style && { style: turn.style }),
    mustDraw: turn.mustDraw,
    ...(under && { under }),
    ...(text && { text: text.slice(0, mostText).toWellFormed() }),
    outcome: "done",
    rules: tools.painter.rules,
    ...(responseId && { responseId }),
    ...(others.length > 0 && { responses: others }),
    pictures: finished.map(({ kept }) => kept),
    details,
    createdAt: tools.now(),
  };
  return {
    generation,
    view: doneView({
      message,
      text,
      notes,
      images,
      files,
      details,
      parent: base?.message,
      areas: tools.areas,
    }),
  };
}

/** What was put back into the picture under a mask has that one's size; of what the server says nothing, its own. */
function sizeOf(
  finished: FinishedPicture | undefined,
  drawn: PaintedPicture | undefined,
): string | undefined {
  const { width = 0, height = 0, patched = false } = finished?.kept ?? {};
  return width > 0 && (patched || !drawn?.applied.size) ? `${width}x${height}` : undefined;
}

/** What lies under a mask, as it was sent. */
interface Lain {
  readonly original: { readonly bytes: Uint8Array; readonly width: number; readonly height: number };
  readonly mask: Uint8Array;
}

/** A store that fails must not take the picture with it, which is drawn and paid for by now. */
async function readUnder(
  under: StoredUnder,
  pictureStore: PictureStore,
  notes: string[],
  log: Log,
): Promise<Lain | undefined> {
  try {
    const [original, mask] = await Promise.all([
      pictureStore.get(under.picture),
      pictureStore.get(under.mask),
    ]);
    if (original && mask) {
      const { width, height } = under;
      return { original: { bytes: original.bytes, width, height }, mask: mask.bytes };
    }
  } catch (error) {
    log.error({ error }, "store.failed");
  }
  sayOnce(notes, "I no longer have the picture under the mask, so the rest of it may have changed a little.");
  return undefined;
}

async function finishPicture(
  picture: PaintedPicture,
  of: {
    readonly turn: OpenTurn;
    readonly index: number;
    readonly responseId: string;
    readonly lain: Lain | undefined;
    readonly limits: ImageLimits;
    readonly notes: string[];
    readonly log: Log;
  },
): Promise<FinishedPicture> {
  const { turn, index, responseId, lain, limits, notes, log } = of;
  const { callId, revisedPrompt, mediaType } = picture;
  const isSvg = mediaType === "image/svg+xml";
  const whole = lain && (await putBack({ drawn: picture, ...lain }));
  if (whole?.note) sayOnce(notes, whole.note);
  if (whole?.cause) log.warn({ error: whole.cause }, "mask.notPutBack");
  const shown = isSvg ? await show(picture, notes, log) : (whole?.picture ?? picture);
  const fitted = await toLimits(shown, limits);
  if (fitted.note) sayOnce(notes, fitted.note);
  const { width, height } = (await measure(shown.bytes)) ?? { width: 0, height: 0 };
  const alt = (revisedPrompt ?? turn.text).slice(0, 1000).toWellFormed();
  return {
    image: {
      name: nameOf(turn.text, fitted.mediaType, index),
      mediaType: fitted.mediaType,
      bytes: fitted.bytes,
      alt,
    },
    ...(isSvg && {
      file: { name: nameOf(turn.text, mediaType, index), mediaType, bytes: picture.bytes, alt },
    }),
    kept: {
      ...{ callId, responseId, mediaType, width, height },
      ...(revisedPrompt && { revisedPrompt }),
      ...(whole?.patched && { patched: true }),
    },
  };
}

/** An SVG as a picture; where it cannot be shown, an empty one: the file beside it was paid for. */
async function show(svg: PaintedPicture, notes: string[], log: Log): Promise<Encoded> {
  try {
    return await rasterise(svg.bytes);
  } catch (error) {
    log.warn({ error }, "svg.notShown");
    sayOnce(
      notes,
      "The drawing cannot be shown here. Its file is below: open it with a program for drawings.",
    );
    return makeBlank();
  }
}
