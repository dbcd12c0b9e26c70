import type { Metadata } from "sharp";
import { BotError } from "../seam/errors.ts";
import { displayName } from "../seam/files/file-name.ts";
import { sniffPicture } from "../seam/files/media-type.ts";
import { badFile } from "../seam/files/sent-file.ts";
import { orAborted } from "../seam/timeout.ts";
import type { Attachment } from "../seam/turn.ts";
import { noPicture } from "./formats/no-picture.ts";
import { damaged, isSendable, type Opened, open } from "./formats/open.ts";
import { rasterise } from "./formats/svg.ts";
import { isSound, toUpright } from "./formats/upright.ts";
import { inputLimits, type Picture } from "./picture.ts";

/**
 * Reads a turn's attachments in their order and puts right what can be put right, each with a sentence in `notes`.
 * `room`: references that can be used.
 *
 * Throws one BotError `bad_attachment` that names every file that cannot be used and what to do about it: drawing
 * without it would cost money and disappoint.
 */
export async function readInputs(
  attachments: readonly Attachment[],
  signal: AbortSignal,
  room: number = inputLimits.references,
): Promise<{ pictures: readonly Picture[]; notes: readonly string[] }> {
  const notes: string[] = [];
  const masks = attachments.filter(({ role }) => role === "mask");
  const references = attachments.filter(({ role }) => role !== "mask");
  const spare = references.length - room;
  if (spare > 0) {
    notes.push(`I can use ${inputLimits.references} pictures at once, so I left out the last ${spare}.`);
  }
  if (masks.length > 1) notes.push("I can use one mask at a time, so I took the first.");
  const pictures: Picture[] = [];
  const problems: string[] = [];
  // One at a time: a decoded picture can take hundreds of megabytes.
  for (const attachment of [...references.slice(0, room), ...masks.slice(0, 1)]) {
    try {
      const { picture, note } = await readPicture(attachment, signal);
      pictures.push(picture);
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

async function readPicture(
  attachment: Attachment,
  signal: AbortSignal,
): Promise<{ picture: Picture; note?: string }> {
  const { name, role = "reference" } = attachment;
  if (attachment.size > inputLimits.bytes) throw tooLarge(name, attachment.size);
  const source = await fetchBytes(attachment, signal);
  if (source.byteLength > inputLimits.bytes) throw tooLarge(name, source.byteLength);
  if (source.byteLength === 0) throw badFile(name, "is empty. Send it again.");
  const mediaType = sniffPicture(source);
  if (!mediaType) throw noPicture(name, source);
  if (mediaType === "image/svg+xml") return readDrawing(source, name, role, signal);
  const opened = await open(source, mediaType, name, signal);
  const { bytes, meta, seen } = opened;
  const changes = changesFor(opened);
  const isWhole = changes.length === 0 && isSendable(meta) && (await isSound(bytes));
  const picture = isWhole
    ? { bytes, mediaType: `image/${meta.format}` as const, width: meta.width, height: meta.height }
    : await toUpright(opened).catch((cause: unknown) => {
        throw damaged(name, cause);
      });
  if (role === "reference" && Math.min(picture.width, picture.height) < inputLimits.least) {
    const most = `Send one with ${inputLimits.least} pixels a side at least.`;
    throw badFile(name, `is too small: ${seen.width}x${seen.height} pixels. ${most}`);
  }
  const said = changes.filter((change) => change !== "");
  const note = `“${displayName(name)}”: ${said.join(", ")}.`;
  return { picture: { role, ...picture }, ...(said.length > 0 && { note }) };
}

/** An SVG, as the picture that it shows. */
async function readDrawing(source: Uint8Array, name: string, role: Picture["role"], signal: AbortSignal) {
  try {
    const picture = { role, ...(await rasterise(source, signal)) };
    return { picture, note: `“${displayName(name)}”: I turned it from SVG into a picture.` };
  } catch (cause) {
    if (!(cause instanceof BotError)) throw cause;
    throw new BotError("bad_attachment", `“${displayName(name)}”: ${cause.message}`, { cause });
  }
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

/** What has to be done to a picture, in words; an empty word for what nobody needs to hear of. */
function changesFor({ meta, bytes, seen, was, isTidied }: Opened): readonly string[] {
  const changes: string[] = [];
  if ((meta.pages ?? 1) > 1 || isMovingPng(meta, bytes)) changes.push("it moves, so I took its first frame");
  else if (was) changes.push(`I turned it from ${was} into a type OpenAI takes`);
  if (Math.max(seen.width, seen.height) > inputLimits.side) {
    changes.push(
      `it was ${seen.width}x${seen.height}, so I scaled it to ${inputLimits.side} pixels on the long side`,
    );
  }
  if (isTidied || (meta.orientation ?? 1) > 1) changes.push("");
  // Photos carry the place where they were taken; OpenAI has no need to know.
  if (meta.exif || meta.xmp || meta.iptc || meta.space === "cmyk") changes.push("");
  return changes;
}

/** libvips knows the first picture only. Source: the PNG specification, third edition: `acTL` stands before `IDAT`. */
function isMovingPng({ format }: Metadata, source: Uint8Array): boolean {
  if (format !== "png") return false;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  return bytes.subarray(0, Math.max(0, bytes.indexOf("IDAT"))).includes("acTL");
}

function tooLarge(name: string, bytes: number): BotError {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  const what = `has ${megabytes} MB; 50 MB is the most. Save it smaller, or as JPEG, and send it again.`;
  return badFile(name, what);
}
