import { randomUUID } from "node:crypto";
import { checkHeld } from "../../../../src/seam/held.ts";
import type { Image } from "../../../../src/seam/view.ts";
import { toTrouble } from "../trouble.ts";
import { altOf } from "../words.ts";
import type { Calls, To } from "./calls.ts";
import { postParts } from "./parts.ts";

/** How a file is uploaded. */
export interface Upload {
  /** Shown at once, by itself. */
  readonly share?: To;
  /** Called with the file's id before its bytes are sent: from then on there may be one. */
  note(id: string): Promise<void>;
  /** There is none after all. */
  forget(id: string): void;
  /** It may be there though the upload failed, and could not be taken away. */
  left(id: string): void;
}

/** Files, as they come to Slack and go. */
export interface Uploads {
  /** The id of a new file, which nobody sees until a message shows it. */
  upload(image: Image, name: string, signal: AbortSignal, how: Upload): Promise<string>;
  /** Takes a file away; it may be gone already. */
  remove(id: string): Promise<void>;
}

/** Ms an upload may take. */
const uploadMs = 60_000;

export function createUploads({ client, token, origins, patience }: Calls): Uploads {
  const { patiently } = patience;

  async function send(url: string, image: Image, name: string, signal: AbortSignal): Promise<void> {
    const { type, parts } = toForm(image, name);
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    const status = await postParts(
      url,
      headers,
      parts,
      AbortSignal.any([signal, AbortSignal.timeout(uploadMs)]),
    );
    if (status < 200 || status > 299) throw new Error(`Slack's file server answered ${status}`);
    signal.throwIfAborted();
  }

  async function upload(image: Image, name: string, signal: AbortSignal, how: Upload): Promise<string> {
    const { share } = how;
    const opened = await client.apiCall("files.getUploadURLExternal", {
      filename: name,
      length: image.bytes.byteLength,
      alt_txt: altOf(image).slice(0, 1000),
    });
    const { upload_url: url, file_id: id } = opened as { upload_url?: unknown; file_id?: unknown };
    if (typeof url !== "string" || typeof id !== "string" || !origins.keepsFiles(url))
      throw new Error("Slack gave no address to upload to");
    await how.note(id);
    let made = false;
    try {
      await send(url, image, name, signal);
      checkHeld();
      made = true;
      await client.apiCall("files.completeUploadExternal", {
        files: [{ id, title: name }],
        ...(share && { channel_id: share.channelId }),
        ...(share?.threadTs && { thread_ts: share.threadTs }),
      });
      return id;
    } catch (error) {
      // Before it is completed there is no file; after that there may be one, even if the answer got lost.
      const isThere =
        made &&
        (await client.files.delete({ file: id }).then(
          () => false,
          (kept: unknown) => toTrouble(kept) !== "gone",
        ));
      if (isThere) how.left(id);
      else how.forget(id);
      throw error;
    }
  }

  return {
    upload: (image, name, signal, how) => {
      const once = () => upload(image, name, signal, how);
      return how.share ? once() : patiently(once, signal);
    },
    async remove(id) {
      await patiently(() => client.files.delete({ file: id })).catch((error: unknown) => {
        if (toTrouble(error) !== "gone") throw error;
      });
    },
  };
}

function toForm({ bytes, mediaType }: Image, name: string) {
  const boundary = `drawbridge-${randomUUID()}`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="body"; filename="${name}"\r\ncontent-type: ${mediaType}\r\n\r\n`;
  const parts = [Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)];
  return { parts, type: `multipart/form-data; boundary=${boundary}` };
}
