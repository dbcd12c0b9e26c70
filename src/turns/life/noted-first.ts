import type { EventKey } from "../../seam/turn.ts";

const ofArea = "area:";

/** The name of what a page for painting sends, by the page's own. */
export function toAreaEvent(nonce: string): EventKey {
  return `${ofArea}${nonce}`;
}

/** Whether an event is noted before it becomes a turn. What a page for painting sends is noted with it: refused, it can be sent again. */
export function isNotedFirst(event: EventKey): boolean {
  return !event.startsWith(ofArea);
}
