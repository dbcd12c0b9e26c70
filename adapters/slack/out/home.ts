import type { types } from "@slack/bolt";
import type { Account, Style } from "../../../src/seam/core.ts";
import { optionSpecs } from "../../../src/seam/options.ts";
import { type HeldRules, type RuleSpec, ruleSpecs, sayRule } from "../../../src/seam/rules.ts";
import { plain } from "../forms/fields.ts";
import { homeButtons, idIn, toStyleButton } from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import { cut, toEscaped, toLine } from "../wire/words.ts";
import { toMrkdwn } from "./markdown.ts";

/** Styles that App Home shows; the command shows all. */
const mostStyles = 20;

/** What App Home shows: who draws, what a person has set, saved and used, and how it is used. */
export function toHome(of: {
  readonly name: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  /** Absent when unknown. */
  readonly account?: Account;
  readonly styles: readonly Style[];
  readonly moderator: boolean;
  /** What is laid down, for who may change it. */
  readonly rules?: HeldRules;
}): types.HomeView {
  const { name, painter, account, styles, moderator, rules } = of;
  const options = optionSpecs.filter(({ admin }) => !admin || moderator);
  return {
    type: "home",
    blocks: [
      { type: "header", text: label("Ask for a picture, reply to change it") },
      ...(painter.standIn
        ? [section("*Pictures are placeholders:* there is no OpenAI key, so a stand-in draws offline.")]
        : []),
      row(button(homeButtons.draw, "Draw…", { style: "primary" })),
      ...(account
        ? toAccount(account, moderator)
        : [section("_Your defaults and your usage cannot be read just now._")]),
      { type: "divider" },
      ...toStyles(styles, moderator),
      { type: "divider" },
      ...(rules ? toRules(rules) : []),
      ...toMrkdwn(usage(name), slackLimits.section).map(section),
      section(
        `*Options*, behind two dashes in any message:\n${options
          .map(({ name: option, hint }) => `\`--${option}\`  ${toEscaped(hint)}`)
          .join("\n")}`,
      ),
      row(button(homeButtons.forget, "Forget me…")),
      { type: "context", elements: [label(`Drawn by ${painter.name}`)] },
    ],
  };
}

/** What App Home says to somebody who may not use the bot there. */
export function toClosedHome(words: string): types.HomeView {
  return { type: "home", blocks: [section(words)] };
}

/** The ways in, as Markdown, for App Home and for `/draw help`. */
export function usage(name: string): string {
  return [
    "- `/draw a red fox in snow --size wide` draws in the channel; `/draw` alone opens a form; `--private` shows it to you alone.",
    `- Mention **@${name}** in a channel: I answer in the thread. Attach pictures to start from them.`,
    "- Reply in that thread, without a mention, to change the picture. Ask about it, and I answer in words.",
    "- Write to me directly, or open me from the top of Slack.",
    "- On anybody's picture: **More actions** › *Edit picture*, *Use as reference*, *Describe*.",
    "- `/draw options` lists every option: `--size wide`, `--count 2` and the like go behind the words.",
    "- `/draw style save cosy: soft light, warm colours --size wide` keeps a look, `--style cosy` draws in it; `/draw styles` lists them, `/draw style show cosy` and `/draw style remove cosy` do what they say. Admins share one with `/draw style share …`.",
    "- `/draw defaults --size wide` sets what holds unless you say otherwise, `/draw defaults` shows it, `/draw defaults reset` ends it. Admins set a channel's with `/draw channel defaults …`.",
    "- `/draw forget me` deletes all that I keep of you. I tell you what that is, and ask once more.",
    `- In a channel I am not in, type \`/invite @${name}\` first.`,
  ].join("\n");
}

function toAccount({ defaults, pictures, usd, since }: Account, moderator: boolean): types.KnownBlock[] {
  const set = toSet(defaults);
  const day = since === undefined ? "" : ` since ${dates.format(since)}`;
  const used =
    pictures === 0
      ? "Nothing drawn yet."
      : `${pictures} ${pictures === 1 ? "picture" : "pictures"}${day}, about $${usd.toFixed(2)}.`;
  return [
    section(`*My usage*\n${used}`),
    section(`*My defaults*\n${set || "None: the model decides, unless you say."}`),
    row(
      button(homeButtons.defaults, "Change my defaults…"),
      ...(set ? [button(homeButtons.reset, "Reset")] : []),
      ...(moderator ? [button(homeButtons.channel, "A channel's defaults…")] : []),
    ),
  ];
}

