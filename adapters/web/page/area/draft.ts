import type { Stroke } from "../mask/history.ts";

/** What was painted and said on a page, and not sent yet. */
export interface AreaDraft {
  readonly text: string;
  readonly strokes: readonly Stroke[];
}

const key = "drawbridge.area";

/**
 * Keeps one painting, for a phone that throws the page away while its owner looks something up in the chat, and for a
 * page that runs out: the next one for the same picture goes on from there.
 */
export function keepDraft(picture: string, { text, strokes }: AreaDraft): void {
  if (picture === "") return;
  try {
    if (text.trim() === "" && strokes.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ picture, text, strokes }));
  } catch {} // full, or forbidden: then it is on the page alone
}

/** Undefined when there is none for that picture. */
export function findDraft(picture: string): AreaDraft | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return picture !== "" && isRecord(kept) && kept.picture === picture && isDraft(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function dropDraft(): void {
  try {
    localStorage.removeItem(key);
  } catch {} // as above
}

function isDraft(kept: Record<string, unknown>): kept is Record<string, unknown> & AreaDraft {
  return typeof kept.text === "string" && Array.isArray(kept.strokes) && kept.strokes.every(isStroke);
}

function isStroke(stroke: unknown): stroke is Stroke {
  if (!isRecord(stroke)) return false;
  if (stroke.kind === "clear" || stroke.kind === "invert") return true;
  const { kind, size, points } = stroke;
  return (
    (kind === "brush" || kind === "eraser") &&
    Number.isFinite(size) &&
    Array.isArray(points) &&
    points.every(Number.isFinite)
  );
}

function isRecord(thing: unknown): thing is Record<string, unknown> {
  return typeof thing === "object" && thing !== null;
}
