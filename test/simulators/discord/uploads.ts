import { refuse } from "./api-error.ts";
import { type NewFile, type StoredFile, toFileName } from "./cdn.ts";
import { type Fields, type Form, isFields, type Reader } from "./form.ts";
import { attachmentFlags, limits } from "./limits.ts";

/** A file of a multipart request. */
export interface Upload {
  /** The n of `files[n]`. */
  readonly index: number;
  readonly name: string;
  readonly contentType?: string;
  readonly bytes: Buffer;
}

/** The body of a request that makes or changes a message. */
export interface PostRequest {
  readonly body: Fields;
  readonly files: readonly Upload[];
}

/** What becomes of a message's files. */
export interface FilePlan {
  readonly kept: readonly StoredFile[];
  readonly added: readonly NewFile[];
  /** Names of all of them, as they will be. */
  readonly names: readonly string[];
  /** Changes what an edit says of those that are kept. */
  describeKept(): void;
}

/**
 * What becomes of the files: an edit with `attachments` keeps those listed and drops the rest; one with neither
 * `attachments` nor files keeps all. docs: reference, "Editing Message Attachments".
 */
export function planFiles(
  form: Form,
  reader: Reader,
  uploads: readonly Upload[],
  before: readonly StoredFile[],
): FilePlan {
  const listed = reader.list("attachments");
  if (uploads.length > limits.attachments || (listed?.length ?? 0) > limits.attachments)
    throw refuse("tooManyAttachments");
  const kept: StoredFile[] = [];
  const described = new Map<number, Reader>();
  const seen = new Set<string>();
  const changes: (() => void)[] = [];
  listed?.forEach((item, index) => {
    const entry = form.read(item, ["attachments", index]);
    if (!entry) return;
    const id = isFields(item) ? String(item.id ?? "") : "";
    entry.only(attachmentFields);
    entry.flag("is_spoiler");
    entry.text("description", { max: limits.attachmentText });
    entry.text("title", { max: limits.attachmentText });
    entry.text("filename", { max: limits.attachmentText });
    if (seen.has(id)) entry.fail("id", "ATTACHMENT_ID_DUPLICATED", "Attachment ids must be unique");
    seen.add(id);
    const old = before.find((file) => file.id === id);
    const upload = uploads.find((file) => String(file.index) === id);
    if (old) {
      kept.push(old);
      changes.push(() => describe(old, entry.fields));
    } else if (upload) described.set(upload.index, entry);
    else entry.fail("id", "ATTACHMENT_NOT_FOUND", "Attachment data not found");
  });
  // New files without a list replace the old ones: discord-api-docs issue 5170.
  if (!listed && uploads.length === 0) kept.push(...before);
  const added = uploads.map((upload): NewFile => {
    const entry = described.get(upload.index)?.fields ?? {};
    const { description, title, filename } = entry;
    if (upload.name.length > limits.attachmentText)
      form.add(
        ["attachments", upload.index, "filename"],
        "BASE_TYPE_MAX_LENGTH",
        "Must be 1024 or fewer in length.",
      );
    return {
      name: typeof filename === "string" ? filename : upload.name,
      bytes: upload.bytes,
      ...(upload.contentType ? { contentType: upload.contentType } : {}),
      ...(typeof description === "string" && description ? { description } : {}),
      ...(typeof title === "string" && title ? { title } : {}),
      ...(entry.is_spoiler === true ? { spoiler: true } : {}),
    };
  });
  if (kept.length + added.length > limits.attachments) throw refuse("tooManyAttachments");
  return {
    kept,
    added,
    names: [...kept.map(({ name }) => name), ...added.map(({ name }) => toFileName(name))],
    describeKept() {
      for (const change of changes) change();
    },
  };
}

/** docs: resources/message, "Attachment Request Structure". */
const attachmentFields = [
  "id",
  "filename",
  "title",
  "description",
  "duration_secs",
  "waveform",
  "is_spoiler",
] as const;

/** What can be changed of a file that is there, since 2026-06. docs: the same section. */
function describe(file: StoredFile, { description, is_spoiler: isSpoiler }: Fields): void {
  if (typeof description === "string") file.description = description;
  if (typeof isSpoiler !== "boolean") return;
  file.flags = isSpoiler ? file.flags | attachmentFlags.spoiler : file.flags & ~attachmentFlags.spoiler;
}
