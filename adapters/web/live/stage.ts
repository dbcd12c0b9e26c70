import type { Measure } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Chat } from "./chat.ts";
import type { Events } from "./events.ts";
import type { Partials } from "./partials.ts";
import type { Thumbnails } from "./thumbnails.ts";
import type { Trouble } from "./trouble.ts";
import type { Uploads } from "./uploads.ts";

/** Where replies are shown: stored first, then told to the open pages. */
export interface Stage {
  readonly chat: Chat;
  readonly uploads: Uploads;
  readonly partials: Partials;
  readonly thumbnails: Thumbnails;
  readonly events: Events;
  readonly trouble: Trouble;
  readonly measure: Measure;
  readonly log: Log;
  /** Unix time, ms. */
  readonly now: () => number;
}
