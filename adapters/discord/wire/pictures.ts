import {
  type APIAttachment,
  type APIBaseMessage,
  type APIEmbedImage,
  type APIMessageTopLevelComponent,
  type APIUnfurledMediaItem,
  ComponentType,
  MessageFlags,
  StickerFormatType,
} from "discord.js";
import { typeByName } from "../../../src/seam/files/media-type.ts";
import { parseButtonId } from "./keys.ts";

/** A file that Discord keeps, by its address of now: the signature in it runs out after a day. */
export interface RemoteFile {
  readonly name: string;
  readonly mediaType: string;
  /** Bytes; 0 when Discord does not say. */
  readonly size: number;
  readonly url: string;
  /** The same picture from Discord's own hosts, when `url` is elsewhere. */
  readonly proxyUrl?: string;
}

type Shown = Pick<
  APIBaseMessage,
  "attachments" | "components" | "embeds" | "sticker_items" | "message_snapshots"
>;

/**
 * Every picture a message shows, wherever it shows it: files, galleries, links that Discord opened, stickers, and what
 * was forwarded. Pictures in galleries are not among a message's attachments; what lies in a File component is to be
 * taken away, and shown by nobody.
 */
export function picturesOf(message: Partial<Shown>): readonly RemoteFile[] {
  const own = [
    ...(message.attachments ?? []).map(toRemoteFile).filter(isPicture),
    ...(message.components ?? []).flatMap(mediaIn).map(toMediaFile).filter(isPicture),
    ...(message.embeds ?? []).flatMap(({ image, thumbnail }) => image ?? thumbnail ?? []).map(toEmbedFile),
    ...(message.sticker_items ?? [])
      .filter(({ format_type }) => format_type !== StickerFormatType.Lottie)
      .map(({ id, name, format_type }) => {
        const type = format_type === StickerFormatType.GIF ? "gif" : "png";
        const url = `https://media.discordapp.net/stickers/${id}.${type}`;
        return { name: `${name}.${type}`, mediaType: `image/${type}`, size: 0, url };
      }),
  ];
  const forwarded = (message.message_snapshots ?? []).flatMap(({ message: inner }) => picturesOf(inner));
  return [...own, ...forwarded].filter(
    ({ url }, index, all) => all.findIndex((one) => one.url === url) === index,
  );
}

/** A file that was attached, picture or not. */
export function toRemoteFile(file: APIAttachment): RemoteFile {
  const { filename, content_type, size, url, proxy_url } = file;
  return {
    name: filename,
    mediaType: content_type?.split(";")[0] ?? typeByName(filename),
    size,
    url,
    ...(proxy_url && { proxyUrl: proxy_url }),
  };
}

/** Whether a message of ours hides its pictures until they are clicked. */
export function isSpoiler(message: Pick<APIBaseMessage, "components"> | undefined): boolean {
  return (message?.components ?? []).some(
    (component) =>
      (component.type === ComponentType.MediaGallery && component.items.some(({ spoiler }) => spoiler)) ||
      (component.type === ComponentType.ActionRow &&
        component.components.some(
          (button) => "custom_id" in button && parseButtonId(button.custom_id ?? "")?.spoiler,
        )),
  );
}

/** Whether only one person sees a message. */
export function isPrivate(message: Pick<APIBaseMessage, "flags"> | undefined): boolean {
  return ((message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
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

function isPicture({ mediaType }: RemoteFile): boolean {
  return mediaType.startsWith("image/");
}

function nameIn(url: string): string {
  const last = URL.parse(url)?.pathname.split("/").at(-1) ?? "";
  return last || "picture";
}
