import { randomBytes } from "node:crypto";
import {
  type Acknowledgement,
  type Interaction,
  interactionTypes,
  kinds,
  parseChoices,
  parseType,
} from "./answers.ts";
import { ApiError, refuse } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";
import { type Fields, isFields } from "./form.ts";
import type { Gateway } from "./gateway.ts";
import type { InteractionWire } from "./interaction-wire.ts";
import { limits, messageFlags } from "./limits.ts";
import { parseModal } from "./modals.ts";
import { may } from "./permissions.ts";
import { callUsers, fileBytesIn, isForeign, type Posts } from "./posts.ts";
import type { PostRequest } from "./uploads.ts";
import type { Channel, Message, Origin, User, World } from "./world.ts";

/** What happens by a person's hand. */
export interface NewInteraction {
  readonly type: Interaction["type"];
  readonly user: User;
  readonly channel: Channel;
  readonly data: Fields;
  readonly source?: Message;
  readonly commandName?: string;
  readonly targetId?: string;
}

/** Interactions: handed to the bot, answered by it. */
export interface Interactions {
  open(spec: NewInteraction): Interaction;
  /** The first answer. Throws ApiError. Returns what `with_response=true` shows. */
  acknowledge(id: string, token: string, request: PostRequest): Promise<Fields>;
  /** The message behind `@original` or an id. Throws ApiError. */
  message(applicationId: string, token: string, id: string): Message;
  editMessage(applicationId: string, token: string, id: string, request: PostRequest): Promise<Message>;
  deleteMessage(applicationId: string, token: string, id: string): void;
  followUp(applicationId: string, token: string, request: PostRequest): Promise<Message>;
  /** What bytes a file of this user may have here. */
  fileBytes(user: User, channel: Channel): number;
}

