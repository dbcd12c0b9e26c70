import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";
import { BotError } from "../../../src/seam/errors.ts";

/**
 * What Discord's refusals mean to us.
 *
 * - `gone`: the message, or its channel, is no more
 * - `expired`: the interaction's token has run out, or never was
 * - `forbidden`: we may not do that here
 * - `large`: the files are too large
 * - `limited`: not now; only where we said not to wait
 * - `unplaced`: an edit that brings a picture into a gallery was not understood (discord/discord-api-docs#7529)
 * - `refused`: what it says or shows may not be said or shown there; it would be refused again
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
  | "refused"
  | "unauthorized"
  | "failed";

/** What an error of discord.js means to us. */
export function toTrouble(error: unknown): Trouble {
  if (error instanceof RateLimitError) return "limited";
  if (error instanceof DiscordAPIError) {
    const known = codes[Number(error.code)];
    if (known) return known;
    if (error.status === 413) return "large";
    if (error.message.includes("REFERENCED_ATTACHMENT_NOT_FOUND")) return "unplaced";
    if (error.status === 401) return "unauthorized";
    if (error.status < 500) return "refused";
  }
  return "failed";
}

/** Whether Discord may do all the same what was asked of it: it was asked, and has not answered. */
export function mayStillCome(error: unknown): boolean {
  const isAnswered = [RateLimitError, DiscordAPIError, HTTPError].some((kind) => error instanceof kind);
  return !isAnswered && !(error instanceof Error && "code" in error && error.code === "ECONNREFUSED");
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

/** A refusal as the core knows it. */
export function toBotError(trouble: Trouble, cause: unknown): BotError {
  const logged = new Error(JSON.stringify(toLogged(cause)));
  if (trouble === "forbidden" || trouble === "gone") {
    return new BotError("forbidden", "I may not answer in that channel.", { cause: logged });
  }
  if (trouble === "unauthorized") {
    return new BotError("auth", "Discord no longer accepts DISCORD_TOKEN.", { cause: logged });
  }
  return new BotError("unreachable", "Discord could not be reached.", { cause: logged });
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
