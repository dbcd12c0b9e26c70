import { typeByName } from "../../../src/seam/files/media-type.ts";

/** A file that Slack keeps, as far as the event that named it says. */
export interface RemoteFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes; 0 when Slack does not say. */
  readonly size: number;
  /** Needs the bot's token. Absent: Slack has to be asked for it. */
  readonly url?: string;
  /** Why it cannot be read, where that is known already. */
  readonly barred?: "external" | "deleted" | "hidden";
}

/** A file as Slack writes it. Source: “File object” in its documentation. */
export interface SlackFile {
  readonly id: string;
  readonly name?: string | null;
  readonly title?: string | null;
  readonly mimetype?: string;
  readonly filetype?: string;
  readonly size?: number;
  readonly mode?: string;
  readonly is_external?: boolean;
  /** `check_file_info`: a file from another company's channel, of which nothing is said but its id. */
  readonly file_access?: string;
  readonly url_private?: string;
  readonly url_private_download?: string;
}

/** What of a message can show pictures. */
export interface Shown {
  readonly files?: readonly SlackFile[];
  /** What was forwarded. */
  readonly attachments?: readonly { readonly files?: readonly SlackFile[] }[];
  readonly blocks?: readonly unknown[];
}

/** Every file that came with a message, forwarded ones too. */
export function filesOf(message: Shown): readonly RemoteFile[] {
  const all = [...(message.files ?? []), ...(message.attachments ?? []).flatMap(({ files = [] }) => files)];
  return all
    .filter(({ id }, index) => all.findIndex((one) => one.id === id) === index)
    .map((file) => toRemoteFile(file));
}

/** The pictures a message shows: those in its blocks, in their order, or the files it came with. */
export function picturesOf(message: Shown): readonly RemoteFile[] {
  const drawn = shownIdsOf(message).map((id): RemoteFile => {
    return { id, name: "picture.png", mediaType: "image/png", size: 0 };
  });
  if (drawn.length > 0) return drawn;
  return filesOf(message).filter(
    ({ mediaType, barred, url }) => mediaType.startsWith("image/") || (!url && !barred),
  );
}

/** Ids of the files in a message's image blocks. */
export function shownIdsOf({ blocks = [] }: Shown): readonly string[] {
  return blocks.flatMap((block) => {
    if (!isRecord(block) || block.type !== "image") return [];
    const { slack_file: file, image_url: url } = block;
    if (isRecord(file) && typeof file.id === "string") return [file.id];
    const address = isRecord(file) && typeof file.url === "string" ? file.url : url;
    return typeof address === "string" ? (/-(F[A-Z0-9]{6,})\//.exec(address)?.[1] ?? []) : [];
  });
}

export function toRemoteFile(file: SlackFile): RemoteFile {
  const { id, mimetype, filetype = "", size = 0, mode, is_external, file_access } = file;
  const name = file.name || file.title || "the file";
  const url = file.url_private_download ?? file.url_private;
  const barred = is_external
    ? "external"
    : mode === "tombstone"
      ? "deleted"
      : mode === "hidden_by_limit"
        ? "hidden"
        : undefined;
  return {
    id,
    name,
    mediaType: mimetype || typeByName(filetype || name),
    size,
    ...(url && file_access !== "check_file_info" && { url }),
    ...(barred && { barred }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
