import type { Reader } from "./check.ts";
import { limits } from "./limits.ts";

/** Checks a text object: `plain_text`, and `mrkdwn` where that is allowed. Source: @slack/types, TextObject. */
export function checkText(
  reader: Reader,
  key: string,
  { max = 3000, required = false, plain = false }: { max?: number; required?: boolean; plain?: boolean } = {},
): void {
  const text = reader.object(key, required);
  if (text) checkTextObject(text, { max, plain });
}

/** The same for an object that was read already. */
export function checkTextObject(text: Reader, { max, plain }: { max: number; plain: boolean }): void {
  const type = text.text("type", { required: true });
  if (type !== undefined && type !== "plain_text" && (plain || type !== "mrkdwn"))
    text.fail(`unsupported type: ${type}`, "type");
  text.text("text", { required: true, min: 1, max });
  text.flag("emoji");
  text.flag("verbatim");
  if (type === "mrkdwn" && text.fields.emoji !== undefined) text.fail("invalid additional property: emoji");
  if (type === "plain_text" && text.fields.verbatim !== undefined)
    text.fail("invalid additional property: verbatim");
  text.only(["type", "text", "emoji", "verbatim"]);
}

/** Checks a confirmation dialog. Source: @slack/types, Confirm. */
export function checkConfirm(reader: Reader): void {
  const confirm = reader.object("confirm");
  if (!confirm) return;
  checkText(confirm, "title", { max: limits.confirmTitle, plain: true });
  checkText(confirm, "text", { max: limits.confirmText, required: true });
  checkText(confirm, "confirm", { max: limits.confirmButton, plain: true });
  checkText(confirm, "deny", { max: limits.confirmButton, plain: true });
  confirm.text("style", { oneOf: ["primary", "danger"] });
  confirm.only(["title", "text", "confirm", "deny", "style"]);
}