function toStyles(styles: readonly Style[], moderator: boolean): types.KnownBlock[] {
  const none = "None yet. A style keeps words, options and pictures under a name, for `--style name`.";
  const more = styles.length - mostStyles;
  return [
    section(`*Styles*${styles.length === 0 ? `\n${none}` : ""}`),
    ...styles.slice(0, mostStyles).flatMap((style) => toStyleRows(style, moderator)),
    ...(more > 0 ? [section(`And ${more} more: \`/draw styles\` lists all.`)] : []),
    row(button(homeButtons.newStyle, "New style…")),
  ];
}

/** What is laid down in the workspace, and a menu of what can be. */
function toRules(held: HeldRules): types.KnownBlock[] {
  const set = ruleSpecs.flatMap((spec) => {
    const value = sayRule(spec, held[spec.name]);
    return value === undefined ? [] : [`${spec.label}: ${toNamed(spec, held) ?? toEscaped(cut(value, 150))}`];
  });
  const menu: types.StaticSelect = {
    type: "static_select",
    action_id: homeButtons.rule,
    placeholder: label("Change a setting…"),
    options: ruleSpecs.map((spec) => ({
      value: spec.name,
      text: plain(spec.label, slackLimits.optionText),
    })),
  };
  const none = "Nothing is laid down: everybody may draw everything here.";
  const how = "One channel's own, and who changed what: `/draw settings`, `/draw settings changes`.";
  return [
    section(
      cut(
        `*Settings of this workspace*\n${set.length > 0 ? set.join("\n") : none}\n${how}`,
        slackLimits.section,
      ),
    ),
    { type: "actions", elements: [menu] },
    { type: "divider" },
  ];
}

/** Channels, as Slack shows them by itself. */
function toNamed({ kind, name }: RuleSpec, held: HeldRules): string | undefined {
  const value = held[name];
  if (kind !== "channels" || !Array.isArray(value)) return undefined;
  return value.map((one) => (typeof one === "string" ? one : `<#${idIn(one.key)}>`)).join(", ");
}

function toStyleRows(style: Style, moderator: boolean): types.KnownBlock[] {
  const { name, scope, instruction, options, pictures } = style;
  const what = [
    toEscaped(cut(toLine(instruction), 200)),
    toSet(options),
    pictures > 0 ? `${pictures} ${pictures === 1 ? "picture" : "pictures"}` : "",
  ];
  const value = toStyleButton(style);
  const remove = button(homeButtons.removeStyle, "Remove", {
    value,
    confirm: {
      title: label("Remove this style?"),
      text: label(
        scope === "shared"
          ? `Nobody here can use ${name} any more. Its pictures go, too.`
          : `${name} goes, with its pictures.`,
      ),
      confirm: label("Remove"),
      deny: label("Keep"),
      style: "danger",
    },
  });
  return [
    section(
      `\`${name}\`${scope === "shared" ? " (everyone's)" : ""}  ${what.filter((part) => part !== "").join(" · ")}`,
    ),
    row(button(homeButtons.showStyle, "Show", { value }), ...(scope === "mine" || moderator ? [remove] : [])),
  ];
}

/** Options by their labels, in one line. Empty for none. */
function toSet(options: Account["defaults"]): string {
  return optionSpecs
    .flatMap(({ name, label: called }) =>
      options[name] === undefined ? [] : [`${called} ${toEscaped(String(options[name]))}`],
    )
    .join(" · ");
}

const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

function section(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function row(...elements: types.Button[]): types.KnownBlock {
  return { type: "actions", elements };
}

function button(
  actionId: string,
  text: string,
  more: Pick<types.Button, "style" | "value" | "confirm"> = {},
): types.Button {
  return { type: "button", action_id: actionId, text: label(text), ...more };
}

function label(text: string): types.PlainTextElement {
  return plain(text, slackLimits.label);
}
