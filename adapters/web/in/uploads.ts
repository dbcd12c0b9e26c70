import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile } from "../../../src/seam/files/sent-file.ts";
import type { Attachment, SentFile } from "../../../src/seam/turn.ts";
import type { Chat } from "../live/chat.ts";
import { type Draft, isPictureFile, measure, toSrc } from "../live/pictures.ts";
import type { WirePicture } from "../wire/messages.ts";
import type { Upload } from "./turn.ts";

/** What was sent, made ready: what the chat shows, what is new on disk, and what the core reads. */
export interface Received {
  readonly pictures: readonly WirePicture[];
  readonly drafts: readonly Draft[];
  readonly attachments: readonly Attachment[];
}

/**
 * Takes in the files of a form, in order. What is no picture is not kept: only the core gets it, and says why it
 * cannot use it. Throws BotError `bad_attachment` when a picture to be used again is gone.
 */
export async function receive(uploads: readonly Upload[], chat: Chat): Promise<Received> {
  const pictures: WirePicture[] = [];
  const drafts: Draft[] = [];
  const attachments: Attachment[] = [];
  try {
    for (const upload of uploads) {
      if (upload.kind === "reuse") {
        const picture = toReused(upload.file, chat);
        pictures.push(picture);
        attachments.push(toAttachment(picture, chat));
        continue;
      }
      const { name, role, file } = upload;
      const bytes = await file.bytes(); // one file after the other, to hold one at a time
      const measured = await measure(bytes);
      if (!measured) {
        attachments.push({ ...toClaim(name, file), ...(role && { role }), read: async () => bytes });
        continue;
      }
      const draft = await chat.draft(bytes, measured);
      const picture = { src: toSrc(draft.file), name, alt: name, ...measured, ...(role && { role }) };
      drafts.push(draft);
      pictures.push(picture);
      attachments.push(toAttachment(picture, chat, bytes.length));
    }
  } catch (error) {
    chat.discard(drafts);
    throw error;
  }
  return { pictures, drafts, attachments };
}

/** The files of a form for the core to read now, as long as the form is held; the chat keeps nothing of them. */
export function lend(uploads: readonly Upload[], chat: Chat): readonly Attachment[] {
  return uploads.map((upload) => {
    if (upload.kind === "reuse") return toAttachment(toReused(upload.file, chat), chat);
    const { name, role, file } = upload;
    return { ...toClaim(name, file), ...(role && { role }), read: () => file.bytes() };
  });
}

/** A stored picture as the core reads it. */
export function toAttachment(picture: WirePicture, chat: Chat, size?: number): Attachment {
  const { name, mediaType, role } = picture;
  const file = picture.src.slice(toSrc("").length);
  return {
    name,
    mediaType,
    size: size ?? chat.picture(file)?.bytes ?? 0,
    ...(role && { role }),
    source: { kind: "platform", file: { picture: file } },
    read: (signal) => readStored(file, name, chat, signal),
  };
}

/** Where a file is, as its attachment's source has it: among the chat's pictures. */
const place = z.object({ picture: z.string().refine(isPictureFile) });

/** A file as the core reads it again, by its attachment's source. */
export function toSent({ file, ...claims }: SentFile, chat: Chat): Attachment {
  const { data } = place.safeParse(file);
  if (!data) return { ...claims, read: async () => Promise.reject(badFile(claims.name, lost)) };
  return {
    ...claims,
    source: { kind: "platform", file: data },
    read: (signal) => readStored(data.picture, claims.name, chat, signal),
  };
}

/** What is no picture is held by the process that got it, and by no other. */
const lost = "was not with me yet when I was restarted. Send it again.";

async function readStored(file: string, name: string, chat: Chat, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await chat.readPicture(file, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new BotError("bad_attachment", `“${name}” is no longer here. Attach it again.`, { cause });
  }
}

function toReused(file: string, chat: Chat): WirePicture {
  const stored = chat.picture(file);
  if (!stored) throw new BotError("bad_attachment", "That picture is no longer here. Attach it again.");
  const { mediaType, width, height } = stored;
  const name = `picture${file.slice(file.lastIndexOf("."))}`;
  return { src: toSrc(file), name, alt: name, mediaType, width, height };
}

function toClaim(name: string, file: File): { name: string; mediaType: string; size: number } {
  const mediaType = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(file.type) ? file.type : "application/octet-stream";
  return { name, mediaType, size: file.size };
}
