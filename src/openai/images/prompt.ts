import type { Generation } from "../../store/history.ts";
import type { StoredStyle } from "../../store/stored.ts";
import { type Before, promptLimit } from "../engine.ts";

/** How far back wishes are told again. */
const mostWishes = 12;

/** What the pictures of an edit are, in their order. */
export type Part = "present" | "in the thread" | "side by side" | "reference" | "style";

/**
 * The wishes that a picture was made from, oldest first: those since its root, which is where a new picture was asked
 * for. Answers in words are none.
 */
export async function wishesOf(picture: Generation, before: Pick<Before, "of">): Promise<readonly string[]> {
  const wishes: string[] = [];
  let found: Generation | undefined = picture;
  while (found && wishes.length < mostWishes) {
    const { prompt, pictures, options }: Generation = found;
    if (pictures.length > 0) wishes.unshift(prompt.replace(/\s+/g, " ").trim());
    if (options.action === "generate") break;
    found = await before.of(found);
  }
  return wishes;
}

/**
 * The prompt: which picture is which, where there are several; what was asked for so far; and what is asked for now. Of
 * the earlier wishes there are as many, the newest, as the limit leaves room for. Pure.
 */
export function toPrompt(said: {
  readonly text: string;
  readonly style?: StoredStyle;
  readonly parts: readonly Part[];
  /** Oldest first. */
  readonly wishes: readonly string[];
}): string {
  const { text, style, parts, wishes } = said;
  const names = parts.length > 1 ? namesOf(parts) : "";
  const now = wishes.length > 0 ? `${ask}${text}` : text;
  const look = style?.instruction ? `In this style: ${style.instruction}` : "";
  const rest = [names, now, look].filter((part) => part !== "");
  let room = promptLimit - lengthOf([...rest, told].join("\n\n"));
  const lines: string[] = [];
  for (const line of wishes.toReversed().map((wish) => `\n- ${wish}`)) {
    if (lengthOf(line) > room) break;
    room -= lengthOf(line);
    lines.unshift(line);
  }
  const before = lines.length > 0 ? `${told}${lines.join("")}` : "";
  const all = [names, before, now, look].filter((part) => part !== "").join("\n\n");
  if (lengthOf(all) <= promptLimit) return all;
  return now.replace(/\s+/g, " ").slice(0, promptLimit);
}

/** In a form each line ends in two characters. */
function lengthOf(text: string): number {
  return text.length + (text.match(/\n/g)?.length ?? 0);
}

const told = "What is in it already was asked for like this, oldest first:";
const ask = "Do this now, and leave what it does not mention as it is: ";

/** The API numbers pictures by their order; people number those that they sent. */
function namesOf(parts: readonly Part[]): string {
  let references = 0;
  const nameOf = (part: Part): string => {
    if (part === "present") return "the picture as it is now";
    if (part === "in the thread")
      return "the newest picture of this conversation, for words that speak of it";
    if (part === "style") return "there for its style, not for what it shows";
    references += 1;
    return `Picture ${references}`;
  };
  const lines = parts.map((part, index) => `Image ${index + 1} is ${nameOf(part)}.`);
  const isOpen = parts.includes("side by side");
  const choice = "They were drawn side by side. Where the words do not say which is meant, change Picture 1.";
  return [...lines, ...(isOpen ? [choice] : [])].join("\n");
}
