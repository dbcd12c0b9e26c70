import { ruleSpecs } from "../rules.ts";
import type { Attachment, Scope, SettingWish } from "../turn.ts";
import { parseBudgetWish } from "./budget-words.ts";
import { badOptions, readFlags, sayUnknown } from "./flags.ts";

/**
 * Words that are about the studio and not about a picture: `help`, `styles`, `style save cosy: soft light --size wide`,
 * `style share …`, `style show cosy`, `style remove cosy`, `style unshare cosy`, `defaults`, `defaults --size wide`,
 * `defaults reset`, `channel defaults …`, `settings`, `settings changes`, `settings slow-mode 30`, `settings slow-mode
 * reset`, `channel settings …`, `forget me`, `forget me for good`, and those about money of `budget-words.ts`.
 *
 * Undefined for everything else: the whole text has to be of that form, or “style of Monet” would never be drawn. Throws
 * BotError `bad_option` for a flag that there is none of, or with a value it cannot have.
 */
export function parseSetting(text: string, attachments: readonly Attachment[] = []): SettingWish | undefined {
  if (/^(?:help|options)$/i.test(text.trim())) return { name: "help" };
  const words = text.trim();
  const forget = /^forget me( for good)?[.!]?$/i.exec(words);
  if (forget) return { name: "forgetMe", sure: forget[1] !== undefined };
  return (
    parseStyleWish(words, attachments) ??
    parseDefaultsWish(words) ??
    parseRuleWish(words) ??
    parseBudgetWish(words)
  );
}

const verbs = { save: "mine", share: "shared", remove: "mine", unshare: "shared" } as const;

function parseStyleWish(text: string, attachments: readonly Attachment[]): SettingWish | undefined {
  if (/^styles$|^style list$/i.test(text)) return { name: "styles" };
  const told =
    /^style (save|share) (?:([^\n:]{1,60}?)\s*:\s*(.*)|([\w-]{1,40})(?:\s+((?:--|[—–]).*))?)$/is.exec(text);
  if (told) {
    const [, verb = "", long, words, short, flags = ""] = told;
    const [style = "", instruction = flags] = [long ?? short, words];
    return { name: "saveStyle", scope: scopeOf(verb), style, instruction, options: {}, attachments };
  }
  const named = /^style (show|remove|unshare) ([\w-]{1,40})$/i.exec(text);
  if (!named) return undefined;
  const [, verb = "", style = ""] = named;
  return verb.toLowerCase() === "show"
    ? { name: "showStyle", style }
    : { name: "removeStyle", scope: scopeOf(verb), style };
}

function scopeOf(verb: string): Scope {
  return verbs[verb.toLowerCase() as keyof typeof verbs]; // the pattern lets through nothing else
}

function parseDefaultsWish(text: string): SettingWish | undefined {
  const found = /^(channel )?defaults(?:\s+(reset|(?:--|[—–]).*))?$/is.exec(text);
  if (!found) return undefined;
  const [, channel, what] = found;
  const scope = channel ? "shared" : "mine";
  if (what === undefined) return { name: "defaults" };
  if (/^reset$/i.test(what)) return { name: "resetDefaults", scope };
  const { problems, unknown, ...flags } = readFlags(what);
  const lost =
    unknown.length > 0
      ? [sayUnknown(unknown, (several) => (several ? "they are no defaults" : "it is no default"))]
      : [];
  if (problems.length + lost.length > 0) throw badOptions([...problems, ...lost]);
  return flags.text === "" ? { name: "setDefaults", scope, options: flags.options } : undefined;
}

const ruleNames = ruleSpecs.map(({ name }) => name).join("|");
const ruleWords = new RegExp(`^(channel )?settings\\s+(${ruleNames})\\s+(.+)$`, "is");

function parseRuleWish(text: string): SettingWish | undefined {
  if (/^settings$/i.test(text)) return { name: "rules" };
  if (/^settings changes$/i.test(text)) return { name: "changes" };
  const [, channel, rule = "", value = ""] = ruleWords.exec(text) ?? [];
  if (rule === "") return undefined;
  const scope = channel ? "channel" : "community";
  const wanted = { name: "setRule", scope, rule: rule.toLowerCase() } as const;
  return /^reset$/i.test(value) ? wanted : { ...wanted, value };
}
