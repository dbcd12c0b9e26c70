import type { Image, View } from "../../../src/seam/view.ts";
import { slackLimits } from "../wire/limits.ts";
import { toMrkdwn } from "./markdown.ts";

/** Words as they fit into a message. */
interface Fitted {
  /** Pieces of Slack's markup, a section each. */
  readonly pieces: readonly string[];
  readonly isCut: boolean;
}

/** What is said below words that go on in a file. */
const wholeNote = "That is not all: the whole answer is in answer.md.";

/** Fits Markdown into a message whose other blocks have so many characters: as many pieces as there is room for. */
export function fitWords(markdown: string, beside: number): Fitted {
  const all = toMrkdwn(markdown, slackLimits.section);
  const pieces: string[] = [];
  let room = slackLimits.blockText - beside;
  for (const piece of all) {
    if (piece.length > room || pieces.length >= slackLimits.sections) break;
    pieces.push(piece);
    room -= piece.length;
  }
  const isCut = pieces.length < all.length;
  return { pieces: isCut ? [...pieces, "…"] : pieces, isCut };
}

/** The view with its words in a file beside it, which is treated as those that it has already. */
export function withWhole(view: View): View {
  const bytes = Buffer.from(view.text.trim());
  const file: Image = { name: "answer.md", mediaType: "text/markdown", bytes, alt: "The whole answer" };
  return { ...view, notes: [...view.notes, wholeNote], files: [...(view.files ?? []), file] };
}

/** The same in as many messages as it takes, each with room for what stands around its words. */
export function splitWords(markdown: string): readonly string[] {
  if (!fitWords(markdown, spare).isCut) return [markdown];
  const middle = Math.ceil(markdown.length / 2);
  const [line, space] = [markdown.lastIndexOf("\n", middle), markdown.lastIndexOf(" ", middle)];
  const head = markdown
    .slice(0, [line, space].find((at) => at > 0) ?? middle)
    .replace(/[\ud800-\udbff]$/, "");
  const tail = markdown.slice(head.length);
  const isOpen = (head.match(/^[^\S\n]*```/gm)?.length ?? 0) % 2 === 1;
  return [
    ...splitWords(isOpen ? `${head}\n\`\`\`` : head),
    ...splitWords(isOpen ? `\`\`\`${tail.startsWith("\n") ? "" : "\n"}${tail}` : tail),
  ];
}

/** Characters for notes, names and buttons. */
const spare = 4000;
