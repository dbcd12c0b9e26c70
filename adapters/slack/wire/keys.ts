import { createHash } from "node:crypto";
import { type ActionName, isActionName } from "../../../src/seam/actions.ts";
import type { Seal, Style } from "../../../src/seam/core.ts";
import { isSealed } from "../../../src/seam/trust/seal.ts";
import type {
  ChannelKey,
  CommunityKey,
  EventKey,
  MessageKey,
  Place,
  RoleKey,
  Scope,
  ThreadKey,
} from "../../../src/seam/turn.ts";

/** Where a message is. */
export interface Spot {
  readonly channelId: string;
  /** Slack's name for a message: the time it was sent at. */
  readonly ts: string;
}

/** A message that one person alone sees. Slack has no name for it, so it has one of ours. */
export interface Ephemeral {
  readonly channelId: string;
  readonly userId: string;
  readonly nonce: string;
}

/** What a form says of itself while it is open. */
export interface FormId {
  readonly form: ActionName | OwnForm;
  /** The message whose pictures it is about. */
  readonly message?: MessageKey;
  /** Where the answer goes; absent: the form asks for it. */
  readonly channelId?: string;
  readonly threadTs?: string;
  /** Where the one who opened it can be told something. */
  readonly url?: string;
  /** It was opened under an answer that one person alone sees. */
  readonly private?: boolean;
  /** The rule that it is about. */
  readonly rule?: string;
}

/** Forms that are not an action's: `channel` is that of a channel's defaults. */
const ownForms = ["draw", "defaults", "channel", "style", "rule"] as const;
type OwnForm = (typeof ownForms)[number];

/** The buttons of App Home; the last two have the name of a style as their value. */
export const homeButtons = {
  draw: "draw",
  defaults: "defaults",
  reset: "reset",
  channel: "channel",
  forget: "forget",
  newStyle: "style:new",
  showStyle: "style:show",
  removeStyle: "style:remove",
  /** A menu: it has the name of a rule as its value. */
  rule: "rule",
} as const;

export type HomeButton = (typeof homeButtons)[keyof typeof homeButtons];

/** A short name for what comes of an event, the same however often the event comes. */
export function toMark(event: EventKey): string {
  return createHash("sha256").update(event).digest("base64url").slice(0, 20);
}

export function toMessageKey(spot: Spot | Ephemeral): MessageKey {
  return `slack:${spot.channelId}:${"ts" in spot ? spot.ts : `${spot.userId}.${spot.nonce}`}`;
}

/** Undefined for a key of another platform. */
export function parseMessageKey(key: string): Spot | Ephemeral | undefined {
  const match = /^slack:([A-Z0-9]+):(?:(\d+\.\d+)|([UW][A-Z0-9]+)\.([\w-]+))$/.exec(key);
  if (!match) return undefined;
  const [, channelId = "", ts, userId = "", nonce = ""] = match;
  return ts ? { channelId, ts } : { channelId, userId, nonce };
}

export function isSpot(place: Spot | Ephemeral | undefined): place is Spot {
  return place !== undefined && "ts" in place;
}

/** In a channel each thread is a conversation, named after its first message. A direct message without threads is one. */
export function toThreadKey(channelId: string, threadTs?: string): ThreadKey {
  return threadTs ? `slack:${channelId}:${threadTs}` : `slack:${channelId}`;
}

/** Where something is asked, as the core keeps it. Direct messages have ids of their own kind. `from`: as of `Place`. */
export function toPlace(teamId: string, channelId: string, from?: CommunityKey): Place {
  return {
    channel: `slack:channel:${channelId}`,
    community: `slack:team:${teamId}`,
    ...(from && { from }),
    ...(channelId.startsWith("D") && { kind: "direct" as const }),
  };
}

/** Slack's own id in any of our keys of something of its own. */
export function idIn(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}

/** The core's key of a person. */
export function toUserKey(userId: string): `slack:${string}` {
  return `slack:${userId}`;
}

