import type { WireMessage } from "../../wire/messages.ts";

/** What a message is to those who search: what was asked, what is being drawn, finished pictures, or anything else. */
type FoundKind = "ask" | "drawing" | "picture" | "other";

/** By which a message is found: all the words that are seen with it, made alike. */
export function toFound(message: WireMessage): { readonly kind: FoundKind; readonly words: string } {
  if (message.kind === "ask") return { kind: "ask", words: toAlike(message.text) };
  const { phase, images, aside, gone, text, details } = message.view;
  if (phase === "queued" || phase === "working") return { kind: "drawing", words: "" };
  const words = toAlike([details?.prompt, details?.revisedPrompt, text].filter(Boolean).join("\n"));
  const isPicture = phase === "done" && images.length > 0 && !aside && !gone;
  return { kind: isPicture ? "picture" : "other", words };
}

/** The words to look for, of which each must be there: eight at most, made alike. */
export function toSought(query: string): readonly string[] {
  return toAlike(query.slice(0, 400)).split(/\s+/).filter(Boolean).slice(0, mostSought);
}

/** How many words are looked for at once. */
export const mostSought = 8;

/** Without what people leave out when they search: capitals, accents, the width of letters. */
export function toAlike(words: string): string {
  return words
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
}
