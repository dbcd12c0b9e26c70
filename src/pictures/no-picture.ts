import type { BotError } from "../seam/errors.ts";
import { type FileKind, kindOf } from "../seam/files/file-kind.ts";
import { badFile } from "../seam/files/sent-file.ts";
import { claimsText } from "../seam/files/text-file.ts";

const exportIt = "I cannot read those: export it as PNG or JPEG and send that.";

/** What to do with a file of each kind, as a sentence of its own. */
const advice: Readonly<Record<Exclude<FileKind, "text" | "web page">, string>> = {
  PDF: "Export the page you mean as PNG and send that.",
  document: "Export the page you mean as PNG and send that.",
  film: "Send a picture of the moment you mean, as PNG or JPEG.",
  recording: "I take pictures and words: say in words what you mean.",
  archive: "Unpack it and send the pictures in it.",
  program: "I take pictures and words: send a picture as PNG or JPEG.",
  icon: exportIt,
  "raw photo": exportIt,
  "JPEG XL picture": exportIt,
  "JPEG 2000 picture": exportIt,
  "Photoshop drawing": exportIt,
  "GIMP drawing": exportIt,
  "OpenEXR picture": exportIt,
};

/** What is said of a file that is no picture, or of no kind that is read: what it is, by its bytes, and what to do. */
export function noPicture(name: string, bytes: Uint8Array): BotError {
  const kind = kindOf(bytes);
  if (kind && kind !== "text" && kind !== "web page") {
    return badFile(name, `is ${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}. ${advice[kind]}`);
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
