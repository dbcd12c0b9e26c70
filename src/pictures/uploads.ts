import { z } from "zod";
import { BotError } from "../seam/errors.ts";
import type { Encoded } from "../seam/view.ts";
import { toOwnedChange } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { StoredInput } from "../store/stored.ts";
import { hashOf, keptMs, type PictureStore } from "./picture-store.ts";

/** Where a picture is kept for this turn and the next. */
export type Source = StoredInput["source"];

/** Where a picture is for OpenAI to read. */
export type Address = { readonly fileId: string } | { readonly dataUrl: string };

/** Stores a picture at OpenAI; its file id. Undefined where the server stores no files. */
export type Upload = (picture: Encoded, signal: AbortSignal) => Promise<string | undefined>;

/** Pictures on their way to OpenAI, each sent there once. */
export interface Uploads {
  /** Rejects as the `Upload` does. */
  store(picture: Encoded, signal: AbortSignal): Promise<Source>;
  /** Rejects with BotError `inputs_gone` when it is no longer kept. */
  address(source: Source): Promise<Address>;
  /** The picture itself, where it is kept here. Rejects with BotError `inputs_gone` when it is not. */
  read(source: Source): Promise<Encoded>;
  /** OpenAI no longer has these: when they are sent again they are stored anew. */
  forget(sources: readonly Source[]): Promise<void>;
}

/** A file is not relied upon in the last day of its life: the turn may wait in line. */
const fileMs = keptMs - 24 * 3600 * 1000;

/**
 * `files`: OpenAI may store them; otherwise they are kept here and go along with each request. `owner`: the `User.id` of
 * whoever asks; what they send is listed as theirs, and is nobody else's.
 */
export function createUploads(parts: {
  readonly store: Store;
  readonly upload: Upload;
  readonly pictureStore: PictureStore;
  readonly files: boolean;
  readonly owner: string;
  readonly now?: () => number;
}): Uploads {
  const { store, upload, pictureStore, files, owner, now = Date.now } = parts;
  /** The file of a picture's hash, and the hash of a file. */
  const known = store.table("file", z.string());

  async function read(source: Source): Promise<Encoded> {
    if ("dataUrl" in source) return fromDataUrl(source.dataUrl);
    // What OpenAI stores it does not give back.
    const picture = "kept" in source ? await pictureStore.get(source.kept) : undefined;
    if (picture) return picture;
    throw new BotError("inputs_gone", "I no longer have the pictures you sent. Attach them again.");
  }

  return {
    async store(picture, signal) {
      const hash = await hashOf(picture.bytes, owner);
      const before = files ? await known.get(hash) : undefined;
      if (before) return { fileId: before };
      const fileId = files ? await upload(picture, signal) : undefined;
      if (!fileId) return { kept: await pictureStore.put(picture, { ms: keptMs, owner }) };
      await store.write([
        { table: "file", key: hash, value: fileId, lifeMs: fileMs },
        { table: "file", key: fileId, value: hash, lifeMs: fileMs },
        toOwnedChange({ owner, kind: "file", at: now(), id: fileId }, keptMs),
      ]);
      return { fileId };
    },
    async address(source) {
      return "kept" in source ? { dataUrl: toDataUrl(await read(source)) } : source;
    },
    read,
    async forget(sources) {
      for (const source of sources) {
        const hash = "fileId" in source ? await known.get(source.fileId) : undefined;
        if (hash) await known.delete(hash);
      }
    },
  };
}

function fromDataUrl(url: string): Encoded {
  const [head = "", base64 = ""] = url.split(",", 2);
  return { mediaType: head.replace(/^data:|;base64$/g, ""), bytes: Buffer.from(base64, "base64") };
}

function toDataUrl({ bytes, mediaType }: Encoded): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
}