/** The core's key of a user group. */
export function toRoleKey(groupId: string): RoleKey {
  return `slack:group:${groupId}`;
}

/** The id in a channel's key. */
export function channelIdOf(key: ChannelKey): string | undefined {
  return /^slack:channel:([A-Z0-9]+)$/.exec(key)?.[1];
}

export function isHomeButton(actionId: string): actionId is HomeButton {
  return Object.values<string>(homeButtons).includes(actionId);
}

/** The value of a button about a style. */
export function toStyleButton({ scope, name }: Style): string {
  return `${scope}:${name}`;
}

export function parseStyleButton(value: string): { readonly scope: Scope; readonly style: string } {
  const [scope = "", style = ""] = value.split(":");
  return { scope: scope === "shared" ? scope : "mine", style };
}

export function toButtonId(action: ActionName): string {
  return `a:${action}`;
}

/** Undefined for what is no button of ours, or of a version that had others. */
export function parseButtonId(actionId: string): ActionName | undefined {
  const name = /^a:(\w+)$/.exec(actionId)?.[1] ?? "";
  return isActionName(name) ? name : undefined;
}

/**
 * The value of a button under a message that Slack has no name for: ours, sealed with the files that came with it, which
 * stand in the names of its blocks.
 */
export function toStandsFor(message: MessageKey, files: readonly string[], seal: Seal): string {
  return `${message} ${seal([message, ...files].join(" "))}`;
}

/** The message that a button's value names, if it names one. Whether it is ours, `isOurs` says. */
export function parseStandsFor(value: string): Spot | Ephemeral | undefined {
  return parseMessageKey(value.split(" ")[0] ?? "");
}

/** Whether a value is one that we gave to that button, with those files. */
export function isOurs(value: string, files: readonly string[], seal: Seal): boolean {
  const [message = "", mark = ""] = value.split(" ");
  return isSealed(seal, [message, ...files].join(" "), mark);
}

/** A block's name, which says as well which files came with its message elsewhere. Slack takes 255 characters. */
export function toBlockId(id: string, files: readonly string[]): string {
  return [id, ...files.slice(0, 10)].join("+");
}

export function filesIn(blockId: string): readonly string[] {
  return blockId.split("+").filter((part) => /^F[A-Z0-9]+$/.test(part));
}

export function toFormId(id: FormId): string {
  return JSON.stringify(id);
}

/** What a form says of itself, sealed: it names messages and places that it does not stand on. */
export function sealForm(metadata: string, seal: Seal): string {
  return `${seal(metadata)} ${metadata}`;
}

/** Undefined for what is no form of ours, sealed by us. */
export function parseFormId(sealed: string, seal: Seal): FormId | undefined {
  const at = sealed.indexOf(" ");
  const metadata = sealed.slice(at + 1);
  if (!isSealed(seal, metadata, sealed.slice(0, Math.max(0, at)))) return undefined;
  try {
    const raw: unknown = JSON.parse(metadata);
    if (!raw || typeof raw !== "object" || !("form" in raw)) return undefined;
    const text = (name: string) => {
      const value = (raw as Record<string, unknown>)[name];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    const form = text("form") ?? "";
    if (!isOwnForm(form) && !isActionName(form)) return undefined;
    const message = text("message");
    if (message && !parseMessageKey(message)) return undefined;
    const [channelId, threadTs, url] = [text("channelId"), text("threadTs"), text("url")];
    const rule = text("rule");
    return {
      form,
      ...(message && { message: message as MessageKey }), // it has just been parsed as one
      ...(channelId && { channelId }),
      ...(threadTs && { threadTs }),
      ...(url && { url }),
      ...(rule && { rule }),
      ...("private" in raw && raw.private === true && { private: true }),
    };
  } catch {
    return undefined;
  }
}

function isOwnForm(form: string): form is OwnForm {
  return ownForms.some((name) => name === form);
}
