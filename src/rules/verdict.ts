import { type Quality, undated } from "../seam/models.ts";
import type { HeldRules, Named } from "../seam/rules.ts";
import type { Place, User } from "../seam/turn.ts";
import { blockedIn } from "./blocked-words.ts";

/** Those that a refusal names, at most. */
const mostSaid = 5;

const askThem = "Whoever runs this server or workspace decides that; ask them.";

/** Why a person may not draw in a place, in a sentence; undefined: they may. Pure. */
export function refusalFor(rules: HeldRules, user: User, place: Place): string | undefined {
  return barAt(rules, place) ?? barFor(rules, user);
}

function barAt(rules: HeldRules, { kind, channel }: Place): string | undefined {
  if (kind === "direct") {
    return rules.dms === false ? "I do not draw in direct messages here. Ask me in a channel." : undefined;
  }
  if (kind === "carried") {
    return rules["user-installs"] === false
      ? "I draw only where I have been let in, not by an installation of your own."
      : undefined;
  }
  const { channels, "closed-channels": closed = [] } = rules;
  const isOpen = channels === undefined || channels.some(({ key }) => key === channel);
  if (isOpen && !closed.some(({ key }) => key === channel)) return undefined;
  const others = (channels ?? []).filter(({ key }) => !closed.some((one) => one.key === key));
  return others.length > 0
    ? `I do not draw in this channel. Ask me in ${names(others)}.`
    : `I do not draw in this channel. ${askThem}`;
}

function barFor({ allowed, denied = [] }: HeldRules, user: User): string | undefined {
  const isAmong = (people: readonly Named[]) =>
    people.some(({ key }) => key === user.id || user.roles?.some((role) => role === key));
  if (isAmong(denied)) return `You may not draw here. ${askThem}`;
  const isOut = allowed !== undefined && !isAmong(allowed);
  // Where the platform does not tell the roles, somebody who may is not told apart from somebody who may not.
  const hidden = [...denied, ...(isOut ? allowed : [])].some(({ role }) => role);
  if (user.roles === undefined && hidden) {
    return "I cannot see which roles or groups you have, and who may draw here depends on that. Try again in a minute; if it stays, tell the admin.";
  }
  return isOut ? `Only ${names(allowed)} may draw here. ${askThem}` : undefined;
}

/** What is said where words hold something blocked; undefined: they do not. Pure. */
export function blockedBy(rules: HeldRules, words: readonly string[]): string | undefined {
  const { "blocked-words": phrases = [], "blocked-message": message } = rules;
  const isBlocked = words.some((one) => blockedIn(one, phrases) !== undefined);
  if (!isBlocked) return undefined;
  return message ?? "Your words hold something that may not be drawn here. Say it in other words.";
}

function names(all: readonly Named[]): string {
  const said = all.slice(0, mostSaid).map(({ name }) => name);
  const more = all.length - said.length;
  return [...said, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** What is known of a wish before it is drawn. */
export interface Weighed {
  /** What it may cost at most, US dollars; absent: unknown. */
  readonly mostUsd?: number;
  readonly imageModel: string;
  readonly quality: Quality;
}

/** Why a wish waits for a moderator, as a part of a sentence; undefined: it does not. Pure. */
export function approvalFor(rules: HeldRules, { mostUsd, imageModel, quality }: Weighed): string | undefined {
  const above = rules["approval-above"];
  if (above !== undefined && (mostUsd === undefined || mostUsd > above)) {
    return mostUsd === undefined ? "nobody knows what it will cost" : `it may cost more than $${above}`;
  }
  const models = rules["approval-models"] ?? [];
  if (models.some((one) => undated(one) === undated(imageModel))) return `${imageModel} would draw it`;
  return rules["approval-qualities"]?.includes(quality) ? `its quality is ${quality}` : undefined;
}
