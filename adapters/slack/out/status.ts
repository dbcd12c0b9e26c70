import { whetherLost } from "../../../src/seam/held.ts";
import type { Session } from "../live/agent/sessions.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { isDirect } from "../live/where.ts";
import { sessionMs, slackLimits, statusMs } from "../wire/limits.ts";
import { toLogged } from "../wire/trouble.ts";
import { cut } from "../wire/words.ts";

/** What Slack says by itself of an answer that is under way. */
export interface Status {
  /** Whether there is a button of Slack's to stop it. */
  readonly canStop: boolean;
  /** Undefined: nothing any more. */
  show(words: string | undefined): void;
}

/**
 * An agent's session, which has a button to stop it; the line in the assistant's pane. Elsewhere it does nothing.
 */
export function createStatus(stage: Stage, venue: Venue): Status {
  const { channelId, threadTs = venue.ts, assistant } = venue;
  if (threadTs && stage.app.isAgent && isDirect({ channel: channelId }))
    return createSession(stage, venue, { channelId, threadTs });
  return assistant && threadTs ? createLine(stage, channelId, threadTs) : { canStop: false, show() {} };
}

function createSession({ sessions }: Stage, { title, userId }: Venue, session: Session): Status {
  const answer = {};
  const beginning = { ...(title && { title }), ...(userId && { userId }) };
  return {
    canStop: true,
    show: renewed(sessionMs, {
      say(words) {
        if (words === undefined) sessions.end(session, answer);
        else sessions.begin(session, answer, beginning);
      },
      leave: () => sessions.leave(session, answer),
    }),
  };
}

function createLine({ send, log }: Stage, channelId: string, threadTs: string): Status {
  let shown = "";
  // Slack takes the line away after two minutes.
  const show = renewed(statusMs, {
    say(status = "") {
      send
        .assist("setStatus", { channel_id: channelId, thread_ts: threadTs, status })
        .catch((error: unknown) => {
          log.debug({ error: toLogged(error) }, "slack.status.failed");
        });
    },
    leave() {
      shown = "";
    },
  });
  return {
    canStop: false,
    show(words) {
      const status = words ? cut(`is at work: ${words.toLowerCase()}`, slackLimits.status) : "";
      if (status === shown) return;
      shown = status;
      show(status || undefined);
    },
  };
}

/** Says it again now and then, as Slack wants that; where another process has the answer that is shown, that one does. */
function renewed(
  everyMs: number,
  { say, leave }: { readonly say: Status["show"]; readonly leave: () => void },
): Status["show"] {
  let renewal: NodeJS.Timeout | undefined;
  return (words) => {
    const isLost = whetherLost();
    const tell = () => {
      if (!isLost()) return say(words);
      clearInterval(renewal);
      leave();
    };
    clearInterval(renewal);
    if (words !== undefined) renewal = setInterval(tell, everyMs).unref();
    tell();
  };
}
