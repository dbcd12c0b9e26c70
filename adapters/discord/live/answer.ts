import type { MessageKey } from "../../../src/seam/turn.ts";
import type { View } from "../../../src/seam/view.ts";
import type { Spot } from "../wire/keys.ts";
import type { Venue } from "./venue.ts";

/** One answer as it stands: what those that show it share. */
export interface Answer {
  readonly venue: Venue;
  /** The message; undefined until it is posted. */
  spot: Spot | undefined;
  key: MessageKey | undefined;
  /** The message that stands in for one that can no longer be changed. */
  standIn: Spot | undefined;
  spoiler: boolean | undefined;
  newest: View | undefined;
  /** The last view is there: nothing goes back behind it. */
  isShown: boolean;
  /** A sketch was sent of which nobody knows whether it is still to come. */
  isAstray: boolean;
  /** Its last view may have been posted elsewhere, without our having heard of it. */
  mayBeElsewhere: boolean;
}

/** Whether its pictures are hidden until they are clicked. */
export function hides({ spoiler, venue }: Answer): boolean {
  return spoiler === true || venue.cover?.hides === true;
}
