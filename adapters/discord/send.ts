import {
  type APIChannel,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessage,
  DiscordAPIError,
  HTTPError,
  MessageFlags,
  RateLimitError,
  type REST,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  Routes,
  ThreadAutoArchiveDuration,
} from "discord.js";
import type { Spot } from "./keys.ts";
import { acknowledgeMs } from "./limits.ts";
import type { Message } from "./view.ts";

/**
 * What Discord's refusals mean to us.
 *
 * - `gone`: the message, or its channel, is no more
 * - `expired`: the interaction's token has run out, or never was
 * - `forbidden`: we may not do that here
 * - `large`: the files are too large
 * - `limited`: not now; only where we said not to wait
 * - `unplaced`: an edit that brings a picture into a gallery was not understood (discord/discord-api-docs#7529)
 * - `unauthorized`: the bot's token is no longer taken
 * - `failed`: anything else, which may go better the next time
 */
export type Trouble =
  | "gone"
  | "expired"
  | "forbidden"
  | "large"
  | "limited"
  | "unplaced"
  | "unauthorized"
  | "failed";

/** Everything we send to Discord. */
export interface Send {
  /** The first answer to an interaction, within its 3 s. */
  respond(
    interaction: Pick<APIInteraction, "id" | "token">,
    response: APIInteractionResponse,
  ): Promise<RESTPostAPIInteractionCallbackWithResponseResult | undefined>;
  /** `target`: `@original`, or a message id. `sketch`: it may be dropped rather than wait for a rate limit. */
  editByToken(token: string, target: string, message: Message, sketch?: boolean): Promise<APIMessage>;
  followUp(token: string, message: Message, toAsker: boolean): Promise<APIMessage>;
  fetchOriginal(token: string): Promise<APIMessage>;
  deleteOriginal(token: string): Promise<void>;
  edit(spot: Spot, message: Message, sketch?: boolean): Promise<APIMessage>;
  /** `once`: sent again under the same name, it is posted once. */
  post(channelId: string, message: Message, more?: { answers?: string; once?: string }): Promise<APIMessage>;
  fetchMessage(spot: Spot): Promise<APIMessage>;
  fetchChannel(channelId: string): Promise<APIChannel>;
  /** Opens a thread on a message, if there is none yet. It has the message's id. */
  openThread(spot: Spot, name: string): Promise<string>;
  /** Writes to a person, where others do not see it. */
  tell(userId: string, message: Message): Promise<void>;
}

/** Discord's numbers. Source: “JSON Error Codes” in its documentation. */
const codes: Readonly<Record<number, Trouble>> = {
  10003: "gone",
  10008: "gone",
  10015: "expired",
  10062: "expired",
  50027: "expired",
  50001: "forbidden",
  50005: "forbidden",
  50007: "forbidden",
  50013: "forbidden",
  50083: "forbidden",
  160005: "forbidden",
  50278: "forbidden",
  30046: "forbidden",
  40005: "large",
  50045: "large",
};

const threadExists = 160004;
const alreadyAcknowledged = 40060;
const noHistory = 160002;

export function toTrouble(error: unknown): Trouble {
  if (error instanceof RateLimitError) return "limited";
  if (error instanceof DiscordAPIError) {
    const known = codes[Number(error.code)];
    if (known) return known;
    if (error.status === 413) return "large";
    if (error.message.includes("REFERENCED_ATTACHMENT_NOT_FOUND")) return "unplaced";
    if (error.status === 401) return "unauthorized";
  }
  return "failed";
}

/** What the log may hold of an error: Discord's carry tokens in addresses, and whole files. */
export function toLogged(error: unknown): object {
  if (error instanceof DiscordAPIError) {
    const { code, status, method, message } = error;
    return { code, status, method, message };
  }
  if (error instanceof HTTPError)
    return { status: error.status, method: error.method, message: error.message };
  return { message: error instanceof Error ? error.message : String(error) };
}

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
    editByToken: (token, target, { body, files }, sketch = false) =>
      (sketch ? sketches : rest).patch(webhook(token, target), {
        body,
        files,
        auth: false,
      }) as Promise<APIMessage>,
    followUp: (token, { body, files }, toAsker) =>
      rest.post(webhook(token), {
        body: { ...body, flags: body.flags | (toAsker ? MessageFlags.Ephemeral : 0) },
        files,
        auth: false,
        query: new URLSearchParams({ wait: "true" }),
      }) as Promise<APIMessage>,
    fetchOriginal: (token) => rest.get(webhook(token, "@original"), { auth: false }) as Promise<APIMessage>,
    deleteOriginal: async (token) => void (await rest.delete(webhook(token, "@original"), { auth: false })),
    edit: ({ channelId, messageId }, { body, files }, sketch = false) =>
      (sketch ? sketches : rest).patch(Routes.channelMessage(channelId, messageId), {
        body,
        files,
      }) as Promise<APIMessage>,
    async post(channelId, { body, files }, { answers, once } = {}) {
      const nonce = once && { nonce: once, enforce_nonce: true };
      const send = (reference: object) =>
        rest.post(Routes.channelMessages(channelId), {
          body: { ...body, ...nonce, ...reference },
          files,
        }) as Promise<APIMessage>;
      if (!answers) return send({});
      return send({ message_reference: { message_id: answers, fail_if_not_exists: false } }).catch(
        (error: unknown) => {
          if (error instanceof DiscordAPIError && error.code === noHistory) return send({});
          throw error;
        },
      );
    },
    fetchMessage: ({ channelId, messageId }) =>
      rest.get(Routes.channelMessage(channelId, messageId)) as Promise<APIMessage>,
    fetchChannel: (channelId) => rest.get(Routes.channel(channelId)) as Promise<APIChannel>,
    async openThread({ channelId, messageId }, name) {
      const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneDay };
      await rest.post(Routes.threads(channelId, messageId), { body }).catch((error: unknown) => {
        if (!(error instanceof DiscordAPIError && error.code === threadExists)) throw error;
      });
      return messageId;
    },
    async tell(userId, { body }) {
      const channel = (await rest.post(Routes.userChannels(), {
        body: { recipient_id: userId },
      })) as APIChannel;
      await rest.post(Routes.channelMessages(channel.id), { body });
    },
  };
}
