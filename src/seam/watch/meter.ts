import type { ErrorCode } from "../errors.ts";

/** What became of one turn, in numbers. Times are in ms, from when it was taken on unless said. */
export interface TurnMeasures {
  readonly adapter: string;
  /** `left`: for the next process to finish; `lost`: drawn, and not to be shown anywhere. */
  readonly outcome: "done" | "failed" | "cancelled" | "left" | "lost";
  /** Why it came to nothing. */
  readonly code?: ErrorCode;
  /** The image model. */
  readonly model?: string;
  readonly pictures: number;
  /** How long it stood in line. */
  readonly waitMs?: number;
  /** Until the first sketch was seen. */
  readonly sketchMs?: number;
  /** Until the picture was there, ready to be shown. */
  readonly drawnMs?: number;
  /** Until the last view was seen. */
  readonly shownMs?: number;
  readonly tokens?: { readonly input: number; readonly output: number };
  readonly usd?: number;
}

/** Hears what happens, in numbers. Never throws. */
export interface Meter {
  /** Somebody sees that what they did was taken, so many ms after it came in. */
  acknowledged(adapter: string, ms: number): void;
  /** A turn is over, for this process. */
  turn(measures: TurnMeasures): void;
  /** What somebody did became no turn. */
  refused(adapter: string, code: ErrorCode): void;
  /** The store has answered, or failed. */
  stored(call: "read" | "write", ms: number, isWell: boolean): void;
}

/** Nobody listens. */
export const noMeter: Meter = { acknowledged() {}, turn() {}, refused() {}, stored() {} };
