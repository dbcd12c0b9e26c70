import { toEscaped } from "../wire/words.ts";

/**
 * Markdown as Slack's own markup, in pieces of at most `length` characters.
 *
 * Everything is escaped first, so that nothing in it can call anybody; only web addresses become links.
 * Source: “Formatting text for app surfaces” in Slack's documentation.
 */
export function toMrkdwn(markdown: string, length: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let fenced = false;
  for (const line of markdown.trim().split("\n")) {
    const fence = /^\s*```/.test(line);
    const shown = fence ? "```" : fenced ? toEscaped(line) : toMrkdwnLine(line);
    for (const part of chunks(shown, length - fenceRoom)) {
      if (piece.length + part.length + 1 + fenceRoom > length) {
        pieces.push(fenced ? `${piece}\n\`\`\`` : piece);
        piece = fenced ? `\`\`\`\n${part}` : part;
      } else piece = piece === "" ? part : `${piece}\n${part}`;
    }
    if (fence) fenced = !fenced;
  }
  if (piece.trim() !== "") pieces.push(fenced ? `${piece}\n\`\`\`` : piece);
  return pieces.filter((one) => one.trim() !== "");
}

const fenceRoom = 10;

function toMrkdwnLine(line: string): string {
  const heading = /^#{1,6}\s+(.*)$/.exec(line);
  if (heading) return `*${toEscaped(withoutEnd(heading[1] ?? "")).replace(/[*_]{1,3}/g, "")}*`;
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote) return `>${toInline(quote[1] ?? "")}`;
  return toInline(line.replace(/^(\s*)[-*+]\s+/, "$1• "));
}

/** A heading without the marks that may stand behind it, too. */
function withoutEnd(heading: string): string {
  let end = heading.length;
  while (heading[end - 1] === "#") end -= 1;
  return heading.slice(0, end).trimEnd();
}

/** Code stays as it is; links, bold, italic and struck words around it are translated. */
function toInline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? toEscaped(part) : toStyled(toEscaped(part))))
    .join("");
}

/** Marks that stand for markup of Slack's until all of ours is gone; nobody types them. */
const [bold, linkStart, linkEnd] = ["\ue000", "\ue001", "\ue002"];

/** No mark in the midst of what it opens: then whatever is written, each character is looked at a few times only. */
const link = /!?\[([^[\]]+)\]\((https?:\/\/[^\s()|]+)\)/g;
const pairOf = (mark: string) => new RegExp(`${mark}(?=\\S)((?:(?!${mark}).)+)(?<=\\S)${mark}`, "g");
const boldItalic = pairOf(String.raw`\*\*\*`);
const strong = pairOf(String.raw`\*\*`);
const underlined = pairOf("__");
const struck = pairOf("~~");

/** Markdown as it is said where there are no links, and without their addresses. */
export function withoutLinks(markdown: string): string {
  return markdown.replace(link, "$1");
}

function toStyled(escaped: string): string {
  const urls: string[] = [];
  let placed = 0;
  return escaped
    .replace(/[\ue000-\ue002]/g, "")
    .replace(link, (_, label: string, url: string) => {
      urls.push(url); // put by: what looks like markup in it is none
      return `${linkStart}${label.replace(/\|/g, "¦")}${linkEnd}`;
    })
    .replace(boldItalic, `${bold}_$1_${bold}`)
    .replace(strong, `${bold}$1${bold}`)
    .replace(underlined, `${bold}$1${bold}`)
    .replace(/(?<![*\w])\*(?=\S)([^*]+?)(?<=\S)\*(?![*\w])/g, "_$1_")
    .replace(struck, "~$1~")
    .replace(/\\([\\`*_{}[\]()#+\-.!~|])/g, "$1")
    .replaceAll(bold, "*")
    .replaceAll(linkStart, () => `<${urls[placed++]}|`)
    .replaceAll(linkEnd, ">");
}

/** Never through an escaped character. */
function chunks(line: string, length: number): readonly string[] {
  if (line.length <= length) return [line];
  const parts: string[] = [];
  let rest = line;
  while (rest.length > length) {
    const space = rest.lastIndexOf(" ", length);
    const end =
      space > length / 2 ? space : length - (/&\w{0,3}$/.exec(rest.slice(0, length))?.[0].length ?? 0);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...parts, rest];
}
