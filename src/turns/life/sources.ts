import type { Links } from "../../pictures/links.ts";
import type { Adapter } from "../../seam/adapter.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import type { Attachment } from "../../seam/turn.ts";
import type { StoredFile } from "../../store/open-turn.ts";
import type { UnfinishedRequests } from "../prompts/unfinished.ts";

/** What is noted of files that were sent, so that they can be read again. */
export function toStored(files: readonly Attachment[]): readonly StoredFile[] {
  return files.map(({ name, mediaType, size, role, source }) => ({
    ...{ name, mediaType, size },
    ...(role && { role }),
    ...(source && { source }),
  }));
}

/** The files again, as the core reads them. What was with the last process alone says so when it is read. */
export function createReread(
  links: Links,
  unfinished: UnfinishedRequests,
): (adapter: Adapter, files: readonly StoredFile[]) => readonly Attachment[] {
  const reread = (adapter: Adapter, { source, ...file }: StoredFile): Attachment => {
    switch (source?.kind) {
      case "platform":
        return adapter.toAttachment({ ...file, file: source.file });
      case "address":
        return { ...links.fromAddress(source.address), ...(file.role && { role: file.role }) };
      case "kept":
        return unfinished.toAttachment({ ...file, id: source.id });
      case undefined:
        return { ...file, read: async () => Promise.reject(badFile(file.name, lost)) };
    }
  };
  return (adapter, files) => files.map((file) => reread(adapter, file));
}

const lost = "was not with me yet when I was restarted. Send it again.";
