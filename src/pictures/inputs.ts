import { BotError } from "../seam/errors.ts";
import { sniffPicture } from "../seam/files/media-type.ts";
import { badFile } from "../seam/files/sent-file.ts";
import { orAborted } from "../seam/timeout.ts";
import type { Attachment } from "../seam/turn.ts";
import { makeInput } from "./jobs.ts";
import { noPicture } from "./no-picture.ts";
import { inputLimits, type Picture } from "./picture.ts";

/**
 * Reads a turn's attachments in their order and puts right what can be put right, each with a sentence in `notes`.
 * `room`: references that can be used. `keep` is handed each when it is read, and waited for before the next is: what it
 * gives stands in its place.
 *
 * Throws one BotError `bad_attachment` that names every file that cannot be used and what to do about it: drawing
 * without it would cost money and disappoint.
 */
export async function readInputs<Kept = Picture>(
  attachments: readonly Attachment[],
  signal: AbortSignal,
  room: number = inputLimits.references,
  keep?: (picture: Picture) => Promise<Kept>,
): Promise<{ pictures: readonly (Picture | Kept)[]; notes: readonly string[] }> {
  const notes: string[] = [];
  const masks = attachments.filter(({ role }) => role === "mask");
  const references = attachments.filter(({ role }) => role !== "mask");
  const spare = references.length - room;
  if (spare > 0) {
    notes.push(`I can use ${inputLimits.references} pictures at once, so I left out the last ${spare}.`);
  }
  if (masks.length > 1) notes.push("I can use one mask at a time, so I took the first.");
  const pictures: (Picture | Kept)[] = [];
  const problems: string[] = [];
  // One at a time: a decoded picture can take hundreds of megabytes.
  for (const attachment of [...references.slice(0, room), ...masks.slice(0, 1)]) {
    try {
      const { picture, note } = await readPicture(attachment, signal);
      pictures.push(keep ? await keep(picture) : picture);
      if (note) notes.push(note);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BotError) || error.code !== "bad_attachment") throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new BotError("bad_attachment", problems.join("\n"));
  return { pictures, notes };
}

async function readPicture(attachment: Attachment, signal: AbortSignal) {
  const { name, role = "reference" } = attachment;
  if (attachment.size > inputLimits.bytes) throw tooLarge(name, attachment.size);
  const source = await fetchBytes(attachment, signal);
  if (source.byteLength > inputLimits.bytes) throw tooLarge(name, source.byteLength);
  if (source.byteLength === 0) throw badFile(name, "is empty. Send it again.");
  const mediaType = sniffPicture(source);
  if (!mediaType) throw noPicture(name, source);
  return makeInput({ source, mediaType, name, role }, signal);
}

/** The bytes of a file. Whatever the platform does or leaves undone, this comes to an end. Rejects as `read` does. */
export async function fetchBytes(attachment: Attachment, signal: AbortSignal): Promise<Uint8Array> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(badFile(attachment.name, "could not be fetched in time. Send it again.")),
    inputLimits.fetchMs,
  );
  const either = AbortSignal.any([signal, late.signal]);
  try {
    either.throwIfAborted();
    return await orAborted(attachment.read(either), either);
  } catch (error) {
    either.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(name: string, bytes: number): BotError {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  const what = `has ${megabytes} MB; 50 MB is the most. Save it smaller, or as JPEG, and send it again.`;
  return badFile(name, what);
}
