import type { APIAttachment, APIGuildMember, APIUser } from "discord.js";
import type { Cdn, StoredFile } from "./cdn.ts";
import type { Fields } from "./form.ts";
import { messageFlags } from "./limits.ts";
import { namedFiles, resolveMedia } from "./media.ts";
import type { Channel, Guild, Member, Message, Role, User, World } from "./world.ts";

/** How a message is shown to the bot. */
export interface Eyes {
  /** Whether MESSAGE_CONTENT counts here: asked for on the gateway, enabled in the portal for REST. */
  readonly content: boolean;
  /** The message is handed over whole because a person pointed at it. */
  readonly whole?: boolean;
}

/** Turns the world into Discord's JSON: all but messages. */
export interface PlainWire {
  user(user: User): APIUser;
  member(guild: Guild, member: Member): APIGuildMember;
  role(role: Role, position: number): Fields;
  guild(guild: Guild): Fields;
  channel(channel: Channel): Fields;
  attachment(file: StoredFile): APIAttachment;
}

/** Turns messages into Discord's JSON. Source for the shape: discord-api-types, v10. */
export function createMessageWire(
  world: World,
  cdn: Cdn,
  wire: PlainWire,
): (message: Message, eyes: Eyes) => Fields {
  return toMessage;

  function toMessage(message: Message, eyes: Eyes): Fields {
    const { body, channel, origin } = message;
    const shown = eyes.whole || eyes.content || isReadable(world, message);
    const used = namedFiles(body.components);
    const embedded = namedFiles(body.embeds);
    const loose = body.files.filter((file) => !used.has(file.name) && !embedded.has(file.name));
    return {
      id: message.id,
      channel_id: channel.id,
      author: wire.user(message.author),
      type: message.type,
      content: shown ? body.content : "",
      embeds: shown ? body.embeds.map((embed) => resolveMedia(cdn, embed, body.files, "embed")) : [],
      components: shown
        ? body.components.map((component) => resolveMedia(cdn, component, body.files, "component"))
        : [],
      attachments: shown ? loose.map(wire.attachment) : [],
      timestamp: new Date(message.createdMs).toISOString(),
      edited_timestamp: message.editedMs ? new Date(message.editedMs).toISOString() : null,
      tts: false,
      pinned: false,
      mention_everyone: message.mentionsEveryone,
      mentions: message.mentions.map(wire.user),
      mention_roles: message.mentionedRoles,
      flags: message.flags,
      ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
      ...(origin
        ? {
            application_id: world.applicationId,
            webhook_id: world.applicationId,
            interaction_metadata: {
              id: origin.id,
              type: origin.type,
              user: wire.user(origin.user),
              authorizing_integration_owners: origin.owners,
              ...(origin.targetId ? { target_message_id: origin.targetId } : {}),
              ...(origin.originalId ? { original_response_message_id: origin.originalId } : {}),
            },
          }
        : {}),
      ...(shown && message.stickers ? { sticker_items: message.stickers } : {}),
      ...toReference(message, eyes),
      ...(message.threadId && world.channels.has(message.threadId)
        ? { thread: threadOf(message.threadId) }
        : {}),
    };
  }

  function threadOf(id: string): Fields | undefined {
    const thread = world.channels.get(id);
    return thread && wire.channel(thread);
  }

  function toReference(message: Message, eyes: Eyes): Fields {
    if (message.snapshot) {
      const { id, channel } = message.snapshot;
      const reference = { type: 1, message_id: id, channel_id: channel.id };
      const {
        content,
        embeds,
        attachments,
        components,
        timestamp,
        edited_timestamp,
        flags,
        type,
        mentions,
        mention_roles,
        sticker_items,
      } = toMessage(message.snapshot, { content: true, whole: true });
      const inner = {
        content,
        embeds,
        attachments,
        components,
        timestamp,
        edited_timestamp,
        flags,
        type,
        mentions,
        mention_roles,
        ...(sticker_items ? { sticker_items } : {}),
      };
      const seen = eyes.whole || eyes.content || isReadable(world, message);
      return { message_reference: reference, message_snapshots: seen ? [{ message: inner }] : [] };
    }
    if (!message.replyTo) return {};
    const { messageId, channelId } = message.replyTo;
    const guild = message.channel.guild;
    const target = world.channels.get(channelId)?.messages.get(messageId);
    const { whole: _, ...plain } = eyes; // pointing at a message does not open the one it answers
    return {
      message_reference: {
        type: 0,
        message_id: messageId,
        channel_id: channelId,
        ...(guild ? { guild_id: guild.id } : {}),
      },
      // The answered message comes without its own reference. docs: resources/message, "Message Reference Types".
      referenced_message: target ? withoutReference(toMessage(target, plain)) : null,
    };
  }
}

/** What is readable without MESSAGE_CONTENT. docs: events/gateway, "Message Content Intent". */
function isReadable(world: World, message: Message): boolean {
  if (message.author === world.bot || message.flags & messageFlags.ephemeral) return true;
  if (!message.channel.guild) return true;
  return message.mentions.includes(world.bot);
}

function withoutReference(message: Fields): Fields {
  const { referenced_message: _, message_snapshots: __, ...rest } = message;
  return rest;
}
