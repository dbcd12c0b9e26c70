import type { Cdn } from "./cdn.ts";
import type { Fields } from "./form.ts";
import { createMessageWire, type Eyes, type PlainWire } from "./message-wire.ts";
import { permissionsIn } from "./permissions.ts";
import { type Channel, channelTypes, isForum, isThread, type Message, type World } from "./world.ts";

/** Turns the world into Discord's JSON, messages and all. */
export interface Wire extends PlainWire {
  message(message: Message, eyes: Eyes): Fields;
}

/** Flags that are not set, of whatever kind. */
const noFlags: number = 0;
const joined = "2024-01-01T00:00:00.000000+00:00";

/** Source for the shapes: discord-api-types, v10. */
export function createWire(world: World, cdn: Cdn): Wire {
  const wire: PlainWire = {
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
        ...(isForum(channel)
          ? { available_tags: [], default_reaction_emoji: null, default_sort_order: null }
          : {}),
        ...(channel.type === channelTypes.voice || channel.type === channelTypes.stage
          ? { bitrate: 64_000, user_limit: 0, rtc_region: null }
          : {}),
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
  };

  return { ...wire, message: createMessageWire(world, cdn, wire) };
}

/** Whether the bot sees a channel at all. */
export function botSees(world: World, channel: Channel): boolean {
  if (channel.guild && !channel.guild.joined) return false;
  return permissionsIn(channel, world.bot) !== 0n;
}
