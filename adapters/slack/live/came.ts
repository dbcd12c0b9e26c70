import type { CommunityKey, EventKey } from "../../../src/seam/turn.ts";

/** How something that a person did came in. */
export interface Came {
  readonly event: EventKey;
  /** Unix time, ms. */
  readonly at: number;
  /** It was seen to before, as far as that went: what was posted then is looked for. */
  readonly again: boolean;
  /** The workspace of whoever did it, where it is not the bot's own. */
  readonly from?: CommunityKey;
}
