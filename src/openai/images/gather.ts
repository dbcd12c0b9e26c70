import { inputLimits } from "../../pictures/picture.ts";
import type { Source } from "../../pictures/uploads.ts";
import { BotError } from "../../seam/errors.ts";
import type { StoredInput } from "../../store/stored.ts";
import type { Commission, Tools } from "../engine.ts";
import { type Part, toPrompt, wishesOf } from "./prompt.ts";
import { leftOut, type Order } from "./request.ts";

/**
 * Puts together all that a commission's requests say and bring: the picture as it is now first, where one is gone on
 * from, then those that came along, then those of a style; and with the words the wishes that the picture was made from.
 *
 * Rejects with BotError `unknown_message` when the picture to go on from is gone, for another would be drawn in place of
 * an edit, and `inputs_gone` when one that came along is no longer kept.
 */
export async function gather(
  { text, options, imageModel, inputs, style, safetyId, before }: Commission,
  { uploads, say }: Pick<Tools, "uploads" | "say">,
): Promise<Omit<Order, "n">> {
  const { shown, unpicked = 0 } = before;
  const of = (role: StoredInput["role"]) =>
    inputs.filter((input) => input.role === role).map(({ source }) => source);
  const [mask] = of("mask");
  // A mask lies on the first picture, which came along with it.
  const goesOn = shown !== undefined && options.action !== "generate" && !mask;
  const kept = of("current");
  const present = !goesOn || unpicked > 0 ? [] : kept.length > 0 ? kept : await before.seen();
  if (goesOn && unpicked === 0 && present.length === 0) {
    throw new BotError(
      "unknown_message",
      "The picture to go on from is no longer there. Attach it to your message and say what to do.",
    );
  }
  const sent = of("reference");
  // What is sent along, and nothing answered, is what the words are about.
  const isAside = present.length > 0 && sent.length > 0 && before.isUnanswered === true;
  const as = (part: Part) => (source: Source) => ({ source, part });
  const parts = [
    ...(isAside ? [] : present.map(as("present"))),
    ...sent.map((source, index) => as(index < unpicked ? "side by side" : "reference")(source)),
    ...(isAside ? present.map(as("in the thread")) : []),
    ...of("style").map(as("style")),
  ];
  const all = parts.slice(0, inputLimits.references);
  if (all.length < parts.length) {
    const left = parts.length - all.length;
    say(`I can use ${inputLimits.references} pictures at once, so I left out the last ${left}.`);
  }
  const pictures = await Promise.all(all.map(({ source }) => uploads.read(source)));
  const wishes = goesOn && !isAside ? await wishesOf(shown, before) : [];
  for (const note of leftOut({ options, pictures })) say(note);
  return {
    prompt: toPrompt({
      text,
      ...(style && { style }),
      parts: all.map(({ part }) => part),
      wishes,
    }),
    ...{ options, imageModel, safetyId, pictures },
    ...(mask && { mask: await uploads.read(mask) }),
  };
}
