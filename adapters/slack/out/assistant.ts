import type { Stage } from "../live/stage.ts";
import { slackLimits } from "../wire/limits.ts";
import { toLogged } from "../wire/trouble.ts";
import { toTitle } from "../wire/words.ts";

/** What is offered to begin with, in the manifest, too. Four is the most Slack shows. */
export const suggestions = [
  {
    title: "My Monday, in oil",
    message:
      "my Monday morning as a dramatic oil painting: a heroic cup of coffee against a rising tide of unread mail --size wide",
  },
  {
    title: "A very proud pigeon",
    message: "a very proud pigeon in a tiny bow tie, as a sticker --background transparent",
  },
  {
    title: "The office dog's promotion",
    message: "the official portrait of the office dog, newly promoted to Head of Snacks",
  },
  {
    title: "Logos for a haunted bakery",
    message: "a logo for a bakery that is run by friendly ghosts --count 4 --quality low",
  },
] as const;

/** Offers what to begin with: above the composer of an agent, in a thread of the assistant. Rejects as Slack does. */
export async function offerPrompts(
  { send, painter }: Stage,
  channelId: string,
  threadTs?: string,
): Promise<void> {
  await send.assist("setSuggestedPrompts", {
    channel_id: channelId,
    // With a thread an agent's call comes to nothing, without one the assistant's is refused.
    ...(threadTs && { thread_ts: threadTs }),
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
