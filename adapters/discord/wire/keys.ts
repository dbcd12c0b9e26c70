import { type ActionName, isActionName } from "../../../src/seam/actions.ts";
import type { MessageKey, Place, ThreadKey } from "../../../src/seam/turn.ts";

/** Where a message is. */
export interface Spot {
  readonly channelId: string;
  readonly messageId: string;
}

/** What a button says of itself. The message it sits under is in the press. */
export interface ButtonId {
  readonly action: ActionName;
  /** Its pictures are hidden until clicked. */
  readonly spoiler: boolean;
  /** The message the core knows the picture by, when Discord would not let that one be changed any more. */
  readonly stands?: string;
}

/** What a form says of itself. */
export interface FormId {
  readonly form: ActionName;
  /** The message whose pictures it is about. */
  readonly spot: Spot;
  /** The interaction that opened it: sent twice, it counts once. */
  readonly opened: string;
  readonly spoiler: boolean;
}

/** The press that asks for the newest state of an answer that only a fresh interaction can change. */
export const showButtonId = "show";

/** The core's key of a message. */
export function toMessageKey({ channelId, messageId }: Spot): MessageKey {
  return `discord:${channelId}:${messageId}`;
}

/** Undefined for a key of another platform. */
export function parseMessageKey(key: MessageKey): Spot | undefined {
  const match = /^discord:(\d+):(\d+)$/.exec(key);
  return match?.[1] && match[2] ? { channelId: match[1], messageId: match[2] } : undefined;
}

/**
 * `id` is the channel's in threads and direct messages. In an ordinary channel many conversations run side by side:
 * there it is that of the message which shows the first picture, as it is for every private answer. A thread that is opened on a message gets that very
 * id from Discord, so what is said in it goes on from the picture above it.
 */
export function toThreadKey(id: string): ThreadKey {
  return `discord:${id}`;
}

/** Where something is asked. `channelId`: for a thread, that of the channel it stands in. */
export function toPlace(channelId: string, guildId?: string): Place {
  return {
    channel: `discord:channel:${channelId}`,
    ...(guildId && { community: `discord:guild:${guildId}` }),
  };
}

/** A button's custom id, of at most 100 characters. */
export function toButtonId({ action, spoiler, stands }: ButtonId): string {
  return ["a", action, spoiler ? "s" : "", stands ?? ""].join(":").replace(/:+$/, "");
}

/** Undefined for what is no button of ours, or of a version that had others. */
export function parseButtonId(customId: string): ButtonId | undefined {
  const [kind, action = "", spoiler, stands] = customId.split(":");
  if (kind !== "a" || !isActionName(action)) return undefined;
  return { action, spoiler: spoiler === "s", ...(stands && { stands }) };
}

/** A form's custom id, of at most 100 characters. */
export function toFormId({ form, spot, opened, spoiler }: FormId): string {
  return ["f", form, spot.channelId, spot.messageId, opened, spoiler ? "s" : ""].join(":");
}

/** Undefined for what is no form of ours, or of a version that had others. */
export function parseFormId(customId: string): FormId | undefined {
  const [kind, form = "", channelId = "", messageId = "", opened = "", spoiler] = customId.split(":");
  if (kind !== "f" || !channelId || !messageId || !isActionName(form)) return undefined;
  return { form, spot: { channelId, messageId }, opened, spoiler: spoiler === "s" };
}
