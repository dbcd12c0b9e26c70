import { type Fields, type Form, isFields, lengthOf, type Reader } from "./form.ts";
import { limits } from "./limits.ts";

/** Checks a message's embeds and returns them with the type Discord adds. docs: resources/message, "Embed Limits". */
export function checkEmbeds(form: Form, list: readonly unknown[]): readonly Fields[] {
  if (list.length > limits.embeds)
    form.add(["embeds"], "BASE_TYPE_MAX_LENGTH", `Must be ${limits.embeds} or fewer in length.`);
  let sum = 0;
  const text = (reader: Reader | undefined, key: string, max: number, required = false): void => {
    sum += lengthOf(reader?.text(key, { max, required }) ?? "");
  };
  list.forEach((item, index) => {
    const reader = form.read(item, ["embeds", index]);
    if (!reader) return;
    text(reader, "title", limits.embedTitle);
    text(reader, "description", limits.embedDescription);
    reader.whole("color", { min: 0, max: 0xffffff });
    text(reader.object("footer"), "text", limits.embedFooter, true);
    text(reader.object("author"), "name", limits.embedAuthor, true);
    (reader.list("fields", { max: limits.embedFields }) ?? []).forEach((field, at) => {
      const one = form.read(field, ["embeds", index, "fields", at]);
      text(one, "name", limits.embedFieldName, true);
      text(one, "value", limits.embedFieldValue, true);
    });
  });
  if (sum > limits.embedSum)
    form.add(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", `Embed size exceeds maximum size of ${limits.embedSum}`);
  return list.filter(isFields).map((embed) => ({ type: "rich", ...embed }));
}
