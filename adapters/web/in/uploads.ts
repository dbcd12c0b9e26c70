import { readFile } from "node:fs/promises";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile } from "../../../src/seam/files/sent-file.ts";
import type { Attachment, SentFile } from "../../../src/seam/turn.ts";
import type { Chat } from "../live/chat.ts";
import { type Draft, isPictureFile, measureShown, toSrc } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import { isUploadId } from "../live/uploads.ts";
import type { WirePicture } from "../wire/messages.ts";
import type { Upload } from "./turn.ts";

/** A file somebody sent. By its id it is found again after a restart; see `openSent`. */
export interface OpenFile extends Attachment {
  readonly id: string;
}

/** What was sent, made ready: what the chat shows, what is new on disk, and what the core reads. */
export interface Received {
  readonly pictures: readonly WirePicture[];
  readonly drafts: readonly Draft[];
  readonly attachments: readonly OpenFile[];
  /** Ids of the uploads that are kept for the core alone. */
  readonly kept: readonly string[];
}

type Shelves = Pick<Stage, "chat" | "uploads">;

/**
 * Takes in the files of a form, in order. What is no picture is not shown: only the core gets it, and says why it
 * cannot use it. Throws BotError `bad_attachment` when a picture to be used again is gone.
 */
export async function receive(
  files: readonly Upload[],
  { chat, uploads, measure }: Shelves & Pick<Stage, "measure">,
): Promise<Received> {
  const pictures: WirePicture[] = [];
  const drafts: Draft[] = [];
  const attachments: OpenFile[] = [];
  const kept: string[] = [];
  try {
    for (const upload of files) {
      if (upload.kind === "reuse") {
        const picture = toReused(upload.file, chat);
        pictures.push(picture);
        attachments.push(toAttachment(picture, chat));
        continue;
      }
      const { name, role, arrived } = upload;
      const measured = await measureShown(measure, arrived.path);
      if (!measured) {
        await uploads.keep(arrived);
        kept.push(arrived.id);
        attachments.push(openSent({ ...toClaim(upload), id: arrived.id }, { chat, uploads }));
        continue;
      }
      const draft = await chat.adopt(arrived, measured);
      const picture = { src: toSrc(draft.file), name, alt: name, ...measured, ...(role && { role }) };
      drafts.push(draft);
      pictures.push(picture);
      attachments.push(toAttachment(picture, chat, arrived.bytes));
    }
  } catch (error) {
    chat.discard(drafts);
    await uploads.remove(kept);
    throw error;
  }
  return { pictures, drafts, attachments, kept };
}

/** The files of a form for the core to read now, as long as the form is held; nothing of them is kept. */
export function lend(files: readonly Upload[], { chat }: Shelves): readonly Attachment[] {
  return files.map((upload) => {
    if (upload.kind === "reuse") return toAttachment(toReused(upload.file, chat), chat);
    const { path } = upload.arrived;
    return { ...toClaim(upload), read: (signal: AbortSignal) => readFile(path, { signal }) };
  });
}

/** A file that was sent, as the core reads it: by its id, however long ago and by which process it was taken in. */
export function openSent(
  file: Omit<OpenFile, "read" | "source">,
  { chat, uploads }: Pick<Stage, "chat"> & Partial<Pick<Stage, "uploads">>,
): OpenFile {
  const { id, name } = file;
  return {
    ...file,
    source: { kind: "platform", file: { id } satisfies z.input<typeof place> },
    async read(signal) {
      try {
        if (isPictureFile(id)) return await chat.readPicture(id, signal);
        if (uploads && isUploadId(id)) return await uploads.read(id, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw gone(name, error);
      }
      throw gone(name);
    },
  };
}

/** Where a file is, as its attachment's source has it. */
const place = z.object({ id: z.string() });

/** A file as the core reads it again, by its attachment's source. */
export function toSent({ file, ...claims }: SentFile, shelves: Shelves): Attachment {
  return openSent({ ...claims, id: place.safeParse(file).data?.id ?? "" }, shelves);
}

/** The ids of those that are kept for the core alone. */
export function keptOf(files: readonly Pick<Attachment, "source">[]): readonly string[] {
  return files.flatMap(({ source }) => {
    const id = source?.kind === "platform" ? place.safeParse(source.file).data?.id : undefined;
    return id && isUploadId(id) ? [id] : [];
  });
}

/** A stored picture as the core reads it. */
export function toAttachment(picture: WirePicture, chat: Chat, size?: number): OpenFile {
  const { name, mediaType, role } = picture;
  const id = picture.src.slice(toSrc("").length);
  const bytes = size ?? chat.picture(id)?.bytes ?? 0;
  return openSent({ id, name, mediaType, size: bytes, ...(role && { role }) }, { chat });
}

function gone(name: string, cause?: unknown): BotError {
  return badFile(name, "is no longer here. Attach it again.", cause);
}

function toReused(file: string, chat: Chat): WirePicture {
  const stored = chat.picture(file);
  if (!stored) throw new BotError("bad_attachment", "That picture is no longer here. Attach it again.");
  const { mediaType, width, height } = stored;
  const name = `picture${file.slice(file.lastIndexOf("."))}`;
  return { src: toSrc(file), name, alt: name, mediaType, width, height };
}

function toClaim(upload: Extract<Upload, { kind: "file" }>) {
  const { name, mediaType: claimed, arrived, role } = upload;
  const mediaType = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(claimed) ? claimed : "application/octet-stream";
  return { name, mediaType, size: arrived.bytes, ...(role && { role }) };
}
