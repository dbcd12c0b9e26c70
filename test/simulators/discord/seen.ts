import type { StoredFile } from "./cdn.ts";
import { componentTypes, walk } from "./component-types.ts";
import { type Fields, isFields } from "./form.ts";
import { attachmentFlags, messageFlags } from "./limits.ts";
import { fileOf, namedFiles } from "./media.ts";
import type { Message, Ping, User } from "./world.ts";

/** A picture or file as a person sees it. */
export interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string;
  readonly width?: number;
  readonly height?: number;
  /** The text for those who do not see it; a gallery's own wins over the file's. */
  readonly alt?: string;
  readonly spoiler: boolean;
}

/** A button as a person sees it. */
export interface SeenButton {
  readonly label: string;
  readonly style: number;
  readonly disabled: boolean;
  readonly customId?: string;
  readonly url?: string;
  /** The name of its emoji. */
  readonly emoji?: string;
}

/** A message as a person sees it at one moment. */
export interface Seen {
  readonly id: string;
  readonly channelId: string;
  readonly author: User;
  readonly content: string;
  /** Everything that can be read: the content, then the Text Displays in order. */
  readonly text: string;
  readonly embeds: readonly Fields[];
  /** The tree as it was sent, ids added. */
  readonly components: readonly Fields[];
  /** Every picture and file that is shown, in order: what no component names is invisible under V2. */
  readonly files: readonly SeenFile[];
  /** Files to take away: those in File components, which show a name and a size and no picture. */
  readonly downloads: readonly SeenFile[];
  /** Everything that is attached, shown or not. */
  readonly attached: readonly SeenFile[];
  readonly buttons: readonly SeenButton[];
  readonly flags: number;
  /** “Thinking…”: a deferred answer that has not come. */
  readonly loading: boolean;
  /** The id of the only one who sees it. */
  readonly ephemeralTo?: string;
  readonly replyTo?: string;
  readonly pings: readonly Ping[];
  /** How often it was changed since it first showed something. */
  readonly edits: number;
  readonly deleted: boolean;
  readonly threadId?: string;
}

/** What a message shows now. */
export function toSeen(message: Message): Seen {
  const { body, flags } = message;
  const all = [...walk(body.components)];
  const texts = all.flatMap(({ type, content }) =>
    type === componentTypes.text && typeof content === "string" ? [content] : [],
  );
  const embedded = namedFiles(body.embeds);
  const isV2 = (flags & messageFlags.componentsV2) !== 0;
  const loose = isV2 ? [] : body.files.filter(({ name }) => !embedded.has(name)).map((file) => toFile(file));
  const shownInEmbeds = body.files.filter(({ name }) => embedded.has(name)).map((file) => toFile(file));
  return {
    id: message.id,
    channelId: message.channel.id,
    author: message.author,
    content: body.content,
    text: [body.content, ...texts].filter(Boolean).join("\n"),
    embeds: body.embeds,
    components: body.components,
    files: [...loose, ...shownInEmbeds, ...all.filter(isShown).flatMap((one) => mediaOf(one, body.files))],
    downloads: all.filter((one) => !isShown(one)).flatMap((one) => mediaOf(one, body.files)),
    attached: body.files.map((file) => toFile(file)),
    buttons: all.filter(({ type }) => type === componentTypes.button).map(toButton),
    flags,
    loading: (flags & messageFlags.loading) !== 0,
    ...(message.ephemeralTo ? { ephemeralTo: message.ephemeralTo.id } : {}),
    ...(message.replyTo ? { replyTo: message.replyTo.messageId } : {}),
    pings: message.pings,
    edits: message.edits,
    deleted: message.deleted,
    ...(message.threadId ? { threadId: message.threadId } : {}),
  };
}

function isShown({ type }: Fields): boolean {
  return type !== componentTypes.file;
}

function mediaOf(component: Fields, files: readonly StoredFile[]): readonly SeenFile[] {
  const items =
    component.type === componentTypes.gallery && Array.isArray(component.items)
      ? component.items.filter(isFields)
      : [component];
  return items.flatMap((item) => {
    const media = isFields(item.media) ? item.media : isFields(item.file) ? item.file : undefined;
    const file = media && fileOf(media, files);
    return file ? [toFile(file, item)] : [];
  });
}

function toFile(file: StoredFile, item: Fields = {}): SeenFile {
  const { id, name, bytes, contentType, width, height, description, flags } = file;
  const alt = typeof item.description === "string" ? item.description : description;
  return {
    id,
    name,
    bytes,
    ...(contentType ? { contentType } : {}),
    ...(width && height ? { width, height } : {}),
    ...(alt ? { alt } : {}),
    spoiler: item.spoiler === true || (flags & attachmentFlags.spoiler) !== 0,
  };
}

function toButton(button: Fields): SeenButton {
  const { label, style, disabled, custom_id, url, emoji } = button;
  return {
    label: typeof label === "string" ? label : "",
    style: Number(style),
    disabled: disabled === true,
    ...(typeof custom_id === "string" ? { customId: custom_id } : {}),
    ...(typeof url === "string" ? { url } : {}),
    ...(isFields(emoji) && typeof emoji.name === "string" ? { emoji: emoji.name } : {}),
  };
}
