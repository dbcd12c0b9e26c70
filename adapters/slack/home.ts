import type { types } from "@slack/bolt";
import type { Account } from "../../src/adapter.ts";
import { optionSpecs } from "../../src/options.ts";
import { homeButtons } from "./keys.ts";
import { slackLimits } from "./limits.ts";
import { toMrkdwn } from "./markdown.ts";
import { toEscaped } from "./words.ts";

/** What App Home shows: who draws, what a person has set and used, and how it is used. `account`: absent when unknown. */
export function toHome(of: {
  readonly name: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly account?: Account;
}): types.HomeView {
  const { name, painter, account } = of;
  const options = optionSpecs.filter(({ admin }) => !admin);
  return {
    type: "home",
    blocks: [
      { type: "header", text: plain("Ask for a picture, reply to change it") },
      ...(painter.standIn
        ? [section("*Pictures are placeholders:* there is no OpenAI key, so a stand-in draws offline.")]
        : []),
      row(button(homeButtons.draw, "Draw…", "primary")),
      ...(account
        ? toAccount(account)
        : [section("_Your defaults and your usage cannot be read just now._")]),
      { type: "divider" },
      ...toMrkdwn(usage(name), slackLimits.section, 1).map(section),
      section(
        `*Options*, behind two dashes in any message:\n${options
          .map(({ name: option, hint }) => `\`--${option}\`  ${toEscaped(hint)}`)
          .join("\n")}`,
      ),
      { type: "context", elements: [plain(`Drawn by ${painter.name}`)] },
    ],
  };
}

/** The ways in, as Markdown, for App Home and for `/draw help`. */
export function usage(name: string): string {
  return [
    "- `/draw a red fox in snow --size wide` draws in the channel; `/draw` alone opens a form; `--private` shows it to you alone.",
    `- Mention **@${name}** in a channel: I answer in the thread. Attach pictures to start from them.`,
    "- Reply in that thread, without a mention, to change the picture.",
    "- Write to me directly, or open me from the top of Slack.",
    "- On anybody's picture: **More actions** › *Edit picture*, *Use as reference*, *Describe*.",
    `- In a channel I am not in, type \`/invite @${name}\` first.`,
  ].join("\n");
}

function toAccount({ defaults, pictures, usd, since }: Account): types.KnownBlock[] {
  const set = optionSpecs.flatMap(({ name, label }) =>
    defaults[name] === undefined ? [] : [`${label} ${toEscaped(String(defaults[name]))}`],
  );
  const day = since === undefined ? "" : ` since ${dates.format(since)}`;
  const used =
    pictures === 0
      ? "Nothing drawn yet."
      : `${pictures} ${pictures === 1 ? "picture" : "pictures"}${day}, about $${usd.toFixed(2)}.`;
  return [
    section(`*My usage*\n${used}`),
    section(
      `*My defaults*\n${set.length > 0 ? set.join(" · ") : "None: the model decides, unless you say."}`,
    ),
    row(
      button(homeButtons.defaults, "Change my defaults…"),
      ...(set.length > 0 ? [button(homeButtons.reset, "Reset")] : []),
    ),
  ];
}

const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

function section(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function row(...elements: types.Button[]): types.KnownBlock {
  return { type: "actions", elements };
}

function button(actionId: string, label: string, style?: "primary"): types.Button {
  return { type: "button", action_id: actionId, text: plain(label), ...(style && { style }) };
}

function plain(text: string): types.PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}
