import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIEmbed,
  type APIMessageApplicationCommandInteraction,
  ApplicationCommandOptionType,
  type GatewayMessageCreateDispatchData,
  MessageReferenceType,
  MessageType,
} from "discord.js";
import { typeByName } from "../../../src/seam/files/media-type.ts";
import type { ImageOptions } from "../../../src/seam/options.ts";
import { drawFields, pictureFields } from "../forms/commands.ts";
import { readFields } from "../forms/fields.ts";
import type { Where } from "../live/where.ts";
import type { Spot } from "../wire/keys.ts";
import {
  filesOf,
  isSpoiler,
  knownSpot,
  picturesOf,
  type RemoteFile,
  toRemoteFile,
} from "../wire/pictures.ts";
import { hidesWords, toWords } from "../wire/words.ts";

/** What somebody asked for, before it is known where the answer will be. */
export interface Asked {
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly references: readonly RemoteFile[];
  readonly masks: readonly RemoteFile[];
  readonly spoiler: boolean;
  readonly private: boolean;
}

/** What somebody said in a message. */
export interface Said {
  readonly text: string;
  readonly files: readonly RemoteFile[];
  readonly replyTo?: Spot;
  /** It answers a message of ours. */
  readonly continues: boolean;
  /** It answers a picture of ours. */
  readonly branches: boolean;
  /** The bot was named, or is alone with the person. */
  readonly addressed: boolean;
  /** Something of it, or of what it answers, is hidden until it is clicked. */
  readonly spoiler: boolean;
  /** Discord keeps the words from us, for want of the message content intent. */
  readonly hidden: boolean;
}

/** The bot, as it reads messages. */
export interface Me {
  readonly id: string;
  /** The role Discord made for it in that server. */
  readonly role?: string;
  /** Has the message content intent. */
  readonly readsAll: boolean;
}

/** What was typed and chosen in the fields of /draw. */
export function parseDraw({ data }: APIChatInputApplicationCommandInteraction): Asked {
  const fields = readFields(data.options ?? [], data.resolved);
  const { prompt, mask, spoiler, private: hidden } = drawFields;
  const references = fields.files(pictureFields);
  const masks = fields.files([mask]);
  return {
    text: toWords(fields.text(prompt), [], { users: Object.values(data.resolved?.users ?? {}) }),
    options: fields.optionsBeside([...Object.values(drawFields), ...pictureFields]),
    references,
    masks,
    spoiler:
      fields.isOn(spoiler) ||
      hidesWords(fields.text(prompt)) ||
      [...references, ...masks].some((file) => file.spoiler),
    private: fields.isOn(hidden),
  };
}

/** The field that is being typed into, and what is in it so far. */
export function parseTyped({ data }: Pick<APIApplicationCommandAutocompleteInteraction, "data">): {
  readonly name: string;
  readonly typed: string;
} {
  const types = ApplicationCommandOptionType;
  const fields = data.options.flatMap((one) => (one.type === types.Subcommand ? (one.options ?? []) : one));
  for (const field of fields) {
    if (field.type === types.String && "focused" in field && field.focused) {
      return { name: field.name, typed: field.value };
    }
  }
  return { name: "", typed: "" };
}

/** The message a message command was chosen on. */
export function targetOf({ data }: APIMessageApplicationCommandInteraction) {
  return data.resolved.messages[data.target_id];
}

/** Undefined: it is not for us. */
export function parseMessage(
  message: GatewayMessageCreateDispatchData,
  me: Me,
  where: Where,
): Said | undefined {
  const { type, content, mentions, mention_roles, attachments } = message;
  if (!isPersons(message)) return undefined;
  const named =
    mentions.some(({ id }) => id === me.id) || (me.role !== undefined && mention_roles.includes(me.role));
  const referenced = message.referenced_message;
  const continues = type === MessageType.Reply && referenced?.author.id === me.id;
  const addressed = where.kind === "direct" || named || continues;
  // In its own thread the bot takes part in everything but what people say to each other.
  const toOthers = type === MessageType.Reply || mentions.length > 0;
  if (!addressed && (toOthers || where.kind !== "thread" || !where.ours)) return undefined;
  const own = [me.id, ...(me.role ? [me.role] : [])];
  const sent = [
    ...attachments.map(toRemoteFile),
    ...picturesOf({
      embeds: message.embeds.filter(isPreview),
      ...(message.sticker_items && { sticker_items: message.sticker_items }),
      ...(message.message_snapshots && { message_snapshots: message.message_snapshots }),
    }),
  ];
  const answered = type === MessageType.Reply ? referenced : undefined;
  const shown = continues || !answered ? [] : filesOf(answered);
  const replyTo = toReplied(message, me);
  return {
    text: toWords(content, own, { users: mentions }),
    files: [...shown, ...sent],
    ...(replyTo && { replyTo }),
    continues,
    branches: continues && picturesOf(referenced).length > 0,
    addressed,
    spoiler: isSpoiler(message) || isSpoiler(answered),
    hidden: content === "" && sent.length === 0 && !me.readsAll && where.kind !== "direct" && !named,
  };
}

/** Whether somebody wrote it, and no bot, no hook and not Discord itself. */
export function isPersons({ author, webhook_id, type }: GatewayMessageCreateDispatchData): boolean {
  return !author.bot && !webhook_id && (type === MessageType.Default || type === MessageType.Reply);
}

/** Whether Discord shows what a link leads to; links to pictures themselves are read by the core, in the words. */
function isPreview({ url }: APIEmbed): boolean {
  return !typeByName(URL.parse(url ?? "")?.pathname ?? "").startsWith("image/");
}

/** The message a reply answers, for the core to go on from; undefined where what it shows has come along, or is words. */
function toReplied(message: GatewayMessageCreateDispatchData, me: Me): Spot | undefined {
  const { type, message_reference: reference, referenced_message: referenced, channel_id } = message;
  if (
    type !== MessageType.Reply ||
    !reference?.message_id ||
    reference.type === MessageReferenceType.Forward
  ) {
    return undefined;
  }
  const spot = { channelId: reference.channel_id ?? channel_id, messageId: reference.message_id };
  if (!referenced) return spot;
  if (referenced.author.id === me.id) return knownSpot(referenced, spot.channelId);
  if (referenced.type === MessageType.ThreadStarterMessage) return undefined; // what it stands for is in view
  // Without the intent another's message comes empty: whether it shows a picture, the core finds out.
  const mute = referenced.content === "" && referenced.embeds.length === 0;
  return filesOf(referenced).length === 0 && mute ? spot : undefined;
}
