import { type ActionName, isActionName } from "../../../src/seam/actions.ts";
import type { Seal } from "../../../src/seam/core.ts";
import { isSealed } from "../../../src/seam/trust/seal.ts";
import type {
  ChannelKey,
  EventKey,
  MessageKey,
  Place,
  RoleKey,
  RuleScope,
  ThreadKey,
  User,
} from "../../../src/seam/turn.ts";

/** Where a message is. */
export interface Spot {
  readonly channelId: string;
  readonly messageId: string;
}

/** What a button says of itself. The message it sits under is in the press. */
export interface ButtonId {
  readonly action: ActionName;
  /** Its pictures are hidden until clicked. */
  readonly spoiler: boolean;
  /** The message the core knows the picture by, when Discord would not let that one be changed any more. */
  readonly stands?: string;
  /** That message's channel, where it is another. */
  readonly from?: string;
}

/** What a form says of itself. */
export interface FormId {
  readonly form: ActionName;
  /** The message whose pictures it is about. */
  readonly spot: Spot;
  /** The interaction that opened it: sent twice, it counts once. */
  readonly opened: string;
  readonly spoiler: boolean;
}

/** The press that asks for the newest state of an answer that only a fresh interaction can change. */
export const showButtonId = "show";

/** The core's key of a message. */
export function toMessageKey({ channelId, messageId }: Spot): MessageKey {
  return `discord:${channelId}:${messageId}`;
}

/** Undefined for a key of another platform. */
export function parseMessageKey(key: MessageKey): Spot | undefined {
  const match = /^discord:(\d+):(\d+)$/.exec(key);
  return match?.[1] && match[2] ? { channelId: match[1], messageId: match[2] } : undefined;
}

/**
 * `id` is the channel's in threads and direct messages. In an ordinary channel many conversations run side by side:
 * there it is that of the message which shows the first picture, as it is for every private answer. A thread that is opened on a message gets that very
 * id from Discord, so what is said in it goes on from the picture above it.
 */
export function toThreadKey(id: string): ThreadKey {
  return `discord:${id}`;
}

/** Discord's id of a person, as the core knows them; undefined for who is not from there. */
export function userIdOf({ id }: Pick<User, "id">): string | undefined {
  return /^discord:(\d+)$/.exec(id)?.[1];
}

/** The channel that a thread's key may name: where many conversations run side by side it names a message. */
export function channelIdsOf(place: { readonly thread: ThreadKey; readonly channel: ChannelKey }) {
  const ids = [place.thread, place.channel].map((key) => /^discord:(?:channel:)?(\d+)$/.exec(key)?.[1]);
  return ids.filter((id) => id !== undefined);
}

/** Discord's own name for what came in: the same however often it comes. */
export function toEventKey(kind: "interaction" | "message", id: string): EventKey {
  return `discord:${kind}:${id}`;
}

/** Undefined for an event of another platform, or of a version that had others. */
export function parseEventKey(key: EventKey): "interaction" | "message" | undefined {
  const kind = /^discord:(interaction|message):\d+$/.exec(key)?.[1];
  return kind === "interaction" || kind === "message" ? kind : undefined;
}

/**
 * The id of the first component of a message that was made for something: it is found by that again. Above those that
 * Discord gives by itself, and within the 32 bits that it keeps.
 */
export function toMark(id: string): number {
  const bits = BigInt(id);
  return Number((bits ^ (bits >> 22n)) & 0x3fff_ffffn) + 0x4000_0000;
}

/** When Discord made something, Unix time in ms. */
export function timeOf(id: string): number {
  return Number(BigInt(id) >> 22n) + epochMs;
}

/** An id as it would have been made at that time: what came since has a greater one. */
export function toIdAt(ms: number): string {
  return (BigInt(Math.max(0, ms - epochMs)) << 22n).toString();
}

