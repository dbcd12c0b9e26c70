import { randomBytes } from "node:crypto";
import {
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type APIThreadChannel,
  DiscordAPIError,
  MessageFlags,
  type REST,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  Routes,
  ThreadAutoArchiveDuration,
} from "discord.js";
import type { Spot } from "./keys.ts";
import { acknowledgeMs, pageMessages } from "./limits.ts";
import { type SentFile, toSent } from "./request.ts";

/** A message as Discord takes it, with the files it names. */
export interface Message {
  readonly body: {
    readonly flags: number;
    readonly components: readonly APIMessageTopLevelComponent[];
    readonly attachments: readonly {
      readonly id: string;
      readonly description: string;
      readonly is_spoiler?: true;
    }[];
    readonly allowed_mentions: { readonly parse: readonly never[] };
  };
  readonly files: readonly SentFile[];
}

/** Everything we send to Discord. */
export interface Send {
  /** The first answer to an interaction, within its 3 s. */
  respond(
    interaction: Pick<APIInteraction, "id" | "token">,
    response: APIInteractionResponse,
  ): Promise<RESTPostAPIInteractionCallbackWithResponseResult | undefined>;
  /** `target`: `@original`, or a message id. */
  editByToken(token: string, target: string, message: Message, how?: How): Promise<APIMessage>;
  followUp(token: string, message: Message, toAsker: boolean, how?: How): Promise<APIMessage>;
  /** `target`: as in `editByToken`. */
  fetchByToken(token: string, target: string): Promise<APIMessage>;
  /** `target`: as in `editByToken`. */
  deleteByToken(token: string, target: string): Promise<void>;
  edit(spot: Spot, message: Message, how?: How): Promise<APIMessage>;
  remove(spot: Spot): Promise<void>;
  /** `once`: what it is posted for, 24 characters at most. Sent again within minutes, it is posted once. */
  post(
    channelId: string,
    message: Message,
    more?: { readonly answers?: string; readonly once?: string },
    how?: How,
  ): Promise<APIMessage>;
  fetchMessage(spot: Spot, signal?: AbortSignal): Promise<APIMessage>;
  /**
   * A hundred messages of a channel, the newest first; with `after`, those that came next. None where the bot may not
   * read its history.
   */
  fetchMessages(
    channelId: string,
    where: { readonly before?: string; readonly after?: string },
    signal?: AbortSignal,
  ): Promise<readonly APIMessage[]>;
  fetchChannel(channelId: string): Promise<APIChannel>;
  fetchMember(guildId: string, userId: string): Promise<APIGuildMember>;
  fetchGuild(guildId: string): Promise<APIGuild>;
  /** The ids of the servers that the bot is in, the first of them: `limit` is 200 at most. */
  fetchGuildIds(limit: number): Promise<readonly string[]>;
  /**
   * Opens a thread on a message, which has that message's id. Discord refuses a second one: then it is the first, unless
   * that is locked or was deleted, which rejects.
   */
  openThread(spot: Spot, name: string): Promise<string>;
  /** The conversation with a person, where others do not see it. */
  openDirect(userId: string): Promise<string>;
}

/** How a message is sent. */
export interface How {
  /** It may be dropped rather than wait for a rate limit or be tried twice. */
  readonly sketch?: boolean;
  readonly signal?: AbortSignal;
}

const threadExists = 160004;
const alreadyAcknowledged = 40060;
const noHistory = 160002;

