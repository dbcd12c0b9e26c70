import type { Acknowledgement, Interaction } from "./answers.ts";
import type { Fields } from "./form.ts";
import { permissionsIn, toBits } from "./permissions.ts";
import type { Wire } from "./wire.ts";
import { type Channel, channelTypes, type World } from "./world.ts";

/** Turns interactions into Discord's JSON. */
export interface InteractionWire {
  /** The INTERACTION_CREATE event. */
  event(interaction: Interaction, data: Fields): Fields;
  /** What a callback with `with_response=true` is answered. */
  response(interaction: Interaction, type: number, answer: Acknowledgement): Fields;
}

/** Source for the shapes: docs, interactions/receiving-and-responding. */
export function createInteractionWire({
  world,
  wire,
  content,
}: {
  world: World;
  wire: Wire;
  /** Whether the portal grants MESSAGE_CONTENT: the message itself is whole anyway, the one it answers is not. */
  content: boolean;
}): InteractionWire {
  return { event: toEvent, response: toResponse };

  function toEvent(interaction: Interaction, data: Fields): Fields {
    const { channel, user, source } = interaction;
    const { guild } = channel;
    const member = guild?.members.get(user.id);
    // In a direct conversation and outside the bot's guilds the docs name these.
    const outside = toBits(["ATTACH_FILES", "EMBED_LINKS", "MENTION_EVERYONE", "SEND_MESSAGES"]);
    return {
      id: interaction.id,
      application_id: world.applicationId,
      type: interaction.type,
      token: interaction.token,
      version: 1,
      data,
      channel_id: channel.id,
      channel: { ...wire.channel(channel), permissions: String(permissionsIn(channel, user)) },
      ...(guild
        ? {
            guild_id: guild.id,
            guild: { id: guild.id, locale: guild.locale, features: [] },
            guild_locale: guild.locale,
            member: member && {
              ...wire.member(guild, member),
              permissions: String(permissionsIn(channel, user)),
            },
          }
        : { user: wire.user(user) }),
      ...(source ? { message: wire.message(source, { content, whole: true }) } : {}),
      app_permissions: String(guild?.joined ? permissionsIn(channel, world.bot) : outside),
      locale: user.locale,
      entitlements: [],
      authorizing_integration_owners: interaction.owners,
      context: toContext(world, channel),
      attachment_size_limit: interaction.fileBytes,
    };
  }

  function toResponse(interaction: Interaction, type: number, { kind, ephemeral }: Acknowledgement): Fields {
    const { original } = interaction;
    const shows = original !== undefined && kind !== "choices" && kind !== "modal";
    return {
      interaction: {
        id: interaction.id,
        type: interaction.type,
        channel_id: interaction.channel.id,
        ...(interaction.channel.guild ? { guild_id: interaction.channel.guild.id } : {}),
        ...(shows
          ? {
              response_message_id: original.id,
              response_message_loading: kind === "defer",
              response_message_ephemeral: ephemeral,
            }
          : {}),
      },
      ...(shows
        ? {
            resource: {
              type,
              ...(kind === "reply" || kind === "update"
                ? { message: wire.message(original, { content, whole: true }) }
                : {}),
            },
          }
        : {}),
    };
  }
}

/** docs: interactions/receiving-and-responding, "Interaction Context Types". */
export function toContext(world: World, channel: Channel): 0 | 1 | 2 {
  if (channel.guild) return 0;
  return channel.type === channelTypes.dm && channel.recipients.includes(world.bot) ? 1 : 2;
}
