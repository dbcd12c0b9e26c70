import type { Image } from "../../../src/seam/view.ts";
import { slackLimits } from "./limits.ts";

/** What a person typed, as words for the model: without the bot's own name, and with names for what Slack writes as ids. */
export function toWords(text: string, ownId: string): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inner: string) => toName(inner, ownId))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

/** Text for a place where Slack reads its own markup. Source: “Escaping text” in Slack's documentation. */
export function toEscaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** One line of plain text. */
export function toLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Cut to so many characters, with an ellipsis; never through a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, length - 1)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd()}…`;
}

/** A thread's title from the words of a prompt. */
export function toTitle(text: string, length: number): string {
  const words = toLine(text.replace(/(^|\s)--[a-z]+(?:[= ]\S+)?/gi, ""));
  return cut(words, length) || "Picture";
}

/** Source: “Retrieving messages” in Slack's documentation: what stands between angle brackets. */
function toName(inner: string, ownId: string): string {
  const [what = "", label] = inner.split("|");
  if (what === `@${ownId}`) return "";
  if (what.startsWith("@")) return label ? `@${label.replace(/^@/, "")}` : "@someone";
  if (what.startsWith("#")) return label ? `#${label}` : "#channel";
  if (what.startsWith("!subteam^")) return label ? `@${label.replace(/^@/, "")}` : "@group";
  if (what.startsWith("!date^")) return label ?? "";
  if (what.startsWith("!")) return `@${what.slice(1)}`;
  return label && !what.includes(label) ? `${label} (${what.replace(/^mailto:/, "")})` : (label ?? what);
}

export function altOf(image: Image): string {
  return cut(toLine(image.alt) || "A picture", slackLimits.alt);
}
