import { type APIMessage, MessageType } from "discord.js";
import { BotError } from "../../../src/seam/errors.ts";
import type { Attachment, MessageKey } from "../../../src/seam/turn.ts";
import type { Channels, Located } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import type { Cover } from "../live/venue.ts";
import { parseMessageKey, type Spot, toMessageKey, toThreadKey } from "../wire/keys.ts";
import { sightMs } from "../wire/limits.ts";
import { mayReadHistory } from "../wire/permissions.ts";
import {
  buttonsOf,
  isSpoiler,
  knownSpot,
  picturesOf,
  type RemoteFile,
  type Shown,
  saidPicturesOf,
} from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/** From where somebody looks. */
interface Viewpoint {
  readonly where: Located;
  readonly channelId: string;
  /** The message that asks: what comes after it is not in view yet. */
  readonly before?: string;
  /** Is told when what is in view is hidden until it is clicked. */
  readonly cover: Cover;
  /** What cannot be seen by the bot does not count: it was asked outright for a picture. */
  readonly outright?: boolean;
  /** The answer is private, in a conversation of its own: the core does not go on from the bot's own picture by itself. */
  readonly aside?: boolean;
}

/** What people have before their eyes where they speak. */
export interface Sight {
  /** As `Prompt.inView` of the seam says. */
  inView(from: Viewpoint, signal: AbortSignal): Promise<readonly Attachment[]>;
  /** What a message shows, or the one that it answers, to be read now or later. */
  toAttachments(spot: Spot, files: readonly RemoteFile[]): readonly Attachment[];
}

type Seen = Shown & Pick<APIMessage, "id">;

