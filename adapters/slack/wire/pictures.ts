import { typeByName } from "../../../src/seam/files/media-type.ts";
import { filesIn } from "./keys.ts";

/** A file that Slack keeps, as far as the event that named it says. */
export interface RemoteFile {
  /** Empty for one that is barred and that Slack does not list. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes; 0 when Slack does not say. */
  readonly size: number;
  /** Needs the bot's token. Absent: Slack has to be asked for it. */
  readonly url?: string;
  /** Why it cannot be read, where that is known already. */
  readonly barred?: "external" | "deleted" | "hidden" | "foreign";
  /** Only to be read where Slack says that it is the bot's own. */
  readonly own?: true;
}

/** A picture from elsewhere on the web, which is fetched without any token of ours. */
export interface WebPicture {
  readonly address: string;
}

export type Picture = RemoteFile | WebPicture;

/** A file as Slack writes it. Source: “File object” in its documentation. */
export interface SlackFile {
  readonly id: string;
  /** Whose it is. */
  readonly user?: string;
  readonly name?: string | null;
  readonly title?: string | null;
  readonly mimetype?: string;
  readonly filetype?: string;
  readonly size?: number;
  readonly mode?: string;
  readonly is_external?: boolean;
  /** `check_file_info`: a file from another company's channel, of which nothing is said but its id. */
  readonly file_access?: string;
  readonly url_private?: string;
  readonly url_private_download?: string;
  /** Ids of the conversations in which a message carries it: open ones, closed ones, direct ones. */
  readonly channels?: readonly string[];
  readonly groups?: readonly string[];
  readonly ims?: readonly string[];
}

/** What of a message can show pictures, and who wrote it. */
export interface Shown {
  readonly user?: string;
  readonly bot_id?: string;
  /** An app wrote it, also in a person's name. */
  readonly app_id?: string;
  readonly files?: readonly SlackFile[];
  readonly attachments?: readonly Attached[];
  readonly blocks?: readonly unknown[];
}

/**
 * What hangs below a message: what was forwarded, the preview of a link, or what an app put there. Sources:
 * @slack/types, MessageAttachment; @slack/web-api, the attachments of ConversationsRepliesResponse.
 */
interface Attached {
  readonly files?: readonly SlackFile[];
  readonly image_url?: string;
  readonly thumb_url?: string;
  readonly blocks?: readonly unknown[];
  /** It is another message: forwarded, or shown as the preview of its link. */
  readonly is_share?: boolean;
  readonly is_msg_unfurl?: boolean;
  /** Who wrote that message, as far as Slack says. */
  readonly author_id?: string;
  readonly bot_id?: string;
  /** An app made the preview. */
  readonly is_app_unfurl?: boolean;
  readonly message_blocks?: readonly {
    readonly message?: { readonly blocks?: readonly unknown[] };
  }[];
}

/** The bot, as the author of messages. */
interface Author {
  readonly userId: string;
  readonly botId: string;
}

/** Every file that Slack lists with a message, those of what a person forwarded with it, too. */
export function filesOf(message: Shown): readonly RemoteFile[] {
  const all = [...(message.files ?? []), ...forwardedWith(message).flatMap(({ files = [] }) => files)];
  return all
    .filter(({ id }, index) => all.findIndex((one) => one.id === id) === index)
    .map((file) => toRemoteFile(file));
}

/** What somebody sent with a message: its files, whatever they are, and the pictures of what was forwarded with it. */
export function sentWith(message: Shown, me: Author): readonly Picture[] {
  const files = filesOf(message);
  return once([...files, ...forwardedWith(message).flatMap((one) => picturesIn(one, files, isOwn(one, me)))]);
}

/**
 * The pictures people see in a message. Of the bot's own they are those in its blocks, or the files it came with. Of
 * anybody else's: the files that may be pictures, image blocks, and what hangs below it.
 *
 * The token is for files that Slack itself lists with a message, and for the bot's own: an address or an id that another
 * app wrote into a block is no proof that those who read it may see that file.
 */
export function picturesOf(message: Shown, me: Author): readonly Picture[] {
  if (isBy(message, me)) {
    const drawn = shownIdsOf(message).map((id): RemoteFile => {
      return { id, name: "picture.png", mediaType: "image/png", size: 0 };
    });
    return drawn.length > 0 ? drawn : filesOf(message).filter(mayBePicture);
  }
  const files = filesOf(message);
  const forwarded = forwardedWith(message);
  const below = (message.attachments ?? []).flatMap((one) =>
    picturesIn(one, files, forwarded.includes(one) && isOwn(one, me)),
  );
  return once([...files.filter(mayBePicture), ...inBlocks(message.blocks, files), ...below]);
}

export function isBy({ user, bot_id: botId }: Shown, me: Author): boolean {
  return user === me.userId || (botId !== undefined && botId === me.botId);
}

/** Whether a message is the bot's own and has that button. */
export function isShownBy(
  message: Shown,
  button: { readonly action_id: string; readonly value?: string } | undefined,
  me: Author,
): boolean {
  if (!button || !isBy(message, me)) return false;
  return (message.blocks ?? []).some(
    (block) =>
      isRecord(block) &&
      Array.isArray(block.elements) &&
      block.elements.some(
        (one: unknown) => isRecord(one) && one.action_id === button.action_id && one.value === button.value,
      ),
  );
}

