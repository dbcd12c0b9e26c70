import { randomBytes } from "node:crypto";
import sharp from "sharp";
import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import { type Fields, toText } from "./fields.ts";
import type { Ids } from "./ids.ts";
import type { Channel, StoredFile, User, World } from "./world.ts";

/** A file that a person uploads. */
export interface PersonFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How long Slack takes to process it; it is ready at once unless said. */
  readonly readyAfterMs?: number;
  /** A file of another service: Slack has only this link. */
  readonly external?: string;
  /** What Slack takes it for, whatever its bytes are: `application/octet-stream` and `binary` where it cannot tell. */
  readonly claims?: { readonly mimetype: string; readonly filetype: string };
  /** Made out of a long text in the composer: `mode: snippet`. docs: reference/objects/file-object, `mode`. */
  readonly snippet?: true;
}

/** An upload that was announced: the bytes go to `/upload/<ticket>`. */
export interface Upload {
  readonly file: StoredFile;
  readonly length: number;
  /** Whether the bytes came. */
  received: boolean;
}

/** The workspace's files. */
export interface Files {
  /** Announces an upload; returns its ticket. */
  announce(file: { name: string; alt?: string; length: number; owner: User }): {
    ticket: string;
    file: StoredFile;
  };
  upload(ticket: string): Upload | undefined;
  /** The announced upload of a file, unless it was completed. */
  pending(id: string): Upload | undefined;
  /** The bytes have come. */
  receive(upload: Upload, bytes: Buffer): void;
  /** Makes the file exist; it is processed `delayMs` later. */
  complete(upload: Upload, title?: string): StoredFile;
  /** A person's file: there and processed at once. */
  store(file: PersonFile, owner: User): Promise<StoredFile>;
  /** A file that exists, deleted ones apart. */
  find(id: string): StoredFile | undefined;
  /** Whether Slack is done with it: type, size and thumbnails are known. */
  isReady(file: StoredFile): boolean;
  /** Whether the bot may see it: its own, or shared where it is. */
  isVisible(file: StoredFile): boolean;
  share(file: StoredFile, channel: Channel, ts: string): void;
  /** Whether a block may show it. docs: reference/block-kit/composition-objects/slack-file-object. */
  isShowable(slackFile: Fields): boolean;
  /** The file that a `slack_file` names by id, `url_private` or `permalink`, deleted ones among them. */
  named(slackFile: Fields): StoredFile | undefined;
}

/** Types Slack tells by the bytes; WebP and SVG it takes as files, and shows in no block. @slack/types, ImageBlock. */
const showable = ["image/png", "image/jpeg", "image/gif"];

/** No files yet. `delayMs` is how long Slack takes to process what the app uploads. */
export function createFiles(parts: {
  world: World;
  clock: Clock;
  ids: Ids;
  changes: Changes;
  delayMs: number;
}): Files {
  const { world, clock, ids, changes, delayMs } = parts;
  const uploads = new Map<string, Upload>();

  function make(
    name: string,
    owner: User,
    { alt, external, snippet }: { alt?: string; external?: string; snippet?: boolean },
  ): StoredFile {
    return {
      id: ids.next("F"),
      name,
      title: name,
      ...(alt ? { alt } : {}),
      ...(external ? { external } : {}),
      snippet: snippet ?? false,
      owner,
      bytes: Buffer.alloc(0),
      mimetype: "",
      filetype: "",
      createdMs: clock.now(),
      shares: new Map(),
      granted: false,
      deleted: false,
    };
  }

  async function sniff(file: StoredFile): Promise<void> {
    // Of no bytes at all, sharp makes an error at once.
    const read = async () => sharp(file.bytes).metadata();
    const seen = await read().catch(() => undefined);
    const format = seen?.format === "jpeg" ? "jpg" : seen?.format;
    const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
    file.filetype = format ?? (ending === "txt" ? "text" : ending || "binary");
    file.mimetype = seen
      ? `image/${seen.format === "svg" ? "svg+xml" : seen.format}`
      : ending === "txt"
        ? "text/plain"
        : "application/octet-stream";
    if (seen?.width && seen.height) [file.width, file.height] = [seen.width, seen.height];
  }

  const files: Files = {
    announce({ name, alt, length, owner }) {
      const file = make(name, owner, alt ? { alt } : {});
      const ticket = randomBytes(12).toString("hex");
      uploads.set(ticket, { file, length, received: false });
      return { ticket, file };
    },
    upload: (ticket) => uploads.get(ticket),
    pending: (id) => uploads.values().find(({ file }) => file.id === id && file.readyMs === undefined),
    receive(upload, bytes) {
      upload.file.bytes = bytes;
      upload.received = true;
    },
    complete({ file }, title) {
      if (title !== undefined) file.title = title;
      file.readyMs = clock.now() + delayMs;
      world.files.set(file.id, file);
      void sniff(file).then(() => changes.happened());
      clock.after(delayMs, () => changes.happened());
      return file;
    },
    async store({ name, bytes, readyAfterMs = 0, external, claims, snippet }, owner) {
      const file = make(name, owner, { ...(external ? { external } : {}), snippet: snippet ?? false });
      file.bytes = Buffer.from(bytes);
      file.readyMs = clock.now() + readyAfterMs;
      await sniff(file);
      if (claims) Object.assign(file, claims);
      world.files.set(file.id, file);
      return file;
    },
    find(id) {
      const file = world.files.get(id);
      return file?.deleted ? undefined : file;
    },
    isReady: (file) => file.readyMs !== undefined && file.readyMs <= clock.now() && file.mimetype !== "",
    isVisible: (file) =>
      file.owner === world.bot ||
      file.granted ||
      file.shares.keys().some((id) => world.channels.get(id)?.members.has(world.bot.id)),
    share(file, channel, ts) {
      file.shares.set(channel.id, [...(file.shares.get(channel.id) ?? []), ts]);
    },
    isShowable(slackFile) {
      const file = files.named(slackFile);
      return (
        file !== undefined &&
        !file.deleted &&
        files.isReady(file) &&
        files.isVisible(file) &&
        showable.includes(file.mimetype)
      );
    },
    named({ id, url }) {
      const wanted = toText(id) ?? /\bF0SIM[0-9A-Z]+/.exec(toText(url) ?? "")?.[0];
      return wanted === undefined ? undefined : world.files.get(wanted);
    },
  };
  return files;
}
