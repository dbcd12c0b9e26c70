import { BotError } from "../../seam/errors.ts";
import type { Commission } from "../engine.ts";

/** “Can you make it night?” asks for a picture, whatever its last character. */
const polite =
  /^\W*(?:please|now|and|also|then|ok|okay|hey|hi)?[\s,]*(?:can|could|would|will|may|shall|how about|what about|why not)\b/i;

/** These ask for words whatever their last character. */
const asksForWords = /^\W*(?:please\s+)?(?:describe|explain|transcribe|tell (?:me|us))\b/i;

/**
 * Whether something asks for an answer in words, of which the Image API has none: it was chosen outright, or it is a
 * question, or begins with such a word. Who asks for a picture outright, or chose what to draw, is given one.
 */
export function isQuestion({
  text,
  options: { action = "auto" },
  mustDraw,
}: Pick<Commission, "text" | "options" | "mustDraw">): boolean {
  if (action === "answer") return true;
  if (mustDraw || action !== "auto") return false;
  return asksForWords.test(text) || (/[?？؟]\s*$/.test(text) && !polite.test(text));
}

/** What is said of it where nobody else can answer. */
export function noWords(): BotError {
  return new BotError(
    "rejected",
    "I can draw and edit here, and answer nothing in words. To have a picture made of it, say it without a question, or add --action generate or --action edit.",
  );
}