/** docs: interactions/receiving-and-responding. */
export function createInteractions(parts: {
  world: World;
  shapes: InteractionWire;
  clock: Clock;
  gateway: Gateway;
  changes: Changes;
  posts: Posts;
  newId: () => string;
  strict: boolean;
  ackMs: number;
}): Interactions {
  const { world, shapes, clock, gateway, changes, posts, newId, strict, ackMs } = parts;
  const byToken = new Map<string, Interaction>();

  function open(spec: NewInteraction): Interaction {
    const { channel, user, type } = spec;
    const acknowledged = Promise.withResolvers<Acknowledgement>();
    acknowledged.promise.catch(() => {}); // nobody has to look
    const personal = isForeign(world, channel);
    const owners: Record<string, string> = {};
    if (!personal) owners["0"] = channel.guild?.id ?? "0";
    if (user.installed) owners["1"] = user.id;
    const interaction: Interaction = {
      id: newId(),
      token: randomBytes(64).toString("base64url"),
      type,
      user,
      channel,
      createdMs: clock.now(),
      owners,
      ...(spec.source ? { source: spec.source } : {}),
      ...(spec.commandName ? { commandName: spec.commandName } : {}),
      ...(spec.targetId ? { targetId: spec.targetId } : {}),
      fileBytes: fileBytes(user, channel),
      forcedEphemeral: personal && channel.guild !== undefined && !may(channel, user, "USE_EXTERNAL_APPS"),
      personal,
      followUps: [],
      followUpCount: 0,
      acknowledged: acknowledged.promise,
    };
    byToken.set(interaction.token, interaction);
    const stop = clock.after(ackMs, () =>
      acknowledged.reject(new Error(`The application did not respond: no answer in ${ackMs} ms.`)),
    );
    acknowledgers.set(interaction, (answer) => {
      stop();
      acknowledged.resolve(answer);
    });
    gateway.dispatch("INTERACTION_CREATE", personal ? undefined : channel.guild, () =>
      shapes.event(interaction, spec.data),
    );
    changes.happened();
    return interaction;
  }

  const acknowledgers = new WeakMap<Interaction, (answer: Acknowledgement) => void>();
  const busy = new WeakSet<Interaction>();

  async function acknowledge(id: string, token: string, request: PostRequest): Promise<Fields> {
    const interaction = byToken.get(token);
    if (!interaction || interaction.id !== id) throw refuse("unknownInteraction");
    const tookMs = clock.now() - interaction.createdMs;
    if (tookMs > limits.tokenMs) throw refuse("unknownInteraction");
    if (interaction.acknowledgement || busy.has(interaction)) throw refuse("acknowledged");
    if (tookMs > ackMs) throw refuse("unknownInteraction");
    const type = parseType(interaction, request.body);
    busy.add(interaction); // a second answer is refused even while this one's files are stored
    try {
      const answer = await apply(interaction, type, request, tookMs);
      interaction.acknowledgement = answer;
      acknowledgers.get(interaction)?.(answer);
      changes.happened();
      return shapes.response(interaction, type, answer);
    } finally {
      busy.delete(interaction);
    }
  }

  async function apply(
    interaction: Interaction,
    type: keyof typeof kinds,
    request: PostRequest,
    tookMs: number,
  ): Promise<Acknowledgement> {
    const kind = kinds[type];
    const data = isFields(request.body.data) ? request.body.data : {};
    const inner = { body: data, files: request.files };
    const ephemeral = interaction.forcedEphemeral || (Number(data.flags ?? 0) & messageFlags.ephemeral) !== 0;
    switch (kind) {
      case "reply":
        interaction.original = await nested(() => posts.create(toPlace(interaction, ephemeral), inner));
        return { kind, tookMs, ephemeral };
      case "defer":
        interaction.original = posts.add(
          { ...toPlace(interaction, ephemeral), flags: messageFlags.loading },
          { body: { content: "", embeds: [], components: [], files: [] } },
        );
        return { kind, tookMs, ephemeral };
      case "defer update":
      case "update": {
        const { source } = interaction;
        if (!source) throw refuse("unknownMessage");
        if (kind === "update") {
          if (source.deleted) throw refuse("unknownMessage");
          // Here what is not listed is dropped, even without a list: discord-api-docs issue 6277.
          const listed = { ...inner, body: { attachments: [], ...data } };
          await nested(() => posts.edit(source, listed, { fileBytes: interaction.fileBytes }));
        }
        interaction.original = source;
        return { kind, tookMs, ephemeral: source.ephemeralTo !== undefined };
      }
      case "choices":
        return { kind, tookMs, ephemeral: true, choices: parseChoices(data, strict) };
      case "modal":
        return { kind, tookMs, ephemeral: true, modal: parseModal(request.body.data, strict) };
    }
  }

  function toPlace(interaction: Interaction, ephemeral: boolean) {
    const { channel, user, type, source, commandName, targetId } = interaction;
    const origin: Origin = {
      id: interaction.id,
      type,
      user,
      owners: interaction.owners,
      ...(commandName ? { commandName } : {}),
      ...(targetId ? { targetId } : {}),
    };
    return {
      channel,
      author: world.bot,
      fileBytes: interaction.fileBytes,
      // 20 and 23 are answers to commands; an answer to a button is a reply. docs: resources/message, "Message Types".
      type: type === interactionTypes.command ? (targetId ? 23 : 20) : source ? 19 : 0,
      origin,
      allowed: callUsers,
      ...(source && type !== interactionTypes.command ? { replyTo: source } : {}),
      ...(ephemeral ? { ephemeralTo: user } : {}),
    };
  }

  /** The interaction behind a webhook's token, once it can be used. */
  function opened(applicationId: string, token: string): Interaction {
    const interaction = byToken.get(token);
    if (applicationId !== world.applicationId) throw refuse("unknownWebhook");
    if (!interaction || clock.now() - interaction.createdMs > limits.tokenMs) throw refuse("expiredToken");
    const kind = interaction.acknowledgement?.kind;
    if (kind === undefined || kind === "choices" || kind === "modal") throw refuse("unknownWebhook");
    return interaction;
  }

  function find(interaction: Interaction, id: string): Message {
    const message =
      id === "@original" || id === interaction.original?.id
        ? interaction.original
        : interaction.followUps.find((followUp) => followUp.id === id);
    if (!message || message.deleted) throw refuse("unknownMessage");
    return message;
  }

  function fileBytes(user: User, channel: Channel): number {
    return Math.max(user.uploadBytes ?? 0, fileBytesIn(channel));
  }

  return {
    open,
    acknowledge,
    fileBytes,
    message: (applicationId, token, id) => find(opened(applicationId, token), id),
    async editMessage(applicationId, token, id, request) {
      const interaction = opened(applicationId, token);
      const message = find(interaction, id);
      if (message.channel.archived) throw refuse("archived");
      const initial = (message.flags & messageFlags.loading) !== 0;
      await posts.edit(message, request, { fileBytes: interaction.fileBytes, initial });
      return message;
    },
    deleteMessage(applicationId, token, id) {
      posts.remove(find(opened(applicationId, token), id));
    },
    async followUp(applicationId, token, request) {
      const interaction = opened(applicationId, token);
      const { original } = interaction;
      if (original && !original.deleted && original.flags & messageFlags.loading) {
        await posts.edit(original, request, { fileBytes: interaction.fileBytes, initial: true });
        return original;
      }
      if (interaction.personal && interaction.followUpCount >= limits.followUps)
        throw refuse("tooManyFollowUps");
      const wished = (Number(request.body.flags ?? 0) & messageFlags.ephemeral) !== 0;
      const place = toPlace(interaction, interaction.forcedEphemeral || wished);
      const message = await posts.create(
        { ...place, type: 19, ...(original ? { replyTo: original } : {}) },
        request,
      );
      interaction.followUpCount += 1;
      interaction.followUps.push(message);
      return message;
    },
  };
}

/** In an interaction's answer the message stands under `data`, and so do its errors. */
async function nested<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApiError) || !error.errors) throw error;
    throw new ApiError(error.status, error.code, error.message, { errors: { data: error.errors } });
  }
}