/** Ids of the files in the image blocks of a message of the bot's own. */
export function shownIdsOf({ blocks = [] }: Shown): readonly string[] {
  return blocks.flatMap((block) => {
    if (!isRecord(block) || block.type !== "image") return [];
    const { slack_file: file, image_url: url } = block;
    if (isRecord(file) && typeof file.id === "string") return [file.id];
    const address = isRecord(file) && typeof file.url === "string" ? file.url : url;
    return typeof address === "string" ? (idIn(address) ?? []) : [];
  });
}

/** Files that came with a message of the bot's own in others, by the names of its blocks. */
export function handedWith({ blocks = [] }: Shown): readonly string[] {
  const [first] = blocks;
  return isRecord(first) && typeof first.block_id === "string" ? filesIn(first.block_id) : [];
}

export function toRemoteFile(file: SlackFile): RemoteFile {
  const { id, mimetype, filetype = "", size = 0, mode, is_external, file_access } = file;
  const name = file.name || file.title || "the file";
  const url = file.url_private_download ?? file.url_private;
  const barred = is_external
    ? "external"
    : mode === "tombstone"
      ? "deleted"
      : mode === "hidden_by_limit"
        ? "hidden"
        : undefined;
  return {
    id,
    name,
    mediaType: mimetype || typeByName(filetype || name),
    size,
    ...(url && file_access !== "check_file_info" && { url }),
    ...(barred && { barred }),
  };
}

/** Types that say nothing: the bytes decide. */
const untold = ["", "application/octet-stream", "binary/octet-stream"];

/** Slack says all there is to say of that file, and not what it is. */
export function isUntold(picture: Picture): boolean {
  return (
    "mediaType" in picture && untold.includes(picture.mediaType) && Boolean(picture.url || picture.barred)
  );
}

/** Endings of what Slack plays, for files whose type it does not know yet. */
const played = /\.(?:mp4|m4v|mov|webm|avi|mkv|mp3|m4a|aac|wav|ogg|oga|flac)$/i;

/** People see it, and nothing says that it is something else. */
export function mayBePicture({ mediaType, name, barred }: RemoteFile): boolean {
  if (barred === "deleted" || barred === "hidden") return false;
  return mediaType.startsWith("image/") || (untold.includes(mediaType) && !played.test(name));
}

/** Messages that a person forwarded: what an app hangs below a message can look the same. */
function forwardedWith({ bot_id: botId, app_id: appId, user, attachments = [] }: Shown): readonly Attached[] {
  if (botId || appId || !user) return [];
  return attachments.filter((one) => (one.is_share || one.is_msg_unfurl) && !one.is_app_unfurl);
}

/** Whether a message that was forwarded is the bot's: it names its own pictures in its blocks, and nobody else's does. */
function isOwn({ author_id: author, bot_id: botId }: Attached, me: Author): boolean {
  if (botId !== undefined) return botId === me.botId;
  return author === me.userId || author === me.botId;
}

/** `own`: it is a message of the bot's. */
function picturesIn(attached: Attached, files: readonly RemoteFile[], own: boolean): readonly Picture[] {
  const { image_url: image, thumb_url: thumb, blocks, message_blocks: messages = [] } = attached;
  const address = image || thumb;
  return [
    ...(address ? [toPicture(address, "the preview")] : []),
    ...inBlocks(blocks, files),
    ...messages.flatMap(({ message }) => inBlocks(message?.blocks, files, own)),
  ];
}

/**
 * Image blocks, and pictures beside words, on cards and in what holds other blocks; those in a line of context are
 * icons. Source: @slack/types, blocks.
 */
function inBlocks(blocks: unknown, files: readonly RemoteFile[], own = false): readonly Picture[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.flatMap((block: unknown) => {
    if (!isRecord(block) || block.type === "context") return [];
    if (block.type === "image") return imageIn(block, files, own);
    const held = block.type === "carousel" ? block.elements : block.child_blocks;
    return [...inBlocks([block.hero_image, block.accessory], files, own), ...inBlocks(held, files, own)];
  });
}

function imageIn(
  image: Readonly<Record<string, unknown>>,
  files: readonly RemoteFile[],
  own: boolean,
): readonly Picture[] {
  const { slack_file: file, image_url: url, alt_text: alt } = image;
  const name = typeof alt === "string" && alt.trim() !== "" ? alt : "the picture";
  if (!isRecord(file)) return typeof url === "string" ? [toPicture(url, name, files)] : [];
  const id =
    typeof file.id === "string" ? file.id : typeof file.url === "string" ? idIn(file.url) : undefined;
  const listed = files.find((one) => one.id === id);
  if (listed || !id || !own) return [listed ?? foreign(name)];
  return [{ id, name, mediaType: "image/png", size: 0, own: true }];
}

/** What Slack keeps needs the token, and is not for us unless Slack lists it. */
function toPicture(address: string, name: string, files: readonly RemoteFile[] = []): Picture {
  if (!slackHosts.test(URL.parse(address)?.hostname ?? "")) return { address };
  return files.find(({ id }) => id !== "" && id === idIn(address)) ?? foreign(name);
}

const slackHosts = /(?:^|\.)slack(?:-gov|-files)?\.com$/;

function foreign(name: string): RemoteFile {
  return { id: "", name, mediaType: "image/*", size: 0, barred: "foreign" };
}

function idIn(address: string): string | undefined {
  return /-(F[A-Z0-9]{6,})\//.exec(address)?.[1];
}

function once(pictures: readonly Picture[]): readonly Picture[] {
  const keyOf = (one: Picture) => ("address" in one ? one.address : one.id || one.name);
  return pictures.filter(
    (one, index) => pictures.findIndex((other) => keyOf(other) === keyOf(one)) === index,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
