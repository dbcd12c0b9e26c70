import type { APIUser } from "discord.js";

/** Names to put in the place of what Discord writes as numbers. */
export interface Mentioned {
  readonly users: readonly Pick<APIUser, "id" | "username" | "global_name">[];
}

const invisible = "\u200b";

/**
 * What a person typed, as words for the model: without the bot's own name and the bars around what is hidden, and with
 * names for mentions and emoji.
 *
 * `own`: ids of the bot's user and of its role, which people pick from the list just as often.
 */
export function toWords(content: string, own: readonly string[], { users }: Mentioned): string {
  return withoutBars(content)
    .replace(/<@[!&]?(\d+)>/g, (_, id: string) => {
      if (own.includes(id)) return "";
      const user = users.find((one) => one.id === id);
      return user ? `@${nameOf(user)}` : "@someone";
    })
    .replace(/<#\d+>/g, "#channel")
    .replace(/<a?:(\w+):\d+>/g, ":$1:")
    .replace(/<\/([^:<>]+):\d+>/g, "/$1")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

/** What stands between bars is hidden until it is clicked. */
const bars = /\|\|([\s\S]+?)\|\|/;

/** Whether some of what a person typed is hidden until it is clicked. */
export function hidesWords(content: string): boolean {
  return bars.test(content);
}

/** The same words, shown openly: for the model, and for whoever typed them. */
export function withoutBars(content: string): string {
  return content.replace(new RegExp(bars, "g"), "$1");
}

/** Characters that `hide` adds at most to words without bars. */
export const barsLength = 6;

/** The same words, with nothing between bars any more. */
export function withoutPairs(words: string): string {
  return words.replace(/\|(?=\|)/g, `|${invisible}`);
}

/**
 * What went wrong, with what may be quoted in it of something hidden hidden: the names of files and links, of which an
 * error begins with one, and what was said for an option. What it proposes to say stays open.
 */
export function hideNames(words: string): string {
  const parts = words.split("”");
  const [last = ""] = parts.splice(-1);
  const hidden = parts.map((part, index) => {
    const isName = (index === 0 && part.startsWith("“")) || /\.\w{2,5}$/.test(part);
    const from = isName ? part.indexOf("“") : part.search(/(?<=\b(?:not|style) )“/);
    return from < 0 ? `${part}”` : `${part.slice(0, from)}${hide(`${part.slice(from)}”`)}`;
  });
  return `${hidden.join("")}${last}`;
}

/** The same words with everything hidden that is quoted, from the first mark to the last, or to the end where that is cut off. */
export function hideQuoted(words: string): string {
  const [from, lastOpen, end] = [words.indexOf("“"), words.lastIndexOf("“"), words.lastIndexOf("”") + 1];
  if (from < 0) return words;
  const to = end > lastOpen ? end : words.length;
  return `${words.slice(0, from)}${hide(words.slice(from, to))}${words.slice(to)}`;
}

/** Words that are shown only when they are clicked; Markdown. */
export function hide(words: string): string {
  const [open, close] = [/^\|/, /\|$/].map((bar) => (bar.test(words.trim()) ? invisible : ""));
  return words.trim() && `||${open}${withoutPairs(words.trim())}${close}||`;
}

/** What a person is called. */
export function nameOf(user: Pick<APIUser, "username" | "global_name">): string {
  return user.global_name ?? user.username;
}

/** Plain text on one line, for a place where Discord reads Markdown: nothing in it is parsed, nobody is named. */
export function toPlain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\*_~`|<>[\]#]/g, "\\$&")
    .replace(/@(?=everyone|here)/g, `@${invisible}`);
}

/** Cut to so many characters, with an ellipsis; never through a surrogate pair or an escape. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, length - 1)
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/(?<!\\)(\\\\)*\\$/, "$1")
    .trimEnd()}…`;
}

/** A thread's name from the words of a prompt. */
export function toThreadName(text: string, length: number): string {
  const words = text
    .replace(/(^|\s)--[a-z]+(?:[= ]\S+)?/gi, "")
    .replace(/\s+/g, " ")
    .trim();
  return cut(words, length) || "Picture";
}
