import { type ActionName, action, isActionName } from "../../../src/seam/actions.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import type { WireAction, WireMessage, WirePicture, WireView } from "../wire/messages.ts";

/** A view as the page reads it. The pictures come apart, since they are addresses by now. */
export function toWireView(
  view: View,
  images: readonly WirePicture[],
  files: readonly WirePicture[] = [],
): WireView {
  return {
    phase: view.phase,
    ...(view.status !== undefined && { status: view.status }),
    text: view.text,
    notes: view.notes,
    images,
    ...(files.length > 0 && { files }),
    // The page folds the details out by itself, and has its own painter.
    actions: view.actions.filter((name) => name !== "details" && name !== "area").map(toWireAction),
    ...(view.audience === "asker" && { aside: true }),
    ...(view.gone && { gone: 0 }),
    ...(view.details && { details: view.details }),
    ...(view.parent && { parent: toId(view.parent) }),
  };
}

/** A stored answer with the buttons of today, and their words: it may be of a version that had others. */
export function withButtons(message: WireMessage): WireMessage {
  if (message.kind !== "answer") return message;
  const { view } = message;
  const names = view.actions.map(({ name }) => name).filter(isActionName);
  const more = names.includes("undo") ? (["rephrase", "undo", "forward"] as const) : [];
  const all = names.flatMap((name) =>
    name === "undo" ? more : more.some((one) => one === name) ? [] : name,
  );
  return { ...message, view: { ...view, actions: all.map(toWireAction) } };
}

/**
 * Whether a view would take back what is shown: what is over is not begun again, and a picture that is there does not
 * become a failure. A person may delete it.
 */
export function isBehind(view: View, shown: WireView): boolean {
  if (!isOver(view.phase)) return isOver(shown.phase);
  return view.phase !== "done" && !view.gone && shown.phase === "done" && shown.images.length > 0;
}

/** The id of the answer to a question: the question's own, as a UUID of version 8 (RFC 9562, for whom it may serve). */
export function toAnswerId(ask: string): string {
  return `${ask.slice(0, 14)}8${ask.slice(15)}`;
}

/** The id of the question that an answer of that id answers. */
export function toAskId(answer: string): string {
  return `${answer.slice(0, 14)}4${answer.slice(15)}`;
}

/** The page's id of a message. */
export function toId(key: MessageKey): string {
  return key.slice(key.indexOf(":") + 1);
}

/** The core's key of a message or a thread. */
export function toKey(id: string): `web:${string}` {
  return `web:${id}`;
}

/** A button with its words. */
export function toWireAction(name: ActionName): WireAction {
  const { label, hint, style, form } = action(name);
  return { name, label, hint, style, ...(form && { form }) };
}
