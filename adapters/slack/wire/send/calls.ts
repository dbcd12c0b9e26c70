import type { webApi } from "@slack/bolt";
import type { Seal } from "../../../../src/seam/core.ts";
import type { Timing } from "../limits.ts";
import type { Origins } from "./origins.ts";
import type { Patience } from "./patience.ts";

/** What all calls to Slack are made with. `quick`: a client of its own, so that a sketch never waits behind what must arrive. */
export interface Calls {
  readonly client: webApi.WebClient;
  readonly quick: webApi.WebClient;
  readonly token: string;
  readonly origins: Origins;
  readonly seal: Seal;
  readonly timing: Timing;
  readonly patience: Patience;
  readonly ownId: () => string;
  readonly now: () => number;
  /** Hears that Slack shows no button to stop what an agent does. */
  readonly unstoppable: () => void;
}

/** Where a message goes. */
export interface To {
  readonly channelId: string;
  readonly threadTs?: string;
}
