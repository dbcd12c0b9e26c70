/** One thing done to a mask. */
export type Stroke = Brushed | { readonly kind: "clear" | "invert" };

/** A line of the brush or the eraser. Lengths and places are in pixels of the picture. */
export interface Brushed {
  readonly kind: "brush" | "eraser";
  /** Diameter. */
  readonly size: number;
  /** x, y and pressure (1: full), one after the other. */
  readonly points: readonly number[];
}

/** A painted mask, for the target's picture or for the first reference. */
export interface Mask {
  readonly file: Blob;
  /** A preview: the painted area. */
  readonly preview: string;
  /** Which picture was painted on. */
  readonly src: string;
  readonly strokes: readonly Stroke[];
  /** The answer whose picture that is; absent: it is one of the references. */
  readonly answer?: string;
}

/** What was done, and what was taken back. */
export interface MaskHistory {
  readonly done: readonly Stroke[];
  readonly undone: readonly Stroke[];
}

export function startHistory(strokes: readonly Stroke[] = []): MaskHistory {
  return { done: strokes, undone: [] };
}

/** Does one thing more; what was taken back is gone then. */
export function addStroke(history: MaskHistory, stroke: Stroke): MaskHistory {
  return { done: [...history.done, stroke], undone: [] };
}

export function undo(history: MaskHistory): MaskHistory {
  const last = history.done.at(-1);
  return last ? { done: history.done.slice(0, -1), undone: [...history.undone, last] } : history;
}

export function redo(history: MaskHistory): MaskHistory {
  const last = history.undone.at(-1);
  return last ? { done: [...history.done, last], undone: history.undone.slice(0, -1) } : history;
}

/** The strokes that still show: none before the last clearing matters. */
export function visibleStrokes(history: MaskHistory): readonly Stroke[] {
  return history.done.slice(history.done.findLastIndex(({ kind }) => kind === "clear") + 1);
}
