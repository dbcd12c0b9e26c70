import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { slackLimits, statusMs } from "../wire/limits.ts";
import { toLogged } from "../wire/trouble.ts";
import { cut, toTitle } from "../wire/words.ts";

/** The line in the assistant's pane that says what is going on. */
export interface Status {
  /** Undefined: nothing any more. */
  show(words: string | undefined): void;
}

/** What the assistant offers to begin with. Four is the most Slack shows. */
const suggestions = [
  { title: "A lighthouse in a storm", message: "a lighthouse in a storm, oil on canvas" },
  { title: "A sticker", message: "a cheerful red fox as a sticker --background transparent" },
  { title: "A wide banner", message: "rolling green hills at dawn --size wide" },
  { title: "Four at once", message: "a logo for a small bakery --count 4 --quality low" },
] as const;

/** Elsewhere than in the assistant's pane it does nothing. */
export function createStatus({ send, log }: Stage, { channelId, threadTs, assistant }: Venue): Status {
  if (!assistant || !threadTs) return { show() {} };
  let renewal: NodeJS.Timeout | undefined;
  let shown = "";

  function set(status: string): void {
    send
      .assist("setStatus", { channel_id: channelId, thread_ts: threadTs ?? "", status })
      .catch((error: unknown) => {
        log.debug({ error: toLogged(error) }, "slack.status.failed");
      });
  }

  return {
    show(words) {
      const status = words ? cut(`is at work: ${words.toLowerCase()}`, slackLimits.status) : "";
      if (status === shown) return;
      shown = status;
      clearInterval(renewal);
      set(status);
      // Slack takes the line away after two minutes.
      if (status) renewal = setInterval(set, statusMs, status).unref();
    },
  };
}

/** Somebody opened the assistant: what it can do, to be pressed. */
export async function greet(stage: Stage, channelId: string, threadTs: string): Promise<void> {
  const { send, assistants, painter } = stage;
  assistants.set(`${channelId}:${threadTs}`, true);
  await send.assist("setSuggestedPrompts", {
    channel_id: channelId,
    thread_ts: threadTs,
    title: painter.standIn
      ? "There is no OpenAI key, so I draw placeholders. Try one:"
      : "What shall I draw?",
    prompts: suggestions,
  });
}

/** Names a thread of the assistant after what was asked in it first. */
export function entitle({ send, log }: Stage, channelId: string, threadTs: string, words: string): void {
  const title = toTitle(words, slackLimits.threadTitle);
  send.assist("setTitle", { channel_id: channelId, thread_ts: threadTs, title }).catch((error: unknown) => {
    log.debug({ error: toLogged(error) }, "slack.title.failed");
  });
}
