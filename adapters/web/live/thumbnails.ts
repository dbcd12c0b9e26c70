import type { ToThumbnail } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Chat } from "./chat.ts";
import { type ThumbnailSize, thumbnailSides } from "./pictures.ts";

/** Pictures made small, each once, when they are first looked for. */
export interface Thumbnails {
  /** A WebP; undefined for a picture that is gone, or that cannot be made smaller: it is shown as it is. */
  read(file: string, size: ThumbnailSize): Promise<Uint8Array | undefined>;
}

/** How many are made at once: who sends or draws a picture meanwhile does not wait for all of them. */
const mostAtOnce = 2;

/** Pictures of which it is remembered that they cannot be made smaller. */
const mostFailed = 1000;

export function createThumbnails(parts: {
  readonly chat: Pick<Chat, "isOpen" | "picture" | "pictureSource" | "readThumbnail" | "keepThumbnail">;
  readonly toThumbnail: ToThumbnail;
  readonly log: Log;
}): Thumbnails {
  const { chat, toThumbnail, log } = parts;
  const making = new Map<string, Promise<Uint8Array | undefined>>();
  const failed = new Set<string>();
  const waiting: (() => void)[] = [];
  let free = mostAtOnce;

  /** What is looked at goes before what is in a list. */
  async function inLine<T>(size: ThumbnailSize, work: () => Promise<T>): Promise<T> {
    if (free > 0) free -= 1;
    else {
      await new Promise<void>((resolve) => {
        if (size === "preview") waiting.unshift(resolve);
        else waiting.push(resolve);
      });
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  async function make(file: string, size: ThumbnailSize): Promise<Uint8Array | undefined> {
    try {
      const { bytes } = await inLine(size, async () =>
        toThumbnail(await chat.pictureSource(file), thumbnailSides[size]),
      );
      await chat.keepThumbnail(file, size, bytes).catch((error) => {
        if (chat.isOpen) log.warn({ file, error }, "thumbnail.unkept");
      });
      return bytes;
    } catch (error) {
      if (!chat.isOpen || !chat.picture(file)) return undefined; // stopped or deleted meanwhile
      log.warn({ file, error }, "thumbnail.failed");
      if (failed.size < mostFailed) failed.add(file);
      return undefined;
    }
  }

  return {
    async read(file, size) {
      const kept = await chat.readThumbnail(file, size).catch(() => undefined);
      if (kept) return kept;
      if (failed.has(file) || !chat.isOpen || !chat.picture(file)) return undefined;
      const name = `${file} ${size}`;
      const begun = making.get(name) ?? make(file, size).finally(() => making.delete(name));
      making.set(name, begun);
      return begun;
    },
  };
}
