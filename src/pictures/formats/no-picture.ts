import type { BotError } from "../../seam/errors.ts";
import { type FileKind, kindOf } from "../../seam/files/file-kind.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import { claimsText } from "../../seam/files/text-file.ts";

/** What to do with a file of each kind, as a sentence of its own. */
const advice: Readonly<Record<Exclude<FileKind, "text" | "web page">, string>> = {
  PDF: "Export the page you mean as PNG and send that.",
  document: "Export the page you mean as PNG and send that.",
  film: "Send a picture of the moment you mean, as PNG or JPEG.",
  recording: "I take pictures and words: say in words what you mean.",
  archive: "Unpack it and send the pictures in it.",
};

/** What is said of a file that is no picture: what it is, by its bytes, and what to do. */
export function noPicture(name: string, bytes: Uint8Array): BotError {
  const kind = kindOf(bytes);
  if (kind && kind !== "text" && kind !== "web page") {
    return badFile(name, `is ${kind === "archive" ? "an" : "a"} ${kind}. ${advice[kind]}`);
  }
  if (kind === "text" && claimsText({ name, mediaType: "" })) {
    return badFile(name, "is not a picture, it is text. Put the words into your message.");
  }
  const what = kind ? `; this is ${kind === "text" ? kind : `a ${kind}`}` : "";
  return badFile(
    name,
    `is not a picture, whatever its name says. Send a PNG, JPEG, WebP, GIF or SVG${what}.`,
  );
}
