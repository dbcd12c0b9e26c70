import type { ActionName } from "../seam/actions.ts";
import { type BotError, type ErrorCode, toBotError } from "../seam/errors.ts";
import type { MessageKey, User } from "../seam/turn.ts";
import type { Details, Image, View } from "../seam/view.ts";
import type { Drawing } from "./drawing.ts";

/** Everything the bot says of itself, as views. What an error says is in the error. */

const picks = ["pick1", "pick2", "pick3", "pick4"] as const satisfies ActionName[];
const drawn = [
  "edit",
  "area",
  "vary",
  "redo",
  "reference",
  "rephrase",
  "undo",
  "forward",
  "details",
  "delete",
] as const satisfies ActionName[];
const said = ["redo", "rephrase", "delete"] as const satisfies ActionName[];
const bare = { text: "", notes: [], images: [], actions: [] } as const;

/**
 * `ahead`: turns that go first, as things stand. `hasGrown`: they were fewer before. `startsInMs`: where the minute's
 * pictures alone are waited for.
 */
export function queuedView(ahead: number, hasGrown = false, startsInMs?: number): View {
  const place = ahead === 1 ? "Next in line" : `${ahead.toLocaleString("en")} pictures ahead of yours`;
  const when = startsInMs === undefined ? "" : `, starting in about ${inWords(startsInMs)}`;
  const why = hasGrown ? ": who has fewer in line goes first" : "";
  return { ...bare, phase: "queued", status: `${place}${when}${why}`, actions: ["cancel"] };
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** It is drawn when a moderator lets it through. `why`: as a part of a sentence. */
export function waitingView(why: string, of: { readonly days: number; readonly expected?: string }): View {
  const { days, expected } = of;
  const price = expected ? ` Expected: ${expected}.` : "";
  const until = days === 1 ? "for a day" : `for ${days} days`;
  return {
    ...bare,
    phase: "queued",
    status: "Waiting for a moderator",
    text: `A moderator here has to approve this first, because ${why}.${price} I keep it ${until}.`,
    actions: ["approve", "decline", "cancel"],
  };
}

/** This process is about to end, and the next one goes on. */
export function parkedView(): View {
  const status = "I am being restarted. This goes on by itself in a moment";
  return { ...bare, phase: "queued", status, actions: ["cancel"] };
}

/** What a turn has to show while it is worked on. */
export interface Work {
  readonly notes: readonly string[];
  readonly parent?: MessageKey;
  readonly drawings: readonly Drawing[];
}

export function workingView(work: Work, status: string): View {
  return { ...soFar(work), phase: "working", status, actions: ["cancel"] };
}

/** `expected`: what it is likely to cost, in a few words. */
export function startingStatus({ expected }: { readonly expected?: string }): string {
  return expected ? `Getting ready, for ${expected}` : "Getting ready";
}
export const readingStatus = "Looking at your pictures";

/** Where the drawing stands, in a few words. */
export function progressStatus(drawings: readonly Drawing[]): string {
  const waitingMs = Math.max(...drawings.map((drawing) => drawing.waitingMs ?? 0));
  if (waitingMs > 0) return `OpenAI is busy, trying again in ${Math.ceil(waitingMs / 1000)} s`;
  if (drawings.length > 1) {
    const done = drawings.filter(({ pictures }) => pictures.length > 0).length;
    return `Drawing ${drawings.length} pictures, ${done} done`;
  }
  const [drawing] = drawings;
  if (drawing?.text) return "Answering";
  if (drawing?.pictures.length) return "Finishing";
  return drawing?.sketches ? `Drawing, sketch ${drawing.sketches}` : "Drawing";
}

export function partlyFailed(failed: number, count: number, reason: unknown): string {
  return `${failed} of ${count} pictures could not be drawn. ${toBotError(reason).message}`;
}

/** A finished answer: pictures, words or both. */
export function doneView(answer: {
  readonly message: MessageKey;
  readonly text: string;
  readonly notes: readonly string[];
  readonly images: readonly Image[];
  readonly files: readonly Image[];
  readonly details: Details;
  readonly parent?: MessageKey | undefined;
  /** There are pages to paint an area on. */
  readonly areas: boolean;
}): View {
  const { message, text, notes, images, files, details, parent, areas } = answer;
  return {
    phase: "done",
    text,
    notes,
    images,
    ...(files.length > 0 && { files }),
    actions: [
      ...picks.slice(0, images.length > 1 ? images.length : 0),
      ...(images.length > 0 ? drawn.filter((name) => areas || name !== "area") : said),
    ],
    details,
    head: message,
    ...(parent && { parent }),
  };
}

/** What is noted, and waits for the store. */
export function awayView(work: Work): View {
  return workingView(work, "My memory does not answer. This goes on by itself as soon as it does");
}

/** A finished answer that is shown when it can be saved: others would not know of it. */
export function unsavedView(work: Work): View {
  return workingView(work, "Drawn. My memory does not answer: this is shown as soon as it does");
}

/** A finished answer that could not be saved. It is shown all the same: it was paid for. */
export function forgottenView(view: View): View {
  const { head: _, ...rest } = view;
  const note =
    "My memory failed while I saved this picture, so I cannot go on from it: to change it, attach it.";
  return { ...rest, notes: [...view.notes, note], actions: [] };
}

/** `again`: the turn can be run again from what we know of it. The last sketch stays: it is all there is. */
export function failedView(error: BotError, again: boolean, work?: Work): View {
  return {
    ...bare,
    ...(work && soFar(work)),
    phase: "failed",
    text: error.message,
    actions: again ? actionsAfter(error.code) : [],
  };
}

export function cancelledView(again: boolean, work: Work): View {
  return {
    ...soFar(work),
    phase: "cancelled",
    status: "Cancelled",
    actions: again ? ["redo", "rephrase"] : [],
  };
}

/** What waited for a moderator, and is not drawn. */
export function turnedDownView(text: string): View {
  return { ...bare, phase: "cancelled", status: "Not drawn", text };
}

/** `head`: where the thread goes on from again; undefined where that has not changed. */
export function restoredView(head: MessageKey | null | undefined): View {
  return { ...noticeView("It is back."), ...(head !== undefined && { head }) };
}

export function deletedView(by: User): View {
  return { ...bare, phase: "cancelled", status: `Deleted by ${by.name}`, gone: true };
}

/** The core does not look for them before somebody says something. */
const orNewer = "or from a newer picture that somebody posted here.";
const orThere = "or goes on from the newest that somebody posted here.";
const redoBrings = "Redo brings you forward again.";

export function undoneView(head: MessageKey | null): View {
  const text = head
    ? `Back to the picture before this one. What you say next goes on from there, ${orNewer}`
    : `Back to the beginning. What you say next starts a new picture, ${orThere}`;
  return { ...bare, phase: "done", text: `${text} ${redoBrings}`, head, audience: "asker" };
}

/** `head`: where the thread goes on from again; undefined where there was nothing to take back. */
export function redoneView(head: MessageKey | null | undefined): View {
  if (head === undefined) {
    return noticeView("There is nothing to redo: nothing was undone here since the last picture was drawn.");
  }
  const text = head
    ? "Forward again to the picture you came back from. What you say next goes on from there."
    : "Forward again to the beginning. What you say next starts a new picture.";
  return { ...noticeView(text), head };
}

/** The way to the page where an area is painted, good for so many minutes. */
export function areaView(address: string, minutes: number): View {
  return noticeView(
    `[Paint over the part that should change](${address}). The page is yours alone, for this picture, and stays open for ${minutes} minutes.`,
  );
}

/** A line for the one who pressed, when there is nothing to show in the thread. */
export function noticeView(text: string): View {
  return { ...bare, phase: "done", text, audience: "asker" };
}

export function pickedView(place: number, message: MessageKey): View {
  return { ...noticeView(`Picture ${place} it is. What you say next goes on from that one.`), head: message };
}

/** The details in words, for platforms without a place to fold them out. */
export function detailsView({
  prompt,
  revisedPrompt,
  options,
  elapsedMs,
  tokens,
  cost,
  painter,
}: Details): View {
  const lines = [
    `**Prompt** ${prompt}`,
    ...(revisedPrompt ? [`**Drawn from** ${revisedPrompt}`] : []),
    ...options.map(({ name, requested, applied }) => {
      const asked = requested !== undefined && requested !== applied ? ` (asked for: ${requested})` : "";
      return `**${name}** ${applied ?? "left out"}${asked}`;
    }),
    `**Time** ${(elapsedMs / 1000).toFixed(1)} s`,
    ...(tokens ? [`**Tokens** ${tokens.input} in, ${tokens.output} out`] : []),
    ...(cost ? [`**Cost** about $${cost.usd.toFixed(3)}, by the prices of ${cost.pricesOf}`] : []),
    `**Drawn by** ${painter}`,
  ];
  return noticeView(lines.join("\n"));
}

function soFar({ notes, parent, drawings }: Work) {
  const images = drawings.flatMap(({ sketch }) => sketch ?? []);
  const text = drawings.find((drawing) => drawing.text)?.text ?? "";
  return { text, notes, images, ...(parent && { parent }) };
}

/** The same words would be refused again; anything else may go better the next time. */
function actionsAfter(code: ErrorCode): readonly ActionName[] {
  return code === "refused" || code === "rejected" ? ["rephrase"] : ["redo", "rephrase"];
}
