import { elementsOf } from "./block-ids.ts";
import { type Fields, isFields, toObjects, toText } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Message, Ping, StoredFile } from "./world.ts";

/** A picture in a block. */
export interface SeenImage {
  readonly blockId: string;
  readonly alt: string;
  readonly title?: string;
  readonly fileId?: string;
  readonly url?: string;
  /** Absent for a picture from elsewhere, and where the file is gone: a broken picture. */
  readonly bytes?: Buffer;
  readonly broken: boolean;
  /** Whether a client may still show the picture before: it was changed under the same block id. */
  readonly stale: boolean;
}

/** A file that hangs on a message. */
export interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly alt?: string;
  readonly bytes: Buffer;
}

export interface SeenButton {
  readonly actionId: string;
  readonly blockId: string;
  readonly text: string;
  readonly value?: string;
  readonly style?: string;
  readonly url?: string;
}

/** A message as a person sees it. It is a `MessageRef`, too. */
export interface Seen {
  /** The channel's id. */
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  /** The author's id. */
  readonly user: string;
  readonly byBot: boolean;
  /** What is read: the blocks' texts where there are blocks, else the text. */
  readonly text: string;
  /** What notifications and screen readers say. */
  readonly fallback: string;
  readonly blocks: readonly Fields[];
  readonly images: readonly SeenImage[];
  readonly files: readonly SeenFile[];
  readonly buttons: readonly SeenButton[];
  /** Whether the mark "edited" shows. */
  readonly edited: boolean;
  /** How often it was changed. */
  readonly updates: number;
  /** The id of the only one who sees it. */
  readonly ephemeralTo?: string;
  readonly pings: readonly Ping[];
  readonly broadcast: boolean;
  readonly streaming: boolean;
  readonly metadata?: unknown;
}

/** What a message shows now. */
export function toSeen(message: Message, files: Files): Seen {
  const { blocks } = message;
  return {
    channel: message.channel.id,
    ts: message.ts,
    ...(message.threadTs ? { threadTs: message.threadTs } : {}),
    user: message.author.id,
    byBot: message.byBot,
    text: blocks.length > 0 && message.byBot ? blocks.flatMap(textsOf).join("\n") : message.text,
    fallback: message.text,
    blocks,
    images: blocks.flatMap((block) => imagesOf(block, files, message.stale)),
    files: message.files.filter(({ deleted }) => !deleted).map(toSeenFile),
    buttons: blocks.flatMap(buttonsOf),
    edited: message.edited !== undefined,
    updates: message.updates,
    ...(message.ephemeralTo ? { ephemeralTo: message.ephemeralTo.id } : {}),
    pings: message.pings,
    broadcast: message.broadcast,
    streaming: message.streamingSinceMs !== undefined,
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  };
}

/** The texts of a block, as they are read from top to bottom. */
export function textsOf(block: Fields): readonly string[] {
  const own = [block.text, block.title, block.subtitle, block.label].flatMap(plain);
  const context = block.type === "context" ? toObjects(block.elements).flatMap(plain) : [];
  const rich = block.type === "rich_text" ? richTexts(block.elements) : [];
  return [
    ...own,
    ...toObjects(block.fields).flatMap(plain),
    ...context,
    ...rich,
    ...toObjects(block.child_blocks).flatMap(textsOf),
  ];
}

/** The buttons of a block. */
export function buttonsOf(block: Fields): readonly SeenButton[] {
  return elementsOf(block)
    .filter(({ type }) => type === "button")
    .map((button) => ({
      actionId: String(button.action_id),
      blockId: String(block.block_id),
      text: plain(button.text)[0] ?? "",
      ...(typeof button.value === "string" ? { value: button.value } : {}),
      ...(typeof button.style === "string" ? { style: button.style } : {}),
      ...(typeof button.url === "string" ? { url: button.url } : {}),
    }));
}

/** The pictures of a block and its elements, with their bytes. */
export function imagesOf(
  block: Fields,
  files: Files,
  stale: ReadonlySet<unknown> = new Set(),
): readonly SeenImage[] {
  const blockId = String(block.block_id);
  return [block, ...elementsOf(block), ...toObjects(block.child_blocks)]
    .filter(({ type }) => type === "image")
    .map((image) => {
      const file = isFields(image.slack_file) ? files.named(image.slack_file) : undefined;
      const title = plain(image.title)[0];
      const url = toText(image.image_url);
      return {
        blockId,
        alt: toText(image.alt_text) ?? "",
        ...(title ? { title } : {}),
        ...(file ? { fileId: file.id } : {}),
        ...(url ? { url } : {}),
        ...(file && !file.deleted ? { bytes: file.bytes } : {}),
        broken: image.slack_file !== undefined && (!file || file.deleted),
        stale: stale.has(block.block_id),
      };
    });
}

/** A file with what a person can read of it. */
function toSeenFile({ id, name, alt, bytes }: StoredFile): SeenFile {
  return { id, name, ...(alt ? { alt } : {}), bytes };
}

function plain(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return isFields(value) && typeof value.text === "string" ? [value.text] : [];
}

function richTexts(value: unknown): readonly string[] {
  return toObjects(value).flatMap((element) => [...plain(element.text), ...richTexts(element.elements)]);
}
