import { noticeView } from "../answer/views.ts";
import type { StyleBook } from "../options/styles.ts";
import type { ForgetMe } from "../privacy/forget.ts";
import { notAsked, sayForgotten, sayHeld } from "../privacy/words.ts";
import type { Adapter } from "../seam/adapter.ts";
import type { Rules } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import { type ImageOptions, optionSpecs } from "../seam/options.ts";
import type { Scope, Setting } from "../seam/turn.ts";
import type { View } from "../seam/view.ts";
import { adminOptions, parseOptions, parseStyleName } from "../seam/words/flags.ts";
import type { AccountBook } from "../store/accounts.ts";
import type { SettleBudgets } from "./paying/settle-budgets.ts";
import { createSettleRules } from "./rules/settle-rules.ts";

/** Does what a setting asks for; what to show for it. Throws BotError `bad_option`, `bad_attachment`, `forbidden`. */
export type Settle = (adapter: Adapter, turn: Setting, signal: AbortSignal) => Promise<View>;

export function createSettle({
  accounts,
  styles,
  rules,
  settleBudgets,
  forgetMe,
}: {
  readonly accounts: AccountBook;
  readonly styles: StyleBook;
  readonly settleBudgets: SettleBudgets;
  readonly rules: Rules;
  readonly forgetMe: ForgetMe;
}): Settle {
  const settleRules = createSettleRules(rules);

  async function showStyles({ user, place }: Setting): Promise<View> {
    const all = await styles.list(user, place);
    if (all.length === 0) {
      return noticeView(
        "There are no styles yet. Save one with `style save cosy: soft light, warm colours --size wide`, with pictures if you like, and use it with `--style cosy`.",
      );
    }
    const lines = all.map(({ name, scope, instruction, pictures, options }) => {
      const parts = [
        shorten(instruction, 120),
        said(options),
        pictures > 0 ? count(pictures, "picture") : "",
      ];
      const what = parts.filter((part) => part !== "").join(" · ");
      return `**${name}**${scope === "shared" ? " (shared)" : ""} ${what}`;
    });
    return noticeView(`${lines.join("\n")}\nUse one with \`--style ${all[0]?.name}\`.`);
  }

  async function showStyle({ user, place }: Setting, name: string): Promise<View> {
    const wanted = parseStyleName(name);
    const style = (await styles.list(user, place)).find((one) => one.name === wanted);
    const images = await styles.pictures(user, place, name);
    if (!style) throw new BotError("unknown_message", "That style has just been removed.");
    const { spoiler } = await styles.find(user, place, wanted);
    const lines = [
      `**${style.name}**${style.scope === "shared" ? ", shared with everyone here" : ", your own"}`,
      ...(style.instruction ? [style.instruction] : []),
      ...(said(style.options) ? [said(style.options)] : []),
      `Use it with \`--style ${style.name}\`.`,
    ];
    return { ...noticeView(lines.join("\n")), images, ...(spoiler && { spoiler }) };
  }

  async function showDefaults({ user, place }: Setting): Promise<View> {
    const [own, channel] = await Promise.all([accounts.of(user.id), accounts.of(place.channel)]);
    return noticeView(
      [
        `**Yours** ${said(own.defaults) || "none"}`,
        `**This channel's** ${said(channel.defaults) || "none"}`,
        "Yours win. Change them with `defaults --size wide --quality high`, end them with `defaults reset`; a moderator changes the channel's with `channel defaults …`.",
      ].join("\n"),
    );
  }

  function ownerOf({ user, place }: Setting, scope: Scope): string {
    if (scope === "mine") return user.id;
    if (user.moderator) return place.channel;
    throw new BotError("forbidden", "Only a moderator can set a channel's defaults.");
  }

  /** What would be left out of every prompt, with a sentence each time, is no default. */
  async function check(
    { user, place }: Setting,
    scope: Scope,
    options: Partial<ImageOptions>,
  ): Promise<void> {
    const denied = user.moderator ? [] : adminOptions(options);
    if (denied.length > 0) {
      throw new BotError("forbidden", `Only a moderator can set ${denied.join(" and ")}.`);
    }
    if (!options.style) return;
    const { name } = await styles.find(user, place, options.style);
    if (scope === "mine" || (await styles.isShared(place, name))) return;
    throw new BotError(
      "bad_option",
      `The style “${name}” is yours alone. Share it first, with \`style share ${name}: …\`.`,
    );
  }

  async function forget({ name }: Adapter, { user }: Setting, signal: AbortSignal): Promise<View> {
    const report = await forgetMe.begin(user.id, name, signal);
    if (!report) throw new BotError("bad_option", notAsked);
    return noticeView(sayForgotten(report));
  }

  return async (adapter, turn, signal) => {
    const { user, place, wish } = turn;
    switch (wish.name) {
      case "help":
        return noticeView(help());
      case "styles":
        return showStyles(turn);
      case "showStyle":
        return showStyle(turn, wish.style);
      case "saveStyle": {
        const { name, scope } = await styles.save(user, place, wish.scope, wish, signal);
        const whose = scope === "shared" ? "Everyone here can use it" : "Use it";
        return noticeView(`Saved. ${whose} with \`--style ${name}\`.`);
      }
      case "removeStyle":
        await styles.remove(user, place, wish.scope, wish.style);
        return noticeView(`The style ${parseStyleName(wish.style)} is gone. Pictures drawn in it stay.`);
      case "defaults":
        return showDefaults(turn);
      case "setDefaults": {
        const owner = ownerOf(turn, wish.scope);
        await check(turn, wish.scope, parseOptions(wish.options));
        await accounts.addDefaults(owner, wish.options);
        return showDefaults(turn);
      }
      case "resetDefaults":
        await accounts.setDefaults(ownerOf(turn, wish.scope), {});
        return showDefaults(turn);
      case "forgetMe":
        if (wish.sure) return forget(adapter, turn, signal);
        return { ...noticeView(sayHeld(await forgetMe.ask(user.id))), actions: ["forget"] };
      case "rules":
      case "setRule":
      case "changes":
        return settleRules(user, place, wish);
      case "usage":
      case "budgets":
      case "setBudget":
      case "removeBudget":
        return settleBudgets(turn, wish);
    }
  };
}

/** How to use the bot, and every row of the options table. */
function help(): string {
  const rows = optionSpecs.map(({ name, hint, values, unset, admin }) => {
    const choices = values?.map(({ value }) => value).join(", ");
    const what = choices ? `${hint}: ${choices}` : hint;
    return `\`--${name}\` ${what}. Not set: ${unset}${admin ? "; moderators only" : ""}.`;
  });
  return [
    "Say what to draw, or attach pictures and say what to make of them. Reply to a picture to change it, or to ask about it.",
    "Options go behind the words: `a kite --size wide --count 2`. Save them under a name with `style save cosy: soft light --size wide`, for good with `defaults --size wide`. What you have had, and what is left of your budget, says `usage`; `forget me` deletes all that I keep of you.",
    ...rows,
  ].join("\n");
}

/** Options as flags, as a person would type them. */
function said(options: Partial<ImageOptions>): string {
  const flags = optionSpecs.flatMap(({ name }) =>
    options[name] === undefined ? [] : `--${name} ${options[name]}`,
  );
  return flags.length > 0 ? `\`${flags.join(" ")}\`` : "";
}

function shorten(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
