import { makeZip } from "client-zip";
import { toExtension, toFileOf } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import type { WireMessage, WirePicture, WireThread } from "../wire/messages.ts";

/** What stands in `drawbridge.json` of an archive: what was asked and drawn, and in which files it lies. */
interface Listed {
  readonly format: "drawbridge archive 1";
  /** ISO 8601. */
  readonly madeAt: string;
  readonly threads: readonly {
    readonly id: string;
    readonly title: string;
    readonly folder: string;
    /** Oldest first. */
    readonly messages: readonly ListedMessage[];
  }[];
}

type ListedMessage =
  | {
      readonly kind: "asked";
      readonly id: string;
      readonly at: string;
      readonly prompt: string;
      readonly options: Readonly<Record<string, unknown>>;
      /** The button that was pressed, on `about`. */
      readonly action?: string;
      /** The answer that this was about. */
      readonly about?: string;
      readonly files: readonly ListedFile[];
    }
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly at: string;
      /** The message that asked for it. */
      readonly asked: string;
      /** The answer whose picture it was made from. */
      readonly parent?: string;
      readonly outcome: string;
      readonly text?: string;
      readonly notes?: readonly string[];
      readonly prompt?: string;
      readonly revisedPrompt?: string;
      readonly options?: unknown;
      readonly elapsedMs?: number;
      readonly tokens?: unknown;
      /** US dollars, estimated, by the prices of that date. */
      readonly cost?: unknown;
      readonly painter?: string;
      readonly files: readonly ListedFile[];
    };

interface ListedFile {
  /** Inside the archive; absent: it was no longer there. */
  readonly path?: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  readonly role?: string;
  readonly favourite?: true;
}

type Shelves = Pick<Stage, "chat" | "log" | "now">;

/**
 * The pictures of threads as a ZIP that is written while it is read: one picture at a time is in memory, however many
 * there are. At its end stands `drawbridge.json`, which says what belongs together, what was asked and what it cost.
 *
 * All names are made here, of letters and digits of the titles and prompts.
 */
export function toArchive(
  threads: readonly WireThread[],
  shelves: Shelves,
): { readonly name: string; readonly body: ReadableStream<Uint8Array> } {
  const [first, ...others] = threads;
  const day = new Date(shelves.now()).toISOString().slice(0, 10);
  const what = first && others.length === 0 ? toSafe(first.title, 40) || "thread" : "all";
  // A header takes no other letters than these.
  const name = `drawbridge-${what.replace(/[^a-z0-9-]+/g, "") || "thread"}-${day}.zip`;
  return { name, body: makeZip(entries(threads, shelves)) };
}

async function* entries(threads: readonly WireThread[], { chat, log, now }: Shelves) {
  const listed: Listed["threads"][number][] = [];
  const liked = new Set(chat.gallery.favourites());
  for (const [at, thread] of threads.entries()) {
    const folder = [String(at + 1).padStart(3, "0"), toSafe(thread.title, 40)].filter(Boolean).join("-");
    const messages: ListedMessage[] = [];
    let count = 0;
    for (const message of chat.messages(thread.id)) {
      const files: ListedFile[] = [];
      for (const picture of picturesOf(message)) {
        count += 1;
        const path = `${folder}/${String(count).padStart(3, "0")}-${toStem(message, picture)}`;
        const file = toFileOf(picture.src);
        const bytes = await chat.readPicture(file).catch((error: unknown) => {
          log.warn({ error, file }, "archive.missing");
          return undefined;
        });
        const lastModified = new Date(message.createdAt);
        if (bytes) yield { name: path, input: toPieces(bytes), size: bytes.byteLength, lastModified };
        const { mediaType, width, height, alt, role } = picture;
        files.push({
          ...(bytes && { path }),
          ...{ mediaType, width, height, alt, ...(role && { role }) },
          ...(liked.has(file) && { favourite: true as const }),
        });
      }
      messages.push(toListed(message, files));
    }
    listed.push({ id: thread.id, title: thread.title, folder, messages });
  }
  const list: Listed = {
    format: "drawbridge archive 1",
    madeAt: new Date(now()).toISOString(),
    threads: listed,
  };
  yield { name: "drawbridge.json", input: JSON.stringify(list, null, 2), lastModified: new Date(now()) };
}

/** What is summed up at a time: others are answered between two of them. */
const pieceBytes = 1024 * 1024;

async function* toPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function picturesOf(message: WireMessage): readonly WirePicture[] {
  if (message.kind === "ask") return message.pictures;
  return [...message.view.images, ...(message.view.files ?? [])];
}

function toListed(message: WireMessage, files: readonly ListedFile[]): ListedMessage {
  const { id } = message;
  const at = new Date(message.createdAt).toISOString();
  if (message.kind === "ask") {
    const { text: prompt, options, action, replyTo: about } = message;
    return {
      ...{ kind: "asked", id, at, prompt, options, files },
      ...(action && { action }),
      ...(about && { about }),
    };
  }
  const { phase: outcome, text, notes, parent, details } = message.view;
  return {
    ...{ kind: "answer", id, at, asked: message.ask, outcome, files },
    ...(parent && { parent }),
    ...(text && { text }),
    ...(notes.length > 0 && { notes }),
    ...details,
  };
}

function toStem(message: WireMessage, picture: WirePicture): string {
  const said =
    message.kind === "answer" ? (message.view.details?.prompt ?? "") : (picture.role ?? "reference");
  return `${toSafe(said, 48) || "picture"}.${toExtension(picture.mediaType) ?? "bin"}`;
}

/** Small letters, digits and hyphens of any language: no path, nothing hidden, nothing that a system takes for itself. */
function toSafe(words: string, most: number): string {
  const alike = words.slice(0, 400).normalize("NFKD").toLowerCase();
  const safe = alike.replace(/\p{Mark}/gu, "").replace(/[^\p{Letter}\p{Number}]+/gu, "-");
  return [...safe.normalize("NFC")]
    .slice(0, most)
    .join("")
    .replace(/^-+|-+$/g, "");
}