/** `sketches`: a client of its own that neither waits for rate limits nor tries twice. */
export function createSend(rest: REST, sketches: REST, appId: string): Send {
  const webhook = (token: string, target?: string) =>
    target === undefined ? Routes.webhook(appId, token) : Routes.webhookMessage(appId, token, target);

  async function respond(
    { id, token }: Pick<APIInteraction, "id" | "token">,
    response: APIInteractionResponse,
  ): Promise<RESTPostAPIInteractionCallbackWithResponseResult | undefined> {
    try {
      return (await rest.post(Routes.interactionCallback(id, token), {
        body: response,
        query: new URLSearchParams({ with_response: "true" }),
        auth: false,
        signal: AbortSignal.timeout(acknowledgeMs),
      })) as RESTPostAPIInteractionCallbackWithResponseResult;
    } catch (error) {
      // A first try whose answer got lost: Discord had taken it.
      if (error instanceof DiscordAPIError && error.code === alreadyAcknowledged) return undefined;
      throw error;
    }
  }

  // The casts below trust Discord's answers to be what its documentation says.
  return {
    respond,
    editByToken: (token, target, { body, files }, { sketch, signal } = {}) =>
      (sketch ? sketches : rest).patch(webhook(token, target), {
        ...toSent(body, files),
        auth: false,
        ...(signal && { signal }),
      }) as Promise<APIMessage>,
    followUp: (token, { body, files }, toAsker, { signal } = {}) =>
      rest.post(webhook(token), {
        ...(signal && { signal }),
        // A link in what is for the asker alone is good once: Discord is not to open it for a preview.
        ...toSent(
          {
            ...body,
            flags: body.flags | (toAsker ? MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds : 0),
          },
          files,
        ),
        auth: false,
        query: new URLSearchParams({ wait: "true" }),
      }) as Promise<APIMessage>,
    fetchByToken: (token, target) => rest.get(webhook(token, target), { auth: false }) as Promise<APIMessage>,
    deleteByToken: async (token, target) => void (await rest.delete(webhook(token, target), { auth: false })),
    edit: ({ channelId, messageId }, { body, files }, { sketch, signal } = {}) =>
      (sketch ? sketches : rest).patch(Routes.channelMessage(channelId, messageId), {
        ...toSent(body, files),
        ...(signal && { signal }),
      }) as Promise<APIMessage>,
    remove: async ({ channelId, messageId }) =>
      void (await rest.delete(Routes.channelMessage(channelId, messageId))),
    async post(channelId, { body, files }, { answers, once } = {}, { signal } = {}) {
      const named = { ...body, nonce: once ?? newName(), enforce_nonce: true };
      const send = (reference: object) =>
        rest.post(Routes.channelMessages(channelId), {
          ...toSent({ ...named, ...reference }, files),
          ...(signal && { signal }),
        }) as Promise<APIMessage>;
      if (!answers) return send({});
      return send({ message_reference: { message_id: answers, fail_if_not_exists: false } }).catch(
        (error: unknown) => {
          if (error instanceof DiscordAPIError && error.code === noHistory) return send({});
          throw error;
        },
      );
    },
    fetchMessage: ({ channelId, messageId }, signal) =>
      rest.get(Routes.channelMessage(channelId, messageId), {
        ...(signal && { signal }),
      }) as Promise<APIMessage>,
    fetchMessages: (channelId, where, signal) =>
      rest.get(Routes.channelMessages(channelId), {
        query: new URLSearchParams({ limit: String(pageMessages), ...where }),
        ...(signal && { signal }),
      }) as Promise<readonly APIMessage[]>,
    fetchChannel: (channelId) => rest.get(Routes.channel(channelId)) as Promise<APIChannel>,
    async openThread({ channelId, messageId }, name) {
      const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneDay };
      await rest.post(Routes.threads(channelId, messageId), { body }).catch(async (error: unknown) => {
        if (!(error instanceof DiscordAPIError && error.code === threadExists)) throw error;
        const thread = (await rest.get(Routes.channel(messageId))) as APIThreadChannel;
        if (thread.thread_metadata?.locked) throw new Error("the thread is locked");
      });
      return messageId;
    },
    fetchMember: (guildId, userId) =>
      rest.get(Routes.guildMember(guildId, userId)) as Promise<APIGuildMember>,
    fetchGuild: (guildId) => rest.get(Routes.guild(guildId)) as Promise<APIGuild>,
    async fetchGuildIds(limit) {
      const query = new URLSearchParams({ limit: String(limit) });
      const found = (await rest.get(Routes.userGuilds(), { query })) as readonly { readonly id: string }[];
      return found.map(({ id }) => id);
    },
    async openDirect(userId) {
      const body = { recipient_id: userId };
      return ((await rest.post(Routes.userChannels(), { body })) as APIChannel).id;
    },
  };
}

/** A name for one post: discord.js sends again what got no answer, and Discord may have taken it. */
function newName(): string {
  return randomBytes(12).toString("base64url");
}
