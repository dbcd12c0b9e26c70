import type { APIUser } from "discord.js";

/** Names to put in the place of what Discord writes as numbers. */
export interface Mentioned {
  readonly users: readonly Pick<APIUser, "id" | "username" | "global_name">[];
}

const hidden = "\u200b";

/**
 * What a person typed, as words for the model: without the bot's own name, and with names for mentions and emoji.
 *
 * `own`: ids of the bot's user and of its role, which people pick from the list just as often.
 */
export function toWords(content: string, own: readonly string[], { users }: Mentioned): string {
  return content
    .replace(/<@[!&]?(\d+)>/g, (_, id: string) => {
      if (own.includes(id)) return "";
      const user = users.find((one) => one.id === id);
      return user ? `@${nameOf(user)}` : "@someone";
    })
    .replace(/<#\d+>/g, "#channel")
    .replace(/<a?:(\w+):\d+>/g, ":$1:")
    .replace(/<\/([^:>]+):\d+>/g, "/$1")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
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
    .replace(/@(?=everyone|here)/g, `@${hidden}`);
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
