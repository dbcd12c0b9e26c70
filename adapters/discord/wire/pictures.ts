import {
  type APIAttachment,
  type APIBaseMessage,
  type APIEmbedImage,
  type APIMessageTopLevelComponent,
  type APIStickerItem,
  type APIUnfurledMediaItem,
  AttachmentFlags,
  ComponentType,
  MessageFlags,
  MessageType,
  StickerFormatType,
} from "discord.js";
import { typeByName } from "../../../src/seam/files/media-type.ts";
import { parseButtonId, type Spot } from "./keys.ts";
import { hidesWords } from "./words.ts";

/** A file that Discord keeps, by its address of now: the signature in it runs out after a day. */
export interface RemoteFile {
  readonly name: string;
  readonly mediaType: string;
  /** Bytes; 0 when Discord does not say. */
  readonly size: number;
  readonly url: string;
  /** The same picture from Discord's own hosts, when `url` is elsewhere. */
  readonly proxyUrl?: string;
  /** Hidden until it is clicked. */
  readonly spoiler?: boolean;
  /** Neither its type nor its name says what it is. */
  readonly untyped?: true;
  /** Why nobody but Discord's own apps can show it, and what to do, behind its name. */
  readonly unreadable?: string;
}

/** What a message shows, as far as Discord has told of it. */
export type Shown = Partial<
  Pick<
    APIBaseMessage,
    "attachments" | "components" | "content" | "embeds" | "sticker_items" | "message_snapshots" | "type"
  >
> & {
  /** Absent: the message answers none, or was not asked for it. */
  readonly referenced_message?: Shown | null;
};

/**
 * Every picture a message shows, wherever it shows it: files, galleries, links that Discord opened, stickers, and what
 * was forwarded. Pictures in galleries are not among a message's attachments; what lies in a File component is to be
 * taken away, and shown by nobody. What may be a picture counts as one: its bytes decide, not its type or name.
 */
export function picturesOf(message: Shown): readonly RemoteFile[] {
  // The first line of a thread is no message of its own: it shows the one that the thread hangs on.
  if (message.type === MessageType.ThreadStarterMessage) return picturesOf(message.referenced_message ?? {});
  const own = [
    ...(message.attachments ?? []).map(toRemoteFile).filter(isPicture),
    ...(message.components ?? []).flatMap(mediaIn).map(toMediaFile).filter(isPicture),
    ...(message.embeds ?? []).flatMap(({ image, thumbnail }) => image ?? thumbnail ?? []).map(toEmbedFile),
    ...(message.sticker_items ?? [])
      .filter((sticker) => !isLottie(sticker))
      .map(({ id, name, format_type }) => {
        const type = format_type === StickerFormatType.GIF ? "gif" : "png";
        const url = `https://media.discordapp.net/stickers/${id}.${type}`;
        return { name: `${name}.${type}`, mediaType: `image/${type}`, size: 0, url };
      }),
  ];
  const forwarded = (message.message_snapshots ?? []).flatMap(({ message: inner }) => picturesOf(inner));
  const all = [...own, ...forwarded];
  const shown = all.filter(({ url }, index) => all.findIndex((one) => one.url === url) === index);
  return shown.length > 0 ? shown : (message.sticker_items ?? []).filter(isLottie).map(toUnreadable);
}

/** The pictures among them that are said to be some: by type, by name, or by where they are shown. */
export function saidPicturesOf(message: Shown): readonly RemoteFile[] {
  return picturesOf(message).filter(({ untyped }) => !untyped);
}

/** A sticker that is drawn by Discord's apps; there is no picture of it to be had. */
function toUnreadable({ id, name }: APIStickerItem): RemoteFile {
  const unreadable = "is a sticker that only Discord's own apps can draw. Attach a screenshot of it instead.";
  return { name, mediaType: "image/png", size: 0, url: `https://discord.com/stickers/${id}`, unreadable };
}

function isLottie({ format_type }: APIStickerItem): boolean {
  return format_type === StickerFormatType.Lottie;
}

/** What a message shows; where it shows no picture, every file of it, for the core to say what they are. */
export function filesOf(message: Shown): readonly RemoteFile[] {
  const pictures = picturesOf(message);
  return pictures.length > 0 ? pictures : (message.attachments ?? []).map(toRemoteFile);
}

/** Every picture a message shows, and every file that was attached to it. */
export function everyFileOf(message: Shown): readonly RemoteFile[] {
  return [...picturesOf(message), ...(message.attachments ?? []).map(toRemoteFile)];
}

/** A file that was attached, picture or not. */
export function toRemoteFile(file: APIAttachment): RemoteFile {
  const { filename, content_type, size, url, proxy_url } = file;
  const isHidden = ((file.flags ?? 0) & AttachmentFlags.IsSpoiler) !== 0 || filename.startsWith("SPOILER_");
  const named = typeByName(filename);
  const mediaType = content_type?.split(";")[0] ?? named;
  return {
    name: filename,
    mediaType,
    size,
    url,
    ...(proxy_url && { proxyUrl: proxy_url }),
    ...(isHidden && { spoiler: true }),
    ...(isUnsaid(mediaType) && isUnsaid(named) && { untyped: true }),
  };
}

