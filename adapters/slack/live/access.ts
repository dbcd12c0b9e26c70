import { createSeldom } from "../../../src/seam/bounded.ts";
import { type Access, type Barrier, barrierAt } from "../../../src/seam/trust/access.ts";
import type { CommunityKey, Place } from "../../../src/seam/turn.ts";
import { toPlace } from "../wire/keys.ts";

/** Who may use the bot: asked of everything that people do, before anything else is done of it. */
export interface Door {
  /** What to tell those who may not; undefined: they may. */
  refusalAt(place: Place): string | undefined;
  /** Whether somebody can be told so for words of theirs: seldom, for nobody is to make the bot speak at will. */
  maySay(channelId: string, userId: string): boolean;
}

/** Ms for which one refusal is enough for a person in a channel, and how many there may be in that time everywhere. */
const quietMs = 3600 * 1000;
const mostRefusals = 300;

export function createDoor(access: Access, now: () => number): Door {
  const words: Readonly<Record<Barrier, string>> = {
    community:
      "I am not set up for people of your workspace. Whoever runs me decides for whom I draw; ask them.",
    channel: "I do not draw in this channel. Whoever runs me decides where I do; ask them.",
    direct: "I do not draw in direct messages. Mention me in a channel where I am.",
    carried: "I do not draw here. Whoever runs me decides where I do; ask them.",
  };
  const isSeldom = createSeldom({ everyMs: quietMs, most: mostRefusals, now });
  return {
    refusalAt(place) {
      const barrier = barrierAt(access, place);
      return barrier && words[barrier];
    },
    maySay: (channelId, userId) => isSeldom(`${channelId} ${userId}`),
  };
}

/** App Home is as good as a direct message. */
export function homeOf(teamId: string, stranger: Pick<Place, "from">): Place {
  return { ...toPlace(teamId, "home"), ...stranger, kind: "direct" };
}

/** The workspace of whoever did something, where it is not the bot's own. */
export function strangerOf(teamId: string, own: string): { readonly from?: CommunityKey } {
  return teamId === "" || teamId === own ? {} : { from: `slack:team:${teamId}` };
}
