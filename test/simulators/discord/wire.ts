import type { APIAttachment, APIGuildMember, APIUser } from "discord.js";
import type { Cdn, StoredFile } from "./cdn.ts";
import type { Fields } from "./form.ts";
import { messageFlags } from "./limits.ts";
import { namedFiles, resolveMedia } from "./media.ts";
import { permissionsIn } from "./permissions.ts";
import {
  type Channel,
  channelTypes,
  type Guild,
  isThread,
  type Member,
  type Message,
  type Role,
  type User,
  type World,
} from "./world.ts";

/** How a message is shown to the bot. */
export interface Eyes {
  /** Whether MESSAGE_CONTENT counts here: asked for on the gateway, enabled in the portal for REST. */
  readonly content: boolean;
  /** The message is handed over whole because a person pointed at it. */
  readonly whole?: boolean;
}

/** Turns the world into Discord's JSON. */
export interface Wire {
  user(user: User): APIUser;
  member(guild: Guild, member: Member): APIGuildMember;
  role(role: Role, position: number): Fields;
  guild(guild: Guild): Fields;
  channel(channel: Channel): Fields;
  attachment(file: StoredFile): APIAttachment;
  message(message: Message, eyes: Eyes): Fields;
}

/** Flags that are not set, of whatever kind. */
const noFlags: number = 0;
const joined = "2024-01-01T00:00:00.000000+00:00";

/** Source for the shapes: discord-api-types, v10. */
export function createWire(world: World, cdn: Cdn): Wire {
  const wire: Wire = {
    user: (user) => ({
      id: user.id,
      username: user.name,
      discriminator: "0",
      global_name: user.name,
      avatar: null,
      ...(user.bot ? { bot: true } : {}),
    }),
    member: (_guild, member) => ({
      user: wire.user(member.user),
      nick: member.nick ?? null,
      avatar: null,
      banner: null,
      roles: member.roles,
      joined_at: joined,
      premium_since: null,
      deaf: false,
      mute: false,
      flags: noFlags,
      pending: false,
      communication_disabled_until: null,
    }),
    role: (role, position) => ({
      id: role.id,
      name: role.name,
      permissions: String(role.permissions),
      position,
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      managed: false,
      mentionable: false,
      flags: 0,
    }),
    guild(guild) {
      const inside = [...world.channels.values()].filter((channel) => channel.guild === guild);
      const self = guild.members.get(world.bot.id);
      return {
        id: guild.id,
        name: guild.name,
        icon: null,
        owner_id: guild.ownerId,
        unavailable: false,
        premium_tier: guild.premiumTier,
        preferred_locale: guild.locale,
        features: [],
        emojis: [],
        stickers: [],
        large: false,
        member_count: guild.members.size,
        joined_at: joined,
        roles: [...guild.roles.values()].map(wire.role),
        channels: inside.filter((channel) => !isThread(channel)).map(wire.channel),
        threads: inside.filter((channel) => isThread(channel) && !channel.archived).map(wire.channel),
        members: self ? [wire.member(guild, self)] : [],
        presences: [],
        voice_states: [],
        stage_instances: [],
        guild_scheduled_events: [],
        soundboard_sounds: [],
      };
    },
    channel(channel) {
      const last = [...channel.messages.keys()].at(-1) ?? null;
      const common = { id: channel.id, type: channel.type, last_message_id: last, flags: 0 };
      if (!channel.guild) {
        return {
          ...common,
          recipients: channel.recipients.filter((user) => user !== world.bot).map(wire.user),
          ...(channel.type === channelTypes.groupDm
            ? { name: channel.name, icon: null, owner_id: channel.ownerId }
            : {}),
        };
      }
      if (isThread(channel)) {
        return {
          ...common,
          guild_id: channel.guild.id,
          name: channel.name,
          parent_id: channel.parent?.id ?? null,
          owner_id: channel.ownerId,
          message_count: channel.messages.size,
          member_count: 1,
          total_message_sent: channel.messages.size,
          rate_limit_per_user: 0,
          thread_metadata: {
            archived: channel.archived,
            locked: channel.locked,
            auto_archive_duration: channel.archiveMinutes,
            archive_timestamp: joined,
            create_timestamp: joined,
          },
          member: { id: channel.id, user_id: world.bot.id, join_timestamp: joined, flags: 0 },
        };
      }
      return {
        ...common,
        guild_id: channel.guild.id,
        name: channel.name,
        position: 0,
        parent_id: null,
        topic: null,
        nsfw: false,
        rate_limit_per_user: 0,
        permission_overwrites: channel.overwrites.map(({ id, of, allow, deny }) => ({
          id,
          type: of === "role" ? 0 : 1,
          allow: String(allow),
          deny: String(deny),
        })),
      };
    },
    attachment: (file) => ({
      id: file.id,
      filename: file.name,
      size: file.bytes.length,
      url: cdn.link(file),
      proxy_url: cdn.link(file),
      ...(file.title ? { title: file.title } : {}),
      ...(file.description ? { description: file.description } : {}),
      ...(file.contentType ? { content_type: file.contentType } : {}),
      ...(file.width && file.height ? { width: file.width, height: file.height } : {}),
      ...(file.flags ? { flags: file.flags } : {}),
      ...(file.ephemeral ? { ephemeral: true } : {}),
    }),
    message(message, eyes) {
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
        ...toReference(message, eyes),
        ...(message.threadId && world.channels.has(message.threadId)
          ? { thread: threadOf(message.threadId) }
          : {}),
      };
    },
  };

  function threadOf(id: string): Fields | undefined {
    const thread = world.channels.get(id);
    return thread && wire.channel(thread);
  }

  function toReference(message: Message, eyes: Eyes): Fields {
    if (message.snapshot) {
      const { body, ...rest } = message.snapshot;
      const reference = { type: 1, message_id: rest.id, channel_id: rest.channel.id };
      const copy = wire.message(message.snapshot, { content: true, whole: true });
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
      } = copy;
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
      referenced_message: target ? withoutReference(wire.message(target, plain)) : null,
    };
  }

  return wire;
}

/** Whether the bot sees a channel at all. */
export function botSees(world: World, channel: Channel): boolean {
  if (channel.guild && !channel.guild.joined) return false;
  return permissionsIn(channel, world.bot) !== 0n;
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
