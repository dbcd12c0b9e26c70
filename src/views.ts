import type { ActionName } from "./actions.ts";
import type { Details, Image, MessageKey, User, View } from "./adapter.ts";
import type { BotError, ErrorCode } from "./errors.ts";

/** Everything the bot says of itself, as views. What an error says is in the error. */

const bare = { text: "", notes: [], images: [], actions: [] } as const;

/** `ahead`: turns that go first. */
export function queuedView(ahead: number): View {
  const place = ahead === 1 ? "Next in line" : `${ahead} pictures ahead of yours`;
  return { ...bare, phase: "queued", status: place, actions: ["cancel"] };
}

/** What a turn has to show while it is worked on. */
export interface Work {
  readonly status: string;
  readonly text: string;
  readonly notes: readonly string[];
  readonly sketch?: Image | undefined;
  readonly parent?: MessageKey | undefined;
}

export function workingView({ status, text, notes, sketch, parent }: Work): View {
  return {
    phase: "working",
    status,
    text,
    notes,
    images: sketch ? [sketch] : [],
    actions: ["cancel"],
    ...(parent && { parent }),
  };
}

export const startingStatus = "Getting ready";
export const readingStatus = "Looking at your pictures";
export const drawingStatus = "Drawing";
export const answeringStatus = "Answering";

/** `index` counts from 0. */
export function sketchStatus(index: number): string {
  return `Drawing, sketch ${index + 1}`;
}

export function waitingStatus(ms: number): string {
  return `OpenAI is busy, trying again in ${Math.ceil(ms / 1000)} s`;
}

/** A finished answer: pictures, words or both. */
export function doneView(answer: {
  readonly message: MessageKey;
  readonly text: string;
  readonly notes: readonly string[];
  readonly images: readonly Image[];
  readonly details: Details;
  readonly parent?: MessageKey | undefined;
}): View {
  const { message, text, notes, images, details, parent } = answer;
  return {
    phase: "done",
    text,
    notes,
    images,
    actions: images.length > 0 ? ["edit", "vary", "redo", "undo", "delete"] : ["redo", "rephrase", "delete"],
    details,
    head: message,
    ...(parent && { parent }),
  };
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
    phase: "failed",
    text: error.message,
    notes: work?.notes ?? [],
    images: work?.sketch ? [work.sketch] : [],
    actions: again ? actionsAfter(error.code) : [],
    ...(work?.parent && { parent: work.parent }),
  };
}

export function cancelledView(again: boolean, work?: Work): View {
  return {
    phase: "cancelled",
    status: "Cancelled",
    text: "",
    notes: work?.notes ?? [],
    images: work?.sketch ? [work.sketch] : [],
    actions: again ? ["redo", "rephrase"] : [],
    ...(work?.parent && { parent: work.parent }),
  };
}

export function deletedView(by: User): View {
  return { ...bare, phase: "cancelled", status: `Deleted by ${by.name}` };
}

export function undoneView(head: MessageKey | null): View {
  const text = head
    ? "Back to the picture before this one. What you say next goes on from there."
    : "Back to the beginning. What you say next starts a new picture.";
  return { ...bare, phase: "done", text, head, audience: "asker" };
}

/** A line for the one who pressed, when there is nothing to show in the thread. */
export function noticeView(text: string): View {
  return { ...bare, phase: "done", text, audience: "asker" };
}

/** The same words would be refused again; anything else may go better the next time. */
function actionsAfter(code: ErrorCode): readonly ActionName[] {
  return code === "refused" || code === "rejected" ? ["rephrase"] : ["redo", "rephrase"];
}
