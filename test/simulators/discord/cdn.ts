import { createHmac, randomBytes } from "node:crypto";
import sharp from "sharp";
import type { Clock } from "./clock.ts";
import { attachmentFlags, limits } from "./limits.ts";

/** A file that was uploaded. */
export interface StoredFile {
  readonly id: string;
  readonly channelId: string;
  readonly name: string;
  readonly title?: string;
  description?: string;
  /** Claimed or guessed from the name, as Discord does; absent for unknown endings. */
  readonly contentType?: string;
  readonly bytes: Buffer;
  readonly width?: number;
  readonly height?: number;
  flags: number;
  /** Kept for a while only: files of interactions and of ephemeral messages. */
  readonly ephemeral: boolean;
  readonly createdMs: number;
  /** Set when its message is gone. */
  deleted: boolean;
}

/** A file on its way in. */
export interface NewFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string;
  readonly title?: string;
  readonly description?: string;
  readonly spoiler?: boolean;
}

/** A picture elsewhere, as Discord shows it: its own address for it does not run out. */
export interface OutsidePicture {
  readonly proxy_url: string;
  readonly content_type: string;
  readonly width?: number;
  readonly height?: number;
}

/** Discord's file host. */
export interface Cdn {
  store(file: NewFile, where: { channelId: string; ephemeral: boolean }): Promise<StoredFile>;
  /** A link signed anew, good for `linkMs`. */
  link(file: StoredFile): string;
  /** Lets Discord's media proxy know a picture elsewhere on the web, by its address. */
  addOutside(address: string, bytes: Buffer): Promise<void>;
  /** What the media proxy tells of such a picture. docs: resources/message, "Embed Image Structure". */
  proxied(address: string): OutsidePicture | undefined;
  /** The file behind a path and query, unless the link has expired or the file is gone. */
  open(url: URL): Pick<StoredFile, "bytes" | "contentType"> | undefined;
}

/** Content types by the ending of the name: Discord goes by these, not by the bytes. */
const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  heic: "image/heic",
  mp4: "video/mp4",
  webm: "video/webm",
  txt: "text/plain; charset=utf-8",
  json: "application/json; charset=utf-8",
  pdf: "application/pdf",
};

/** Where files are kept and served; `origin` is asked late because the port is. */
export function createCdn(options: {
  clock: Clock;
  newId: () => string;
  origin: () => string;
  linkMs?: number;
  ephemeralFileMs?: number;
}): Cdn {
  const { clock, newId, origin, linkMs = limits.linkMs, ephemeralFileMs = limits.ephemeralFileMs } = options;
  const secret = randomBytes(32);
  const files = new Map<string, StoredFile>();
  const outside = new Map<string, { readonly bytes: Buffer; readonly shown: OutsidePicture }>();

  const pathOf = (file: StoredFile) =>
    `/cdn/${file.ephemeral ? "ephemeral-attachments" : "attachments"}/${file.channelId}/${file.id}/${encodeURIComponent(file.name)}`;
  const sign = (path: string, ex: string, is: string) =>
    createHmac("sha256", secret).update(`${path}\n${ex}\n${is}`).digest("hex");

  return {
    async store({ spoiler, ...given }, where) {
      const name = toFileName(given.name);
      const contentType = types[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? given.contentType;
      // Only media have a size; what cannot be read has none, whatever its name says.
      const size = /^(image)\//.test(contentType ?? "")
        ? await sharp(given.bytes)
            .metadata()
            .catch(() => undefined)
        : undefined;
      const hidden = spoiler || name.startsWith("SPOILER_");
      const file: StoredFile = {
        ...given,
        ...where,
        id: newId(),
        name,
        ...(contentType ? { contentType } : {}),
        ...(size ? { width: size.width, height: size.height } : {}),
        flags:
          (hidden ? attachmentFlags.spoiler : 0) | ((size?.pages ?? 1) > 1 ? attachmentFlags.animated : 0),
        createdMs: clock.now(),
        deleted: false,
      };
      files.set(file.id, file);
      return file;
    },
    link(file) {
      const path = pathOf(file);
      const issued = Math.floor(clock.now() / 1000);
      const [is, ex] = [issued.toString(16), Math.floor(issued + linkMs / 1000).toString(16)];
      return `${origin()}${path}?ex=${ex}&is=${is}&hm=${sign(path, ex, is)}&`;
    },
    async addOutside(address, bytes) {
      const size = await sharp(bytes).metadata();
      const { protocol, host, pathname, search } = new URL(address);
      const query = search ? `${encodeURIComponent(search)}/` : "";
      const path = `/cdn/external/${newId()}/${query}${protocol.slice(0, -1)}/${host}${pathname}`;
      const shown = {
        proxy_url: `${origin()}${path}`,
        content_type: `image/${size.format}`,
        width: size.width,
        height: size.height,
      };
      outside.set(address, { bytes, shown });
    },
    proxied: (address) => outside.get(address)?.shown,
    open(url) {
      const proxied = [...outside.values()].find(({ shown }) => shown.proxy_url.endsWith(url.pathname));
      if (proxied) return { bytes: proxied.bytes, contentType: proxied.shown.content_type };
      const [ex = "", is = "", hm = ""] = ["ex", "is", "hm"].map((key) => url.searchParams.get(key) ?? "");
      if (sign(url.pathname, ex, is) !== hm) return undefined;
      if (Number.parseInt(ex, 16) * 1000 <= clock.now()) return undefined;
      const file = files.get(url.pathname.split("/").at(-2) ?? "");
      if (!file || file.deleted) return undefined;
      if (file.ephemeral && file.createdMs + ephemeralFileMs <= clock.now()) return undefined;
      return file;
    },
  };
}

/**
 * What Discord makes of a file's name: no spaces, no leading underscores, nothing but letters, digits, `.`, `_`, `-`.
 * `attachment://` is cleaned alike. Source: seen by bot authors, discord-api-docs issue 7754.
 */
export function toFileName(name: string): string {
  const cleaned = name
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\s+/g, "_")
    .replace(/[^\p{L}\p{N}._-]/gu, "")
    .replace(/^_+/, "");
  return cleaned || "unknown";
}
