import type { types } from "@slack/bolt";
import { optionSpecs } from "../../src/options.ts";
import { drawButtonId } from "./keys.ts";
import { toEscaped } from "./words.ts";

/** What App Home shows: how to use the bot, and who draws. */
export function toHome(of: {
  readonly name: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
}): types.HomeView {
  const name = toEscaped(of.name);
  const options = optionSpecs.filter(({ admin }) => !admin);
  return {
    type: "home",
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: "Ask for a picture, reply to change it", emoji: false },
      },
      ...(of.painter.standIn
        ? [section("*Pictures are placeholders:* there is no OpenAI key, so a stand-in draws offline.")]
        : []),
      {
        type: "actions",
        elements: [
          {
            type: "button",
            action_id: drawButtonId,
            style: "primary",
            text: { type: "plain_text", text: "Draw…", emoji: false },
          },
        ],
      },
      section(usage(name)),
      { type: "divider" },
      section(
        `*Options*, behind two dashes in any message:\n${options
          .map(({ name: option, hint }) => `\`--${option}\`  ${toEscaped(hint)}`)
          .join("\n")}`,
      ),
      {
        type: "context",
        elements: [{ type: "plain_text", text: `Drawn by ${of.painter.name}`, emoji: false }],
      },
    ],
  };
}

/** The ways in, for App Home and for `/draw help`. */
export function usage(name: string): string {
  return [
    "• `/draw a red fox in snow --size wide` draws in the channel; `/draw` alone opens a form; `--private` shows it to you alone.",
    `• Mention *@${name}* in a channel: I answer in the thread. Attach pictures to start from them.`,
    "• Reply in that thread, without a mention, to change the picture.",
    "• Write to me directly, or open me from the top of Slack.",
    "• On anybody's picture: *More actions* › _Edit picture_, _Use as reference_, _Describe_.",
    `• In a channel I am not in, type \`/invite @${name}\` first.`,
  ].join("\n");
}

function section(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}