/** Whether a message hides anything until it is clicked: a file, a picture, words, or what was forwarded. */
export function isSpoiler(message: Shown | null | undefined): boolean {
  if (!message) return false;
  const { content = "", attachments = [], components = [], message_snapshots = [] } = message;
  return (
    hidesWords(content) ||
    attachments.some((file) => toRemoteFile(file).spoiler) ||
    components.some(isHiding) ||
    message_snapshots.some((snapshot) => isSpoiler(snapshot.message)) ||
    (message.type === MessageType.ThreadStarterMessage && isSpoiler(message.referenced_message))
  );
}

/** The spot by which the core knows a message of ours: another where the answer was moved there. */
export function knownSpot(
  message: Pick<APIBaseMessage, "components" | "id" | "channel_id">,
  channelId = message.channel_id,
): Spot {
  const { stands, from } = buttonsOf(message).find((button) => button.stands) ?? {};
  return { channelId: from ?? channelId, messageId: stands ?? message.id };
}

/** What the buttons of ours under a message say. */
export function buttonsOf({ components }: Pick<Shown, "components">) {
  return (components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((one) => ("custom_id" in one && parseButtonId(one.custom_id ?? "")) || [])
      : [],
  );
}

/** Whether a message is the bot's own and has a button of that id. `me`: the bot's own id. */
export function isShownBy(
  { author, components }: Pick<APIBaseMessage, "author" | "components">,
  customId: string,
  me: string,
): boolean {
  if (author.id !== me) return false;
  return (components ?? []).some(
    (row) =>
      row.type === ComponentType.ActionRow &&
      row.components.some((one) => "custom_id" in one && one.custom_id === customId),
  );
}

/** Whether a message shows how far it is: a sketch, or that it is being worked on. */
export function isUnderWay(message: Pick<Shown, "components">): boolean {
  const files = (message.components ?? []).flatMap(mediaIn).map(({ url }) => nameIn(url));
  const actions = buttonsOf(message).map(({ action }) => action);
  return actions.includes("cancel") || files.some((name) => sketchName.test(name));
}

/** How the files of sketches are called: by the edit that brought them. */
export function toSketchName(edit: number, index: number, extension: string): string {
  return `sketch-${edit}-${index + 1}.${extension}`;
}

const sketchName = /^sketch-\d+-\d+\./;

/** Whether only one person sees a message. */
export function isPrivate(message: Pick<APIBaseMessage, "flags"> | undefined): boolean {
  return ((message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}

function isHiding(component: APIMessageTopLevelComponent): boolean {
  switch (component.type) {
    case ComponentType.Container:
      return component.spoiler === true || component.components.some(isHiding);
    case ComponentType.MediaGallery:
      return component.items.some(({ spoiler }) => spoiler);
    case ComponentType.File:
      return component.spoiler === true;
    case ComponentType.Section: {
      const { accessory } = component;
      return (
        (accessory.type === ComponentType.Thumbnail && accessory.spoiler === true) ||
        component.components.some(({ content }) => hidesWords(content))
      );
    }
    case ComponentType.TextDisplay:
      return hidesWords(component.content);
    case ComponentType.ActionRow:
      return buttonsOf({ components: [component] }).some(({ spoiler }) => spoiler);
    default:
      return false;
  }
}

function mediaIn(component: APIMessageTopLevelComponent): readonly APIUnfurledMediaItem[] {
  switch (component.type) {
    case ComponentType.Container:
      return component.components.flatMap(mediaIn);
    case ComponentType.MediaGallery:
      return component.items.map(({ media }) => media);
    case ComponentType.Section:
      return component.accessory.type === ComponentType.Thumbnail ? [component.accessory.media] : [];
    default:
      return [];
  }
}

function toMediaFile({ url, proxy_url, content_type }: APIUnfurledMediaItem): RemoteFile {
  const name = nameIn(url);
  return {
    name,
    mediaType: content_type?.split(";")[0] ?? typeByName(name),
    size: 0,
    url,
    ...(proxy_url && { proxyUrl: proxy_url }),
  };
}

function toEmbedFile({ url, proxy_url }: APIEmbedImage): RemoteFile {
  const name = nameIn(url);
  const type = typeByName(name);
  return {
    name,
    mediaType: type.startsWith("image/") ? type : "image/png",
    size: 0,
    url,
    ...(proxy_url && { proxyUrl: proxy_url }),
  };
}

/** Whether a file may be a picture: its type or its name says so, or neither says anything. */
function isPicture({ mediaType, name }: RemoteFile): boolean {
  if (mediaType.startsWith("image/") || typeByName(name).startsWith("image/")) return true;
  return isUnsaid(mediaType) && !otherwise.test(name);
}

function isUnsaid(mediaType: string): boolean {
  return mediaType.endsWith("/octet-stream");
}

/** Names of files that are no pictures, for where Discord says no type. */
const otherwise =
  /\.(?:7z|apk|blend|csv|docx?|exe|flac|gz|html?|js|json|m4a|md|mkv|mov|mp3|mp4|ogg|pdf|pptx?|rar|tar|ts|txt|wav|webm|xlsx?|xml|zip)$/i;

function nameIn(url: string): string {
  const last = URL.parse(url)?.pathname.split("/").at(-1) ?? "";
  return last || "picture";
}
