import type { ImageLimits } from "../../../src/seam/view.ts";

/** Tells an answer that it is made from something hidden, where that turns out after its venue was chosen. */
export interface Cover {
  hides: boolean;
}

/** `isKnown`: looks at what may have been found out since. */
export function createCover(hides: boolean, isKnown: () => boolean = () => false): Cover {
  let told = hides;
  return {
    get hides() {
      return told || isKnown();
    },
    set hides(more) {
      told ||= more;
    },
  };
}

/** Where an answer is shown, and by which right. */
export interface Venue {
  readonly channelId: string;
  /** The message, where it is there already; its first token is in the stage. Absent: the first show makes it. */
  readonly messageId?: string;
  /** The interaction to answer by: it says what only the asker is to see, and makes the message unless `posts`. */
  readonly token?: string;
  /** The bot posts the message itself. */
  readonly posts?: boolean;
  /** The message is only the sign that we are at work. */
  readonly blank?: boolean;
  /** The bot itself can post and edit there. */
  readonly reachable: boolean;
  /** Only the asker sees it. */
  readonly private: boolean;
  /** Undefined: as the message was before. */
  readonly spoiler: boolean | undefined;
  readonly cover?: Cover;
  readonly limits: ImageLimits;
  /** The message or the interaction that the answer is for, by its id: there is one for each. */
  readonly once?: string;
  /** The message that asked: nobody waits for the answer when it is deleted. */
  readonly request?: string;
  /** The channel it stands in, where that is another one. */
  readonly requestIn?: string;
  /** The message in that channel which the bot's own is to stand below. */
  readonly answers?: string;
  /** The user who asked, by their id: where nothing can be shown any more, they are written to. */
  readonly asker?: string;
  /** Opens a thread on the finished picture, named from these words. */
  readonly threadFrom?: string;
  /** A line below the finished answer. */
  readonly note?: string;
  /** A message from before a restart. `unknown`: nothing more than that is known of it. */
  readonly reopened?: "known" | "unknown";
}
