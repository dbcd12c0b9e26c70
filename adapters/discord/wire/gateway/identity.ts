import {
  type APIApplication,
  type APIGatewayBotInfo,
  type APIUser,
  ApplicationFlagsBitField,
  DiscordAPIError,
  GatewayCloseCodes,
  type REST,
  Routes,
} from "discord.js";
import type { BotError } from "../../../../src/seam/errors.ts";
import { toBotError } from "./gateway.ts";

/** Who the bot is, and how its gateway is to be connected to. */
export interface Identity {
  /** The bot's own id, as a user, and that of its application. */
  readonly me: string;
  readonly appId: string;
  /** The message content intent is turned on. */
  readonly readsAll: boolean;
  /** Shards that Discord recommends, and how many may identify themselves at the same time. */
  readonly shards: number;
  readonly atOnce: number;
}

/** Asks Discord. Rejects with BotError `auth` or `unreachable`. */
export async function fetchIdentity(rest: REST): Promise<Identity> {
  try {
    // The casts trust Discord's answers to be what its documentation says.
    const gateway = (await rest.get(Routes.gatewayBot())) as APIGatewayBotInfo;
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    const bot = application.bot ?? ((await rest.get(Routes.user("@me"))) as APIUser);
    const { GatewayMessageContent: full, GatewayMessageContentLimited: limited } =
      ApplicationFlagsBitField.Flags;
    return {
      me: bot.id,
      appId: application.id,
      readsAll: ((application.flags ?? 0) & (full | limited)) !== 0,
      shards: gateway.shards,
      atOnce: gateway.session_start_limit.max_concurrency,
    };
  } catch (error) {
    throw toRefusal(error);
  }
}

function toRefusal(error: unknown): BotError {
  const isRefused = error instanceof DiscordAPIError && error.status === 401;
  return toBotError(isRefused ? GatewayCloseCodes.AuthenticationFailed : undefined, error);
}