/** Where Discord's time begins, Unix time in ms. Source: “Snowflakes” in its documentation. */
const epochMs = 1_420_070_400_000;

/** Where something is asked. `channelId`: for a thread, that of the channel it stands in. */
export function toPlace(channelId: string, guildId?: string): Place {
  return {
    channel: `discord:channel:${channelId}`,
    ...(guildId && { community: `discord:guild:${guildId}` }),
  };
}

/** The id in a channel's key. */
export function channelIdOf(key: ChannelKey): string | undefined {
  return /^discord:channel:(\d+)$/.exec(key)?.[1];
}

/** The server a place is in; undefined for one in none. */
export function guildIdOf({ community }: Pick<Place, "community">): string | undefined {
  return community && /^discord:guild:(\d+)$/.exec(community)?.[1];
}

/** A rule's form: which rule, and whether it is for the channel that the form was opened in. */
export interface RuleFormId {
  readonly rule: string;
  readonly scope: RuleScope;
}

/** A rule's form's custom id, of at most 100 characters, sealed for the person (their `User.id`) who opened it. */
export function toRuleFormId({ rule, scope }: RuleFormId, user: string, seal: Seal): string {
  const id = ["r", rule, scope].join(":");
  return `${id}:${seal(`${id} ${user}`)}`;
}

/** Undefined for what is no such form. Whether it is ours, `isOurForm` says. */
export function parseRuleFormId(customId: string): RuleFormId | undefined {
  const [kind, rule = "", scope] = customId.split(":");
  if (kind !== "r" || (scope !== "community" && scope !== "channel")) return undefined;
  return { rule, scope };
}

/** The core's key of a person. */
export function toUserKey(userId: string): User["id"] {
  return `discord:${userId}`;
}

/** Discord's own id in any of our keys of something of its own. */
export function idIn(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}

/** The core's key of a role. */
export function toRoleKey(roleId: string): RoleKey {
  return `discord:role:${roleId}`;
}

/** A button's custom id, of at most 100 characters. */
export function toButtonId({ action, spoiler, stands, from }: ButtonId): string {
  return ["a", action, spoiler ? "s" : "", stands ?? "", from ?? ""].join(":").replace(/:+$/, "");
}

/** Undefined for what is no button of ours, or of a version that had others. */
export function parseButtonId(customId: string): ButtonId | undefined {
  const [kind, action = "", spoiler, stands, from] = customId.split(":");
  if (kind !== "a" || !isActionName(action)) return undefined;
  return { action, spoiler: spoiler === "s", ...(stands && { stands }), ...(from && { from }) };
}

/**
 * A form's custom id, of at most 100 characters. It names a message that the form does not stand on, so it is sealed: for
 * the person (their `User.id`) who opened it.
 */
export function toFormId({ form, spot, opened, spoiler }: FormId, user: string, seal: Seal): string {
  const id = ["f", form, spot.channelId, spot.messageId, opened, spoiler ? "s" : ""].join(":");
  return `${id}:${seal(`${id} ${user}`)}`;
}

/** Undefined for what is no form of ours, or of a version that had others. Whether it is ours, `isOurForm` says. */
export function parseFormId(customId: string): FormId | undefined {
  const [kind, form = "", channelId = "", messageId = "", opened = "", spoiler] = customId.split(":");
  if (kind !== "f" || !channelId || !messageId || !isActionName(form)) return undefined;
  return { form, spot: { channelId, messageId }, opened, spoiler: spoiler === "s" };
}

/** Whether a form's id is one that we gave to that person. */
export function isOurForm(customId: string, user: string, seal: Seal): boolean {
  const at = customId.lastIndexOf(":");
  return isSealed(seal, `${customId.slice(0, at)} ${user}`, customId.slice(at + 1));
}

/** The shard that hears of a server; of what is in none, the first does. Source: “Sharding” in Discord's documentation. */
export function shardOf(guildId: string | undefined, count: number): number {
  return guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count));
}
