import { BotError } from "../seam/errors.ts";
import { displayName } from "../seam/files/file-name.ts";
import { badFile } from "../seam/files/sent-file.ts";

/** What is said of a picture whose pixels are not all there. */
export function damaged(name: string, cause: unknown): BotError {
  return badFile(name, "is damaged or cut off. Send it again, or save it anew as PNG or JPEG first.", cause);
}

/** Of one that is more work to open than anybody's picture should be. */
export function tooMuchWork(name: string, cause: unknown): BotError {
  const what =
    "takes more memory or time to open than I allow. Save it anew as PNG or JPEG, or smaller, and send that.";
  return badFile(name, what, cause);
}

/** Of one of a camera that saves its photos in a way of its own. */
export function noHeic(name: string, cause: unknown): BotError {
  const what =
    "is an HEIC photo that I cannot open. Send it as JPEG: on an iPhone, choose Settings › Camera › Formats › Most Compatible, or share it from Photos as JPEG.";
  return badFile(name, what, cause);
}

/** Of an SVG that cannot be shown. */
export function undrawable(what: string, cause?: unknown): BotError {
  return new BotError("bad_attachment", `The SVG is ${what}. Export it as PNG and use that.`, { cause });
}

export const tooLongToDraw = "damaged or takes too long to draw";

/** The same of a file that somebody sent. */
export function ofFile(name: string, cause: BotError): BotError {
  return new BotError("bad_attachment", `“${displayName(name)}”: ${cause.message}`, { cause });
}
