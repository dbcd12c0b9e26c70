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
  let renewal: NodeJS.Timeout | undefined;

  function begin(): void {
    sessions.begin(session, answer, { ...(title && { title }), ...(userId && { userId }) });
  }

  function end(): void {
    clearInterval(renewal);
    sessions.end(session, answer);
  }

  return {
    canStop: true,
    show(words) {
      if (words === undefined) return end();
      begin();
      clearInterval(renewal);
      renewal = setInterval(renewalOf(begin, end), sessionMs).unref();
    },
  };
}

function createLine({ send, log }: Stage, channelId: string, threadTs: string): Status {
  let renewal: NodeJS.Timeout | undefined;
  let shown = "";

  function set(status: string): void {
    send
      .assist("setStatus", { channel_id: channelId, thread_ts: threadTs, status })
      .catch((error: unknown) => {
        log.debug({ error: toLogged(error) }, "slack.status.failed");
      });
  }

  return {
    canStop: false,
    show(words) {
      const status = words ? cut(`is at work: ${words.toLowerCase()}`, slackLimits.status) : "";
      if (status === shown) return;
      shown = status;
      clearInterval(renewal);
      set(status);
      // Slack takes the line away after two minutes: also where another process has the answer, and its own line.
      const end = () => {
        clearInterval(renewal);
        shown = "";
      };
      if (status)
        renewal = setInterval(
          renewalOf(() => set(status), end),
          statusMs,
        ).unref();
    },
  };
}

/** Says once more how it stands, as long as no other process has the answer that is being shown. */
function renewalOf(renew: () => void, end: () => void): () => void {
  const isLost = whetherLost();
  return () => (isLost() ? end() : renew());
}