/** `id`: the bot's own. */
export function createSight(stage: Stage, channels: Channels, { id }: { readonly id: string }): Sight {
  const { send, files, live, sights, covers, backTo, log } = stage;

  function toAttachments(spot: Spot, shown: readonly RemoteFile[]): readonly Attachment[] {
    return shown.map((file) => files.toAttachment(file, { at: spot }));
  }

  /** The core goes on from such a message by itself: it shows a picture, is about to, or answers in words. */
  function isAnswer(message: APIMessage): boolean {
    const key = toMessageKey({ channelId: message.channel_id, messageId: message.id });
    const under = buttonsOf(message).map(({ action }) => action);
    if (live.has(key) || under.includes("delete")) return true;
    // What failed may show its last sketch; the core goes on from what was before.
    return picturesOf(message).length > 0 && !under.includes("rephrase");
  }

  /** It came after what the channel was taken back to: the core no longer goes on from it. */
  function isUndone(message: APIMessage, back: MessageKey | null | undefined): boolean {
    const spot = knownSpot(message);
    if (back === undefined || live.has(toMessageKey(spot))) return false;
    return BigInt(spot.messageId) > BigInt((back && parseMessageKey(back)?.messageId) || 0);
  }

  /** Everybody can see the picture of ours that it shows, and nothing more comes. */
  function isFinished(message: APIMessage): boolean {
    const under = buttonsOf(message).map(({ action }) => action);
    return picturesOf(message).length > 0 && !under.includes("cancel") && !under.includes("rephrase");
  }

  /** The pictures of an answer of ours, in a conversation that does not go on from it by itself. */
  function toOwn(message: APIMessage): readonly Attachment[] {
    const shownBy = toMessageKey(knownSpot(message));
    const spot = { channelId: message.channel_id, messageId: message.id };
    return toAttachments(spot, picturesOf(message)).map((one) => ({ ...one, shownBy }));
  }

  /** The message a thread hangs on; undefined where it hangs on none, or that is gone. */
  async function fetchPost(spot: Spot, signal: AbortSignal): Promise<APIMessage | "forbidden" | undefined> {
    try {
      return await send.fetchMessage(spot, signal);
    } catch (error) {
      const trouble = toTrouble(error);
      if (trouble === "gone") return undefined;
      if (trouble === "forbidden") return "forbidden";
      throw error;
    }
  }

  async function look(from: Viewpoint, signal: AbortSignal): Promise<readonly Attachment[]> {
    const { where, channelId, before, cover, aside } = from;
    const show = (message: Seen, spot: Spot): readonly Attachment[] => {
      cover.hides ||= isSpoiler(message);
      const said = saidPicturesOf(message);
      return toAttachments(spot, said.length > 0 ? said : picturesOf(message));
    };
    const held = where.kind === "direct" ? undefined : channels.ownPermissions(channelId);
    if (held !== undefined && !mayReadHistory(held)) {
      const sighting = sights.get(channelId);
      const { message } = sighting ?? {};
      if (message) return show(message, { channelId, messageId: message.id });
      if (sighting) return [];
      throw new BotError("bad_attachment", noHistory(channelId));
    }
    const [recent, back, post] = await Promise.all([
      send.fetchMessages(channelId, before ? { before } : {}, signal),
      backTo(toThreadKey(channelId)),
      where.hangsOn && fetchPost(where.hangsOn, signal),
    ]);
    /** The newest that may be pictures, though nothing says so: they give way to what is one above them. */
    let untyped: (() => readonly Attachment[]) | undefined;
    /** Above those, the core has answered in words. */
    let answered = false;
    for (const message of recent) {
      const spot = { channelId, messageId: message.id };
      const isOwn = message.author.id === id;
      if (isFirstLine(message)) continue;
      const counts = isOwn ? (aside ? isFinished : isAnswer)(message) : picturesOf(message).length > 0;
      if (!counts || (isOwn && isUndone(message, back))) continue;
      if (!isOwn && saidPicturesOf(message).length === 0) {
        untyped ??= () => show(message, spot);
        continue;
      }
      if (!isOwn) return answered ? [] : show(message, spot);
      cover.hides ||= covers.get(toMessageKey(spot)) ?? isSpoiler(message);
      const isWords = picturesOf(message).length === 0 && !live.has(toMessageKey(spot));
      answered ||= isWords;
      if (untyped && isWords) continue;
      return aside ? toOwn(message) : [];
    }
    if (untyped && !(post && post !== "forbidden" && saidPicturesOf(post).length > 0)) return untyped();
    if (answered || !post || !where.hangsOn) return [];
    if (post === "forbidden") throw new BotError("bad_attachment", noHistory(where.hangsOn.channelId));
    if (post.author.id === id) {
      cover.hides ||= isSpoiler(post);
      // The thread goes on from it, where the core knows it by that message.
      return knownSpot(post).messageId === post.id && !aside ? [] : toOwn(post);
    }
    if (isMute(post)) throw new BotError("unseen", hiddenPost);
    return show(post, where.hangsOn);
  }

  return {
    toAttachments,
    async inView(from, signal) {
      const late = AbortSignal.timeout(sightMs);
      try {
        return await look(from, AbortSignal.any([signal, late]));
      } catch (error) {
        signal.throwIfAborted();
        const { channelId, where, outright } = from;
        const trouble = toTrouble(error);
        log.warn({ channel: channelId, trouble, error: toLogged(error) }, "discord.sight.failed");
        // In a conversation of its own, what people post has come to the core already.
        if (where.kind === "direct" || where.ours) return [];
        const isUnseen = error instanceof BotError && error.code === "unseen";
        if (outright && !isUnseen) return [];
        if (error instanceof BotError) throw error;
        throw new BotError(
          "bad_attachment",
          trouble === "forbidden" ? noHistory(channelId) : notInTime(channelId),
        );
      }
    },
  };
}

/** The line that begins a thread stands for the message the thread hangs on, which is looked at for itself. */
function isFirstLine({ type }: APIMessage): boolean {
  return type === MessageType.ThreadStarterMessage;
}

/** Without the intent another's message comes empty, whatever it shows. */
function isMute(message: APIMessage): boolean {
  const {
    content,
    attachments,
    embeds,
    components = [],
    sticker_items = [],
    message_snapshots = [],
  } = message;
  const shown = [attachments, embeds, components, sticker_items, message_snapshots];
  return content === "" && shown.every((list) => list.length === 0);
}

const hiddenPost =
  "Discord hides from me what this thread hangs on, so I could not look whether there is a picture: an admin has not turned on Message Content Intent, in the developer portal. To have the picture used, attach it, or right-click it and choose Apps › Edit this picture.";

function noHistory(channelId: string): string {
  return `I may not read what was said before in <#${channelId}>, so I cannot use the pictures there. Attach the picture to your message, or ask an admin to allow me Read Message History.`;
}

function notInTime(channelId: string): string {
  return `Discord did not show me in time which pictures are in <#${channelId}>. Say it again, or attach the picture you mean.`;
}
