import type { Encoded } from "../../../seam/view.ts";

/** A picture whose outside was put back, or the drawn one with the reason why it could not be. */
export interface PutBack {
  readonly picture: Encoded;
  /** Whether the outside was put back. */
  readonly patched: boolean;
  /** What a person should know. */
  readonly note?: string;
  /** Why nothing could be put back though it should have been possible; for the log. */
  readonly cause?: unknown;
}

/** Where nothing could be put back. */
export function asDrawn(picture: Encoded, why: string): PutBack {
  return {
    picture,
    patched: false,
    note: `${why}, so I could not put back what lies outside the mask: look whether something changed there too.`,
  };
}
