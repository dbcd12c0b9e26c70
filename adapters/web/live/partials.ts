import { randomBytes } from "node:crypto";
import type { Measure } from "../../../src/seam/core.ts";
import type { Image } from "../../../src/seam/view.ts";
import type { WirePicture } from "../wire/messages.ts";
import { measureShown, toExtension, toSrc } from "./pictures.ts";

/**
 * The sketches of answers being drawn: the newest of each answer, and of the latest answers only. None is worth an error:
 * calls never reject.
 */
export interface Partials {
  /** Replaces what the answer showed before. The same bytes keep their address, so the page does not load again. */
  put(message: string, images: readonly Image[]): Promise<readonly WirePicture[]>;
  of(message: string): Promise<readonly WirePicture[]>;
  read(file: string): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array } | undefined>;
  /** The answer is finished. A page that has just been told of its last sketch can still load it for a while. */
  retire(message: string): Promise<void>;
  /** The answer is gone: nothing of it may be seen. */
  drop(message: string): Promise<void>;
}

interface Partial {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly picture: WirePicture;
}

/** In memory. `keep` is how many answers may have a sketch at the same time, `linger` how many stale sketches can still be loaded. */
export function createPartials(measure: Measure, keep = 32, linger = 24): Partials {
  const byMessage = new Map<string, readonly Partial[]>(); // in the order of their last change
  let stale: readonly { readonly message: string; readonly partial: Partial }[] = [];

  function retire(message: string, partials: readonly Partial[]): void {
    stale = [...stale, ...partials.map((partial) => ({ message, partial }))].slice(-linger);
  }

  return {
    async put(message, images) {
      const before = byMessage.get(message) ?? [];
      const made = await Promise.all(images.map((image) => toPartial(image, before, measure)));
      const now = made.filter((partial) => partial !== undefined);
      retire(
        message,
        before.filter((partial) => !now.includes(partial)),
      );
      byMessage.delete(message);
      if (now.length > 0) byMessage.set(message, now);
      for (const oldest of byMessage.keys()) {
        if (byMessage.size <= keep) break;
        byMessage.delete(oldest);
      }
      return now.map(({ picture }) => picture);
    },
    of: async (message) => (byMessage.get(message) ?? []).map(({ picture }) => picture),
    async read(file) {
      const all = [...byMessage.values(), stale.map(({ partial }) => partial)].flat();
      const found = all.find((partial) => partial.file === file);
      return found && { mediaType: found.picture.mediaType, bytes: found.bytes };
    },
    async retire(message) {
      retire(message, byMessage.get(message) ?? []);
      byMessage.delete(message);
    },
    async drop(message) {
      stale = stale.filter((each) => each.message !== message);
      byMessage.delete(message);
    },
  };
}

async function toPartial(
  image: Image,
  before: readonly Partial[],
  measure: Measure,
): Promise<Partial | undefined> {
  const same = before.find(({ bytes }) => Buffer.compare(bytes, image.bytes) === 0);
  if (same) return same;
  const measured = await measureShown(measure, image.bytes);
  if (!measured) return undefined; // a sketch that cannot be shown is not worth an error
  const file = `${randomBytes(24).toString("hex")}.${toExtension(measured.mediaType)}`;
  return {
    file,
    bytes: image.bytes,
    picture: { src: toSrc(file), name: image.name, alt: image.alt, ...measured },
  };
}
