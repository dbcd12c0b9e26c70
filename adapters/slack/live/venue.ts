import type { Ephemeral } from "../wire/keys.ts";
import type { ResponseUrl } from "../wire/response-url.ts";

/** Where an answer is shown, and by which right. */
export interface Venue {
  readonly channelId: string;
  readonly threadTs?: string;
  /** It was asked inside that thread. In one without replies Slack shows nobody what is for them alone. */
  readonly inThread?: boolean;
  /** The message, where it is there already. Absent: the first show posts it. */
  readonly ts?: string;
  /** Only the asker sees it, under this name of ours. */
  readonly ephemeral?: Ephemeral;
  /** Who asked: what only they are to see goes to them. */
  readonly userId?: string;
  /** By which they can be told. */
  readonly responseUrl?: ResponseUrl;
  /** It answers a press under another message, by the response URL that came with it. */
  readonly pressed?: boolean;
  /** Said above the picture where the channel does not show it: who asked, for what. */
  readonly asked?: { readonly name: string; readonly words?: string };
  /** The message that asked. */
  readonly request?: string;
  /** It is in the assistant's own pane, which has a status line. */
  readonly assistant?: boolean;
  /** A message from before the restart. */
  readonly reopened?: boolean;
}
