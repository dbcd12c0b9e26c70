import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Measure } from "../../../src/seam/core.ts";
import { digestOf } from "../../../src/seam/files/digest.ts";
import type { Measured } from "../../../src/seam/view.ts";
import { wireLimits } from "../wire/limits.ts";
import { toDiskError } from "./disk.ts";
import type { Arrived } from "./uploads.ts";

/** A picture under a passing name. It gets its own only together with the message that shows it. */
export interface Draft extends Measured {
  readonly file: string;
  readonly bytes: number;
  readonly temporary: string;
}

/** How small a picture is made: for lists and chips, or for a conversation. Pixels of its longer side. */
export const thumbnailSides = { thumbnail: 256, preview: 1024 } as const;

export type ThumbnailSize = keyof typeof thumbnailSides;

/** Where the pictures of the chat lie: in a folder, or where several processes find them. */
export interface Pictures {
  /** Rejects with BotError `storage` when there is no room, or nothing is taken. */
  draft(bytes: Uint8Array, measured: Measured): Promise<Draft>;
  /** The same of a file that has arrived. */
  adopt(arrived: Arrived, measured: Measured): Promise<Draft>;
  /** Gives drafts their names. Throws BotError `storage`. Synchronous, so that no removal comes between it and the row that names them. */
  settle(drafts: readonly Draft[]): void;
  /** There is a row for it now, if there was none before. To be called in the change that writes that. */
  bind(draft: Draft): void;
  /** There is none any more. The same. */
  unbind(file: string): void;
  /** Takes away what is still a draft. */
  discard(drafts: readonly Draft[]): void;
  /** Takes away what has no row. */
  remove(files: readonly string[]): void;
  /** Rejects when it is gone. */
  read(file: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** The picture's bytes, or the file in which it lies. Rejects when it is gone. */
  source(file: string): Promise<Uint8Array | string>;
  /** Rejects where it has not been made. */
  readThumbnail(file: string, size: ThumbnailSize): Promise<Uint8Array>;
  /** Keeps a picture made small for as long as the picture. Rejects when it cannot. */
  keepThumbnail(file: string, size: ThumbnailSize, bytes: Uint8Array): Promise<void>;
  /** At the start: removes what no message shows, such as the drafts of a process that was killed. */
  sweep(isShown: (file: string) => boolean): Promise<void>;
  /** From time to time: removes what somebody else has left. Rejects with BotError `storage`. */
  tidy(): Promise<void>;
}

const extensions: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/svg+xml": "svg",
  "image/avif": "avif",
};

export const thumbnailSizes = Object.keys(thumbnailSides) as readonly ThumbnailSize[];

const stored = /^[0-9a-f]{64}\.(png|jpg|webp|gif|svg|avif)$/;

/** Whether a name from outside can be that of a stored picture. */
export function isPictureFile(name: string): boolean {
  return stored.test(name);
}

/** The address of a picture, stored or partial. */
export function toSrc(file: string): string {
  return `/pictures/${file}`;
}

/** The name of the file at such an address. */
export function toFileOf(src: string): string {
  return src.slice(toSrc("").length);
}

/** The ending for a media type that a browser shows. */
export function toExtension(mediaType: string): string | undefined {
  return Object.hasOwn(extensions, mediaType) ? extensions[mediaType] : undefined;
}

/** A picture that is shown and kept; undefined for all others, which only pass through to the core. */
export async function measureShown(
  measure: Measure,
  source: Uint8Array | string,
): Promise<Measured | undefined> {
  const measured = await measure(source);
  if (!measured || !toExtension(measured.mediaType)) return undefined;
  return measured.width * measured.height <= wireLimits.pixels ? measured : undefined;
}

/** What a picture is called: by the hash of its bytes, in hexadecimal. */
export function toFileName(hash: string, { mediaType }: Measured): string {
  return `${hash}.${toExtension(mediaType)}`;
}

/** Pictures in a folder, each under the hash of its bytes; in `thumbnails`, beside it, they lie made small. */
export function createPictures(folder: string): Pictures {
  const small = join(dirname(folder), "thumbnails");
  for (const each of [folder, small]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const path = (file: string) => join(folder, file);
  const smallPath = (file: string, size: ThumbnailSize) =>
    join(small, `${file}-${thumbnailSides[size]}.webp`);

  return {
    async draft(bytes, measured) {
      const hash = (await digestOf(bytes)).toString("hex");
      const file = toFileName(hash, measured);
      const temporary = path(`${randomUUID()}.draft`);
      try {
        await writeFile(temporary, bytes, { flush: true, mode: 0o600 });
      } catch (error) {
        await rm(temporary, { force: true }); // what was written of it would take the room of the next try
        throw toDiskError(error, folder);
      }
      return { ...measured, file, bytes: bytes.length, temporary };
    },
    adopt: async ({ hash, bytes, path: temporary }, measured) => {
      return { ...measured, file: toFileName(hash, measured), bytes, temporary };
    },
    settle(drafts) {
      try {
        for (const { temporary, file } of drafts) renameSync(temporary, path(file));
      } catch (error) {
        throw toDiskError(error, folder);
      }
    },
    bind() {},
    unbind() {},
    discard(drafts) {
      for (const { temporary } of drafts) rmSync(temporary, { force: true });
    },
    remove(files) {
      for (const file of files) {
        rmSync(path(file), { force: true });
        for (const size of thumbnailSizes) rmSync(smallPath(file, size), { force: true });
      }
    },
    read: (file, signal) => readFile(path(file), signal ? { signal } : {}),
    source: async (file) => path(file),
    readThumbnail: (file, size) => readFile(smallPath(file, size)),
    async keepThumbnail(file, size, bytes) {
      const temporary = join(small, `${randomUUID()}.draft`);
      try {
        await writeFile(temporary, bytes, { mode: 0o600 });
        await rename(temporary, smallPath(file, size));
        // Removed while this was written.
        if (!existsSync(path(file))) await rm(smallPath(file, size), { force: true });
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    // What is left here was left by the process before.
    tidy: async () => {},
    async sweep(isShown) {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        // A disk mounted here has folders of its own, such as `lost+found`.
        if (entry.isFile() && !isShown(entry.name)) rmSync(path(entry.name), { force: true });
      }
      for (const name of readdirSync(small)) {
        if (!isShown(name.replace(/-\d+\.webp$/, ""))) rmSync(join(small, name), { force: true });
      }
    },
  };
}
