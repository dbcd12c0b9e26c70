/** A text as it fits into a message. */
interface Fitted {
  readonly shown: string;
  readonly isCut: boolean;
}

/** What is said below words that go on in a file. */
export const wholeBelow = "That is not all: the whole answer is in answer.md, below.";

/** Fits Markdown into so many characters: cut at the end of a line where there is one, with no code block left open. */
export function fitText(text: string, room: number): Fitted {
  const whole = text.trim();
  if (whole.length <= room) return { shown: whole, isCut: false };
  const most = room - fence.length - 2;
  const cut = whole.slice(0, most).replace(/[\ud800-\udbff]$/, "");
  const line = cut.lastIndexOf("\n");
  const kept = (line > most / 2 ? cut.slice(0, line) : cut).trimEnd();
  const isOpen = (kept.match(/^[^\S\n]*```/gm)?.length ?? 0) % 2 === 1;
  return { shown: isOpen ? `${kept}${fence}…` : `${kept}\n…`, isCut: true };
}

const fence = "\n```\n";
