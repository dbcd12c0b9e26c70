import type { Report } from "./forget.ts";
import { type Counts, toLines } from "./kept.ts";

/** What there is to be deleted, and how to go on. `what` is what can be pressed, where a button is there. */
export function sayHeld(counts: Counts): string {
  const lines = toLines(counts);
  return [
    lines.length > 0
      ? "**Forget me** deletes all that I keep of you. That is:"
      : "I keep next to nothing of you.",
    ...lines,
    "It cannot be undone. What you are having drawn is cancelled first.",
    staying,
    "Press **Forget me**, or say `forget me for good`, within the hour.",
  ].join("\n");
}

/** What was deleted, and what stays. */
export function sayForgotten({ counts, left, waits }: Report): string {
  const lines = toLines(counts);
  return [
    lines.length > 0 ? "I have forgotten you. Deleted:" : "There was nothing left of you to delete.",
    ...lines,
    ...(left > 0
      ? [
          `OpenAI has not deleted ${left} of its files and responses yet. I go on asking; after 30 days they end there by themselves.`,
        ]
      : []),
    ...(waits ? ["One more is drawn and on its way to you. It goes when it is shown."] : []),
    staying,
  ].join("\n");
}

const staying =
  "What stays: the messages on Discord and in Slack (*Delete* under a picture takes one away; press it before, since afterwards only a moderator can), styles that you shared, and the log until it is rotated.";

export const notAsked =
  "Say `forget me` first: I tell you what would be deleted, and you have an hour to think it over.";
