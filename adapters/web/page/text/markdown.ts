/** The small part of Markdown that answers are written in. */
export type Block =
  | { readonly kind: "paragraph"; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: "heading"; readonly inlines: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "code"; readonly text: string };

export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly inlines: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly inlines: readonly Inline[] };

/** Reads paragraphs, headings, lists and fenced code. Whatever else there is stays text, HTML too. */
export function parseMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const take = (matches: (line: string) => boolean) => {
      const from = at;
      while (at < lines.length && matches(lines[at] ?? "")) at += 1;
      return lines.slice(from, at);
    };
    if (!line.trim()) at += 1;
    else if (line.startsWith("```")) {
      at += 1;
      const code = take((next) => !next.startsWith("```"));
      at += 1;
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (heading.test(line)) {
      at += 1;
      blocks.push({ kind: "heading", inlines: parseInline(line.replace(heading, "")) });
    } else if (bullet.test(line) || numbered.test(line)) {
      const mark = bullet.test(line) ? bullet : numbered;
      const items = take((next) => mark.test(next)).map((item) => parseInline(item.replace(mark, "")));
      blocks.push({ kind: "list", ordered: mark === numbered, items });
    } else {
      const own = take((next) => next.trim() !== "" && !starts.some((start) => start.test(next)));
      blocks.push({ kind: "paragraph", lines: own.map((each) => parseInline(each)) });
    }
  }
  return blocks;
}

const heading = /^#{1,6}\s+/;
const bullet = /^\s{0,3}[-*+]\s+/;
const numbered = /^\s{0,3}\d{1,3}[.)]\s+/;
const starts = [heading, bullet, numbered, /^```/];

const inline =
  /`(?<code>[^`]+)`|\*\*(?<strong>[^*\n]+(?:\*[^*\n]+\*[^*\n]*)*)\*\*|(?<![\w*])[*_](?<emphasis>[^*_\s](?:[^*_\n]*[^*_\s])?)[*_](?![\w*])|\[(?<label>[^\]\n]{1,300})\]\((?<href>[^)\s]{1,2000})\)|(?<url>https?:\/\/[^\s<>()]*[^\s<>().,;:!?'"])|\\(?<escaped>[\\`*_[\]()#+\-.!~>|])/g;

function parseInline(text: string, depth = 0): readonly Inline[] {
  if (depth > 4) return [{ kind: "text", text }];
  const inlines: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) inlines.push({ kind: "text", text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    inlines.push(toInline(match[0], match.groups ?? {}, depth));
  }
  if (end < text.length) inlines.push({ kind: "text", text: text.slice(end) });
  return inlines;
}

function toInline(all: string, groups: Readonly<Record<string, string | undefined>>, depth: number): Inline {
  const { code, strong, emphasis, label, href, url, escaped } = groups;
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", inlines: parseInline(strong, depth + 1) };
  if (emphasis !== undefined) return { kind: "emphasis", inlines: parseInline(emphasis, depth + 1) };
  if (url !== undefined) return { kind: "link", href: url, inlines: [{ kind: "text", text: url }] };
  if (escaped !== undefined) return { kind: "text", text: escaped };
  // Only the web: `javascript:` and its kin stay words.
  if (label !== undefined && href !== undefined && /^https?:\/\//i.test(href)) {
    return { kind: "link", href, inlines: [{ kind: "text", text: label }] };
  }
  return { kind: "text", text: all };
}
